"""A Transformer of the GPT-3 kind, reduced to the matrices that cost something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlainTransformer:
    """A decoder whose layers have two halves: multi-head attention, and an MLP of two matrices.

    Every query head has a key and a value head of its own. Biases, norms and the embedding of
    positions are left out: together they are less than 1 % of the parameters of all but the
    smallest models.

    Attributes:
        n_layers: how many layers there are.
        d_model: the width of the residual stream.
        d_ff: the width of the MLP between its two matrices.
        vocab_size: how many tokens there are; 0 leaves the embedding out.

    >>> model = PlainTransformer(n_layers=96, d_model=12288, d_ff=4 * 12288, vocab_size=50257)
    >>> f"{model.params:.3e}"
    '1.746e+11'

    """

    n_layers: int
    d_model: int
    d_ff: int
    vocab_size: int = 0

    def __post_init__(self) -> None:
        """Refuse a model that cannot be."""
        for name in ("n_layers", "d_model", "d_ff"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be 1 or more")
        if self.vocab_size < 0:
            raise ValueError(f"vocab_size is {self.vocab_size}; it must be 0 or more")

    @property
    def attention_params(self) -> int:
        """The matrices that make queries, keys, values and the output, in every layer."""
        return 4 * self.n_layers * self.d_model**2

    @property
    def mlp_params(self) -> int:
        """The two matrices of the MLP, in every layer."""
        return 2 * self.n_layers * self.d_model * self.d_ff

    @property
    def embedding_params(self) -> int:
        """The matrix that embeds tokens, which the LM head uses again (the two are tied)."""
        return self.vocab_size * self.d_model

    @property
    def params(self) -> int:
        """All of them."""
        return self.attention_params + self.mlp_params + self.embedding_params
