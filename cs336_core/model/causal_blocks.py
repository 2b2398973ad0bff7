"""The blocks of scores that causal attention computes: some queries, and all keys up to the last.

With all queries in one block, half of the scores are computed only to be hidden; with two blocks, a
quarter of them; with four, an eighth. The number is bounded, since compiled code grows with it.
"""

from __future__ import annotations

from itertools import pairwise

MAX_BLOCKS = 4
MIN_QUERIES = 128  # per block; smaller ones take longer than the scores that they save


def causal_blocks(n_queries: int, n_keys: int) -> list[tuple[slice, slice]]:
    """Return blocks of queries, each with the keys up to its last query.

    The last query is at the position of the last key, as in `causal_mask`.

    >>> for queries, keys in causal_blocks(384, 400):
    ...     print(f"{queries.start} to {queries.stop}: {keys.stop} keys")
    0 to 128: 144 keys
    128 to 256: 272 keys
    256 to 384: 400 keys
    """
    n_blocks = min(max(n_queries // MIN_QUERIES, 1), MAX_BLOCKS)
    bounds = [n_queries * i // n_blocks for i in range(n_blocks + 1)]
    before = n_keys - n_queries  # keys before the first query
    return [(slice(top, end), slice(max(before + end, 0))) for top, end in pairwise(bounds)]


def n_scores(n_queries: int, n_keys: int) -> int:
    """Return how many scores these blocks have.

    >>> [n_scores(n, n) / n**2 for n in (255, 256, 512)]
    [1.0, 0.75, 0.625]
    """
    return sum(
        (queries.stop - queries.start) * keys.stop
        for queries, keys in causal_blocks(n_queries, n_keys)
    )
