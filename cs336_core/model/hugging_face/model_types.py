"""Readers for each supported `model_type` of a `config.json`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cs336_core.model.config import Activation, ConfigError, Experts, Latent, ModelConfig
from cs336_core.model.hugging_face.fields import REQUIRED, Fields


def _llama(read: Fields) -> ModelConfig:
    """Llama, whose attention and MLP may have biases."""
    attention, mlp = read.flag("attention_bias"), read.flag("mlp_bias")
    if attention != mlp:
        raise ConfigError(
            f"attention_bias is {attention} and mlp_bias is {mlp}; biases in only one "
            "of them cannot be counted yet"
        )
    return ModelConfig(**_decoder(read, kv_heads_default=None), bias=attention)


def _mistral(read: Fields) -> ModelConfig:
    """Mistral, which may have a window."""
    return ModelConfig(
        **_decoder(read, context=131_072), window=read.optional_size("sliding_window", 4096)
    )


def _qwen2(read: Fields) -> ModelConfig:
    """Qwen 2 and 2.5: biases of queries, keys and values."""
    window = read.optional_size("sliding_window", 4096)
    first = read.size("max_window_layers", 28, minimum=0)
    n_layers = read.size("num_hidden_layers")
    if not read.flag("use_sliding_window") or first >= n_layers:
        window = None
    elif window is not None and first:
        raise ConfigError(
            f"max_window_layers is {first} of {n_layers} layers; a window in some layers only "
            "cannot be counted yet"
        )
    return ModelConfig(**_decoder(read, context=32_768), qkv_bias=True, window=window)


def _mixtral(read: Fields) -> ModelConfig:
    """Mixtral: experts in place of every MLP, with other defaults."""
    experts = Experts(
        n_experts=read.size("num_local_experts"),
        n_active=read.size("num_experts_per_tok"),
        d_ff=read.size("intermediate_size"),
    )
    window = read.optional_size("sliding_window", None)
    decoder = _decoder(read, context=131_072, eps=1e-5, theta=1e6)
    return ModelConfig(**decoder, experts=experts, window=window)


def _gemma(read: Fields) -> ModelConfig:
    """Gemma, which ties its embeddings; its "gelu" has always been the tanh approximation."""
    hidden_activation = read.string("hidden_activation", None)
    act = (
        read.string("hidden_act", "gelu_pytorch_tanh")
        if hidden_activation is None
        else hidden_activation
    )
    if read.flag("attention_bias"):
        raise ConfigError("attention_bias is True; Gemma with biases cannot be counted yet")
    read.use("hidden_act")
    read.unmodeled += [
        "Gemma's scale of embeddings",
        "Gemma's norms, which multiply by 1 + weight",
    ]
    activation: Activation = "geglu_tanh" if act == "gelu" else read.gated(act)
    decoder = _decoder(read, context=8192, activation=activation, is_tied=True)
    return ModelConfig(**decoder | {"d_head": read.size("head_dim", 256)})


def _gpt2(read: Fields) -> ModelConfig:
    """GPT-2, which has its own field names."""
    if read.flag("add_cross_attention"):
        raise ConfigError("add_cross_attention is True; only decoder-only models can be counted")
    read.rename(
        hidden_size="n_embd",
        max_position_embeddings="n_positions",
        num_attention_heads="n_head",
        num_hidden_layers="n_layer",
    )
    positions = read.size("n_positions", 1024)
    read.use("n_ctx")
    return ModelConfig(
        vocab_size=read.size("vocab_size"),
        context_length=positions,
        n_layers=read.size("n_layer"),
        d_model=read.size("n_embd"),
        n_heads=read.size("n_head"),
        d_ff=read.optional_size("n_inner", None),
        activation=read.plain(read.string("activation_function", "gelu_new")),
        norm="layernorm",
        norm_eps=read.number("layer_norm_epsilon", 1e-5),
        positions="learned",
        bias=True,
        tied_embeddings=read.flag("tie_word_embeddings", default=True),
    )


def _deepseek(read: Fields) -> ModelConfig:
    """DeepSeek-V2 and V3, and Kimi K2: latent attention, and experts after the first layers."""
    is_v3 = read.string("model_type", None) != "deepseek_v2"
    if read.size("moe_layer_freq", 1) != 1:
        raise ConfigError(
            "moe_layer_freq is not 1; experts in only some layers cannot be counted yet"
        )
    if read.flag("attention_bias"):
        raise ConfigError("attention_bias is True; DeepSeek with biases cannot be counted yet")
    if read.size("num_nextn_predict_layers", 0, minimum=0):
        read.notes.append(
            "num_nextn_predict_layers: the layers that predict further tokens are not counted"
        )
    latent = Latent(
        kv_rank=read.size("kv_lora_rank"),
        q_rank=read.optional_size("q_lora_rank", None),
        nope_head_dim=read.size("qk_nope_head_dim"),
        rope_head_dim=read.size("qk_rope_head_dim"),
        v_head_dim=read.size("v_head_dim"),
    )
    experts = Experts(
        n_experts=read.size("n_routed_experts"),
        n_active=read.size("num_experts_per_tok"),
        d_ff=read.size("moe_intermediate_size"),
        n_shared=read.optional_size("n_shared_experts", None, minimum=0) or 0,
        n_dense_layers=read.size("first_k_dense_replace", 0, minimum=0),
        balancing_bias=is_v3,
    )
    read.unmodeled.append("DeepSeek's routing of tokens to experts")
    # The files have a number of key and value heads, but these are all projected from one latent.
    read.use("num_key_value_heads", "qk_head_dim", "head_dim")
    width = latent.nope_head_dim + latent.rope_head_dim
    context = 4096 if is_v3 else 2048
    decoder = _decoder(read, context=context, kv_heads_default=None)
    decoder |= {"n_kv_heads": None, "d_head": width}
    return ModelConfig(**decoder, latent=latent, experts=experts)


def _decoder(  # noqa: PLR0913  (options are keywords)
    read: Fields,
    *,
    context: int = 2048,
    eps: float = 1e-6,
    theta: float = 10_000.0,
    activation: Activation | None = None,
    is_tied: bool = False,
    kv_heads_default: str | None = REQUIRED,
) -> dict[str, Any]:
    """Return the fields that all Llama-like models share, by our names.

    `context`, `eps` and `theta` are the defaults of transformers. So is `kv_heads_default`: `None`
    means as many key and value heads as query heads, and the field is required for model types
    whose default is a fixed number.
    """
    if activation is None:
        activation = read.gated(read.string("hidden_act", "silu"))
    n_heads = read.size("num_attention_heads")
    return {
        "vocab_size": read.size("vocab_size"),
        "context_length": read.context_length(context),
        "n_layers": read.size("num_hidden_layers"),
        "d_model": read.size("hidden_size"),
        "n_heads": n_heads,
        "n_kv_heads": read.optional_size("num_key_value_heads", kv_heads_default),
        "d_head": read.optional_size("head_dim", None),
        "d_ff": read.size("intermediate_size"),
        "activation": activation,
        "norm_eps": read.number("rms_norm_eps", eps),
        "rope_theta": read.rope_theta(theta),
        "tied_embeddings": read.flag("tie_word_embeddings", default=is_tied),
    }


READERS: dict[str, Callable[[Fields], ModelConfig]] = {
    "llama": _llama,
    "mistral": _mistral,
    "mixtral": _mixtral,
    "qwen2": _qwen2,
    "gemma": _gemma,
    "gpt2": _gpt2,
    "deepseek_v2": _deepseek,
    "deepseek_v3": _deepseek,
    "kimi_k2": _deepseek,
}
