"""The configuration of a Transformer, from which modules are built and costs are counted.

Needs the standard library only. `cs336_core.model.presets` has those of published models.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import InvalidValueError, check_choice, whole_number

Activation = Literal["relu", "gelu", "gelu_tanh", "silu", "swiglu", "geglu", "geglu_tanh"]
GATED: tuple[Activation, ...] = ("swiglu", "geglu", "geglu_tanh")
Norm = Literal["layernorm", "rmsnorm"]
NormPlacement = Literal["pre", "post"]
Positions = Literal["learned", "sinusoidal", "rotary", "none"]


class ConfigError(InvalidValueError):
    """A configuration that describes no possible model, or an unknown preset."""


@dataclass(frozen=True, kw_only=True)
class Experts:
    """A mixture of experts in place of the MLP (Shazeer et al. 2017).

    Attributes:
        n_experts: the number of experts that the router chooses from.
        n_active: how many of them each token is routed to.
        d_ff: the hidden width of one expert.
        n_shared: further experts that process every token (DeepSeekMoE).
        n_dense_layers: how many of the first layers have an MLP instead.
        balancing_bias: whether each expert has a bias that affects which experts are chosen, but
            not their weights (DeepSeek-V3, section 2.1.2).

    """

    n_experts: int
    n_active: int
    d_ff: int
    n_shared: int = 0
    n_dense_layers: int = 0
    balancing_bias: bool = False

    def __post_init__(self) -> None:
        """Raise `ConfigError` for sizes that are out of range or contradict each other."""
        _check_sizes(self, "n_experts", "n_active", "d_ff", minimum=1)
        _check_sizes(self, "n_shared", "n_dense_layers", minimum=0)
        if self.n_active > self.n_experts:
            raise ConfigError(
                f"n_active is {self.n_active}; it must not be more than n_experts, which is "
                f"{self.n_experts}"
            )


@dataclass(frozen=True, kw_only=True)
class Latent:
    """Multi-head latent attention, MLA, in place of key and value heads (DeepSeek-V2, section 2.1).

    Attributes:
        kv_rank: the width of the latent vector from which keys and values are projected. Only the
            latent is cached.
        q_rank: the width of the latent for queries; `None` to project them from the residual
            stream.
        nope_head_dim: the part of each query and key head that carries no position.
        rope_head_dim: the part that is rotated by position; this part of the key is shared by all
            heads.
        v_head_dim: the width of a value head.

    """

    kv_rank: int
    q_rank: int | None = None
    nope_head_dim: int
    rope_head_dim: int
    v_head_dim: int

    def __post_init__(self) -> None:
        """Raise `ConfigError` for sizes out of range."""
        _check_sizes(self, "kv_rank", "nope_head_dim", "v_head_dim", minimum=1)
        _check_sizes(self, "rope_head_dim", minimum=2)
        if self.q_rank is not None:
            _check_sizes(self, "q_rank", minimum=1)
        if self.rope_head_dim % 2:
            raise ConfigError(f"rope_head_dim is {self.rope_head_dim}; it must be even")


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
        activation: of the MLP; "swiglu", "geglu" and "geglu_tanh" are gated and need a third
            matrix; GPT-2 and Gemma approximate GELU with tanh.
        norm: "layernorm" or "rmsnorm".
        norm_placement: "pre" normalizes the input of each sublayer, "post" the sum after it.
        norm_eps: the epsilon added to the variance.
        positions: how positions are encoded.
        rope_theta: the base of the rotary frequencies.
        rotary_fraction: the fraction of each head that is rotated.
        bias: whether linear layers and layer norms have biases.
        qkv_bias: whether the query, key and value projections have; `None` for `bias`.
        tied_embeddings: whether the LM head shares its weights with the embedding.
        window: how many tokens a token attends to, including itself; `None` for all before it.
        experts: a mixture of experts in place of the MLP.
        latent: latent attention in place of key and value heads.
        n_outputs: the number of outputs per token: `None` for the logits of an LM head, 0 for a
            model without a head, the number of labels for a classifier.
        unmodeled: what the published model computes and no field here describes, such as scaled
            rotary frequencies. No count depends on it, but the modules would compute another
            function, so weights of such a model are not loaded.

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
    norm_eps: float = 1e-5
    positions: Positions = "rotary"
    rope_theta: float = 10_000.0
    rotary_fraction: float = 1.0
    bias: bool = False
    qkv_bias: bool | None = None
    tied_embeddings: bool = False
    window: int | None = None
    experts: Experts | None = None
    latent: Latent | None = None
    n_outputs: int | None = None
    unmodeled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise `ConfigError` for values that are out of range or contradict each other."""
        sizes = ("vocab_size", "context_length", "n_layers", "d_model", "n_heads")
        _check_sizes(self, *sizes, minimum=1)
        if self.n_outputs is not None:
            _check_sizes(self, "n_outputs", minimum=0)
        object.__setattr__(self, "unmodeled", tuple(self.unmodeled))  # JSON has lists
        for name in ("n_kv_heads", "d_head", "d_ff", "window"):
            if getattr(self, name) is not None:
                _check_sizes(self, name, minimum=1)
        for name, choices in (
            ("activation", get_args(Activation)),
            ("norm", get_args(Norm)),
            ("norm_placement", get_args(NormPlacement)),
            ("positions", get_args(Positions)),
        ):
            check_choice(name, getattr(self, name), choices, error=ConfigError)
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
        for name in ("norm_eps", "rope_theta"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"{name} is {getattr(self, name)}; it must be above 0 and finite")

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
    def has_qkv_bias(self) -> bool:
        """Whether the query, key and value projections have biases."""
        return self.bias if self.qkv_bias is None else self.qkv_bias


def _check_sizes(config: object, *names: str, minimum: int) -> None:
    """Raise `ConfigError` for a field that is not an integer or less than `minimum`.

    Integers of other libraries, such as NumPy's, become Python's, which cannot overflow.
    """
    for name in names:
        value = getattr(config, name)
        number = whole_number(value)
        if number is None or number < minimum:
            raise ConfigError(f"{name} is {value!r}; it must be a whole number, {minimum} or more")
        object.__setattr__(config, name, number)
