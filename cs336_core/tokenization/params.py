"""What training learns and a tokenizer needs: the vocabulary and the merges."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BPEParams:
    """A trained byte-level BPE tokenizer, as data.

    Ids are assigned in one order: the 256 single bytes (id = byte value), then one id for each
    merge, in the order the merges were learned.

    Attributes:
        vocab: id -> the bytes that the token stands for.
        merges: the pairs that were merged, by their bytes, in rank order: merge `i` made the
            token with id `256 + i`.

    """

    vocab: dict[int, bytes]
    merges: list[tuple[bytes, bytes]]

    def __post_init__(self) -> None:
        """Raise `ValueError` where vocabulary and merges do not belong together."""
        if len(self.vocab) != 256 + len(self.merges):
            raise ValueError(
                f"{len(self.merges)} merges make a vocabulary of {256 + len(self.merges)} tokens "
                f"(256 bytes and one a merge); the one given has {len(self.vocab)}"
            )
        for rank, (left, right) in enumerate(self.merges):
            made = self.vocab.get(256 + rank)
            if made != left + right:
                raise ValueError(
                    f"merge {rank} joins {left!r} and {right!r}, so token {256 + rank} must be "
                    f"{left + right!r}; the vocabulary has {made!r}"
                )
