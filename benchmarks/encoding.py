"""Encoding speed against OpenAI's tiktoken, which is written in Rust.

    python -m benchmarks.encoding [--quick | --markdown]

Both encode the same texts with the same rank files on one core, and the token ids must be equal.
Every round starts with new tokenizers. Its first texts are "cold": no word is cached. The later
ones are "warm": the same long text again, or new short strings after several thousand others. Our
tokenizer caches the words it has seen; tiktoken has no cache.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

import tiktoken

from benchmarks._corpora import corpus, read
from benchmarks._report import (
    Report,
    in_turn,
    machine,
    main,
    median_range,
    setup_line,
    speedup,
    table,
    timed,
)
from benchmarks._tiktoken import definition
from cs336_core.tokenization import load_encoding
from tools.shell.errors import UserError, run_main

CONTENDERS = ("ours", "tiktoken")
ENCODINGS = ("gpt2", "cl100k_base", "o200k_base")
REPEATS = 5
MB = 1_000_000
# Short strings: their part of the corpus, and the largest number of characters.
SHORT = (("English", 20), ("English", 100), ("English", 190), ("many languages", 100))
BATCH = 500  # short strings at a time
SEEN = 5000  # short strings that a warm tokenizer has encoded, none of them timed
SEED = 336
# The required speed-up over tiktoken on long texts, and on short ones.
TARGETS = {"gpt2": 2.0, "cl100k_base": 1.0, "o200k_base": 1.0}
SHORT_TARGET = 0.5

Texts = list[str]


class Round(NamedTuple):
    """The texts of one round, in this order."""

    cold: Texts
    between: Texts
    warm: Texts


class Encoder(Protocol):
    """The interface of both tokenizers."""

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the token ids of a text, with special tokens as ordinary text."""


def cases(repeats: int) -> dict[str, list[Round]]:
    """Return the name of each case and the texts of its rounds."""
    long = {
        "mixed, 2 MB": read("ten", 2 * MB),
        "mixed, 10 MB": read("ten", 10 * MB),
        "English, 2 MB": read("english", 2 * MB),
        "many languages, 2 MB": read("languages", 2 * MB),
        "code, 2 MB": read("code", 2 * MB),
    }
    everything = {name: [Round([text], [], [text])] * repeats for name, text in long.items()}
    rng = random.Random(SEED)

    def strings(text: str, length: int, count: int) -> Texts:
        starts = rng.choices(range(len(text) - 2 * length), k=count)
        return [whole_words(text[start : start + 2 * length], length) for start in starts]

    for kind, length in SHORT:
        text = long[f"{kind}, 2 MB"]
        everything[f"{kind}, up to {length} characters"] = [
            Round(*(strings(text, length, count) for count in (BATCH, SEEN, BATCH)))
            for _ in range(repeats)
        ]
    return everything


def whole_words(text: str, length: int) -> str:
    """Return up to `length` characters of a text, cut between words if it has spaces.

    >>> whole_words("e quick brown fox jumps", 12)
    'quick brown'
    """
    begin = text.find(" ", 0, length) + 1
    end = text.rfind(" ", begin + 1, begin + length + 1)
    return text[begin : end if end > 0 else begin + length]


def measure(quick: bool) -> Report:
    """Encode every text with both tokenizers, in every encoding."""
    rows = []
    everything = cases(1 if quick else REPEATS)
    for encoding in ENCODINGS:
        makers: dict[str, Callable[[], Encoder]] = {
            "ours": partial(load_encoding, encoding),
            "tiktoken": partial(tiktoken.Encoding, **definition(encoding)),
        }
        for case, rounds in everything.items():
            print(f"  {encoding}, {case}", file=sys.stderr, flush=True)
            rows.append({"encoding": encoding, "case": case} | race(makers, rounds))
    packages = ("numpy", "regex", "tiktoken")
    sums = hashlib.sha256(corpus("ten").read_bytes()).hexdigest()
    return {"on": machine(*packages), "sha256": {"ten": sums}, "rows": rows}


def race(makers: dict[str, Callable[[], Encoder]], rounds: list[Round]) -> Report:
    """Return the seconds of both, cold and warm; raise `UserError` if their ids differ."""
    cold: dict[str, list[float]] = {who: [] for who in makers}
    warm: dict[str, list[float]] = {who: [] for who in makers}
    ids: dict[int, list[list[int]]] = {}
    for number, who in in_turn(list(makers), len(rounds)):
        encoder = makers[who]()
        took, encoded = timed(encode_all, encoder, rounds[number].cold)
        cold[who].append(took)
        encode_all(encoder, rounds[number].between)
        took, more = timed(encode_all, encoder, rounds[number].warm)
        warm[who].append(took)
        if ids.setdefault(number, encoded + more) != encoded + more:
            raise UserError("The token ids differ between the two tokenizers: run the tests.")
    return {"cold": cold, "warm": warm, "texts": len(rounds[0].cold)}


def encode_all(encoder: Encoder, texts: Texts) -> list[list[int]]:
    """Encode texts one by one."""
    return [encoder.encode_ordinary(text) for text in texts]


def tables(report: Report) -> str:
    """Return the report for readers."""
    parts = [setup_line(report)]
    for call, meaning in (("cold", "first texts"), ("warm", "later texts")):
        lines = []
        for row in report["rows"]:
            is_short = row["texts"] > 1
            target = SHORT_TARGET if is_short else TARGETS[row["encoding"]]
            scale, unit, digits = (1e6 / row["texts"], "µs", 1) if is_short else (1, "s", 3)
            ours, theirs = ([t * scale for t in row[call][who]] for who in ("ours", "tiktoken"))
            times = [median_range(values, unit, digits) for values in (ours, theirs)]
            name = f"{row['encoding']}: {row['case']}"
            lines.append([name, *times, speedup(ours, theirs), f"{target:g}x"])
        head = [
            f"{call}: a new tokenizer's {meaning}",
            *CONTENDERS,
            "our speed-up",
            "at least",
        ]
        parts.append(table(head, lines))
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(run_main(lambda: main("encoding", measure, tables)))
