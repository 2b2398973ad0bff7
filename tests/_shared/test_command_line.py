"""A command reports what goes wrong in one line."""

from __future__ import annotations

import sys

import pytest

from cs336_core._shared.command_line import status_of, write


def test_a_closed_standard_output_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)  # as Python sets it after `>&-`
    assert status_of(lambda: write("text"), ()) == 1
    assert capsys.readouterr().err == "error: standard output is closed\n"
    assert status_of(lambda: None, ()) == 0
