"""Exercises of the lecture on costs: FLOPs by hand, compared with the package's count."""

from __future__ import annotations

import inspect

from cs336_core.accounting import Conventions, count_flops, forward_flops, total_flops
from cs336_core.exercises.exercise import Case, Exercise
from cs336_core.model.config import ModelConfig

_SHARED = "Keys and values have n_kv_heads heads, which may be fewer than n_heads."
_SQUARE = "The scores compare every token with every token: they grow with the square of seq_len."


def matmul_flops(m: int, k: int, n: int) -> int:
    """Return the FLOPs of an (m × k) matrix times a (k × n) matrix."""
    return 2 * m * k * n  # a multiplication and an addition for each of k, in m × n entries


def block_flops(seq_len: int, d_model: int, n_heads: int, n_kv_heads: int, d_ff: int) -> int:
    """Return the FLOPs of one block in a forward pass over one sequence."""
    d_kv = n_kv_heads * (d_model // n_heads)
    queries = output = 2 * seq_len * d_model * d_model
    keys = values = 2 * seq_len * d_model * d_kv
    scores = weighted_sum = 2 * seq_len * seq_len * d_model
    mlp = 3 * 2 * seq_len * d_model * d_ff
    return queries + keys + values + scores + weighted_sum + output + mlp


def _counted_matmul(m: int, k: int, n: int) -> int:
    """Count a matmul as the package does: 2 FLOPs per parameter of the matrix and row."""
    return int(forward_flops(params=k * n, n_tokens=m))


def _counted_block(seq_len: int, d_model: int, n_heads: int, n_kv_heads: int, d_ff: int) -> int:
    """Count a block as the package does, matmul by matmul."""
    config = ModelConfig(
        vocab_size=1,
        context_length=seq_len,
        n_layers=1,
        d_model=d_model,
        n_heads=n_heads,
        n_kv_heads=n_kv_heads,
        d_ff=d_ff,
    )
    rows = count_flops(config, batch=1, seq_len=seq_len, conventions=Conventions(head=False))
    return int(total_flops(rows))


def _block_case(*sizes: int, note: str) -> Case:
    """Return the count of a block, with the names of its sizes."""
    names = inspect.signature(block_flops).parameters
    shown = ", ".join(f"{name}={size}" for name, size in zip(names, sizes, strict=True))
    return Case(sizes, shown, note)


MATMUL_FLOPS = Exercise(
    name="matmul_flops",
    task="Count the FLOPs of a matmul: a matrix of m rows and k columns times one of k rows and n "
    "columns.",
    start='''\
def matmul_flops(m, k, n):
    """Return the FLOPs of an (m × k) matrix times a (k × n) matrix.

    >>> matmul_flops(2, 3, 4)
    48
    """
''',
    hints=(
        "How many entries does the result have?",
        "Each of the m × n entries is a sum of k products.",
        "Each product is a multiplication and an addition: 2 FLOPs.",
    ),
    cases=(
        Case((2, 3, 4), note="A multiplication and an addition are two FLOPs."),
        Case((1, 1, 1)),
        Case((1, 512, 1), note="One row times one column is one number, a sum of k products."),
        Case((64, 1, 2048)),
        Case((64, 512, 2048)),
        Case((8192, 4096, 14_336), note="Whole numbers stay exact: use *, not / or 1e9."),
    ),
    reference=_counted_matmul,
    solution=matmul_flops,
)

BLOCK_FLOPS = Exercise(
    name="block_flops",
    task="Count the FLOPs of one block of a model such as Llama 3, in a forward pass over one "
    "sequence: matmuls only, and the scores of all pairs of tokens.",
    start='''\
def block_flops(seq_len, d_model, n_heads, n_kv_heads, d_ff):
    """Return the FLOPs of one block in a forward pass over one sequence of `seq_len` tokens.

    A head has d_model / n_heads numbers. The MLP has three matrices: gate, up and down.

    >>> block_flops(seq_len=1, d_model=4, n_heads=2, n_kv_heads=2, d_ff=8)
    336
    """
''',
    hints=(
        "List the matmuls: the projections to queries, keys and values; scores; the weighted "
        "sum of values; the output projection; three in the MLP. Each takes 2 m k n.",
        "A matrix of k × n takes `2 * seq_len * k * n`. Queries and output are d_model × d_model, "
        "keys and values d_model × (n_kv_heads × d_model / n_heads).",
        "Scores take `2 * seq_len * seq_len * d_model` for all heads together, and the weighted "
        "sum of values as much again. Sharing keys does not change either.",
    ),
    cases=(
        _block_case(1, 4, 2, 2, 8, note="The MLP has three matrices, attention four."),
        _block_case(1, 64, 4, 4, 256, note="The MLP has three matrices, attention four."),
        _block_case(16, 64, 4, 4, 256, note=_SQUARE),
        _block_case(16, 64, 4, 1, 256, note=_SHARED),
        _block_case(16, 96, 6, 2, 100, note=_SHARED),
        _block_case(1024, 64, 4, 4, 1, note=_SQUARE),
        _block_case(8192, 4096, 32, 8, 14_336, note="This is a layer of Llama 3 8B."),
    ),
    reference=_counted_block,
    solution=block_flops,
)

ALL = (MATMUL_FLOPS, BLOCK_FLOPS)
