"""The parts of the benchmarks around the timing: corpora, turns, tables, equal ids."""

from __future__ import annotations

import doctest
import importlib

import pytest

from benchmarks import _corpora, _report, encoding, training
from tools.shell.errors import UserError
from tools.shell.paths import ROOT

MODULES = [path.stem for path in sorted((ROOT / "benchmarks").glob("*.py"))]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"benchmarks.{name}")).failed == 0


def test_the_corpus_is_mixed_evenly() -> None:
    kinds = [[b"a" * 10] * 50, [b"b" * 100] * 5, [b"c" * 50, b""] * 10]
    text = b"".join(_corpora.mixed(kinds))
    assert sorted(text) == sorted(b"".join(b"".join(documents) for documents in kinds))
    half = text[: len(text) // 2]
    assert half.count(b"a") == pytest.approx(half.count(b"b"), abs=100)


def test_a_cut_does_not_split_characters() -> None:
    assert _corpora.cut("né".encode(), 2) == b"n"
    assert _corpora.cut("né".encode(), 3) == "né".encode()


def test_contenders_take_turns_at_being_first() -> None:
    turns = list(_report.in_turn(["ours", "theirs"], 3))
    assert turns[:4] == [(0, "ours"), (0, "theirs"), (1, "theirs"), (1, "ours")]
    assert len(turns) == 6


def encode_as(token_id: int) -> encoding.Encode:
    """Return a function that encodes every character as one id."""
    return lambda text: [token_id] * len(text)


def test_a_race_fails_unless_the_ids_are_equal() -> None:
    rounds = [encoding.Round(["abc"], ["xy"], ["abc"]), encoding.Round(["de"], [], ["f"])]
    makers = {"ours": lambda: encode_as(1), "tiktoken": lambda: encode_as(1)}
    times = encoding.race(makers, rounds)
    assert [len(times[call][who]) for call in ("cold", "warm") for who in makers] == [2] * 4
    with pytest.raises(UserError, match="tiktoken gives other token ids"):
        encoding.race(makers | {"tiktoken": lambda: encode_as(2)}, rounds)


def test_a_table_shows_medians_ranges_and_targets() -> None:
    runs = {
        "ours": [{"seconds": seconds, "peak": 100e6} for seconds in (1.0, 3.0, 2.0)],
        "Hugging Face": [{"seconds": 9.0, "peak": 450e6}] * 3,
    }
    rows = [{"corpus": "ten", "vocab_size": 10_000, "runs": runs}]
    lines = training.tables({"sha256": {"ten": "0f"}, "rows": rows}).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[2:-1]] for line in lines[2:4]]
    assert cells == [
        ["ours", "2.00 s (1.00 to 3.00)", "", "", "100 MB (at most 450)"],
        ["Hugging Face", "9.00 s (9.00 to 9.00)", "4.5x", "6x", "450 MB"],
    ]
