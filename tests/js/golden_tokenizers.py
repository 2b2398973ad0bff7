"""Texts of every kind, and their ids with every tokenizer.

Short texts have their ids, so that a failing test shows them; longer ones have a hash.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from cs336_core.tokenization import (
    BitTokenizer,
    BPETokenizer,
    ByteTokenizer,
    CharacterTokenizer,
    EncodingError,
    Tokenizer,
    WordTokenizer,
    load,
    train,
)
from cs336_core.tokenization.formats.packed import pack
from cs336_core.widgets.playground.widget import VOCABULARIES

# All of these are in Unicode 14 and have not changed category since: later engines agree on them.
WHITE = [
    *"\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000",
    *map(chr, range(0x2000, 0x200B)),
]
NEARLY_WHITE = "\x1c\x1d\x1e\x1f\u180e\u200b\u200c\u200d\u2060\ufeff"
RANGES = [
    (0x00, 0x7F),  # ASCII
    (0xA0, 0x24F),  # Latin
    (0x300, 0x36F),  # combining marks
    (0x391, 0x3A1),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x5D0, 0x5EA),  # Hebrew
    (0x621, 0x652),  # Arabic, with marks
    (0x660, 0x669),  # digits of Arabic
    (0x905, 0x94D),  # Devanagari
    (0xE01, 0xE3A),  # Thai
    (0x10A0, 0x10C5),  # Georgian
    (0x1F88, 0x1FAF),  # title case of Greek
    (0x2070, 0x2071),  # superscripts
    (0x2150, 0x2188),  # fractions, Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x3041, 0x3096),  # Hiragana
    (0x4E00, 0x9FA5),  # Chinese
    (0xAC00, 0xD7A3),  # Korean
    (0xE000, 0xE010),  # private use
    (0xFF10, 0xFF3A),  # full width
    (0x1D400, 0x1D454),  # letters of mathematics
    (0x1D7CE, 0x1D7FF),  # digits of mathematics
    (0x1F300, 0x1F64F),  # emoji
    (0x20000, 0x2A6D6),  # rarer Chinese
]
LETTERS = ["ß", "ǅ", "ʰ", "\u212a", "ﬁ", "ı", "İ", "Ⅷ", "½", "_"]
EMOJI = [
    "👍🏽",
    "👩\u200d🚀",
    "🇨🇳🇩🇪",
    "❤\ufe0f",
    "1\ufe0f\u20e3",
    "👨\u200d👩\u200d👧\u200d👦",
    "🏴\u200d☠\ufe0f",
]
CONTRACTIONS = ["'s", "'S", "'\u017f", "'ll", "'lL", "'VE", "'rE", "'d", "'M", "'t", "'T", "'x"]
WORDS = [
    "hello",
    " hello",
    "Hello",
    "TOKEN",
    "toKen",
    " the",
    "theThe",
    "naïve",
    "ǅ",
    "ʰ",
    "K",
    "ß",
]
FIXED = [
    "",
    " ",
    "\n",
    "\r\n\r\n  x",
    "hello hello",
    "Hello, 🌍! 你好!",
    "1234567890 12345678 ١٢٣٤",
    "<|endoftext|> is text here, <unk> too",
    "a" * 200,
    "ab" * 150,
    "猫" * 70,
    " " * 90 + "x",
    "the cat in the hat. " * 8,
    "__proto__ constructor hasOwnProperty toString",
    "def f(n):\n\treturn n  # done\r\n",
    "e\u0301e\u0301 \u0301\u0301 n\u0303",
    "שלום, עולם مرحبا",
    "\x00\x01\x7f\u202e\u2066",
    " jeho",  # a token of Llama 3 that no merge gives ...
    " jehojeho lardan mektedir",
    ".:.:.:.:. nghiệp",  # ... and tokens that merge from tokens of higher rank
]
SHORT = 10  # characters; ids of longer texts are hashed
DIGITS = 8  # of a hash, in hex
CORPUS = "the cat in the hat sat on the mat, and the 猫 sat too; that's that. " * 3


def texts() -> Iterator[str]:
    """Yield texts of every kind, the same ones each time."""
    yield from FIXED
    rng = random.Random(336)
    for _ in range(450):
        yield "".join(part(rng) for _ in range(rng.randint(1, 14)))


def part(rng: random.Random) -> str:
    """Return a piece of text, of any kind."""
    kinds: list[Callable[[], str]] = [
        lambda: rng.choice(WHITE) * rng.choice([1, 1, 2, 5]),
        lambda: rng.choice([" ", " ", "\n", "\r\n", "/", "'", *NEARLY_WHITE]),
        lambda: rng.choice(WORDS) + rng.choice(["", *CONTRACTIONS]),
        lambda: rng.choice(EMOJI),
        lambda: rng.choice(LETTERS),
        lambda: "".join(rng.choices("0123456789", k=rng.randint(1, 9))),
        lambda: "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, 8))),
        lambda: "".join(characters(rng, rng.choice(RANGES))),
        lambda: "".join(characters(rng, rng.choice(RANGES))),
    ]
    return rng.choice(kinds)()


def characters(rng: random.Random, within: tuple[int, int]) -> Iterator[str]:
    """Yield a few characters from a range."""
    for _ in range(rng.randint(1, 5)):
        yield chr(rng.randint(*within))


@cache
def tokenizers() -> dict[str, Tokenizer]:
    """Return the tokenizers whose vocabulary does not depend on the text."""
    known = {name: load(source) for name, source in VOCABULARIES.items()}
    return {
        "bits": BitTokenizer(),
        "bytes": ByteTokenizer(),
        "characters": CharacterTokenizer(),
        **known,
        **trained(),
    }


@cache
def trained() -> dict[str, BPETokenizer]:
    """Return two small trained tokenizers, with and without pre-tokens."""
    return {
        f"trained_{name}": BPETokenizer(train([CORPUS], 256 + 25, pattern=name))
        for name in ("o200k", "none")
    }


def golden_vocabularies() -> list[dict[str, Any]]:
    """Return the trained vocabularies in the playground's format."""
    return [
        {"name": name, "pattern": name.removeprefix("trained_"), "packed": pack(tokenizer.params)}
        for name, tokenizer in trained().items()
    ]


def golden_tokenizers() -> list[dict[str, Any]]:
    """Return texts and their ids, or a hash of them."""
    return [
        {"text": text, "ids": ids(text)}
        if len(text) < SHORT
        else {
            "text": text,
            "hashes": {name: hashed(of_name) for name, of_name in ids(text).items()},
        }
        for text in texts()
    ]


def hashed(ids: list[int]) -> str:
    """Return a hash of ids."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:DIGITS]


def ids(text: str) -> dict[str, list[int]]:
    """Return the ids of a text with every tokenizer."""
    by_name = {
        name: tokenizer.encode_ordinary(text)
        if isinstance(tokenizer, BPETokenizer)
        else tokenizer.encode(text)
        for name, tokenizer in tokenizers().items()
        if name != "bits" or len(text) < 8
    }
    return {**by_name, "words": WordTokenizer.train(text).encode(text)}


def golden_no_text() -> list[dict[str, Any]]:
    """Return texts with a lone surrogate, and where Python finds it."""
    cases = []
    for text in ["\ud83d", "a\ude00b", "🐈\ud83d\ud83d", "\ude00\ud83d", "猫é\udfff"]:
        try:
            ByteTokenizer().encode(text)
        except EncodingError as error:
            # As JSON within JSON: a golden file is UTF-8, which has no lone surrogate.
            cases.append({"json": json.dumps(text), "message": str(error)})
    return cases
