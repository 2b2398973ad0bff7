"""The names people know from tiktoken and tokenizers."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
import torch

from cs336_core.tokenization import (
    BPETokenizer,
    EncodingError,
    SpecialTokenError,
    TokenizationError,
    UnknownIdError,
    WrongTypeError,
    train,
)
from tests.tokenization.peers import tiktoken_with

END = "<|endoftext|>"
PARAMS = train(
    ["the cat in the hat and the naïve 🌍 bat, thin mats on mills " * 20], 290, [END, "<tool>"]
)
SMALL = BPETokenizer(PARAMS)
THEIRS = tiktoken_with(PARAMS)


def test_names_of_tiktoken() -> None:
    assert SMALL.n_vocab == THEIRS.n_vocab == SMALL.vocab_size == 290
    assert SMALL.eot_token == THEIRS.eot_token == 288
    with pytest.raises(SpecialTokenError, match="no special token"):
        _ = BPETokenizer(train(["ab"], 257)).eot_token


def test_ids_and_tokens() -> None:
    for token_id, token in PARAMS.vocab.items():
        assert SMALL.id_to_token(token_id) == token
        assert SMALL.token_to_id(token if token_id < 288 else token.decode()) == token_id
    assert SMALL.token_to_id(" the") == THEIRS.encode_single_token(" the")
    assert SMALL.token_to_id("no token") is None
    assert SMALL.id_to_token(290) is None


def test_special_tokens_are_skipped_unless_they_belong_to_the_text() -> None:
    ids = SMALL.encode(f"the{END}hat<tool>", allowed_special="all")
    assert SMALL.decode(ids) == f"the{END}hat<tool>"
    assert SMALL.decode(ids, skip_special_tokens=True) == "thehat"
    assert SMALL.decode(np.array(ids), skip_special_tokens=True) == "thehat"
    assert SMALL.decode_batch([ids, [], ids[:1]], skip_special_tokens=True) == [
        "thehat",
        "",
        SMALL.decode(ids[:1]),
    ]


@pytest.mark.parametrize("length", [5, 500])
def test_ids_decode_from_lists_arrays_and_tensors(length: int) -> None:
    ids = (list(range(290)) * 2)[:length]
    text = THEIRS.decode(ids)
    for given in (ids, tuple(ids), np.array(ids), np.array(ids, np.uint16), torch.tensor(ids)):
        assert SMALL.decode(given) == text
    assert SMALL.decode_batch(torch.tensor([ids, ids])) == [text, text]
    for wrong in (-1, 290, 2**32 + 5, 2**63 - 1, 2**70):
        with pytest.raises(UnknownIdError, match=rf"ids\[{length}\] is {wrong}, "):
            SMALL.decode([*ids, wrong])
    with pytest.raises(WrongTypeError, match=rf"ids\[{length}\] is 1.0, of type float"):
        SMALL.decode([*ids, 1.0])  # type: ignore[list-item]


def test_more_special_tokens() -> None:
    more = SMALL.with_special_tokens({"<|im_start|>": 300, "<|im_end|>": 290})
    assert more.encode("the<|im_start|>", allowed_special="all")[-1] == 300
    assert more.n_vocab == 301
    assert more.decode([290]) == "<|im_end|>"
    assert SMALL.n_vocab == 290
    for taken in (65, 288):
        with pytest.raises(SpecialTokenError, match=f"has id {taken}, which stands for"):
            SMALL.with_special_tokens({"<new>": taken})
    names: Any = ["<new>"]
    with pytest.raises(WrongTypeError, match="must be a dict"):
        SMALL.with_special_tokens(names)


def test_equal_tokenizers() -> None:
    again = pickle.loads(pickle.dumps(SMALL))
    assert again == SMALL
    assert hash(again) == hash(SMALL)
    assert SMALL.with_special_tokens({"<new>": 290}) != SMALL
    assert SMALL != "SMALL"
    assert repr(SMALL) == "BPETokenizer(290 tokens, 2 of them special, the gpt2 pattern)"


@pytest.mark.parametrize("num_threads", [1, 2, 5, None])
def test_batches_in_threads(num_threads: int | None) -> None:
    texts = ["the cat 🌍" * i for i in range(300)] + ["a" * 10_000, ""]
    expected = list(map(SMALL.encode, texts))
    assert SMALL.encode_batch(iter(texts), num_threads=num_threads) == expected
    with_special = [text + END for text in texts]
    assert SMALL.encode_batch(with_special, num_threads=num_threads, allowed_special="all") == [
        [*ids, 288] for ids in expected
    ]
    for wrong, error in (
        (END, SpecialTokenError),
        ("\ud800", EncodingError),
        (b"", WrongTypeError),
    ):
        given: Any = [*texts, wrong]
        with pytest.raises(error, match=rf"texts\[{len(texts)}\]: the text"):
            SMALL.encode_batch(given, num_threads=num_threads)


def test_invalid_numbers_of_threads() -> None:
    with pytest.raises(TokenizationError, match="num_threads is 0; it must be 1 or more"):
        SMALL.encode_batch(["a"], num_threads=0)
    with pytest.raises(WrongTypeError, match=r"num_threads is 1\.5, of type float"):
        SMALL.encode_batch(["a"], num_threads=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("before", ["", "the naïve ", "a " * 3_000])
def test_halves_of_a_character_are_joined_as_in_tiktoken(before: str) -> None:
    text = before + "\ud83c\udf0d cat"
    expected = THEIRS.encode(text)
    assert SMALL.encode(text) == expected == SMALL.encode(before + "🌍 cat")
    assert SMALL.encode_batch([text]) == [expected]
    assert SMALL.encode_to_numpy(text).tolist() == expected
    assert list(SMALL.encode_iterable(text)) == expected
    ids, offsets = SMALL.encode_with_offsets(text)
    assert ids == expected
    at = len(before)
    assert (at, at + 2) in offsets or any(b <= at and e >= at + 2 for b, e in offsets)
    assert offsets[-1][1] == len(text)
