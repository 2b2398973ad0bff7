from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from typing import Any

import pytest
import torch

from cs336_core.inference.packed import pack, unpack
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.weights import WeightsError

CONFIG = ModelConfig(
    vocab_size=11,
    context_length=8,
    n_layers=2,
    d_model=8,
    n_heads=2,
    d_ff=6,
    tied_embeddings=True,
)


def model_of(config: ModelConfig = CONFIG) -> LanguageModel:
    torch.manual_seed(0)
    return LanguageModel(config)


def test_a_packed_model_comes_back_with_rounded_weights_and_its_header() -> None:
    model = model_of()
    back, header = unpack(pack(model, {"step": 3}))
    assert (back.config, header["step"]) == (CONFIG, 3)
    weights = back.state_dict()
    assert weights.keys() == model.state_dict().keys()
    for name, weight in model.state_dict().items():
        largest = weight.abs().amax(-1, keepdim=True)
        assert ((weights[name] - weight).abs() <= largest / 254 * 1.2).all()
    assert weights["norm.weight"].equal(model.norm.weight)  # type: ignore[union-attr]


def test_packing_a_packed_model_again_changes_nothing() -> None:
    packed = pack(model_of(), {})
    assert pack(unpack(packed)[0], {}) == packed


def test_the_hidden_width_is_written_out() -> None:
    _, header = unpack(pack(model_of(replace(CONFIG, d_ff=None)), {}))
    assert header["config"]["d_ff"] == 4 * CONFIG.d_model


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"norm": "layernorm"}, "norm is 'layernorm'; the model in a page needs 'rmsnorm'"),
        ({"n_kv_heads": 1}, "n_kv_heads is 1"),
        ({"activation": "gelu"}, "activation is 'gelu'"),
        ({"tied_embeddings": False}, "tied_embeddings is False"),
    ],
)
def test_a_model_that_pages_cannot_run_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(WeightsError, match=message):
        pack(model_of(replace(CONFIG, **change)), {})


def test_a_damaged_file_is_refused() -> None:
    content = b64decode(pack(model_of(), {}))
    wrong_format = content.replace(b"cs336-model/1", b"cs336-model/9")
    for damaged in ["no base64!", "", *map(_encoded, (content[:-1], content[3:], wrong_format))]:
        with pytest.raises(WeightsError, match=r"not a packed model|not 'cs336-model/1'"):
            unpack(damaged)


def _encoded(content: bytes) -> str:
    return b64encode(content).decode()
