"""The operations of a forward pass, and the pass that they belong to.

An (m × k) matrix times a (k × n) matrix takes m k n multiplications, each with an addition. All
other operations are elementwise, and each counts as one: an addition, a multiplication, a division,
an exponential, a square root, a comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

from cs336_core._shared.validation import check_size
from cs336_core.accounting.conventions import FORWARD, Conventions, check_conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig

Group = Literal["projections", "scores", "mlp", "other", "head"]
Component = Literal[
    "embedding", "positions", "attention", "mlp", "experts", "router", "norms", "head"
]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a forward pass, of all layers and all sequences together.

    Attributes:
        group: the part of the model that its cost belongs to.
        component: the part that its parameters belong to.
        name: what it is.
        factors: letter and number of each side of the product, whose product is the number of
            multiplications; empty where no matrices are multiplied.
        elementwise: operations on single numbers.
        params: parameters, whether they all work on a token or not.
        idle: those of experts that do not work on a token.
        weights_read: how many of the parameters are read.
        moved: numbers read and written beside them.
        in_layers: whether it is part of a layer, and computed again where layers are recomputed.

    """

    group: Group
    component: Component
    name: str
    factors: tuple[tuple[str, int], ...] = ()
    elementwise: int = 0
    params: int = 0
    idle: int = 0
    weights_read: int = 0
    moved: int = 0
    in_layers: bool = True

    @property
    def macs(self) -> int:
        """Multiplications, each with an addition."""
        return prod(number for _, number in self.factors) if self.factors else 0


@dataclass(frozen=True, kw_only=True)
class Pass:
    """Tokens that go through a model together.

    Attributes:
        config: the model.
        batch: how many sequences there are.
        seq_len: how many tokens of each are new.
        cached: how many were read before, whose keys and values are cached.
        conventions: which operations, pairs and logits are counted, and what is moved.

    """

    config: ModelConfig
    batch: int
    seq_len: int
    cached: int = 0
    conventions: Conventions = FORWARD

    @property
    def tokens(self) -> int:
        """New tokens of all sequences."""
        return self.batch * self.seq_len

    @property
    def head_factor(self) -> tuple[str, int]:
        """The tokens at which the head works: letter and number."""
        return ("B T", self.tokens) if self.conventions.logits == "all" else ("B", self.batch)

    @property
    def keys(self) -> int:
        """Keys of one sequence that a new token is held against or, of "attended" pairs, reads."""
        keys = self.cached + self.seq_len
        window = self.config.window
        if self.conventions.pairs == "all" or window is None:
            return keys
        return min(keys, self.seq_len + window - 1)

    @property
    def pair_factors(self) -> tuple[tuple[str, int], ...]:
        """Pairs of a new token and a token that it is held against, in one sequence."""
        if self.conventions.pairs == "all":
            return (("T", self.seq_len), ("S", self.keys))
        return (("P", attended_pairs(self.seq_len, self.cached, self.config.window)),)

    @property
    def n_pairs(self) -> int:
        """The number of those pairs."""
        return prod(number for _, number in self.pair_factors)


def checked_pass(
    config: ModelConfig, batch: int, seq_len: int, cached: int, conventions: Conventions
) -> Pass:
    """Return the pass of sizes that a caller gave.

    Raises `AccountingError` for a size out of range, naming the argument, and `ConfigError` for a
    model that is larger than any there could be.
    """
    check_config(config)
    batch = check_size("batch", batch)
    seq_len = check_size("seq_len", seq_len)
    check_conventions(conventions)
    cached = check_size("cached", cached, minimum=0)
    if config.positions == "learned" and cached + seq_len > config.context_length:
        raise AccountingError(
            f"seq_len and cached are {cached + seq_len} together; the model has a table of "
            f"{config.context_length} positions (context_length)"
        )
    return Pass(config=config, batch=batch, seq_len=seq_len, cached=cached, conventions=conventions)


def attended_pairs(seq_len: int, cached: int = 0, window: int | None = None) -> int:
    """Return how many pairs a causal mask leaves, each token with itself and what came before it.

    >>> attended_pairs(4), attended_pairs(4, window=2), attended_pairs(1, cached=9)
    (10, 7, 10)
    """
    first, last = cached + 1, cached + seq_len  # what the first and the last new token attend to
    widest = last if window is None else min(last, window)
    growing = max(0, widest - first + 1)  # tokens that see all before them
    seen_whole = growing * (first + first + growing - 1) // 2
    return seen_whole + (seq_len - growing) * widest
