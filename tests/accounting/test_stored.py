"""Stored parameters, and what the command reports on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from cs336_core.accounting.commands.cli import main
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.language_model import LanguageModel
from tests.model.test_hugging_face import LLAMA
from tests.model.test_hugging_face_logits import SMALL
from tests.model.test_weights import llama_weights

TINY = LLAMA | {name: value for name, value in SMALL.items() if name in LLAMA}
BERT = {
    "model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 30522,
    "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "hidden_act": "gelu",
    "intermediate_size": 3072, "max_position_embeddings": 512, "type_vocab_size": 2,
    "layer_norm_eps": 1e-12, "pad_token_id": 0, "gradient_checkpointing": False,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a small Llama."""
    config = from_hugging_face(TINY).config
    weights = {name: tensor.float().contiguous() for name, tensor in llama_weights(config).items()}
    save_file(weights, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps(TINY), "utf-8")
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[str, str]:
    """Run the command and return what it writes."""
    assert main([*options]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_stored_parameters_equal_those_of_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = LanguageModel(from_hugging_face(TINY).config)
    total = sum(parameter.numel() for parameter in model.parameters())
    for path in (folder, folder / "model.safetensors"):
        out, err = report(capsys, "--safetensors", str(path))
        assert f"{total:,}  equal" in out
        assert err == ""
        out, _ = report(capsys, "--safetensors", str(path), "--format", "json")
        read = json.loads(out)
        assert read["stored"] == read["described"] == total
        assert read["by_dtype"] == {"F32": total}


def test_differences_are_explained(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def reported(**changed: object) -> str:
        (folder / "config.json").write_text(json.dumps(TINY | changed), "utf-8")
        return report(capsys, "--safetensors", str(folder))[0]

    assert "lm_head.weight is stored, although the conf" in reported(tie_word_embeddings=True)
    assert "layer 1 and later ones are stored; the con" in reported(num_hidden_layers=1)
    (folder / "config.json").unlink()
    assert "config.json" not in report(capsys, "--safetensors", str(folder))[0]


def test_buffers_and_packed_weights_are_set_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_file(
        {
            "h.0.attn.bias": torch.zeros(1, 1, 4, 4), "h.0.attn.c_attn.bias": torch.zeros(3),
            "a.rotary_emb.inv_freq": torch.zeros(2), "b.qweight": torch.zeros(5).int(),
            "c.attn.bias": torch.zeros(7),
        },
        tmp_path / "x.safetensors",
    )  # fmt: skip
    out, _ = report(capsys, "--safetensors", str(tmp_path))
    assert "parameters                        15" in out
    assert "not counted: 2 buffers, such as " in out
    assert "packed: 1 tensors, such as b.qweight" in out


def test_a_model_of_which_only_the_parameters_can_be_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(BERT), "utf-8")
    out, err = report(capsys, "--config", str(tmp_path))
    assert "109,514,298" in out
    assert "only the parameters of this model_type can be counted" in err
    out, _ = report(capsys, "--config", str(tmp_path), "--format", "json")
    assert json.loads(out)["parameters"]["total"] == 109_514_298


def test_a_damaged_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.safetensors").write_bytes(b"no")
    assert main(["--safetensors", str(tmp_path)]) == 1
    assert "is not a safetensors file" in capsys.readouterr().err
