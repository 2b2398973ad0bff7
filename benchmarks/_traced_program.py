"""A lecture-like program for both tracers: byte pair encoding, with inspected variables.

`benchmarks/tracing.py` writes it once for each tracer, with the tracer's import line. Like the
course's lectures, it prints nothing and displays Markdown; `main` takes a few thousand steps.
"""

from itertools import pairwise

from cs336_core.trace import note, text

TEXT = "low low low low low lower lower widest widest widest newest newest newest newest newest"


def main() -> None:
    text("# Byte pair encoding")
    text("It starts from **bytes**, and merges the most frequent pair, again and again.")
    note("Ask what the first merge will be.")
    ids = list(TEXT.encode())  # @inspect ids
    merges: dict[tuple[int, int], int] = {}  # @inspect merges
    for new in range(256, 268):
        counts = count_pairs(ids)  # @inspect counts
        pair = most_frequent(counts)  # @inspect pair
        merges[pair] = new  # @inspect merges
        ids = merge(ids, pair, new)  # @inspect ids
        text(f"Token {new} is made of {pair[0]} and {pair[1]}.")
    text("Then it is done.")


def count_pairs(ids: list[int]) -> dict[tuple[int, int], int]:
    counts: dict[tuple[int, int], int] = {}
    for pair in pairwise(ids):  # @inspect pair
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def most_frequent(counts: dict[tuple[int, int], int]) -> tuple[int, int]:
    best = next(iter(counts))
    for pair, count in counts.items():
        if count > counts[best]:
            best = pair  # @inspect best
    return best


def merge(ids: list[int], pair: tuple[int, int], new: int) -> list[int]:  # @inspect pair new
    merged: list[int] = []
    i = 0
    while i < len(ids):
        if tuple(ids[i : i + 2]) == pair:
            merged.append(new)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged  # @inspect merged
