"""Bits, bytes, characters, words: their ids, what they lose, what they refuse."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.bpe import compression_ratio
from cs336_core.tokenization.errors import (
    EncodingError,
    UnknownIdError,
    UnknownWordError,
    VocabularyError,
)
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer, CharacterTokenizer
from cs336_core.tokenization.word_level import PATTERN, WordTokenizer, segments

LLM = "I love LLM"

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("ab _\n\r\t!é猫🙂", max_size=40),
)
tokenizers = pytest.mark.parametrize(
    "tokenizer",
    [BitTokenizer(), ByteTokenizer(), CharacterTokenizer(), WordTokenizer.train(LLM)],
    ids=lambda tokenizer: type(tokenizer).__name__,
)


@tokenizers
def test_each_is_a_tokenizer(tokenizer: Tokenizer) -> None:
    assert isinstance(tokenizer, Tokenizer)
    assert tokenizer.decode(tokenizer.encode(LLM)) == LLM
    assert tokenizer.encode("") == []
    assert tokenizer.decode([]) == ""


@pytest.mark.parametrize(
    ("tokenizer", "tokens", "ratio"),
    [
        (BitTokenizer(), 80, 1 / 8),
        (ByteTokenizer(), 10, 1.0),
        (CharacterTokenizer(), 10, 1.0),
        (WordTokenizer.train(LLM), 5, 2.0),
    ],
)
def test_the_lectures_example(tokenizer: Tokenizer, tokens: int, ratio: float) -> None:
    ids = tokenizer.encode(LLM)
    assert len(ids) == tokens
    assert compression_ratio(LLM, ids) == ratio


@given(texts)
def test_bits_bytes_and_characters_lose_nothing(text: str) -> None:
    for tokenizer in (BitTokenizer(), ByteTokenizer(), CharacterTokenizer()):
        assert tokenizer.decode(tokenizer.encode(text)) == text


@given(texts)
def test_words_lose_nothing_of_their_training_text(text: str) -> None:
    tokenizer = WordTokenizer.train(text, unknown=None)
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.unknown_words(text) == []


@given(texts)
def test_segments_join_to_the_text(text: str) -> None:
    parts = list(segments(text, re.compile(PATTERN)))
    assert "".join(part for _, part in parts) == text
    assert all(text[start : start + len(part)] == part != "" for start, part in parts)


@given(st.lists(st.integers(0, 1), max_size=50))
def test_any_bits_decode(bits: list[int]) -> None:
    text = BitTokenizer().decode(bits)
    assert text.endswith("\ufffd") or len(bits) % 8 == 0


@given(st.lists(st.integers(0, 255), max_size=20))
def test_bits_decode_as_their_bytes_do(data: list[int]) -> None:
    bits = [int(bit) for byte in data for bit in f"{byte:08b}"]
    assert BitTokenizer().decode(bits) == ByteTokenizer().decode(data)
    assert ByteTokenizer().decode(data) == bytes(data).decode(errors="replace")


@given(st.lists(st.integers(0, 0x10FFFF), max_size=20))
def test_any_code_points_decode_to_valid_text(ids: list[int]) -> None:
    assert len(CharacterTokenizer().decode(ids).encode().decode()) == len(ids)


def test_a_character_cut_in_half_is_replaced() -> None:
    assert ByteTokenizer().decode("é".encode()[:1]) == "\ufffd"
    assert BitTokenizer().decode(BitTokenizer().encode("ab")[:-1]) == "a\ufffd"
    assert CharacterTokenizer().decode([0xD800, 0xDFFF, 97]) == "\ufffd\ufffda"


@tokenizers
@pytest.mark.parametrize("token_id", [-1, 0x110000])
def test_unknown_ids_are_refused(tokenizer: Tokenizer, token_id: int) -> None:
    top = tokenizer.vocab_size - 1
    with pytest.raises(UnknownIdError, match=rf"id {token_id} is not .* \(0 to {top}\)"):
        tokenizer.decode([0, token_id])


@tokenizers
def test_a_lone_surrogate_is_refused_with_its_position(tokenizer: Tokenizer) -> None:
    with pytest.raises(EncodingError, match=r"U\+D83D, at position 2"):
        tokenizer.encode("ab\ud83d")


def test_the_advice_about_surrogates_works() -> None:
    assert utf8("a\ud83d".encode("utf-8", "replace").decode()) == b"a?"


def test_characters_use_almost_nothing_of_their_vocabulary() -> None:
    assert CharacterTokenizer().used(LLM) == len(set(LLM)) == 8
    assert CharacterTokenizer().vocab_size == 1_114_112


def test_unknown_words_are_lost_and_listed() -> None:
    tokenizer = WordTokenizer.train(LLM)
    assert tokenizer.vocab == ["<unk>", "I", " ", "love", "LLM"]
    assert tokenizer.encode("We love\nLLM") == [0, 2, 3, 0, 4]
    assert tokenizer.decode([0, 2, 3, 0, 4]) == "<unk> love<unk>LLM"
    assert tokenizer.unknown_words("We love\nLLM") == ["We", "\n"]


def test_unknown_words_can_be_refused() -> None:
    tokenizer = WordTokenizer(["I", " "], unknown=None)
    assert tokenizer.encode("I I") == [0, 1, 0]
    with pytest.raises(UnknownWordError, match=r"'You' at position 2 .* 2 words"):
        tokenizer.encode("I You")


def test_a_text_that_has_the_unknown_token_keeps_its_id() -> None:
    tokenizer = WordTokenizer.train("a <unk> b", pattern=r"\S+")
    assert tokenizer.vocab == ["<unk>", "a", " ", "b"]
    assert tokenizer.encode("a <unk>") == [1, 2, 0]


@pytest.mark.parametrize("pattern", ["", "x*", "(?=a)"])
def test_empty_matches_give_no_words(pattern: str) -> None:
    words = [word for _, word in segments("axxb", re.compile(pattern))]
    assert "" not in words
    assert "".join(words) == "axxb"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["a", ""], "word 2 of the vocabulary is empty"),
        (["a", "b", "a"], "ids 1 and 3 both stand for 'a'"),
        (["<unk>"], "ids 0 and 1 both stand for '<unk>'"),
    ],
)
def test_unusable_word_lists(words: list[str], message: str) -> None:
    with pytest.raises(VocabularyError, match=message):
        WordTokenizer(words)


def test_unusable_words() -> None:
    with pytest.raises(VocabularyError, match="not a regular expression: missing \\)"):
        WordTokenizer.train("a", pattern="(")
    with pytest.raises(EncodingError, match="position 1"):
        WordTokenizer(["a\ud83d"])
    with pytest.raises(EncodingError, match="position 1"):
        WordTokenizer.train("a\ud83d")
