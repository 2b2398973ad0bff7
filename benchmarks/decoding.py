"""Time to decode, to load a vocabulary, and to encode in two threads, against OpenAI's tiktoken.

    python -m benchmarks.decoding [--quick | --markdown]

Half a million token ids are decoded in lists of several sizes. The texts of a batch have 2 MB
together. A vocabulary is loaded from its rank file. Both give the same texts and ids.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from benchmarks import _tiktoken
from benchmarks._corpora import read
from benchmarks._report import Report, in_turn, machine, main, median_range, speedup, table, timed
from cs336_core.tokenization import load, load_encoding
from tools.shell.errors import UserError

ENCODINGS = ("gpt2", "o200k_base")
CONTENDERS = ("ours", "tiktoken")
SIZES = (10, 100, 1_000, 10_000, 500_000)  # ids in a list
IDS = 500_000  # decoded per measurement
TEXT = 2_000_000  # bytes
REPEATS = 7
TARGET = 1.0  # the required speed-up of decoding over tiktoken
THREADS_TARGET = 1.7  # the required speed-up of two threads over one

Call = Callable[[], object]


def measure(quick: bool) -> Report:
    """Decode lists and arrays of every size, and encode batches."""
    text = read("ten", TEXT)
    rows = []
    for encoding in ENCODINGS:
        for case, calls in cases(encoding, text).items():
            seconds: dict[str, list[float]] = {who: [] for who in calls}
            results: list[object] = []
            for _, who in in_turn(list(calls), 1 if quick else REPEATS):
                took, result = timed(calls[who])
                seconds[who].append(took)
                results = [*results, result][-2:]
                if results[0] != results[-1]:
                    raise UserError(f"{encoding}, {case}: two results differ; run the tests.")
            rows.append({"case": f"{encoding}: {case}", "seconds": seconds})
    return {"on": machine("numba", "tiktoken"), "rows": rows}


def cases(encoding: str, text: str) -> dict[str, dict[str, Call]]:
    """Return what is measured: for each case, the calls of both."""
    ours, theirs = load_encoding(encoding), _tiktoken.encoding(encoding)
    ids = ours.encode_ordinary(text)
    ids = (ids * (1 + IDS // len(ids)))[:IDS]
    everything: dict[str, dict[str, Call]] = {}
    for size in SIZES:
        lists = [ids[i : i + size] for i in range(0, IDS, size)]
        everything[f"decode lists of {size:,}"] = {
            "ours": partial(decode_all, ours.decode, lists),
            "tiktoken": partial(decode_all, theirs.decode, lists),
        }
    rank_file = _tiktoken.rank_file(encoding)
    everything["load"] = {
        "ours": lambda: load(rank_file).n_vocab,
        "tiktoken": lambda: _tiktoken.encoding(encoding).n_vocab,
    }
    array = np.array(ids)
    everything[f"decode an array of {IDS:,}"] = {
        "ours": lambda: ours.decode(array),
        "tiktoken": lambda: theirs.decode(ids),  # takes lists only
    }
    lines = text.splitlines()
    everything["encode a batch, two threads"] = {
        "ours": lambda: ours.encode_batch(lines, num_threads=2, disallowed_special=()),
        "tiktoken": lambda: theirs.encode_ordinary_batch(lines, num_threads=2),
        "ours, one thread": lambda: ours.encode_batch(lines, num_threads=1, disallowed_special=()),
    }
    return everything


def decode_all(decode: Callable[[list[int]], str], lists: list[list[int]]) -> list[str]:
    """Decode lists one by one."""
    return [decode(ids) for ids in lists]


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines, threads = [], []
    for row in report["rows"]:
        values = row["seconds"]
        cells = [median_range([1e3 * t for t in values[who]], "ms", 1) for who in CONTENDERS]
        target = f"{TARGET:g}x" if "decode" in row["case"] else ""
        lines.append([row["case"], *cells, speedup(values["ours"], values["tiktoken"]), target])
        if one := values.get("ours, one thread"):
            ratio = statistics.median(one) / statistics.median(values["ours"])
            threads.append(
                f"- {row['case']}: {ratio:.2f} times as fast as one thread "
                f"(at least {THREADS_TARGET:g})"
            )
    head = ["half a million ids, 2 MB", *CONTENDERS, "our speed-up", "at least"]
    return "\n".join([table(head, lines), "", *threads])


if __name__ == "__main__":
    sys.exit(main("decoding", measure, tables))
