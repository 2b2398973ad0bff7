"""Names of fields in a `config.json`: which of them change a count, the logits, or nothing."""

from __future__ import annotations

from typing import Any

from cs336_core.model.config import Activation

# Fields that change neither a count nor the logits.
_MODEL_FIELDS = frozenset({
    "_attn_implementation", "_attn_implementation_autoset", "_name_or_path", "architectures",
    "attn_implementation", "auto_map",
    "aux_loss_alpha", "chunk_size_feed_forward", "dtype", "ep_size", "finetuning_task",
    "gradient_checkpointing", "id2label", "initializer_range", "internal_version", "is_decoder",
    "is_encoder_decoder", "is_llama_config", "label2id", "max_sequence_length", "mscale", "n_group",
    "n_special", "norm_topk_prob", "num_labels", "original_max_position_embeddings",
    "output_attentions", "output_hidden_states", "output_past", "output_router_logits",
    "predict_special_tokens", "pretraining_tp", "problem_type", "reorder_and_upcast_attn",
    "return_dict", "routed_scaling_factor", "router_aux_loss_coef",
    "router_jitter_noise", "scoring_func", "seq_aux", "summary_activation",
    "summary_proj_to_labels", "summary_type", "summary_use_proj", "task_specific_params",
    "tokenizer_class", "topk_group", "topk_method", "torch_dtype", "torchscript",
    "transformers_version", "unsloth_version", "use_bfloat16", "use_cache",
})  # fmt: skip
# Settings for generation, which older files contain, too.
_GENERATION_FIELDS = frozenset({
    "bad_words_ids", "begin_suppress_tokens", "diversity_penalty", "do_sample", "early_stopping",
    "encoder_no_repeat_ngram_size", "exponential_decay_length_penalty", "length_penalty",
    "max_length", "max_new_tokens", "min_length", "no_repeat_ngram_size", "num_beam_groups",
    "num_beams", "num_return_sequences", "output_scores", "prefix", "remove_invalid_values",
    "repetition_penalty", "return_dict_in_generate", "suppress_tokens", "temperature",
    "tf_legacy_loss", "top_k", "top_p", "typical_p",
})  # fmt: skip
# Fields that change the logits but no count, in families whose entry does not read them: name ->
# values that change nothing.
CHANGE_LOGITS: dict[str, tuple[Any, ...]] = {
    "attn_logit_softcapping": (None,),
    "dual_chunk_attention_config": (None,),
    "final_logit_softcapping": (None,),
    "query_pre_attn_scalar": (None,),
    "rope_interleave": (None, True),  # of the heads of latent attention
    "rope_interleaved": (None, False),
    "use_mrope": (None, False),
}
GATED: dict[str, Activation] = {
    "silu": "swiglu", "swish": "swiglu", "gelu": "geglu", "gelu_new": "geglu_tanh",
    "gelu_pytorch_tanh": "geglu_tanh", "gelu_python": "geglu", "gelu_fast": "geglu_tanh",
    "relu": "reglu",
}  # fmt: skip
PLAIN: dict[str, Activation] = {
    "relu": "relu", "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh", "silu": "silu", "swish": "silu", "gelu_python": "gelu",
    "quick_gelu": "quick_gelu", "relu2": "relu_squared",
}  # fmt: skip


def is_harmless(name: str) -> bool:
    """Return whether a field changes neither a count nor the logits, whatever its value.

    >>> is_harmless("top_k"), is_harmless("video_token_id"), is_harmless("num_experts")
    (True, True, False)
    """
    return (
        name in _MODEL_FIELDS
        or name in _GENERATION_FIELDS
        or name.endswith(
            ("_token_id", "_token_ids", "dropout", "dropout_prob", "pdrop", "layerdrop")
        )
    )


def is_empty(value: Any) -> bool:
    """Return whether a value is null, false, or an empty object or list."""
    return value is None or value is False or (isinstance(value, dict | list) and not value)
