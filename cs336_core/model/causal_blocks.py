"""Which scores attention computes under a causal mask: blocks of queries by the keys that they see.

If all queries are one block, half of the scores are computed and then hidden. Four blocks compute
an eighth too many. With even more, time and compiled code grow faster than that shrinks.
"""

from __future__ import annotations

from itertools import pairwise

N_BLOCKS = 4
MIN_QUERIES = 512  # shorter sequences are one block: further passes take longer than hidden scores


def causal_blocks(n_queries: int, n_keys: int) -> list[tuple[slice, slice]]:
    """Return blocks of queries, each with the keys up to its last query.

    The last query is at the position of the last key, as in `causal_mask`.

    >>> for queries, keys in causal_blocks(512, 600):
    ...     print(f"{queries.start} to {queries.stop}: {keys.stop} keys")
    0 to 128: 216 keys
    128 to 256: 344 keys
    256 to 384: 472 keys
    384 to 512: 600 keys
    """
    n_blocks = N_BLOCKS if n_queries >= MIN_QUERIES else 1
    bounds = [n_queries * i // n_blocks for i in range(n_blocks + 1)]
    before = n_keys - n_queries  # keys before the first query
    return [(slice(top, end), slice(max(before + end, 0))) for top, end in pairwise(bounds)]


def n_scores(n_queries: int, n_keys: int) -> int:
    """Return how many scores these blocks have.

    >>> n_scores(511, 511) / 511**2, n_scores(512, 512) / 512**2
    (1.0, 0.625)
    """
    return sum(
        (queries.stop - queries.start) * keys.stop
        for queries, keys in causal_blocks(n_queries, n_keys)
    )
