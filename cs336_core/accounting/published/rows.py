"""A published number beside our own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number that a paper or a model card states, recomputed.

    Attributes:
        source: the paper and where in it.
        what: the quantity, with its unit.
        published: the number as stated.
        computed: ours, by the same convention where it is known.
        digits: the format of both, as Python's format specification.
        convention: how it is counted.
        difference: why the two differ; empty where they agree in all published digits.

    """

    source: str
    what: str
    published: float
    computed: float
    digits: str
    convention: str
    difference: str = ""

    @property
    def agrees(self) -> bool:
        """Whether ours rounds to the published number."""
        return format(self.computed, self.digits) == format(self.published, self.digits)
