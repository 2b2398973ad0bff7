"""Weights that transformers saves give the logits that it computes, for every family we load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from cs336_core.model.weight_names import families
from cs336_core.model.weights import load_pretrained
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
    "dynamic": ("llama", ALIKE | {"rope_scaling": {"rope_type": "dynamic", "factor": 3.0}}),
    "parallel StableLM": ("stablelm", ALIKE | {"use_parallel_residual": True}),
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
ENDING = ("gpt2", "openai-gpt", "gpt_bigcode", "gpt_neo", "gptj", "mpt", "opt")
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
    assert set(families()) == FIELDS.keys() | {"kimi_k2"}  # which is deepseek_v3 by another name
