"""Encoding speed against tiktoken, Hugging Face, fastokens and gigatoken, all written in Rust.

    python -m benchmarks.encoding [--quick | --markdown]

All encode the same texts with the same vocabularies in one thread, and the token ids must be equal.
Every round starts with new tokenizers. Its first texts are "cold", the later ones "warm": the same
long text again, or new short strings after several thousand others. fastokens and gigatoken cache
the words they have seen; ours, tiktoken and Hugging Face do not. gigatoken returns arrays, the
others lists; "ours, arrays" is `encode_to_numpy`.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tiktoken
import tokenizers
from numpy.typing import NDArray

from benchmarks._corpora import corpus, read
from benchmarks._report import Report, in_turn, machine, main, median_range, speedup, table, timed
from benchmarks._tiktoken import definition, rank_file
from cs336_core.tokenization import load_encoding, save_huggingface
from tools.shell.errors import UserError

PEERS = ("tiktoken", "Hugging Face", "fastokens", "gigatoken")
CONTENDERS = ("ours", "ours, arrays", *PEERS)
ENCODINGS = ("gpt2", "cl100k_base", "o200k_base")
REPEATS = 5
MB = 1_000_000
# Short strings: their part of the corpus, and the largest number of characters.
SHORT = (("English", 20), ("English", 100), ("English", 190), ("many languages", 100))
BATCH = 500  # short strings at a time
SEEN = 5000  # short strings that a warm tokenizer has encoded, none of them timed
SEED = 336
# The required speed-up over tiktoken.
TARGETS = {"many languages, 2 MB": 3.0}
TARGET = 4.0
SHORT_TARGETS = {20: 0.7, 100: 1.0, 190: 1.0}

Texts = list[str]
Ids = Sequence[int] | NDArray[np.integer]
Encode = Callable[[str], Ids]


class Round(NamedTuple):
    """The texts of one round, in this order."""

    cold: Texts
    between: Texts
    warm: Texts


def ours(encoding: str) -> Encode:
    """Return our tokenizer."""
    return load_encoding(encoding).encode_ordinary


def ours_to_arrays(encoding: str) -> Encode:
    """Return our tokenizer; its ids are arrays."""
    return partial(load_encoding(encoding).encode_to_numpy, disallowed_special=())


def openai(encoding: str) -> Encode:
    """Return tiktoken."""
    return tiktoken.Encoding(**definition(encoding)).encode_ordinary


def hugging_face(encoding: str) -> Encode:
    """Return Hugging Face's tokenizers, with our file."""
    tokenizer = tokenizers.Tokenizer.from_str(tokenizer_json(encoding))
    return lambda text: tokenizer.encode(text).ids


def fast(encoding: str) -> Encode:
    """Return fastokens."""
    import fastokens  # noqa: PLC0415  (the tests do without it)

    definitions = definition(encoding)
    tokenizer = fastokens.Tokenizer.from_tiktoken(
        str(rank_file(encoding)), definitions["pat_str"], definitions["special_tokens"]
    )
    return lambda text: tokenizer.encode_ordinary(text).ids


def giga(encoding: str) -> Encode:
    """Return gigatoken; its ids are arrays."""
    import gigatoken  # noqa: PLC0415  (the tests do without it)

    encode: Encode = gigatoken.Tokenizer.from_tiktoken(rank_file(encoding)).encode
    return encode


MAKERS: dict[str, Callable[[str], Encode]] = dict(
    zip(CONTENDERS, (ours, ours_to_arrays, openai, hugging_face, fast, giga), strict=True)
)


@cache
def tokenizer_json(encoding: str) -> str:
    """Return an encoding as the contents of a tokenizer.json."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokenizer.json"
        save_huggingface(load_encoding(encoding).params, path)
        return path.read_text("utf-8")


def cases(repeats: int) -> dict[str, list[Round]]:
    """Return the name of each case and the texts of its rounds."""
    long = {
        "mixed, 2 MB": read("ten", 2 * MB),
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
    """Encode every text with every tokenizer, in every encoding."""
    os.environ["RAYON_NUM_THREADS"] = os.environ["TOKENIZERS_PARALLELISM"] = "1"
    rows = []
    everything = cases(1 if quick else REPEATS)
    for encoding in ENCODINGS:
        makers = {who: partial(make, encoding) for who, make in MAKERS.items()}
        for case, rounds in everything.items():
            print(f"  {encoding}, {case}", file=sys.stderr, flush=True)
            rows.append({"encoding": encoding, "case": case} | race(makers, rounds))
    packages = ("numba", "tiktoken", "tokenizers", "fastokens", "gigatoken")
    sums = hashlib.sha256(corpus("ten").read_bytes()).hexdigest()
    return {"on": machine(*packages), "sha256": {"ten": sums}, "rows": rows}


def race(makers: Mapping[str, Callable[[], Encode]], rounds: list[Round]) -> Report:
    """Return the seconds of all, cold and warm; raise `UserError` if their ids differ."""
    cold: dict[str, list[float]] = {who: [] for who in makers}
    warm: dict[str, list[float]] = {who: [] for who in makers}
    ids: dict[int, list[list[int]]] = {}
    for number, who in in_turn(list(makers), len(rounds)):
        encode = makers[who]()
        encode("warm-up")
        settle()
        took, encoded = timed(encode_all, encode, rounds[number].cold)
        cold[who].append(took)
        encode_all(encode, rounds[number].between)
        took, more = timed(encode_all, encode, rounds[number].warm)
        warm[who].append(took)
        found = [list(map(int, some)) for some in encoded + more]
        if ids.setdefault(number, found) != found:
            raise UserError(f"{who} gives other token ids: run the tests.")
    return {"cold": cold, "warm": warm, "texts": len(rounds[0].cold)}


def settle() -> None:
    """Have the C library sort what earlier tokenizers freed, or the first timed calls do it."""
    for _ in range(1000):
        bytearray(100_000)


def encode_all(encode: Encode, texts: Texts) -> list[Ids]:
    """Encode texts one by one."""
    return [encode(text) for text in texts]


def target(case: str) -> float:
    """Return the required speed-up over tiktoken.

    >>> target("English, up to 20 characters"), target("code, 2 MB")
    (0.7, 4.0)
    """
    if case.endswith("characters"):
        return SHORT_TARGETS[int(case.split()[-2])]
    return TARGETS.get(case, TARGET)


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    parts = []
    for call, meaning in (("cold", "first texts"), ("warm", "later texts")):
        lines = []
        for row in report["rows"]:
            is_short = row["texts"] > 1
            scale, unit, digits = (1e6 / row["texts"], "µs", 1) if is_short else (1, "s", 3)
            seconds = row[call]
            mine = {"gigatoken": seconds["ours, arrays"]}  # which returns arrays too
            lines.append(
                [
                    f"{row['encoding']}: {row['case']}",
                    median_range([t * scale for t in seconds["ours"]], unit, digits),
                    *(speedup(mine.get(who, seconds["ours"]), seconds[who]) for who in PEERS),
                    f"{target(row['case']):g}x",
                ]
            )
        head = [f"{call}: a new tokenizer's {meaning}", "ours", *PEERS, "tiktoken at least"]
        parts.append(f"Our speed-up over\n\n{table(head, lines)}")
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main("encoding", measure, tables))
