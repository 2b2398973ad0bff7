"""Streaming text: whole characters, stop strings across pieces, stop tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import generate_text, text
from cs336_core.inference.stop_strings import StopStrings
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.simple import ByteTokenizer, CharacterTokenizer
from tests.inference.models import tiny_model

MODEL = tiny_model(vocab_size=300)
SPECIAL = BPETokenizer(
    BPEParams(vocab={i: bytes([i]) for i in range(256)}, merges=[])
).with_special_tokens({"<|end|>": 256})


def written(monkeypatch: pytest.MonkeyPatch, ids: list[int], **options: object) -> list[str]:
    """Return the pieces of text if the model generates these ids."""

    def fake(*_: object, **__: object) -> Iterator[int]:
        return iter(ids)

    monkeypatch.setattr(text, "generate", fake)
    tokenizer = options.pop("tokenizer", ByteTokenizer())
    return list(generate_text(MODEL, tokenizer, "x", n_tokens=99, **options))  # type: ignore[arg-type]


def test_pieces_are_whole_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, list("né猫!".encode())) == ["n", "é", "猫", "!"]
    assert written(monkeypatch, list("猫".encode()[:2])) == ["\N{REPLACEMENT CHARACTER}"]
    assert written(monkeypatch, [233, 29483], tokenizer=CharacterTokenizer()) == ["é", "猫"]


def test_a_stop_string_ends_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = list(b"one. two.\n\nthree")
    assert "".join(written(monkeypatch, ids, stop_strings=["\n\n", "zzz"])) == "one. two."


def test_a_stop_token_ends_the_text_and_is_not_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [*b"one", 256, *b"two"]
    pieces = written(monkeypatch, ids, tokenizer=SPECIAL, stop_tokens=["<|end|>"])
    assert "".join(pieces) == "one"


def test_text_held_back_appears_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, list(b"ab<"), stop_strings=["<end>"]) == ["a", "b", "<"]


def test_the_model_writes() -> None:
    pieces = [
        "".join(
            generate_text(
                tiny_model(vocab_size=256),
                ByteTokenizer(),
                "To be",
                n_tokens=60,
                generator=torch.Generator().manual_seed(seed),
            )
        )
        for seed in (0, 0, 1)
    ]
    assert pieces[0] == pieces[1] != pieces[2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prompt": ""}, "the prompt is empty"),
        ({"stop_strings": [""]}, "a stop string is empty"),
        ({"stop_tokens": ["<|e|>"]}, "unknown stop token '<|e|>'; the tokenizer's special tokens"),
    ],
)
def test_mistakes_are_reported(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        generate_text(MODEL, SPECIAL, **{"prompt": "x", "n_tokens": 1} | options)  # type: ignore[arg-type]
    assert sentence in str(raised.value)


@given(
    st.lists(st.text("ab", max_size=4), max_size=12),
    st.lists(st.text("ab", min_size=1, max_size=3), max_size=3),
)
def test_stop_strings_do_not_depend_on_the_pieces(pieces: list[str], strings: list[str]) -> None:
    stops, whole = StopStrings(strings), "".join(pieces)
    text = "".join(map(stops.feed, pieces)) + stops.finish()
    complete = [n for n in range(len(whole) + 1) if whole[:n].endswith(tuple(strings))]
    if not complete:
        assert (text, stops.found) == (whole, None)
    else:
        ending = whole[: complete[0]]
        longest = max((stop for stop in strings if ending.endswith(stop)), key=len)
        assert (text, stops.found) == (ending.removesuffix(longest), longest)
