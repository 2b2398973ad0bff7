"""The playground's Python side: state, bounds, and the fallback without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core._shared import built
from cs336_core._shared.built import RANKS
from cs336_core.tokenization import BPEParams, BPETokenizer, VocabularyError
from cs336_core.tokenization.formats import packed
from cs336_core.tokenization.formats.packed import pack
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.widgets.playground.widget import (
    LABELS,
    LONGEST_TEXT,
    Playground,
    tokenize,
)

MERGES = [(b"t", b"h"), (b"th", b"e"), (b" ", b"the")]


def small(pattern: str | None = GPT2) -> BPETokenizer:
    return BPETokenizer(BPEParams.trained(MERGES, ["<|end|>"], pattern))


def test_the_state_of_the_view() -> None:
    widget = Playground("the 猫", ["gpt2", "bytes"])
    assert widget.static_state() == {"text": "the 猫", "tokenizers": "gpt2,bytes", "trained": {}}


def test_a_trained_tokenizer_is_packed_for_the_view() -> None:
    widget = Playground("the", ["trained"], trained=small())
    assert widget.trained == {"packed": pack(small().params), "pattern": "gpt2"}
    assert Playground("the", ["trained"], trained=small(None)).trained["pattern"] == "none"


def test_a_packed_vocabulary_has_its_bytes_and_its_merges() -> None:
    text = pack(small().params)
    assert text[:512] == bytes(range(256)).hex()
    # Three digits per half; the same digit of all merges is adjacent.
    left, right = text[512:521], text[521:]
    assert left == "AAABEA0Ag"
    assert right == "AAABBEolB"


def test_the_view_gets_the_vocabularies_that_it_requests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "static" / "vocabularies").mkdir(parents=True)
    (tmp_path / "static" / "vocabularies" / "gpt2.txt").write_text("packed")
    monkeypatch.setattr(built, "BUILT", tmp_path)
    widget = Playground()
    assert widget.files == {}
    widget.requested = "gpt2"
    assert widget.files == {"gpt2": "packed"}
    widget.requested = "o200k,../secret,trained"
    assert widget.files == {"gpt2": "packed", "o200k": ""}
    assert widget.static_state().keys() == {"text", "tokenizers", "trained"}


@pytest.mark.parametrize("names", [["trained"], ["gpt3"], ["gpt2", "<b>"]])
def test_an_unknown_tokenizer_is_refused(names: list[str]) -> None:
    with pytest.raises(
        ValueError, match=r"unknown tokenizer .*; expected names from bits, bytes, "
    ):
        Playground("a", names)


def test_duplicate_tokenizers_are_removed_and_an_empty_list_is_allowed() -> None:
    assert Playground("a", ["bytes", "bits", "bytes"]).tokenizers == "bytes,bits"
    assert Playground("a", []).tokenizers == ""


def test_text_that_is_too_long_or_malformed_is_refused() -> None:
    widget = Playground("a")
    with pytest.raises(ValueError, match=r"takes up to 5 MB of text; this text has 5\.1 MB"):
        widget.text = "é" * (LONGEST_TEXT // 2 + 50_000)
    with pytest.raises(ValueError, match="lone surrogate"):
        widget.text = "\ud83d"
    assert widget.text == "a"


def test_trained_tokenizers_that_the_view_cannot_represent_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = "gpt2, cl100k, o200k, llama3, qwen2"
    with pytest.raises(ValueError, match=rf"patterns {names} or none, not with '\.'"):
        Playground(trained=small("."))
    vocab = {token_id + 1: bytes([token_id]) for token_id in range(256)}
    shifted = BPEParams({**vocab, 0: b"th"}, [(b"t", b"h")])
    with pytest.raises(ValueError, match="ids in training order"):
        Playground(trained=BPETokenizer(shifted))
    shadowed = BPEParams.trained([(b"b", b"c"), (b"a", b"b"), (b"ab", b"c")])
    no_merge = BPEParams({**small().params.vocab, 300: b"xyz"}, small().params.merges)
    for unreachable in (shadowed, no_merge):
        with pytest.raises(ValueError, match="whose merges form each of its tokens"):
            Playground(trained=BPETokenizer(unreachable))
    monkeypatch.setattr(packed, "_MAX_IDS", 258)
    with pytest.raises(ValueError, match="up to 258 tokens; this vocabulary has 259"):
        pack(small().params)


@pytest.mark.parametrize(
    ("name", "ids", "tokens"),
    [
        ("bits", [0, 1, 1, 0, 0, 0, 0, 1], [b"0", b"1", b"1", b"0", b"0", b"0", b"0", b"1"]),
        ("bytes", [97], [b"a"]),
        ("characters", [97], [b"a"]),
        ("words", [1], [b"a"]),
        ("gpt2", [64], [b"a"]),
        ("cl100k", [64], [b"a"]),
        ("o200k", [64], [b"a"]),
        ("llama3", [64], [b"a"]),
        ("trained", [97], [b"a"]),
    ],
)
def test_every_tokenizer_gives_its_ids(name: str, ids: list[int], tokens: list[bytes]) -> None:
    assert name in LABELS
    assert tokenize("a", name, small()) == (ids, tokens)


def test_the_fallback_lists_the_tokens() -> None:
    widget = Playground("Hello, 🌍!\n", ["gpt2", "words", "trained"], trained=small())
    html = widget.fallback_html()
    assert "<caption>“Hello,␣🌍!⏎” in tokens; the text has 13 bytes.</caption>" in html
    assert html.count("<tr>") == 4
    assert '<th scope="row">GPT-2</th><td>7</td>' in html
    assert "<code>20 F0 9F</code>" in html
    assert "<td>15496 11 12520 234 235 0 198</td>" in html
    assert "<td>1 2 3 4 5 6</td>" in html


def test_the_fallback_of_a_long_text_is_short() -> None:
    html = Playground("x" * 100_000 + " <b>" * 500, ["words", "bits", "gpt2"]).fallback_html()
    assert len(html) < 20_000
    assert "…" in html
    assert "<b>" not in html


def test_hostile_text_is_text() -> None:
    hostile = "<script>\u202e\x00</script>&amp;"
    html = Playground(hostile, ["characters", "words"]).static_html()
    assert html.count("<script") == 1  # the one that holds the state
    assert "U+202E" in html
    assert "&amp;amp;" in html


def test_a_missing_vocabulary_is_reported_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> BPETokenizer:
        raise VocabularyError(f"there is no {RANKS / name}")

    monkeypatch.setattr("cs336_core.widgets.playground.widget._loaded", missing)
    html = Playground("a", ["bytes", "gpt2"]).fallback_html()
    assert 'GPT-2</th><td colspan="3">there is no ' in html
    assert "<td>97</td>" in html


def test_a_notebook_gets_the_live_view_and_a_page_the_static_one() -> None:
    data, _ = Playground("a", ["bytes"], key="mine")._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'data-widget="playground"' in data["text/html"]
    assert 'data-key="mine"' in data["text/html"]
