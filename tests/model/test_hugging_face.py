"""`config.json` files: published ones equal our presets, others raise errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cs336_core.accounting import TRAINING, count_flops, count_parameters
from cs336_core.model.config import ConfigError
from cs336_core.model.hugging_face.config import (
    from_hugging_face,
    load_hugging_face,
)
from cs336_core.model.hugging_face.files import MAX_FILE_BYTES
from cs336_core.model.presets import preset

LLAMA: dict[str, Any] = {
    "architectures": ["LlamaForCausalLM"], "attention_bias": False, "attention_dropout": 0.0,
    "bos_token_id": 128000, "eos_token_id": 128001, "hidden_act": "silu", "hidden_size": 4096,
    "initializer_range": 0.02, "intermediate_size": 14336, "max_position_embeddings": 8192,
    "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32,
    "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": None,
    "rope_theta": 500000.0, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "transformers_version": "4.40.0.dev0", "use_cache": True, "vocab_size": 128256,
}  # fmt: skip
WITHOUT = {"attention_bias", "pretraining_tp", "rope_scaling"}
MISTRAL = {name: value for name, value in LLAMA.items() if name not in WITHOUT} | {
    "model_type": "mistral", "sliding_window": 4096, "vocab_size": 32000, "rope_theta": 10000.0,
    "max_position_embeddings": 32768,
}  # fmt: skip
MIXTRAL = MISTRAL | {
    "model_type": "mixtral", "num_local_experts": 8, "num_experts_per_tok": 2,
    "output_router_logits": False, "router_aux_loss_coef": 0.02, "rope_theta": 1e6,
    "sliding_window": None,
}  # fmt: skip
QWEN = {
    "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
    "eos_token_id": 151643, "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02,
    "intermediate_size": 4864, "max_position_embeddings": 32768, "max_window_layers": 24,
    "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24,
    "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0,
    "sliding_window": 32768, "tie_word_embeddings": True, "torch_dtype": "bfloat16",
    "transformers_version": "4.40.1", "use_cache": True, "use_mrope": False,
    "use_sliding_window": False, "vocab_size": 151936,
}  # fmt: skip
GPT2 = {
    "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1,
    "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12,
    "n_layer": 12, "n_positions": 1024, "resid_pdrop": 0.1, "summary_activation": None,
    "summary_first_dropout": 0.1, "summary_proj_to_labels": True, "summary_type": "cls_index",
    "summary_use_proj": True, "vocab_size": 50257,
    "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
}  # fmt: skip
GEMMA = {
    "architectures": ["GemmaForCausalLM"], "attention_bias": False, "attention_dropout": 0.0,
    "bos_token_id": 2, "eos_token_id": 1, "head_dim": 256, "hidden_act": "gelu",
    "hidden_activation": None, "hidden_size": 2048, "initializer_range": 0.02,
    "intermediate_size": 16384, "max_position_embeddings": 8192, "model_type": "gemma",
    "num_attention_heads": 8, "num_hidden_layers": 18, "num_key_value_heads": 1, "pad_token_id": 0,
    "rms_norm_eps": 1e-06, "rope_scaling": None, "rope_theta": 10000.0, "vocab_size": 256000,
}  # fmt: skip
DEEPSEEK = {
    "architectures": ["DeepseekV3ForCausalLM"], "attention_bias": False, "attention_dropout": 0.0,
    "auto_map": {"AutoConfig": "configuration_deepseek.DeepseekV3Config"}, "bos_token_id": 0,
    "eos_token_id": 1, "ep_size": 1, "first_k_dense_replace": 3, "hidden_act": "silu",
    "hidden_size": 7168, "initializer_range": 0.02, "intermediate_size": 18432,
    "kv_lora_rank": 512, "max_position_embeddings": 163840, "model_type": "deepseek_v3",
    "moe_intermediate_size": 2048, "moe_layer_freq": 1, "n_group": 8, "n_routed_experts": 256,
    "n_shared_experts": 1, "norm_topk_prob": True, "num_attention_heads": 128,
    "num_experts_per_tok": 8, "num_hidden_layers": 61, "num_key_value_heads": 128,
    "num_nextn_predict_layers": 1, "q_lora_rank": 1536, "qk_nope_head_dim": 128,
    "qk_rope_head_dim": 64, "quantization_config": {"quant_method": "fp8"}, "rms_norm_eps": 1e-06,
    "rope_scaling": {
        "beta_fast": 32, "beta_slow": 1, "factor": 40, "mscale": 1.0, "mscale_all_dim": 1.0,
        "original_max_position_embeddings": 4096, "type": "yarn",
    },
    "rope_theta": 10000,
    "routed_scaling_factor": 2.5, "scoring_func": "sigmoid", "tie_word_embeddings": False,
    "topk_group": 4, "topk_method": "noaux_tc", "torch_dtype": "bfloat16",
    "transformers_version": "4.33.1", "use_cache": True, "v_head_dim": 128, "vocab_size": 129280,
}  # fmt: skip
KNOWN = {
    "llama-3-8b": LLAMA, "mistral-7b": MISTRAL, "mixtral-8x7b": MIXTRAL, "qwen2.5-0.5b": QWEN,
    "gpt2-small": GPT2, "gemma-2b": GEMMA, "deepseek-v3": DEEPSEEK,
}  # fmt: skip


@pytest.mark.parametrize("name", KNOWN)
def test_published_files_equal_our_presets(name: str) -> None:
    read = from_hugging_face(KNOWN[name]).config
    ours = preset(name)
    assert count_parameters(read) == count_parameters(ours)
    assert count_flops(read, 2, 64, TRAINING) == count_flops(ours, 2, 64, TRAINING)
    # Our preset is a version of Mistral without a window.
    window = read.window if name == "mistral-7b" else None
    assert read == replace(
        ours,
        norm_eps=read.norm_eps,
        window=window,
        d_head=read.d_head,
        d_ff=read.d_ff,
        n_kv_heads=read.n_kv_heads,
    )
    assert read.head_dim == ours.head_dim
    assert read.mlp_width == ours.mlp_width
    assert read.kv_heads == ours.kv_heads


def test_a_window_is_read() -> None:
    assert from_hugging_face(MISTRAL).config.window == 4096
    assert from_hugging_face(MISTRAL | {"sliding_window": None}).config.window is None
    without = {name: value for name, value in MISTRAL.items() if name != "sliding_window"}
    assert from_hugging_face(without).config.window == 4096  # the default of transformers
    windowed = QWEN | {"use_sliding_window": True, "max_window_layers": 0}
    assert from_hugging_face(windowed).config.window == 32768
    assert from_hugging_face(windowed | {"max_window_layers": 24}).config.window is None
    mixed = from_hugging_face(windowed | {"max_window_layers": 12}).config
    assert mixed.attention_types == ("full",) * 12 + ("window",) * 12


def test_biases_are_read() -> None:
    biased = from_hugging_face(LLAMA | {"attention_bias": True, "mlp_bias": True}).config
    assert biased.has_qkv_bias
    assert biased.has_output_bias
    assert biased.has_mlp_bias
    extra = 32 * ((32 + 2 * 8) * 128 + 4096 + 2 * 14336 + 4096)
    assert count_parameters(biased).total - count_parameters(preset("llama-3-8b")).total == extra


def test_fields_of_transformers_5_are_read() -> None:
    newer = {name: value for name, value in LLAMA.items() if name != "rope_theta"} | {
        "rope_parameters": {"rope_theta": 500000.0, "rope_type": "default"},
        "layer_types": ["full_attention"] * 32,
        "dtype": "bfloat16",
    }
    assert from_hugging_face(newer).config == from_hugging_face(LLAMA).config
    with pytest.raises(ConfigError, match="all layers of this model_type are of type full_att"):
        from_hugging_face(newer | {"layer_types": ["full_attention", "sliding_attention"] * 16})


def test_an_older_deepseek() -> None:
    lite = DEEPSEEK | {
        "model_type": "deepseek_v2", "q_lora_rank": None, "num_nextn_predict_layers": 0,
    }  # fmt: skip
    config = from_hugging_face(lite).config
    assert config.latent is not None
    assert config.latent.q_rank is None
    assert config.experts is not None
    assert not config.experts.balancing_bias


def test_uncounted_parts_are_noted() -> None:
    notes = from_hugging_face(DEEPSEEK).notes
    assert [note.split(":")[0] for note in notes] == [
        "num_nextn_predict_layers",
        "quantization_config",
    ]
    assert from_hugging_face(LLAMA).notes == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"model_type": "lama"},
            r"model_type 'lama' is unknown; did you mean llama, .*; to describe",
        ),
        ({"model_type": None}, "model_type is missing; it must be one of"),
        ({"model_type": ["llama"]}, r"model_type is \['llama'\]; it must be a string"),
        ({"hidden_size": None}, "hidden_size is None; it must be a whole number from 1"),
        ({"hidden_size": 0}, "hidden_size is 0; it must be a whole number from 1"),
        ({"hidden_size": -4096}, "hidden_size is -4096"),
        ({"hidden_size": 4096.0}, r"hidden_size is 4096\.0; it must be a whole number"),
        ({"hidden_size": "4096"}, "hidden_size is '4096'"),
        ({"hidden_size": 10**50}, "hidden_size is a number of about 50 digits"),
        ({"vocab_size": True}, "vocab_size is True"),
        ({"num_key_value_heads": 5}, "n_kv_heads is 5; it must divide n_heads, which is 32"),
        ({"num_attention_heads": 33}, r"d_model \(4096\) is not divisible by n_heads \(33\)"),
        ({"rms_norm_eps": float("nan")}, "rms_norm_eps is nan; it must be a number above 0"),
        ({"rope_theta": "big"}, "rope_theta is 'big'"),
        ({"tie_word_embeddings": "no"}, "tie_word_embeddings is 'no'; it must be true or false"),
        ({"hidden_act": "tanh"}, "the activation is 'tanh'; it must be one of silu"),
        ({"hidden_act": None}, "the activation is None"),
        ({"layer_types": ["mamba"] * 32}, "only layers of the types full_attention, indexed_at"),
        ({"num_experts": 8}, "unknown fields: 'num_experts'; they might change"),
        ({"mlp_bais": True}, r"unknown fields: 'mlp_bais' \(did you mean 'mlp_bias'\?\)"),
        ({f"odd{i}": 0 for i in range(9)}, "'odd0', .*'odd8'; they might change"),
    ],
)
def test_fields_that_cannot_be_described_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_hugging_face(LLAMA | changed)


@pytest.mark.parametrize(
    ("name", "changed", "message"),
    [
        (
            "gpt2-small",
            {"add_cross_attention": True},
            "describes attention to an encoder, which cannot be counted",
        ),
        ("gpt2-small", {"activation_function": "mish"}, "the activation is 'mish'"),
        ("deepseek-v3", {"moe_layer_freq": 0}, "experts.dense_layers cannot be computed from moe_"),
        ("deepseek-v3", {"attention_bias": True}, "biases in latent attention, which cannot be"),
        ("deepseek-v3", {"num_experts_per_tok": 999}, "n_active is 999"),
        ("mixtral-8x7b", {"num_local_experts": 0}, "num_local_experts is 0"),
        ("mistral-7b", {"sliding_window": 0}, "sliding_window is 0"),
        ("mistral-7b", {"layer_types": ["full_attention"] * 32}, "with a window of 4096"),
    ],
)
def test_fields_that_other_model_types_cannot_describe_raise(
    name: str, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        from_hugging_face(KNOWN[name] | changed)


@pytest.mark.parametrize(
    ("name", "missing", "meant"),
    [
        ("llama-3-8b", "hidden_size", ""),
        ("mistral-7b", "num_key_value_heads", ""),  # the default of transformers is 8
        ("gpt2-small", "n_embd", ""),
        ("deepseek-v3", "kv_lora_rank", ""),
    ],
)
def test_a_missing_field_is_named(name: str, missing: str, meant: str) -> None:
    fields = {field: value for field, value in KNOWN[name].items() if field != missing}
    with pytest.raises(ConfigError, match=f"{missing} is missing, but this model_type needs it"):
        from_hugging_face(fields)


def test_a_misspelled_field_is_suggested() -> None:
    fields = {name: value for name, value in LLAMA.items() if name != "hidden_size"}
    with pytest.raises(ConfigError, match=r"hidden_size is missing.*; the file has 'hidden_sise'"):
        from_hugging_face(fields | {"hidden_sise": 4096})


def test_n_kv_heads_of_a_llama_default_to_n_heads() -> None:
    fields = {name: value for name, value in LLAMA.items() if name != "num_key_value_heads"}
    assert from_hugging_face(fields).config.kv_heads == 32


# Files


def test_a_path_is_a_file_or_its_folder(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), "utf-8")
    for path in (tmp_path, tmp_path / "config.json"):
        assert load_hugging_face(path).config == from_hugging_face(LLAMA).config


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not valid JSON, or truncated: Expecting value"),
        (json.dumps(LLAMA).encode()[:-9], "is not valid JSON, or truncated: .* column"),
        (b"[1, 2]", r"contains \[1, 2\]; it must contain an object"),
        (b"null", "contains None; it must contain an object"),
        (b'{"model_type": "\xff"}', "is not UTF-8 text, at byte 16"),
        (b"[" * 200_000, "is nested too deeply"),
        (
            b'{"hidden_size": ' + b"9" * 5000 + b"}",
            "is not valid JSON, or truncated: Exceeds the limit",
        ),
        (b" " * (MAX_FILE_BYTES + 1), "has more than 1,048,576 bytes"),
        (b"{}", "model_type is missing"),
    ],
)
def test_invalid_files_raise(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        load_hugging_face(path)


def test_a_missing_file_raises(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "config.json"):
        with pytest.raises(OSError, match="No such file"):
            load_hugging_face(path)
