"""Families as we read them and as transformers builds them: `python -m tests.model.parity`.

Every family is built small, in a few variants. Our count of its configuration is compared with the
parameters of transformers' model, and with the FLOPs that PyTorch's counter sees in it.
"""

from __future__ import annotations

import re
import warnings
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.accounting import count_flops, count_parameters, total_flops
from cs336_core.model.hugging_face.config import PartialConfig, read_hugging_face
from cs336_core.model.hugging_face.families import family, model_types
from cs336_core.model.hugging_face.pretrained import load_pretrained
from cs336_core.model.weight_names import families
from cs336_core.model.weights import WeightsError
from tests.model.reference import transformers

# Sizes by any name that a family may have for them
SIZES: dict[str, Any] = {
    "vocab_size": 97, "padded_vocab_size": 97,
    "hidden_size": 32, "n_embd": 32, "d_model": 32, "word_embed_proj_dim": 32,
    "intermediate_size": 48, "ffn_dim": 48, "ffn_hidden_size": 48, "n_inner": 48,
    "intermediate_size_mlp": 40,
    "num_hidden_layers": 4, "n_layer": 4, "n_layers": 4, "num_layers": 4,
    "num_attention_heads": 4, "n_head": 4, "n_heads": 4, "num_heads": 4,
    "num_key_value_heads": 2, "num_kv_heads": 2, "head_dim": 8,
    "max_position_embeddings": 64, "n_positions": 64, "max_seq_len": 64, "rotary_dim": 4,
    "sliding_window": 5, "window_size": 5, "attention_chunk_size": 5,
    "num_local_experts": 4, "num_experts": 4, "n_routed_experts": 4, "moe_num_experts": 4,
    "num_experts_per_tok": 2, "moe_k": 2, "moe_topk": 2,
    "moe_intermediate_size": 12, "shared_expert_intermediate_size": 20,
    "shared_intermediate_size": 20, "first_k_dense_replace": 1, "n_group": 2, "topk_group": 1,
    "n_shared_experts": 1, "moe_num_shared_experts": 1, "moe_layer_start_index": 1,
    "moe_layer_end_index": 3,
    "kv_lora_rank": 8, "q_lora_rank": 12, "qk_nope_head_dim": 6, "qk_rope_head_dim": 8,
    "v_head_dim": 5,
    "linear_key_head_dim": 6, "linear_value_head_dim": 5, "linear_num_key_heads": 2,
    "linear_num_value_heads": 4, "embedding_size": 12, "dim": 32, "hidden_dim": 48, "d_kv": 6,
    "d_ff": 48, "num_decoder_layers": 3, "encoder_layers": 3, "decoder_layers": 2,
    "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 40,
    "decoder_ffn_dim": 48, "state_size": 8, "time_step_rank": 3, "mamba_d_state": 8,
    "mamba_dt_rank": 3, "mamba_n_heads": 8, "mamba_d_head": 8, "n_groups": 2,
    "attn_layer_period": 2, "attn_layer_offset": 1, "cross_attention_layers": [1],
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


# What a family needs besides, or leaves out (None)
NEEDED: dict[str, dict[str, Any]] = {
    "deepseek_v2": {"num_key_value_heads": 4},
    "deepseek_v3": {"num_key_value_heads": 4},
    "deepseek_v32": {"num_key_value_heads": 4},
    "minicpm3": {"num_key_value_heads": 4},
    "gpt_neo": {"attention_types": [[["global", "local"], 2]]},
    "mamba": {"intermediate_size": None},
    "falcon_mamba": {"intermediate_size": None},
    "mamba2": {"head_dim": 16, "num_heads": 4},
}
# Further variants: other values of what changes a count
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "albert": [
        {"num_hidden_groups": 2, "inner_group_num": 2},
        {"tie_word_embeddings": False},
    ],
    "bamba": [{"attn_layer_indices": [1, 2], "attention_bias": True, "mlp_bias": True}],
    "bart": [{"tie_word_embeddings": False}],
    "bert": [{"tie_word_embeddings": False}],
    "cohere": [{"use_qk_norm": True, "attention_bias": True}],
    "deepseek_v2": [{"q_lora_rank": None, "n_group": None, "topk_group": None}],
    "distilbert": [{"tie_word_embeddings": False}],
    "dots1": [{"attention_bias": True, "n_shared_experts": 2}],
    "ernie4_5": [{"use_bias": True, "tie_word_embeddings": False}],
    "ernie4_5_moe": [{"moe_layer_interval": 2}, {"moe_layer_end_index": -1}],
    "exaone4": [{"sliding_window_pattern": 2}],
    "falcon": [
        {"new_decoder_architecture": True},
        {"new_decoder_architecture": True, "num_ln_in_parallel_attn": 1, "bias": True},
        {"parallel_attn": False, "multi_query": False, "alibi": True, "num_kv_heads": 4},
    ],
    "gemma": [{"attention_bias": True, "tie_word_embeddings": False}],
    "gemma3_text": [{"_sliding_window_pattern": 2, "final_logit_softcapping": 30.0}],
    "glm": [{"attention_bias": False}],
    "glm4_moe": [{"use_qk_norm": True, "attention_bias": True, "first_k_dense_replace": 0}],
    "gpt2": [{"n_inner": None, "tie_word_embeddings": False}],
    "gpt_bigcode": [{"multi_query": False}],
    "gpt_neox": [{"use_parallel_residual": False, "attention_bias": False}],
    "gpt_oss": [{"attention_bias": False, "num_hidden_layers": 3}],
    "gptj": [{"rotary_dim": 8, "n_inner": None}],
    "granite": [{"attention_bias": True, "mlp_bias": True}],
    "granitemoehybrid": [
        {"layer_types": ["mamba", "attention", "mamba", "mamba"], "num_local_experts": 0},
    ],
    "granitemoeshared": [{"shared_intermediate_size": 0}],
    "jamba": [{"num_experts": 1, "mamba_proj_bias": True, "mamba_conv_bias": False}],
    "lfm2": [{"block_auto_adjust_ff_dim": False, "conv_bias": True}],
    "llama": [
        {"attention_bias": True, "mlp_bias": True, "tie_word_embeddings": True},
        {"attention_bias": True, "num_key_value_heads": None, "head_dim": 6},
    ],
    "llama4_text": [{"interleave_moe_layer_step": 2, "no_rope_layer_interval": 2}],
    "mamba": [{"use_bias": True, "use_conv_bias": False}],
    "mamba2": [{"use_bias": True, "tie_word_embeddings": True}],
    "minicpm3": [{"q_lora_rank": 8}],
    "mistral": [{"sliding_window": None}],
    "nemotron": [{"attention_bias": True, "mlp_bias": True}],
    "olmo": [{"attention_bias": True, "clip_qkv": 4.0}],
    "olmo2": [{"attention_bias": True}],
    "opt": [
        {"do_layer_norm_before": False, "word_embed_proj_dim": 12},
        {"enable_bias": False, "layer_norm_elementwise_affine": False},
    ],
    "phimoe": [{"attention_bias": True, "lm_head_bias": True}],
    "qwen2": [{"use_sliding_window": True, "max_window_layers": 3}],
    "qwen2_moe": [{"decoder_sparse_step": 2, "mlp_only_layers": [1], "qkv_bias": False}],
    "qwen3": [{"attention_bias": True, "use_sliding_window": True, "max_window_layers": 0}],
    "qwen3_moe": [{"decoder_sparse_step": 3, "attention_bias": True}],
    "qwen3_next": [{"decoder_sparse_step": 2, "mlp_only_layers": [1], "attention_bias": True}],
    "roberta": [{"tie_word_embeddings": False}],
    "seed_oss": [{"attention_out_bias": True, "mlp_bias": True, "attention_bias": False}],
    "smollm3": [{"no_rope_layer_interval": 3, "attention_bias": True, "mlp_bias": True}],
    "stablelm": [
        {"use_parallel_residual": True, "qk_layernorm": True, "use_qkv_bias": True},
    ],
    "starcoder2": [{"use_bias": False, "tie_word_embeddings": False}],
    "t5": [{"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}],
    "whisper": [{"tie_word_embeddings": False}],
}
# Of these, transformers computes all experts for all tokens.
NO_FLOPS = ("llama4_text",)


def cases() -> dict[str, list[dict[str, Any]]]:
    """Return the families that transformers can build, each with its variants."""
    known = transformers.models.auto.configuration_auto.CONFIG_MAPPING_NAMES
    # Inside models that see or hear, with the entry of another family
    inside = re.compile(r"qwen\d.*_(vl|omni)|glm4v")
    names = [name for name in model_types() if name in known and not inside.match(name)]
    return {name: [{}, *VARIANTS.get(name, [])] for name in names}


def build(model_type: str, changed: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return the fields of a small model's file, and the model as transformers builds it."""
    fields = transformers.AutoConfig.for_model(model_type).to_dict()
    sizes = {name: size for name, size in SIZES.items() if name in fields}
    sizes |= NEEDED.get(model_type, {})
    sizes = {name: size for name, size in sizes.items() if size is not None} | changed
    config = transformers.AutoConfig.for_model(model_type, **sizes)
    config._experts_implementation = "eager"
    kinds = transformers.AutoModelForMaskedLM, transformers.AutoModelForCausalLM
    if config.is_encoder_decoder:
        kinds = transformers.AutoModelForSeq2SeqLM, transformers.AutoModelForSpeechSeq2Seq
    kind = next((kind for kind in kinds if type(config) in kind._model_mapping), None)
    if model_type == "mllama_text_model":
        kind = transformers.MllamaForCausalLM
    build = kind._from_config if model_type == "mllama_text_model" else kind.from_config
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = build(config, attn_implementation="eager")
    fields = config.to_dict() | {"architectures": [type(model).__name__]}
    return fields | {"tie_word_embeddings": config.tie_word_embeddings}, model.eval()


def parameters(model: Any) -> int:
    """Return the parameters of a model with the buffers that weights are loaded into."""
    router = sum(b.numel() for name, b in model.named_buffers() if "correction_bias" in name)
    return router + sum(parameter.numel() for parameter in model.parameters())


def flops(model: Any, seq_len: int = 7) -> int:
    """Return the FLOPs of a forward pass by PyTorch's counter."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.arange(3, 3 + seq_len)[None], use_cache=False)
    total: int = counter.get_total_flops()
    return total


def counted(fields: dict[str, Any]) -> tuple[int, int | None]:
    """Return our number of parameters of a file, and of FLOPs, if they can be counted."""
    loaded = read_hugging_face(fields)
    if isinstance(loaded, PartialConfig):
        inside = count_parameters(loaded.config).total if loaded.config is not None else 0
        return inside + sum(loaded.extra.values()), None
    return count_parameters(loaded.config).total, total_flops(count_flops(loaded.config, 1, 7))


def logit_difference(model_type: str, fields: dict[str, Any], model: Any) -> float | None:
    """Return the largest difference of our logits, of the same weights, if these can be loaded."""
    loaded = read_hugging_face(fields)
    if isinstance(loaded, PartialConfig) or model_type not in families() or loaded.config.unmodeled:
        return None
    with TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        try:
            ours = load_pretrained(folder)
        except WeightsError:
            return None
    ids = torch.arange(3, 10)[None]
    with torch.no_grad():
        difference = ours(ids) - model(ids, use_cache=False).logits
    return float(difference.abs().max())


def by_what_is_equal() -> dict[str, list[str]]:
    """Return which families are equal in what; tests verify each."""
    kinds: dict[str, list[str]] = {
        "parameters, FLOPs and logits": [],
        "parameters and FLOPs": [],
        "parameters": [],
    }
    for name in cases():
        entry = family(name)
        is_partial = bool(entry.counts or entry.extra) or name in NO_FLOPS
        what = "parameters" if is_partial else "parameters and FLOPs"
        if name in families() and not is_partial:
            what = "parameters, FLOPs and logits"
        kinds[what].append(name)
    return kinds


def summary() -> str:
    """Return the families in Markdown, as `cs336_core/README.md` shows them."""
    known = {name for names in by_what_is_equal().values() for name in names}
    rows = {f"{what} compared": names for what, names in by_what_is_equal().items()}
    rows["read, not compared"] = [name for name in model_types() if name not in known]
    lines = ["| | `model_type` |", "|---|---|"]
    return "\n".join(
        [*lines, *(f"| {what} | {', '.join(names)} |" for what, names in rows.items())]
    )


def table() -> str:
    """Return a row per family: equal numbers are a check mark, others the largest difference."""
    lines = ["| | variants | parameters | FLOPs | logits |", "|---|--:|---|---|---|"]
    for name, variants in cases().items():
        differences: list[tuple[float | None, float | None, float | None]] = []
        for changed in variants:
            fields, model = build(name, changed)
            ours, our_flops = counted(fields)
            has_flops = our_flops is not None and name not in NO_FLOPS
            differences.append((
                ours - parameters(model),
                our_flops - flops(model) if has_flops and our_flops is not None else None,
                logit_difference(name, fields, model),
            ))  # fmt: skip
        cells = [_cell(column) for column in zip(*differences, strict=True)]
        lines.append(f"| {name} | {len(variants)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(differences: tuple[float | None, ...]) -> str:
    """Return what a cell says about the differences of all variants."""
    known = [abs(difference) for difference in differences if difference is not None]
    if not known:
        return "–"
    return "✓" if max(known) < 1e-4 else f"{max(known):g}"


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    print(table(), summary(), sep="\n\n")
