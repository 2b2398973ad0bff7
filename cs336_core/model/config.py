"""The configuration of a Transformer, from which modules are built and costs are counted.

Needs the standard library only. `cs336_core.model.presets` has those of published models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_flag
from cs336_core.model.config_parts import (
    ConfigError,
    Experts,
    Latent,
    RopeScaling,
    Scales,
    check_layers,
    check_sizes,
)

__all__ = [
    "GATED", "Activation", "ConfigError", "Experts", "Latent", "LayerType", "ModelConfig", "Norm",
    "NormGain", "NormPlacement", "Positions", "QKNorm", "RopeScaling", "Scales",
]  # fmt: skip

Activation = Literal[
    "relu", "gelu", "gelu_tanh", "quick_gelu", "relu_squared", "silu",
    "reglu", "swiglu", "geglu", "geglu_tanh",
]  # fmt: skip
GATED: tuple[Activation, ...] = ("reglu", "swiglu", "geglu", "geglu_tanh")
LayerType = Literal["full", "window", "chunk"]
Norm = Literal["layernorm", "rmsnorm"]
NormGain = Literal["weight", "1 + weight", "none"]
NormPlacement = Literal["pre", "post", "output", "sandwich"]
Positions = Literal["learned", "sinusoidal", "rotary", "alibi", "none"]
QKNorm = Literal["head", "each head", "all heads"]


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The sizes and choices that define a Transformer.

    Attributes:
        vocab_size: the number of token ids.
        context_length: the longest sequence; only a table of learned positions enforces it.
        n_layers: the number of blocks.
        d_model: the width of the residual stream.
        n_heads: the number of query heads.
        n_kv_heads: the number of key and value heads; `None` for one per query head.
        d_head: the width of a head; `None` for d_model / n_heads.
        d_ff: the hidden width of the MLP; `None` for 4 d_model.
        activation: of the MLP; "reglu", "swiglu", "geglu" and "geglu_tanh" are gated and need a
            third matrix; GPT-2 and Gemma approximate GELU with tanh, "quick_gelu" with a sigmoid.
        norm: "layernorm" or "rmsnorm".
        norm_placement: "pre" normalizes the input of each sublayer, "output" its output before the
            residual sum (OLMo 2), "sandwich" both (Gemma 2), "post" the sum after it.
        norm_gain: what norms multiply by: a "weight", "1 + weight" (Gemma), or "none" (OLMo).
        norm_eps: the epsilon added to the variance.
        qk_norm: how queries and keys are normalized before they are rotated, if they are: per
            "head", with a weight for all heads (Qwen 3) or for "each head" of its own (Command R+),
            or "all heads" together (OLMo 2).
        embedding_norm: whether token embeddings are normalized (BLOOM).
        parallel_norms: how many norms a block has if its attention and its MLP have the same input
            and are added to it together: 1 (GPT-J) or 2 (GPT-NeoX); `None` if the MLP follows.
        positions: how positions are encoded.
        unused_positions: rows of the table of learned positions before that of the first token,
            which no token uses (OPT has 2).
        rope_theta: the base of the rotary frequencies.
        rope_scaling: how these frequencies change for longer sequences.
        rope_theta_window: the base in layers with a window, which then ignore `rope_scaling` (Gemma
            3); `None` for the frequencies of the other layers.
        rotary_fraction: the fraction of each head that is rotated.
        nope_layers: the indices of layers that rotate nothing (SmolLM 3).
        bias: whether linear layers and layer norms have biases.
        qkv_bias: whether the query, key and value projections have biases; `None`: as `bias`.
        output_bias: whether the output projection of attention has a bias; `None`: as `bias`.
        mlp_bias: whether MLPs and experts have biases; `None`: as `bias`.
        norm_bias: whether layer norms have biases; `None`: as `bias`.
        head_bias: whether the LM head has a bias (Phi).
        tied_embeddings: whether the LM head shares its weights with the embedding.
        embedding_width: the width of embeddings and LM head, if a matrix projects them to d_model
            and back (OPT 350M); `None` for d_model.
        window: how many tokens a token attends to, including itself; `None` for all tokens so far.
        layer_types: the attention of each layer: "full" attends to all tokens so far, "window" to
            the last `window`, "chunk" to those in the same chunk of `window` tokens (Llama 4).
            With fewer entries than layers, they repeat: ("window",) * 5 + ("full",) is Gemma 3's
            pattern. Empty if all layers are alike.
        attention_sinks: whether each head has a learned score that takes part in the softmax and
            has no value (gpt-oss).
        experts: a mixture of experts in place of the MLP.
        latent: latent attention in place of key and value heads.
        scales: factors and limits of activations.
        n_outputs: the number of outputs per token: `None` for the logits of an LM head, 0 for a
            model without a head, the number of labels for a classifier.
        unmodeled: what the published model computes and no field here describes, such as sparse
            attention. No count depends on it, but the modules would compute another function, so
            weights of such a model are not loaded.

    Raises:
        ConfigError: for an invalid value, with the field, its value and the rule.

    """

    vocab_size: int
    context_length: int
    n_layers: int
    d_model: int
    n_heads: int
    n_kv_heads: int | None = None
    d_head: int | None = None
    d_ff: int | None = None
    activation: Activation = "swiglu"
    norm: Norm = "rmsnorm"
    norm_placement: NormPlacement = "pre"
    norm_gain: NormGain = "weight"
    norm_eps: float = 1e-5
    qk_norm: QKNorm | None = None
    embedding_norm: bool = False
    parallel_norms: int | None = None
    positions: Positions = "rotary"
    unused_positions: int = 0
    rope_theta: float = 10_000.0
    rope_scaling: RopeScaling | None = None
    rope_theta_window: float | None = None
    rotary_fraction: float = 1.0
    nope_layers: tuple[int, ...] = ()
    bias: bool = False
    qkv_bias: bool | None = None
    output_bias: bool | None = None
    mlp_bias: bool | None = None
    norm_bias: bool | None = None
    head_bias: bool = False
    tied_embeddings: bool = False
    embedding_width: int | None = None
    window: int | None = None
    layer_types: tuple[LayerType, ...] = ()
    attention_sinks: bool = False
    experts: Experts | None = None
    latent: Latent | None = None
    scales: Scales = field(default_factory=Scales)
    n_outputs: int | None = None
    unmodeled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ConfigError` for values that are out of range or contradict each other."""
        sizes = ("vocab_size", "context_length", "n_layers", "d_model", "n_heads")
        check_sizes(self, *sizes, minimum=1)
        check_sizes(self, "unused_positions", minimum=0)
        if self.n_outputs is not None:
            check_sizes(self, "n_outputs", minimum=0)
        for name in ("n_kv_heads", "d_head", "d_ff", "embedding_width", "window"):
            if getattr(self, name) is not None:
                check_sizes(self, name, minimum=1)
        object.__setattr__(self, "unmodeled", tuple(self.unmodeled))  # JSON has lists
        self._check_choices()
        self._check_heads()
        self._check_layers()
        for name in ("norm_eps", "rope_theta", "rope_theta_window"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise ConfigError(f"{name} is {value}; it must be above 0 and finite")

    def _check_choices(self) -> None:
        """Raise `ConfigError` for a value that is not one of the choices."""
        for name, choices in (
            ("activation", get_args(Activation)),
            ("norm", get_args(Norm)),
            ("norm_placement", get_args(NormPlacement)),
            ("norm_gain", get_args(NormGain)),
            ("qk_norm", (None, *get_args(QKNorm))),
            ("positions", get_args(Positions)),
            ("parallel_norms", (None, 1, 2)),
        ):
            check_choice(name, getattr(self, name), choices, error=ConfigError)
        for name in ("bias", "embedding_norm", "head_bias", "tied_embeddings", "attention_sinks"):
            check_flag(name, getattr(self, name), error=ConfigError)
        for name in ("qkv_bias", "output_bias", "mlp_bias", "norm_bias"):
            check_choice(name, getattr(self, name), (None, True, False), error=ConfigError)
        if self.parallel_norms is not None and self.norm_placement != "pre":
            raise ConfigError(
                f"norm_placement is {self.norm_placement!r}; with parallel_norms it must be 'pre'"
            )

    def _check_heads(self) -> None:
        """Raise `ConfigError` for heads of impossible number or width."""
        if self.d_head is None and self.d_model % self.n_heads:
            raise ConfigError(
                f"d_model ({self.d_model}) is not divisible by n_heads ({self.n_heads}); pass "
                "d_head to set the head width"
            )
        if self.n_heads % self.kv_heads:
            raise ConfigError(
                f"n_kv_heads is {self.n_kv_heads}; it must divide n_heads, which is {self.n_heads}"
            )
        if not 0 < self.rotary_fraction <= 1:
            raise ConfigError(
                f"rotary_fraction is {self.rotary_fraction}; it must be above 0 and at most 1"
            )
        if self.positions == "rotary" and self.rotary_dim % 2:
            raise ConfigError(
                f"the rotated part of a head has {self.rotary_dim} dimensions (rotary_fraction "
                f"{self.rotary_fraction:g} of {self.head_dim}); it must be even, since dimensions "
                "are rotated in pairs"
            )

    def _check_layers(self) -> None:
        """Raise `ConfigError` for impossible indices, and for layer types without a window."""
        check_layers(self, "nope_layers")
        object.__setattr__(self, "layer_types", tuple(self.layer_types))
        for kind in self.layer_types:
            check_choice("layer_types", kind, get_args(LayerType), error=ConfigError)
        if self.window is None and {*self.layer_types} - {"full"}:
            raise ConfigError(
                "window is None, but layer_types has layers with one; pass their window"
            )

    @property
    def kv_heads(self) -> int:
        """The number of key and value heads."""
        return self.n_heads if self.n_kv_heads is None else self.n_kv_heads

    @property
    def head_dim(self) -> int:
        """The width of a head."""
        return self.d_model // self.n_heads if self.d_head is None else self.d_head

    @property
    def rotary_dim(self) -> int:
        """How many dimensions of a head are rotated."""
        if self.latent is not None:
            return self.latent.rope_head_dim
        return int(self.head_dim * self.rotary_fraction)

    @property
    def mlp_width(self) -> int:
        """The hidden width of the MLP."""
        return 4 * self.d_model if self.d_ff is None else self.d_ff

    @property
    def is_gated(self) -> bool:
        """Whether the MLP is gated."""
        return self.activation in GATED

    @property
    def head_outputs(self) -> int:
        """The number of outputs per token; 0 without a head."""
        return self.vocab_size if self.n_outputs is None else self.n_outputs

    @property
    def norms_per_layer(self) -> int:
        """How many norms a block has for the residual stream and for what is added to it."""
        return self.parallel_norms or (4 if self.norm_placement == "sandwich" else 2)

    @property
    def attention_types(self) -> tuple[LayerType, ...]:
        """The attention of each layer."""
        pattern = self.layer_types or ("full" if self.window is None else "window",)
        return tuple(islice(cycle(pattern), self.n_layers))

    @property
    def has_qkv_bias(self) -> bool:
        """Whether the query, key and value projections have biases."""
        return self.bias if self.qkv_bias is None else self.qkv_bias

    @property
    def has_output_bias(self) -> bool:
        """Whether the output projection of attention has a bias."""
        return self.bias if self.output_bias is None else self.output_bias

    @property
    def has_mlp_bias(self) -> bool:
        """Whether MLPs and experts have biases."""
        return self.bias if self.mlp_bias is None else self.mlp_bias

    @property
    def has_norm_bias(self) -> bool:
        """Whether norms have biases; an RMSNorm never has one."""
        is_on = self.bias if self.norm_bias is None else self.norm_bias
        return is_on and self.norm == "layernorm" and self.norm_gain != "none"
