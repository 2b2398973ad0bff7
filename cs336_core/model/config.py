"""What a Transformer is made of, in numbers: what a module is built from, and what is counted.

The standard library is enough to run it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from cs336_core._shared.validation import whole_number

Activation = Literal["relu", "gelu", "gelu_tanh", "silu", "swiglu", "geglu", "geglu_tanh"]
GATED: tuple[Activation, ...] = ("swiglu", "geglu", "geglu_tanh")
Norm = Literal["layernorm", "rmsnorm"]
NormPlacement = Literal["pre", "post"]
Positions = Literal["learned", "sinusoidal", "rotary", "none"]


class ConfigError(ValueError):
    """A model that cannot be, or that there is not."""


@dataclass(frozen=True, kw_only=True)
class Experts:
    """A mixture of experts in place of the MLP (Shazeer et al. 2017).

    Attributes:
        n_experts: how many experts a token is routed among.
        n_active: how many of them work on a token.
        d_ff: the width of one expert between its matrices.
        n_shared: how many more experts work on every token (DeepSeekMoE).
        n_dense_layers: how many of the first layers have an MLP instead.
        balancing_bias: whether there is a bias for each expert that counts where experts are
            chosen, but not where they are weighed (DeepSeek-V3, section 2.1.2).

    """

    n_experts: int
    n_active: int
    d_ff: int
    n_shared: int = 0
    n_dense_layers: int = 0
    balancing_bias: bool = False

    def __post_init__(self) -> None:
        """Raise `ConfigError` for numbers that do not fit together."""
        _at_least(1, self, "n_experts", "n_active", "d_ff")
        _at_least(0, self, "n_shared", "n_dense_layers")
        if self.n_active > self.n_experts:
            raise ConfigError(
                f"n_active is {self.n_active}; it must not be more than n_experts, which is "
                f"{self.n_experts}"
            )


@dataclass(frozen=True, kw_only=True)
class Latent:
    """Multi-head latent attention in place of heads of keys and values (DeepSeek-V2, section 2.1).

    Attributes:
        kv_rank: the width of the vector that keys and values are made from, and that is cached.
        q_rank: the width of the one that queries are made from; `None` where they are made from
            the residual stream.
        nope_head_dim: how many numbers of a head's query and key know of no position.
        rope_head_dim: how many are rotated by it; this part of the key is shared by all heads.
        v_head_dim: how many numbers a head's value has.

    """

    kv_rank: int
    q_rank: int | None = None
    nope_head_dim: int
    rope_head_dim: int
    v_head_dim: int

    def __post_init__(self) -> None:
        """Raise `ConfigError` for numbers that cannot be."""
        _at_least(1, self, "kv_rank", "nope_head_dim", "v_head_dim")
        _at_least(2, self, "rope_head_dim")
        if self.q_rank is not None:
            _at_least(1, self, "q_rank")
        if self.rope_head_dim % 2:
            raise ConfigError(f"rope_head_dim is {self.rope_head_dim}; it must be even")


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """A Transformer, as numbers and choices.

    Attributes:
        vocab_size: how many ids there are.
        context_length: the longest sequence that a table of positions is made for.
        n_layers: how many blocks there are.
        d_model: the width of the residual stream.
        n_heads: how many query heads there are.
        n_kv_heads: how many heads of keys and values they share; `None` for one each.
        d_head: the width of a head; `None` for d_model / n_heads.
        d_ff: the width of the MLP between its matrices; `None` for 4 d_model.
        activation: of the MLP; "swiglu", "geglu" and "geglu_tanh" have a gate, a third matrix;
            GPT-2 and Gemma approximate GELU by tanh.
        norm: "layernorm" or "rmsnorm".
        norm_placement: "pre", before each half of a block, or "post", after the sum.
        norm_eps: what is added to the variance.
        positions: how a token's place is told.
        rope_theta: the base of the rotary angles.
        rotary_fraction: which part of a head is rotated.
        bias: whether matrices and layer norms have biases.
        qkv_bias: whether those of queries, keys and values have; `None` for `bias`.
        tied_embeddings: whether the LM head uses the embedding's table.
        window: how many tokens a token attends to, itself included; `None` for all before it.
        experts: in place of the MLP.
        latent: in place of heads of keys and values.
        n_outputs: how many numbers the head gives for each token: `None` for the logits of an LM
            head, 0 for a model without a head, the number of labels for a classifier.
        unmodeled: what the published model computes and no field here describes, such as scaled
            rotary angles. No count depends on it; weights of such a model are not loaded, since the
            modules would compute another function with them.

    Raises:
        ConfigError: for numbers that cannot be, naming the field, its value and the rule.

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
        """Raise `ConfigError` for a model that cannot be."""
        _at_least(1, self, "vocab_size", "context_length", "n_layers", "d_model", "n_heads")
        if self.n_outputs is not None:
            _at_least(0, self, "n_outputs")
        object.__setattr__(self, "unmodeled", tuple(self.unmodeled))  # JSON has lists
        for name in ("n_kv_heads", "d_head", "d_ff", "window"):
            if getattr(self, name) is not None:
                _at_least(1, self, name)
        _one_of(Activation, self, "activation")
        _one_of(Norm, self, "norm")
        _one_of(NormPlacement, self, "norm_placement")
        _one_of(Positions, self, "positions")
        if self.d_head is None and self.d_model % self.n_heads:
            raise ConfigError(
                f"d_model is {self.d_model} and n_heads is {self.n_heads}: heads of equal width "
                "need one to divide the other; give d_head to choose their width"
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
                f"{self.rotary_dim} numbers of a head are rotated (rotary_fraction "
                f"{self.rotary_fraction:g} of {self.head_dim}); it must be an even number, since "
                "they are rotated in pairs"
            )
        for name in ("norm_eps", "rope_theta"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(
                    f"{name} is {getattr(self, name)}; it must be above 0, and finite"
                )

    @property
    def kv_heads(self) -> int:
        """How many heads of keys and values there are."""
        return self.n_heads if self.n_kv_heads is None else self.n_kv_heads

    @property
    def head_dim(self) -> int:
        """The width of a head."""
        return self.d_model // self.n_heads if self.d_head is None else self.d_head

    @property
    def rotary_dim(self) -> int:
        """How many numbers of a head are rotated."""
        if self.latent is not None:
            return self.latent.rope_head_dim
        return int(self.head_dim * self.rotary_fraction)

    @property
    def mlp_width(self) -> int:
        """The width of the MLP between its matrices."""
        return 4 * self.d_model if self.d_ff is None else self.d_ff

    @property
    def is_gated(self) -> bool:
        """Whether the MLP has a gate."""
        return self.activation in GATED

    @property
    def head_outputs(self) -> int:
        """How many numbers the head gives for each token; 0 without a head."""
        return self.vocab_size if self.n_outputs is None else self.n_outputs

    @property
    def has_qkv_bias(self) -> bool:
        """Whether queries, keys and values have biases."""
        return self.bias if self.qkv_bias is None else self.qkv_bias


def preset(name: str) -> ModelConfig:
    """Return the configuration of a published model: "gpt2-small", "llama-3-8b" ...

    Raises `ConfigError`, which names the nearest, for a name that there is not.

    >>> preset("llama-3-8b").n_kv_heads
    8
    """
    known = _models()
    if name not in known:
        near = get_close_matches(name.lower(), known, n=3) or sorted(known)
        raise ConfigError(f"there is no preset {name!r}; there is {', '.join(near)}")
    fields = dict(known[name]["config"])
    for field, kind in (("experts", Experts), ("latent", Latent)):
        if field in fields:
            fields[field] = kind(**fields[field])
    return ModelConfig(**fields)


def preset_note(name: str) -> str | None:
    """Return what has to be said about a preset's numbers, or `None`.

    >>> preset_note("opt-125m").split(",")[0]
    'the published table of positions has two more rows'
    """
    preset(name)  # or an error that names the nearest
    note: str | None = _models()[name].get("note")
    return note


def preset_names() -> list[str]:
    """Return the names of all presets, in the order of the families."""
    return list(_models())


def preset_title(name: str) -> str:
    """Return what a preset is called in text and figures.

    >>> preset_title("llama-3-8b")
    'Llama 3 8B'
    """
    preset(name)  # or an error that names the nearest
    title: str = _models()[name]["title"]
    return title


@cache
def _models() -> dict[str, dict[str, Any]]:
    """Read the models: by name, with configuration, published count and source."""
    text = (files("cs336_core.model") / "data" / "models.json").read_text("utf-8")
    models: dict[str, dict[str, Any]] = json.loads(text)
    return models


def _at_least(least: int, config: object, *names: str) -> None:
    """Raise `ConfigError` for a field that is no whole number, or less than it may be.

    Whole numbers of other libraries, such as NumPy's, become Python's, which do not overflow.
    """
    for name in names:
        value = getattr(config, name)
        number = whole_number(value)
        if number is None or number < least:
            raise ConfigError(f"{name} is {value!r}; it must be a whole number, {least} or more")
        object.__setattr__(config, name, number)


def _one_of(kind: object, config: object, name: str) -> None:
    """Raise `ConfigError` for a choice that there is not."""
    value, known = getattr(config, name), get_args(kind)
    if value not in known:
        raise ConfigError(f"{name} is {value!r}; it is {', '.join(map(repr, known))}")
