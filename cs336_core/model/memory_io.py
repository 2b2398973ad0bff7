"""How many numbers attention moves between slow and fast memory, with and without tiling.

Counted for one head, in numbers rather than bytes. Fast memory is assumed to hold one tile with its
running sums, and to keep nothing between the separate operations of plain attention.
"""

from __future__ import annotations

from cs336_core.model.flash import tiles


def plain_traffic(n_queries: int, n_keys: int, d: int, d_v: int) -> int:
    """Return how many numbers plain attention reads and writes.

    Scores, softmax and output are separate operations. The first reads queries and keys and writes
    the scores, the second reads the scores and writes as many attention weights, the third reads
    the weights and the values and writes the output. A causal mask changes none of this.

    >>> plain_traffic(16, 16, 4, 4)
    1280
    """
    scores = weights = n_queries * n_keys
    score_io = n_queries * d + n_keys * d + scores
    softmax_io = scores + weights
    output_io = weights + n_keys * d_v + n_queries * d_v
    return score_io + softmax_io + output_io


def flash_traffic(
    n_queries: int,
    n_keys: int,
    d: int,
    d_v: int,
    *,
    tile: tuple[int, int] = (64, 64),
    causal: bool = False,
) -> int:
    """Return how many numbers the forward pass of FlashAttention reads and writes.

    Queries are read for their first tile, keys and values for every tile. After the last one the
    output is written, and one log-sum-exp per query for the backward pass.

    >>> flash_traffic(16, 16, 4, 4, tile=(4, 4))
    656
    """
    moved = 0
    for current in tiles(n_queries, n_keys, tile, causal=causal):
        rows = current.rows.stop - current.rows.start
        columns = current.columns.stop - current.columns.start
        moved += (
            rows * d * current.is_first + columns * (d + d_v) + rows * (d_v + 1) * current.is_last
        )
    return moved
