"""Random texts have the ids of tiktoken and of the reference, however they are encoded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pydoc_data.topics import topics

import pytest

from cs336_core.tokenization import BPETokenizer, encode, load_encoding, train
from cs336_core.tokenization.pretokenization.split import split
from tests.tokenization.peers import tiktoken_of

NAMES = ("r50k_base", "p50k_base", "cl100k_base", "o200k_base")
WORDS = topics["objects"].split()
SIGNS = "aAsStTlLdDvVeErRmM'’ſ  \t\n\r\v\u0085\u00a0\u2028\u3000/!.,-_(){}#$€0123456789६²Ⅷ"
SCRIPTS = (
    (0x20, 0x7F),
    (0xC0, 0x250),
    (0x300, 0x370),  # combining marks
    (0x370, 0x530),  # Greek, Cyrillic
    (0x5D0, 0x700),  # Hebrew, Arabic
    (0x900, 0xE80),  # India, Thailand
    (0x1100, 0x1200),  # Hangul
    (0x3040, 0x30FF),  # Japanese
    (0x4E00, 0x9FFF),  # Chinese
    (0xAC00, 0xD7A3),  # Korean
    (0x1F300, 0x1FAFF),  # emoji
    (0xE000, 0x110000),
)


def pieces(draw: random.Random) -> Iterator[str]:
    """Yield random pieces of text."""
    for _ in range(draw.randint(1, 8)):
        kind = draw.random()
        if kind < 0.3:
            yield " " * draw.randint(0, 1) + draw.choice(WORDS)
        elif kind < 0.6:
            yield "".join(draw.choices(SIGNS, k=draw.randint(1, 8)))
        elif kind < 0.9:
            first, end = draw.choice(SCRIPTS)
            yield "".join(chr(draw.randrange(first, end)) for _ in range(draw.randint(1, 12)))
        else:
            yield draw.choice(SIGNS) * draw.randint(2, 100)


def random_texts(count: int, seed: int) -> list[str]:
    """Return random texts without surrogates."""
    draw = random.Random(seed)
    return ["".join(pieces(draw)) for _ in range(count)]


def check(ours: BPETokenizer, texts: list[str], expected: list[list[int]]) -> None:
    """Compare the ids from each way to encode, and the text they decode to."""
    assert ours.encode_batch(texts, disallowed_special=()) == expected
    assert list(map(ours.encode_ordinary, texts)) == expected
    joined = "\n".join(texts)
    assert ours.encode_to_numpy(joined, disallowed_special=()).tolist() == ours.encode_ordinary(
        joined
    )
    assert ours.decode_batch(expected) == texts


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "count", [5_000, pytest.param(100_000, marks=pytest.mark.nightly)], ids=["few", "many"]
)
def test_random_texts_have_the_ids_of_tiktoken(name: str, count: int) -> None:
    texts = random_texts(count, seed=count)
    check(load_encoding(name), texts, tiktoken_of(name).encode_ordinary_batch(texts, num_threads=2))


@pytest.mark.parametrize("pattern", ["gpt2", "llama3", r"\p{L}+|\s", None])
def test_random_texts_have_the_ids_of_the_reference(pattern: str | None) -> None:
    tokenizer = BPETokenizer(train([topics["objects"]], 300, pattern=pattern))
    params = tokenizer.params
    texts = random_texts(100, seed=1)
    expected = [
        [token_id for word in split(text, params.pattern) for token_id in encode(word, params)]
        for text in texts
    ]
    check(tokenizer, texts, expected)
