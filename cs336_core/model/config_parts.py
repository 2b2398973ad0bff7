"""The parts of a `ModelConfig` that only some models have."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import (
    InvalidValueError,
    check_choice,
    check_flag,
    check_number,
    whole_number,
)

RopeKind = Literal["linear", "dynamic", "yarn", "llama3", "longrope"]
RouterScores = Literal["softmax", "sigmoid"]


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
        shared_d_ff: the hidden width of all shared experts together; `None` for n_shared d_ff.
        shared_gate: whether the output of shared experts is multiplied by a sigmoid of a number
            that one more matrix computes from the token (Qwen 2 MoE).
        n_dense_layers: how many of the first layers have an MLP instead.
        dense_layers: the indices of further layers that have an MLP instead.
        balancing_bias: whether each expert has a bias that affects which experts are chosen, but
            not their weights (DeepSeek-V3, section 2.1.2).
        router_bias: whether the router has a bias that affects both (gpt-oss).
        scores: how the outputs of the router become weights: a softmax over all experts, or a
            sigmoid of each (DeepSeek-V3).
        normalized: whether the weights of the chosen experts are divided by their sum. With a
            softmax, this equals a softmax over the chosen ones.
        scale: a factor of the weights, after normalization.
        n_groups: the number of groups of experts. Groups are ranked by their best expert or, with a
            balancing bias, by the sum of their best two.
        n_active_groups: how many groups each token chooses its experts from.

    """

    n_experts: int
    n_active: int
    d_ff: int
    n_shared: int = 0
    shared_d_ff: int | None = None
    shared_gate: bool = False
    n_dense_layers: int = 0
    dense_layers: tuple[int, ...] = ()
    balancing_bias: bool = False
    router_bias: bool = False
    scores: RouterScores = "softmax"
    normalized: bool = True
    scale: float = 1.0
    n_groups: int = 1
    n_active_groups: int = 1

    def __post_init__(self) -> None:
        """Raise `ConfigError` for values that are out of range or contradict each other."""
        check_sizes(self, "n_experts", "n_active", "d_ff", "n_groups", "n_active_groups", minimum=1)
        check_sizes(self, "n_shared", "n_dense_layers", minimum=0)
        if self.shared_d_ff is not None:
            check_sizes(self, "shared_d_ff", minimum=1)
        if not self.n_shared and (self.shared_gate or self.shared_d_ff is not None):
            raise ConfigError("n_shared is 0, but there are options of shared experts; pass 1")
        check_layers(self, "dense_layers")
        check_choice("scores", self.scores, get_args(RouterScores), error=ConfigError)
        check_number("scale", self.scale, above=0, error=ConfigError)
        for name in ("shared_gate", "balancing_bias", "router_bias", "normalized"):
            check_flag(name, getattr(self, name), error=ConfigError)
        for fewer, more in (
            ("n_active", "n_experts"),
            ("n_active_groups", "n_groups"),
            ("n_groups", "n_experts"),
        ):
            if getattr(self, fewer) > getattr(self, more):
                raise ConfigError(
                    f"{fewer} is {getattr(self, fewer)}; it must not be more than {more}, which is "
                    f"{getattr(self, more)}"
                )
        if self.n_experts % self.n_groups:
            raise ConfigError(
                f"n_groups is {self.n_groups}; it must divide n_experts, which is {self.n_experts}"
            )

    @property
    def shared_width(self) -> int:
        """The hidden width of all shared experts together."""
        return self.n_shared * self.d_ff if self.shared_d_ff is None else self.shared_d_ff

    def is_dense(self, layer: int) -> bool:
        """Return whether the layer of this index has an MLP instead."""
        return layer < self.n_dense_layers or layer in self.dense_layers


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
        check_sizes(self, "kv_rank", "nope_head_dim", "v_head_dim", minimum=1)
        check_sizes(self, "rope_head_dim", minimum=2)
        if self.q_rank is not None:
            check_sizes(self, "q_rank", minimum=1)
        if self.rope_head_dim % 2:
            raise ConfigError(f"rope_head_dim is {self.rope_head_dim}; it must be even")


