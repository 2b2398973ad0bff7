"""Weights that transformers saves give the logits that it computes, for every family we load."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor

from cs336_core.model.config import ConfigError, ModelConfig, RopeScaling, Scales
from cs336_core.model.hugging_face import pretrained
from cs336_core.model.hugging_face.pretrained import load_pretrained, save_pretrained
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.safetensors_header import SafetensorsError
from cs336_core.model.tensor_files import TensorFiles, save_tensors
from cs336_core.model.weight_names import families
from tests.model.peers import TINY, some_ids, unsettled
from tests.model.reference import transformers

pytestmark = pytest.mark.xdist_group("transformers")

VOCAB, LAYERS = 61, 3
# Special tokens have ids in the small vocabulary.
IDS = {"vocab_size": VOCAB, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
OTHER = {
    "hidden_size": 32, "num_hidden_layers": LAYERS, "num_attention_heads": 4,
    "max_position_embeddings": 64, **IDS,
}  # fmt: skip
ALIKE = OTHER | {"intermediate_size": 24, "num_key_value_heads": 2}
WIDE = ALIKE | {"head_dim": 12}
WINDOW = WIDE | {"sliding_window": 5}
GPT = {"n_embd": 32, "n_layer": LAYERS, "n_head": 4, "n_positions": 64, **IDS}
MIXTRAL = {"num_local_experts": 4, "num_experts_per_tok": 2}
EXPERTS = {"num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 20}
ROUTED = {
    "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 20,
    "n_shared_experts": 1, "first_k_dense_replace": 1, "n_group": 2, "topk_group": 1,
}  # fmt: skip
LATENT = ALIKE | {
    "num_key_value_heads": 4, "kv_lora_rank": 12, "q_lora_rank": 10, "qk_nope_head_dim": 6,
    "qk_rope_head_dim": 4, "v_head_dim": 5,
}  # fmt: skip
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}
LONG = {
    "rope_type": "longrope", "original_max_position_embeddings": 16,
    "short_factor": [1.0, 1.1], "long_factor": [2.0, 2.5],
}  # fmt: skip

FIELDS: dict[str, dict[str, Any]] = {
    "llama": WIDE,
    "arcee": WIDE,
    "granite": WIDE | {"attention_multiplier": 0.3, "residual_multiplier": 0.5},
    "helium": ALIKE | {"head_dim": 8},
    "ernie4_5": WIDE,
    "ernie4_5_moe": WIDE | {
        "moe_num_experts": 4, "moe_k": 2, "moe_intermediate_size": 20, "moe_num_shared_experts": 2,
        "moe_layer_start_index": 1,
    },
    "ministral": WINDOW,
    "mistral": WINDOW,
    "nemotron": ALIKE,
    "olmo": ALIKE,
    "qwen2": ALIKE | {"use_sliding_window": True, "sliding_window": 6, "max_window_layers": 1},
    "seed_oss": WIDE,
    "smollm3": ALIKE | {"no_rope_layer_interval": 2},
    "stablelm": ALIKE | {"use_qkv_bias": True},
    "qwen3": WIDE | {"rope_scaling": YARN},
    "olmo2": ALIKE,
    "olmo3": ALIKE | {"sliding_window": 5, "rope_scaling": YARN},
    "exaone4": WINDOW | {"sliding_window_pattern": 3},
    "gemma": WIDE,
    "gemma2": WINDOW | {"query_pre_attn_scalar": 16, "attn_logit_softcapping": 2.0},
    "gemma3_text": WINDOW
    | {"sliding_window_pattern": 3, "rope_scaling": {"rope_type": "linear", "factor": 8.0}},
    "starcoder2": ALIKE | {"sliding_window": 5},
    "cohere": ALIKE | {"use_qk_norm": True, "logit_scale": 1.0},
    "cohere2": WINDOW | {"logit_scale": 1.0},
    "phi": ALIKE,
    "phi3": ALIKE
    | {
        "rope_scaling": LONG | {"short_factor": [1.0, 1.1, 1.2, 1.3], "long_factor": [2.0] * 4},
        "original_max_position_embeddings": 16,
    },
    "glm": WIDE,
    "glm4": WIDE,
    "mixtral": WINDOW | MIXTRAL,
    "minimax_m2": WIDE | MIXTRAL | {"rotary_dim": 4},
    "granitemoe": ALIKE | MIXTRAL,
    "granitemoeshared": ALIKE | MIXTRAL | {"shared_intermediate_size": 20},
    "qwen2_moe": ALIKE | EXPERTS | {"shared_expert_intermediate_size": 28},
    "qwen3_moe": WIDE | EXPERTS | {"norm_topk_prob": True, "mlp_only_layers": [1]},
    "olmoe": ALIKE | {"num_experts": 4, "num_experts_per_tok": 2},
    "flex_olmo": ALIKE | {"num_experts": 4, "num_experts_per_tok": 2},
    "glm4_moe": WIDE | ROUTED | {"use_qk_norm": True},
    "dots1": WIDE | ROUTED,
    "deepseek_v2": LATENT | ROUTED | {"q_lora_rank": None, "topk_method": "group_limited_greedy"},
    "deepseek_v3": LATENT
    | ROUTED
    | {"rope_scaling": YARN | {"mscale": 1.0, "mscale_all_dim": 1.0}},
    "minicpm3": LATENT | {"rope_scaling": LONG},
    "gpt2": GPT | {"scale_attn_by_inverse_layer_idx": True, "scale_attn_weights": False},
    "openai-gpt": GPT,
    "gpt_bigcode": GPT,
    "gptj": GPT | {"rotary_dim": 4},
    "codegen": GPT | {"rotary_dim": 4},
    "gpt_neo": {
        "hidden_size": 32, "num_layers": LAYERS, "num_heads": 4, "max_position_embeddings": 64,
        "attention_types": [[["global", "local"], 1], [["global"], 1]], "window_size": 5, **IDS,
    },
    "gpt_neox": OTHER | {"intermediate_size": 24},
    "bloom": {"hidden_size": 32, "n_layer": LAYERS, "n_head": 4, **IDS},
    "falcon": OTHER | {"new_decoder_architecture": True, "num_kv_heads": 2},
    "mpt": {"d_model": 32, "n_layers": LAYERS, "n_heads": 4, "max_seq_len": 64, **IDS},
    "opt": OTHER | {"ffn_dim": 24, "word_embed_proj_dim": 16},
}  # fmt: skip
# Other forms of the same families
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "Llama, biased and tied": (
        "llama", ALIKE | {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True}
    ),
    "Llama 3.1": (
        "llama",
        ALIKE | {
            "rope_scaling": {
                "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                "high_freq_factor": 4.0, "original_max_position_embeddings": 16,
            }
        },
    ),
    "Llama 3.1 with a step": (
        "llama",
        ALIKE | {
            "rope_scaling": {
                "rope_type": "llama3", "factor": 16.0, "low_freq_factor": 1.0,
                "high_freq_factor": 1.0, "original_max_position_embeddings": 16,
            }
        },
    ),
    "dynamic": ("llama", ALIKE | {"rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}),
    "StableLM 2 12B": ("stablelm", ALIKE | {"use_parallel_residual": True, "qk_layernorm": True}),
    "GPT-NeoX in turn": (
        "gpt_neox", OTHER | {"intermediate_size": 24, "use_parallel_residual": False}
    ),
    "Falcon 7B": ("falcon", OTHER),
    "Falcon 1B": ("falcon", OTHER | {"parallel_attn": False, "multi_query": False, "bias": True}),
    "GPT-BigCode without sharing": ("gpt_bigcode", GPT | {"multi_query": False}),
    "OPT 350M": (
        "opt", OTHER | {"ffn_dim": 24, "word_embed_proj_dim": 32, "do_layer_norm_before": False}
    ),
    "DeepSeek V2": ("deepseek_v2", LATENT | ROUTED),
}  # fmt: skip
# Their positions, or the tables of transformers for them, end at 64.
ENDING = ("gpt2", "openai-gpt", "gpt_bigcode", "gpt_neo", "gptj", "codegen", "mpt", "opt")
CASES = {name: (name, fields) for name, fields in FIELDS.items()} | FORMS


transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def reference(family: str, fields: dict[str, Any]) -> Any:
    """Return a model of transformers with random weights."""
    config = transformers.AutoConfig.for_model(family, **fields)
    theirs = transformers.AutoModelForCausalLM.from_config(config).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():  # norms and biases, too
            parameter.add_(torch.randn_like(parameter), alpha=0.1)
        for name, buffer in theirs.named_buffers():
            if "correction_bias" in name:
                buffer.add_(torch.rand_like(buffer))
    return theirs


@pytest.mark.parametrize("case", CASES)
def test_logits_equal_those_of_transformers(case: str, tmp_path: Path) -> None:
    """Within the context of the training and beyond it, unless positions end there."""
    family, fields = CASES[case]
    theirs = reference(family, fields)
    theirs.save_pretrained(tmp_path)
    ours = load_pretrained(tmp_path)
    for n in (12, 60 if family in ENDING else 90):
        ids: Tensor = torch.randint(VOCAB, (2, n))
        with torch.no_grad():
            expected = theirs(ids).logits
            torch.testing.assert_close(ours(ids), expected, rtol=1e-4, atol=1e-4)
            assert expected.std() > 0.1


def test_every_family_is_compared() -> None:
    # deepseek_v3 by another name, and what transformers does not have
    assert set(families()) == FIELDS.keys() | {"kimi_k2", "internlm2"}


def test_internlm2_is_a_llama_by_other_names(tmp_path: Path) -> None:
    """With the queries, keys and values of each group of heads in one matrix."""
    theirs = reference("llama", ALIKE)
    names = {
        "embed_tokens": "tok_embeddings", "lm_head": "output", "input_layernorm": "attention_norm",
        "self_attn.q_proj": "attention.wqkv", "self_attn.o_proj": "attention.wo",
        "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "feed_forward.w1", "mlp.down_proj": "feed_forward.w2",
        "mlp.up_proj": "feed_forward.w3",
    }  # fmt: skip
    weights: dict[str, Tensor] = {}
    for name, tensor in theirs.state_dict().items():
        renamed = name
        for old, new in names.items():
            renamed = renamed.replace(old, new)
        if "q_proj" in name:
            kinds = [name.replace("q_proj", kind) for kind in ("q_proj", "k_proj", "v_proj")]
            by_group = [theirs.get_parameter(kind).unflatten(0, (2, -1)) for kind in kinds]
            weights[renamed] = torch.cat(by_group, 1).flatten(0, 1)
        elif not ("k_proj" in name or "v_proj" in name):
            weights[renamed] = tensor
    save_tensors(tmp_path / "model.safetensors", weights)
    described = ALIKE | {"model_type": "internlm2", "bias": False}
    (tmp_path / "config.json").write_text(json.dumps(described))
    ids = torch.randint(VOCAB, (2, 40))
    with torch.no_grad():
        torch.testing.assert_close(
            load_pretrained(tmp_path)(ids), theirs(ids).logits, rtol=1e-4, atol=1e-4
        )


LLAMA = {"positions": "rotary", "norm": "rmsnorm", "activation": "swiglu", "bias": False}
LLAMAS: dict[str, dict[str, Any]] = {
    "plain": {},
    "tied": {"tied_embeddings": True, "n_kv_heads": 1, "activation": "geglu_tanh"},
    "biased, wide heads": {"qkv_bias": True, "output_bias": True, "mlp_bias": True, "d_head": 6},
    "scaled": {"rope_scaling": RopeScaling(kind="yarn", factor=4.0, original_context=16)},
    "Llama 3.1": {"rope_scaling": RopeScaling(kind="llama3", factor=8.0, original_context=16)},
    "linear": {"rope_scaling": RopeScaling(kind="linear", factor=2.0)},
}


@pytest.mark.parametrize("kind", LLAMAS)
def test_transformers_loads_what_we_save(kind: str, tmp_path: Path) -> None:
    config = ModelConfig(
        vocab_size=VOCAB, context_length=64, n_layers=2, d_model=16, n_heads=4, **LLAMAS[kind]
    )
    ours: LanguageModel = unsettled(LanguageModel(config)).float()
    save_pretrained(ours, tmp_path / "model")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "model").eval()
    ids = torch.randint(VOCAB, (2, 40))
    with torch.no_grad():
        torch.testing.assert_close(theirs(ids).logits, ours(ids), rtol=1e-4, atol=1e-4)
    again = load_pretrained(tmp_path / "model")
    for name, parameter in ours.named_parameters():
        assert again.get_parameter(name).equal(parameter), name


@pytest.mark.parametrize("is_new", [True, False])
def test_a_saving_that_fails_changes_nothing(
    is_new: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    ours, others = (LanguageModel(replace(TINY, **LLAMA)) for _ in range(2))
    if not is_new:
        save_pretrained(ours, folder)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}

    def broken(tensors: object, path: Path) -> None:
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pretrained, "write_tensors", broken)
    with pytest.raises(OSError, match=r"No space left on device: '.*model\.safetensors'"):
        save_pretrained(others, folder)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_numbers_keep_their_type(dtype: torch.dtype, tmp_path: Path) -> None:
    ours = LanguageModel(replace(TINY, **LLAMA)).to(dtype)
    save_pretrained(ours, tmp_path)
    assert {each.dtype for each in load_pretrained(tmp_path).parameters()} == {dtype}
    wide = load_pretrained(tmp_path, dtype=torch.float32)
    assert wide.embedding.weight.equal(ours.embedding.weight.float())
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path)
    assert theirs.dtype == dtype


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"norm": "layernorm"}, "norm is 'layernorm', which a Llama does not have"),
        ({"window": 4}, "window is 4"),
        ({"qkv_bias": True}, "output_bias is None"),
        ({"rotary_fraction": 0.5}, "rotary_fraction is 0.5"),
        ({"scales": Scales(residual=0.5)}, "scales is Scales"),
        ({"activation": "gelu"}, "activation is 'gelu'"),
    ],
)
def test_other_models_are_not_saved_as_llamas(
    changed: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        save_pretrained(LanguageModel(replace(TINY, **(LLAMA | changed))), tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_sharded_files_are_one_model(tmp_path: Path) -> None:
    ours = LanguageModel(replace(TINY, **LLAMA))
    save_pretrained(ours, tmp_path)
    whole = dict(TensorFiles(tmp_path))
    names = sorted(whole)
    shards = {"model-1.safetensors": names[::2], "model-2.safetensors": names[1::2]}
    for file, part in shards.items():
        save_tensors(tmp_path / file, {name: whole[name] for name in part})
    (tmp_path / "model.safetensors").unlink()
    weight_map = {name: file for file, part in shards.items() for name in part}
    index = {"metadata": {}, "weight_map": weight_map}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    again = load_pretrained(tmp_path)
    assert again.lm_head.weight.equal(ours.lm_head.weight)
    ids = some_ids(2, 5)
    torch.testing.assert_close(again(ids), ours(ids))
    (tmp_path / "model-2.safetensors").write_bytes(b"")
    with pytest.raises(SafetensorsError, match=r"model-2.safetensors is not a safetensors file"):
        load_pretrained(tmp_path)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float64])
def test_tensors_of_any_type_and_shape_are_stored(dtype: torch.dtype, tmp_path: Path) -> None:
    tensors = {
        "odd": torch.ones(3, dtype=torch.uint8),
        "scalar": torch.tensor(1).to(dtype),
        "empty": torch.zeros(0, 3, dtype=dtype),
        "transposed": torch.arange(6).view(2, 3).T.to(dtype),
    }
    save_tensors(tmp_path / "some.safetensors", tensors)
    read = TensorFiles(tmp_path / "some.safetensors")
    assert list(read) == list(tensors)
    for name, tensor in tensors.items():
        assert read[name].equal(tensor)
        assert read[name].dtype == tensor.dtype
    by_library = safetensors.torch.load_file(tmp_path / "some.safetensors")
    for name, tensor in tensors.items():
        assert by_library[name].equal(tensor)
