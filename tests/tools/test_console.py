"""How steps look, and what remains of a program's output."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tools.shell.console import run_step, step
from tools.shell.errors import UserError


def test_a_step_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Bundling [widgets]") as running:
        running.note("stepper [/] \x1b[31m")
        running.result("2 widgets")
    assert re.fullmatch(r"Bundling \[widgets\] … [\d.]+ s, 2 widgets\n", capsys.readouterr().out)


def test_on_a_terminal_a_step_shows_its_latest_output(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    with step("Installing") as running:
        running.note("numpy " * 30)
    out = capsys.readouterr().out
    assert "numpy" in out
    assert re.search(r"Installing … [\d.]+ s\n$", out)
    assert out.count("numpy") <= 30  # cut at the width of the terminal


@pytest.mark.parametrize(
    ("error", "end"), [(UserError("no"), "failed"), (KeyboardInterrupt(), "stopped")]
)
def test_a_step_that_fails_or_stops_is_reported(
    error: BaseException, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(error)), step("Installing"):
        raise error
    assert re.match(rf"Installing … {end} after [\d.]+ s", capsys.readouterr().out)


def python(text: str) -> list[str]:
    """Return the command that runs a Python program."""
    return [sys.executable, "-c", text]


def test_the_whole_output_of_a_program_is_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log" / "x.log"
    run_step("Trying", python("print('a\\rb\\n\\x1b[31mred\\x1b[0m')"), log=log)
    assert log.read_text() == "a\nb\nred\n"
    assert capsys.readouterr().out.startswith("Trying … ")


def test_a_program_that_fails_shows_its_last_lines_and_the_hint(tmp_path: Path) -> None:
    text = "for n in range(30): print(n)\nraise SystemExit(3)"
    for hint, shown in (("", "failed with exit status 3"), ("Try another.", "Try another.")):
        with pytest.raises(UserError, match=shown) as caught:
            run_step("Trying", python(text), log=tmp_path / "x.log", hint=hint)
        assert caught.value.tail.splitlines() == [str(n) for n in range(15, 30)]
        assert caught.value.output.startswith("0\n")


def test_a_program_ended_by_a_signal_is_reported_as_such(tmp_path: Path) -> None:
    program = python("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(UserError, match="was ended by signal SIGKILL"):
        run_step("Trying", program, log=tmp_path / "x.log", hint="Try another.")


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [("EAI_AGAIN", "no network"), ("[Errno 28] No space left on device", "The disk is full")],
)
def test_a_failure_with_a_known_cause_shows_the_sentence_alone(
    tmp_path: Path, printed: str, sentence: str
) -> None:
    program = python(f"print({printed!r}); raise SystemExit(1)")
    with pytest.raises(UserError, match=sentence) as caught:
        run_step("Trying", program, log=tmp_path / "x.log", explain=lambda _: "no network")
    assert caught.value.tail == ""


def test_a_missing_program_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-such-program is missing"):
        run_step("Trying", ["no-such-program"], log=tmp_path / "x.log")
