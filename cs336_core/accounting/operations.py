"""The operations of a forward pass, and the pass that they belong to.

An (m × k) matrix times a (k × n) matrix takes m k n multiply-adds. All other operations are
elementwise, and each counts as one: an addition, multiplication, division, exponential, square root
or comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal

from cs336_core._shared.validation import check_size
from cs336_core.accounting.conventions import FORWARD, Conventions, check_conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import LayerType, ModelConfig

Group = Literal["projections", "scores", "mlp", "other", "head"]
Component = Literal[
    "embedding", "positions", "attention", "mlp", "experts", "router", "norms", "head"
]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of a forward pass, in all layers and for all sequences.

    Attributes:
        group: the part of the model that its cost belongs to.
        component: the part that its parameters belong to.
        name: its name.
        factors: symbol and size of each dimension of the matrix multiplication; the product of the
            sizes is the number of multiply-adds. Empty for other operations.
        elementwise: the number of elementwise operations.
        params: all parameters, including those of inactive experts.
        idle: parameters of experts that a token is not routed to.
        weights_read: how many of the parameters are read.
        moved: other numbers that are read and written.
        in_layers: whether it is part of a layer, and recomputed along with it.

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
        """The number of multiply-adds."""
        return prod(number for _, number in self.factors) if self.factors else 0


@dataclass(frozen=True, kw_only=True)
class Pass:
    """A batch of tokens in one forward pass.

    Attributes:
        config: the model.
        batch: the number of sequences.
        seq_len: the number of new tokens in each.
        cached: the number of earlier tokens in each, whose keys and values are cached.
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
        """The tokens whose logits are computed: symbol and number."""
        return ("B T", self.tokens) if self.conventions.logits == "all" else ("B", self.batch)

    def keys(self, kind: LayerType) -> int:
        """Return how many keys of one sequence a layer reads: all, or those in its windows."""
        keys = self.cached + self.seq_len
        window = self.config.window
        if self.conventions.pairs == "all" or kind == "full" or window is None:
            return keys
        if kind == "chunk":
            return self.seq_len + self.cached % window
        return min(keys, self.seq_len + window - 1)

    def pair_factors(self, kind: LayerType) -> tuple[tuple[str, int], ...]:
        """Return the dimensions of the scores of one sequence: symbol and number."""
        if self.conventions.pairs == "all":
            return (("T", self.seq_len), ("S", self.keys(kind)))
        window = None if kind == "full" else self.config.window
        is_chunked = kind == "chunk"
        return (("P", attended_pairs(self.seq_len, self.cached, window, chunked=is_chunked)),)

    def n_pairs(self, kind: LayerType) -> int:
        """Return the number of scores per head in one sequence."""
        return prod(number for _, number in self.pair_factors(kind))


def checked_pass(
    config: ModelConfig, batch: int, seq_len: int, cached: int, conventions: Conventions
) -> Pass:
    """Validate the arguments of a count and return them as a pass.

    Raises `AccountingError` for a size out of range, and `ConfigError` for a configuration with a
    size above 10⁹.
    """
    check_config(config)
    batch = check_size("batch", batch)
    seq_len = check_size("seq_len", seq_len)
    check_conventions(conventions)
    cached = check_size("cached", cached, minimum=0)
    if config.positions == "learned" and cached + seq_len > config.context_length:
        raise AccountingError(
            f"seq_len and cached are {cached + seq_len} together, but the model has a table of "
            f"{config.context_length} positions (context_length)"
        )
    return Pass(config=config, batch=batch, seq_len=seq_len, cached=cached, conventions=conventions)


def attended_pairs(
    seq_len: int, cached: int = 0, window: int | None = None, *, chunked: bool = False
) -> int:
    """Return how many pairs of tokens a causal mask leaves, each token with itself included.

    With `chunked`, tokens attend to those in the same chunk of `window` tokens.

    >>> attended_pairs(4), attended_pairs(4, window=2), attended_pairs(1, cached=9)
    (10, 7, 10)
    >>> attended_pairs(4, window=2, chunked=True)
    6
    """
    first, last = cached + 1, cached + seq_len  # keys of the first and the last new token
    if chunked and window is not None:
        return _pairs_in_chunks(last, window) - _pairs_in_chunks(cached, window)
    widest = last if window is None else min(last, window)
    n_unlimited = max(0, widest - first + 1)  # tokens that the window does not limit
    pairs_unlimited = n_unlimited * (first + first + n_unlimited - 1) // 2
    return pairs_unlimited + (seq_len - n_unlimited) * widest


def _pairs_in_chunks(n: int, size: int) -> int:
    """Return how many pairs the first `n` tokens attend to, in chunks."""
    chunks, rest = divmod(n, size)
    return chunks * (size * (size + 1) // 2) + rest * (rest + 1) // 2


def layers_by_type(config: ModelConfig) -> dict[LayerType, int]:
    """Return how many layers have each type of attention.

    >>> layers_by_type(ModelConfig(vocab_size=9, context_length=8, n_layers=8, d_model=4, n_heads=2,
    ...                            window=4, layer_types=("window",) * 5 + ("full",)))
    {'window': 7, 'full': 1}
    """
    pattern = config.layer_types or ("full" if config.window is None else "window",)
    repeats, rest = divmod(config.n_layers, len(pattern))
    counts: dict[LayerType, int] = {}
    for i, kind in enumerate(pattern):
        if n := repeats + (i < rest):
            counts[kind] = counts.get(kind, 0) + n
    return counts
