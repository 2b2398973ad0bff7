"""Time to encode one long pre-token as a function of its length, against OpenAI's tiktoken.

    python -m benchmarks.long_pretoken [--quick | --markdown]

Byte pair encoding can become quadratic within a pre-token, since every merge changes its neighbors.
This encodes one "word" of 10 kB to 1 MB with gpt2: one letter repeated, or random letters,
different in every round. Time that grows as length to the power of 1 is
linear, to the power of 2 quadratic.
"""

from __future__ import annotations

import math
import random
import statistics
import string
import sys
from collections.abc import Sequence

from benchmarks import _tiktoken
from benchmarks._report import Report, in_turn, machine, main, median_range, speedup, table, timed
from cs336_core.tokenization import load_encoding
from tools.shell.errors import UserError

CONTENDERS = ("ours", "tiktoken")
KINDS = ("the same letter", "random letters")
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
REPEATS = 5
MAX_POWER = 1.1  # not 1: sorting, and more misses in the CPU's cache
MAX_SECONDS = 10.0  # a contender that takes longer skips the longer pre-tokens


def letters(kind: str, size: int, seed: int) -> str:
    """Return a pre-token.

    >>> letters("the same letter", 5, seed=1)
    'bbbbb'
    """
    if kind == "the same letter":
        return string.ascii_lowercase[seed] * size
    return "".join(random.Random(seed).choices(string.ascii_lowercase, k=size))


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Return the exponent of time as a power of size: the slope in a log-log plot.

    >>> growth([10, 100, 1000], [1.0, 100.0, 10_000.0])
    2.0
    """
    fit = statistics.linear_regression(list(map(math.log, sizes)), list(map(math.log, seconds)))
    return round(fit.slope, 2)


def measure(quick: bool) -> Report:
    """Encode every pre-token with both, unless one of them is too slow."""
    encoders = {
        "ours": load_encoding("gpt2").encode_ordinary,
        "tiktoken": _tiktoken.encoding("gpt2").encode_ordinary,
    }
    rows = []
    for kind in KINDS:
        fast_enough = list(encoders)
        for size in SIZES:
            seconds: dict[str, list[float]] = {who: [] for who in fast_enough}
            ids: dict[int, list[int]] = {}
            for seed, who in in_turn(fast_enough, 1 if quick else REPEATS):
                took, encoded = timed(encoders[who], letters(kind, size, seed))
                seconds[who].append(took)
                if ids.setdefault(seed, encoded) != encoded:
                    raise UserError(
                        "The token ids differ between the two tokenizers: run the tests."
                    )
            rows.append({"kind": kind, "size": size, "seconds": seconds})
            fast_enough = [
                who for who in fast_enough if statistics.median(seconds[who]) < MAX_SECONDS
            ]
    return {"on": machine("numba", "tiktoken"), "rows": rows}


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines = []
    grown = []
    for kind in KINDS:
        rows = [row for row in report["rows"] if row["kind"] == kind]
        for row in rows:
            values = row["seconds"]
            both = len(values) == 2
            cells = [
                median_range(values[who], "s", 3) if who in values else "" for who in CONTENDERS
            ]
            ratio = speedup(values["ours"], values["tiktoken"]) if both else ""
            lines.append([f"{kind}, {row['size'] // 1000} kB", *cells, ratio])
        for who in CONTENDERS:
            timed_rows = [row for row in rows if who in row["seconds"]]
            power = growth(
                [row["size"] for row in timed_rows],
                [statistics.median(row["seconds"][who]) for row in timed_rows],
            )
            limit = f" (at most {MAX_POWER})" if who == "ours" else ""
            grown.append(f"- {kind}, {who}: time grows as length to the power of {power}{limit}")
    head = ["pre-token", *CONTENDERS, "our speed-up"]
    return "\n".join([table(head, lines), "", *grown])


if __name__ == "__main__":
    sys.exit(main("long_pretoken", measure, tables))
