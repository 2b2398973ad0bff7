"""What `flash_steps` holds and moves at each tile, for the FlashAttention stepper."""

from __future__ import annotations

import math
import random
from typing import Any

import torch
from torch import Tensor

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.flash import FlashStep, flash_steps
from cs336_core.model.masks import causal_mask
from cs336_core.model.memory_io import plain_traffic

# The last bits of a matrix multiplication differ between machines.
DIGITS = 9


def golden_flash() -> list[dict[str, Any]]:
    """Return queries, keys and values with every step, the same ones each time."""
    rng = random.Random(2205)
    cases = []
    for _ in range(60):
        n, d, width = rng.randint(1, 9), rng.randint(1, 4), rng.randint(1, 3)
        tile = rng.randint(1, 9), rng.randint(1, 9)
        causal = rng.random() < 0.5
        given = [
            [[round(rng.gauss(0, 2), 2) for _ in range(columns)] for _ in range(n)]
            for columns in (d, d, width)
        ]
        query, key, value = (torch.tensor(rows, dtype=torch.float64) for rows in given)
        scale = 1 / math.sqrt(d)
        steps = list(flash_steps(query, key, value, causal=causal, scale=scale, tile=tile))
        plain = scaled_dot_product_attention(query, key, value, causal_mask(n) if causal else None)
        cases.append(
            {
                "inputs": dict(zip(("queries", "keys", "values"), given, strict=True)),
                "shape": {"n": n, "queryTile": tile[0], "keyTile": tile[1], "causal": causal},
                "steps": [step_case(step) for step in steps],
                "output": rounded(plain),
                "naive": plain_traffic(n, n, d, width),
            }
        )
    return cases


def step_case(step: FlashStep) -> dict[str, Any]:
    """Return a step as JSON holds it; a masked score is null."""
    rows, columns = step.tile.rows, step.tile.columns
    return {
        "tile": [rows.start, rows.stop, columns.start, columns.stop],
        "first": step.tile.is_first,
        "last": step.tile.is_last,
        "diagonal": step.tile.diagonal,
        "scores": rounded(step.scores),
        "highest": rounded(step.highest[:, 0]),
        "total": rounded(step.total[:, 0]),
        "output": rounded(step.output),
        "read": step.numbers_read,
        "written": step.numbers_written,
    }


def rounded(numbers: Tensor) -> list[Any]:
    """Return numbers as a golden file holds them."""
    if numbers.ndim > 1:
        return [rounded(row) for row in numbers]
    return [None if x == -math.inf else round(x, DIGITS) + 0.0 for x in numbers.tolist()]
