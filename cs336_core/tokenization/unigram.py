"""The simplest language model: it knows how often each id occurs and ignores the context.

Its perplexity on a text follows from the counts alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def unigram_perplexity(ids: Sequence[int]) -> float:
    """Return the perplexity of `ids` under their own frequencies.

    Guessing the ids one by one is as hard as guessing among this many equally likely ids. 1.0 means
    no surprise at all. Raises `ValueError` if there are no tokens.

    >>> unigram_perplexity([7, 7, 7, 7]), unigram_perplexity([1, 2, 3, 4])
    (1.0, 4.0)
    """
    if not ids:
        raise ValueError("no tokens: a perplexity needs at least one")
    probabilities = [count / len(ids) for count in Counter(ids).values()]
    return math.exp(-sum(p * math.log(p) for p in probabilities))