@dataclass(frozen=True, kw_only=True)
class RopeScaling:
    """How rotary frequencies change for sequences longer than those in training.

    Attributes:
        kind: "linear" divides all frequencies by `factor` (Chen et al. 2023). "dynamic" raises the
            base with the sequence beyond the original context (NTK-aware). "yarn" divides low
            frequencies only, and blends in between (Peng et al. 2023), as does "llama3". "longrope"
            divides each frequency by a factor of its own (Ding et al. 2024).
        factor: how much longer sequences may become.
        original_context: the context length in training, before scaling; all kinds but "linear"
            need it.
        low_freq_factor: for "llama3": wavelengths above original_context / low_freq_factor are
            divided by `factor`.
        high_freq_factor: for "llama3": wavelengths below original_context / high_freq_factor stay.
        beta_fast: for "yarn": dimensions with more rotations in the original context stay.
        beta_slow: for "yarn": dimensions with fewer rotations are divided by `factor`.
        truncate: for "yarn": whether the ends of the blend are rounded to whole dimensions.
        short_factors: for "longrope": a divisor per frequency, up to the original context.
        long_factors: for "longrope": those of longer sequences.
        attention_factor: a factor of the rotated queries and keys; `None` for that of the kind:
            0.1 ln(factor) + 1 for "yarn", √(1 + ln(factor) / ln(original_context)) for "longrope",
            1 for others.

    """

    kind: RopeKind
    factor: float = 1.0
    original_context: int | None = None
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    truncate: bool = True
    short_factors: tuple[float, ...] = ()
    long_factors: tuple[float, ...] = ()
    attention_factor: float | None = None

    def __post_init__(self) -> None:
        """Raise `ConfigError` for values that are out of range or missing."""
        check_choice("kind", self.kind, get_args(RopeKind), error=ConfigError)
        check_flag("truncate", self.truncate, error=ConfigError)
        if self.original_context is not None:
            check_sizes(self, "original_context", minimum=1)
        elif self.kind != "linear":
            raise ConfigError(f"original_context is None; {self.kind!r} scaling needs it")
        for name in ("factor", "low_freq_factor", "high_freq_factor", "beta_fast", "beta_slow"):
            check_number(name, getattr(self, name), above=0, error=ConfigError)
        if self.attention_factor is not None:
            check_number("attention_factor", self.attention_factor, above=0, error=ConfigError)
        if self.kind == "llama3" and self.high_freq_factor < self.low_freq_factor:
            raise ConfigError(
                f"high_freq_factor is {self.high_freq_factor:g}; it must be at least "
                f"low_freq_factor, which is {self.low_freq_factor:g}"
            )
        for name in ("short_factors", "long_factors"):
            factors = tuple(getattr(self, name))
            object.__setattr__(self, name, factors)
            if not factors and self.kind == "longrope":
                raise ConfigError(f"{name} is empty; 'longrope' scaling needs one per frequency")
            for factor in factors:
                check_number(name, factor, above=0, error=ConfigError)

    @property
    def score_factor(self) -> float:
        """The factor of rotated queries and keys."""
        if self.attention_factor is not None:
            return self.attention_factor
        if self.factor <= 1:
            return 1.0
        if self.kind == "yarn":
            return 0.1 * math.log(self.factor) + 1
        if self.kind == "longrope" and self.original_context is not None:
            return math.sqrt(1 + math.log(self.factor) / math.log(self.original_context))
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Scales:
    """Constants by which a model multiplies or limits its activations.

    Attributes:
        embedding: the factor of token embeddings (Gemma: √d_model).
        scores: the factor of attention scores; `None` for 1 / √d, d the width of a query head.
        scores_by_layer: whether scores are also divided by the number of the layer, from 1 (GPT-2
            as trained by Mistral at Stanford).
        scores_cap: scores s become cap tanh(s / cap) (Gemma 2).
        residual: the factor of the output of each sublayer, before the residual sum (Granite).
        logits: the factor of the logits.
        logits_cap: logits s become cap tanh(s / cap), after that factor (Gemma 2).

    """

    embedding: float = 1.0
    scores: float | None = None
    scores_by_layer: bool = False
    scores_cap: float | None = None
    residual: float = 1.0
    logits: float = 1.0
    logits_cap: float | None = None

    def __post_init__(self) -> None:
        """Raise `ConfigError` for factors that are not positive."""
        check_flag("scores_by_layer", self.scores_by_layer, error=ConfigError)
        for name in ("embedding", "residual", "logits", "scores", "scores_cap", "logits_cap"):
            value = getattr(self, name)
            if value is not None or name in ("embedding", "residual", "logits"):
                check_number(name, value, above=0, error=ConfigError)


def check_sizes(config: object, *names: str, minimum: int) -> None:
    """Raise `ConfigError` for a field that is not an integer or less than `minimum`.

    Integers of other libraries, such as NumPy's, become Python's, which cannot overflow.
    """
    for name in names:
        value = getattr(config, name)
        number = whole_number(value)
        if number is None or number < minimum:
            raise ConfigError(f"{name} is {value!r}; it must be a whole number, {minimum} or more")
        object.__setattr__(config, name, number)


def check_layers(config: object, name: str) -> None:
    """Raise `ConfigError` unless a field contains indices of layers; JSON's lists become tuples."""
    layers = tuple(getattr(config, name))
    for layer in layers:
        number = whole_number(layer)
        if number is None or number < 0:
            raise ConfigError(f"{name} contains {layer!r}; it must contain indices, 0 or more")
    object.__setattr__(config, name, tuple(map(int, layers)))
