"""How many numbers attention moves between slow and fast memory, the plain way and tile by tile.

Counted for one head, in numbers and not in bytes. Fast memory is taken to hold one tile with what
belongs to it, and nothing from one operation of the plain way to the next.
"""

from __future__ import annotations

from cs336_core.model.flash import tiles


def plain_traffic(n_queries: int, n_keys: int, d: int, d_v: int) -> int:
    """Return how many numbers plain attention reads and writes.

    Scores, softmax and output are an operation each. The first reads queries and keys and writes
    the scores, the second reads those and writes as many shares, the third reads the shares and the
    values and writes the output. A causal mask changes nothing of it.

    >>> plain_traffic(16, 16, 4, 4)
    1280
    """
    scores, shares = n_queries * n_keys, n_queries * n_keys
    scored = n_queries * d + n_keys * d + scores
    mixed = shares + n_keys * d_v + n_queries * d_v
    return scored + scores + shares + mixed


def flash_traffic(  # noqa: PLR0913  (each but four has a name)
    n_queries: int,
    n_keys: int,
    d: int,
    d_v: int,
    *,
    tile: tuple[int, int] = (64, 64),
    causal: bool = False,
) -> int:
    """Return how many numbers the forward pass of FlashAttention reads and writes.

    Queries are read with their first tile, keys and values with every tile; with the last one the
    output is written, and a number a query for the backward pass.

    >>> flash_traffic(16, 16, 4, 4, tile=(4, 4))
    656
    """
    moved = 0
    for place in tiles(n_queries, n_keys, tile, causal=causal):
        rows = place.rows.stop - place.rows.start
        columns = place.columns.stop - place.columns.start
        moved += rows * d * place.is_first + columns * (d + d_v) + rows * (d_v + 1) * place.is_last
    return moved
