"""Special tokens in a text are treated as in tiktoken, for any sets of names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs336_core.tokenization import BPETokenizer, SpecialTokenError, WrongTypeError, train
from cs336_core.tokenization.pretokenization.safe_cuts import PIECE
from tests.tokenization.peers import tiktoken_with

# None begins with another one: tiktoken does not say which of two such tokens it takes.
SPECIAL = ["<a>", "<b>", "<|end|>", "cat"]
OTHERS = ["<c>", "<|im_start|>", "hat", "<"]
OURS = BPETokenizer(train(["the cat in the hat<a><b><|im_start|>" * 4], 274, SPECIAL))
THEIRS = tiktoken_with(OURS.params)

texts = st.lists(st.sampled_from([*SPECIAL, *OTHERS, "the ", " in", "é"])).map("".join)
names = st.one_of(
    st.just("all"),
    st.sets(st.sampled_from(SPECIAL + OTHERS)),
    st.sets(st.sampled_from(SPECIAL)),
)


@given(texts, names, names)
@settings(max_examples=400)
def test_any_sets_of_names_act_as_in_tiktoken(text: str, allowed: Any, disallowed: Any) -> None:
    policy = {"allowed_special": allowed, "disallowed_special": disallowed}
    twice = {  # iterables that end, and have each name twice
        option: given if given == "all" else iter([*given, *given])
        for option, given in policy.items()
    }
    try:
        expected = THEIRS.encode(text, **policy)
    except ValueError:
        with pytest.raises(SpecialTokenError, match="the text has"):
            OURS.encode(text, **policy)
        with pytest.raises(SpecialTokenError, match="the text has"):
            list(OURS.encode_iterable(text, **policy))
        with pytest.raises(SpecialTokenError, match="the text has"):
            OURS.encode_to_numpy(text, **policy)
    else:
        assert OURS.encode(text, **policy) == expected
        assert OURS.encode_batch([text, text], **twice) == [expected, expected]
        assert list(OURS.encode_iterable(text, **policy)) == expected
        assert OURS.encode_to_numpy(text, **policy).tolist() == expected


def test_a_disallowed_text_is_found_wherever_a_stream_is_cut() -> None:
    text = "a " * (PIECE // 2 - 1) + "no way" + " a" * PIECE
    with pytest.raises(
        SpecialTokenError, match=f"'no way' at position {PIECE - 2}, and disallowed"
    ):
        list(OURS.encode_iterable([text], disallowed_special={"no way"}))


def test_the_longest_special_token_wins_if_it_is_allowed() -> None:
    two = BPETokenizer(train(["ab"], 259, ["<a>", "<a><b>"]))
    assert two.encode("<a><b>", allowed_special="all") == [258]
    assert two.encode("<a><b>", allowed_special=["<a>"], disallowed_special=())[0] == 257
    spaces = BPETokenizer(train(["ab"], 286, [" " * length for length in range(1, 31)]))
    assert spaces.encode(" " * 31, allowed_special="all") == [285, 256]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("<a>", r"is '<a>', of type str; it must be .all. or a collection .* such as \['<a>'\]"),
        (None, "is None, of type NoneType; it must be"),
        ([3], "has 3, of type int; each must be a string"),
        ({b"<a>"}, "has b'<a>', of type bytes"),
        (np.array([3]), "has .*3.*, of type int64"),
    ],
)
@pytest.mark.parametrize("option", ["allowed_special", "disallowed_special"])
def test_invalid_names(option: str, wrong: Iterable[str], message: str) -> None:
    for encode in (OURS.encode, OURS.encode_to_numpy, OURS.encode_iterable):
        with pytest.raises(WrongTypeError, match=f"{option} {message}"):
            encode("a", **{option: wrong})  # type: ignore[operator]
