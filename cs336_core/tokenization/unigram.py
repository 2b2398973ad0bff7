"""The simplest of all language models: it knows how often each id occurs, and looks at no context.

How surprised it is by a text can be worked out by counting alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence


def unigram_perplexity(ids: Sequence[int]) -> float:
    """Return the perplexity of `ids`, guessed one by one from how often each occurs among them.

    It is the number of ids, all equally likely, among which guessing would be as hard. 1.0 is no
    surprise at all. Raises `ValueError` where there are no tokens.

    >>> unigram_perplexity([7, 7, 7, 7]), unigram_perplexity([1, 2, 3, 4])
    (1.0, 4.0)
    """
    if not ids:
        raise ValueError("no tokens: a perplexity needs at least one")
    shares = [count / len(ids) for count in Counter(ids).values()]
    return math.exp(-sum(share * math.log(share) for share in shares))
