"""How steps and trouble look, on a terminal and elsewhere."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import console, entry
from tools.console import Step, Trouble, run_step, step
from tools.paths import ROOT
from tools.text import clip, width


class Terminal(io.StringIO):
    """A terminal, as far as a program can see."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_elsewhere_a_step_is_one_line() -> None:
    out = io.StringIO()
    with step("Bundling widgets", out) as running:
        running.note("stepper")
        running.result("2 widgets")
    assert re.fullmatch(r"Bundling widgets … 0\.\d s, 2 widgets\n", out.getvalue())


def test_elsewhere_a_long_step_shows_that_it_lives() -> None:
    out, clock = io.StringIO(), Clock()
    running = Step("Installing", out, clock)
    for clock.now in range(0, 47):
        running.note(f"  package\t{clock.now} ")
        running.tick()
    running.end()
    assert out.getvalue().splitlines() == [
        "Installing … 15 s  package 15",
        "Installing … 30 s  package 30",
        "Installing … 45 s  package 45",
        "Installing … 46 s",
    ]


def test_on_a_terminal_the_line_lives_and_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    out, clock = Terminal(), Clock()
    running = Step("Installing", out, clock)
    running.note("Collecting a package with a very long name")
    clock.now = 3.2
    running.tick()
    running.end()
    lines = re.split(r"[\r\n]+", out.getvalue().strip())
    assert lines == ["Installing … 3.2 s  Collecting a packa…\x1b[K", "Installing … 3.2 s\x1b[K"]
    assert width(lines[0].removesuffix("\x1b[K")) < 40


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for no_color, coloured in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", no_color)
        out = Terminal()
        running = Step("Installing", out)
        running.note("numpy")
        running.tick()
        assert ("\x1b[2m" in out.getvalue()) is coloured


@pytest.mark.parametrize(
    ("error", "how"), [(Trouble("no"), "failed"), (KeyboardInterrupt(), "stopped")]
)
def test_a_step_that_does_not_end_well_says_so(error: BaseException, how: str) -> None:
    out = io.StringIO()
    with pytest.raises(type(error)), step("Installing", out):
        raise error
    assert out.getvalue().startswith(f"Installing … {how} after 0.")


@pytest.mark.parametrize(
    ("text", "columns", "shown"),
    [("词元词元", 5, "词元…"), ("abc", 3, "abc"), ("a\x1b[31mb", 9, "a[31mb"), ("abc", 0, "")],
)
def test_what_is_too_wide_is_cut(text: str, columns: int, shown: str) -> None:
    assert clip(text, columns) == shown


def python(text: str) -> list[str]:
    """Return the command that runs a Python program."""
    return [sys.executable, "-c", text]


def test_a_program_as_a_step_keeps_its_whole_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log" / "x.log"
    output = run_step("Trying", python("print('a\\rb\\n\\x1b[31mred\\x1b[0m')"), log=log)
    assert output == "a\nb\nred"
    assert log.read_text() == "a\nb\nred\n"
    assert capsys.readouterr().out.startswith("Trying … ")


def test_a_program_that_fails_shows_its_last_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "for n in range(30): print(n)\nraise SystemExit(3)"
    with pytest.raises(Trouble, match="failed with exit status 3") as caught:
        run_step("Trying", python(text), log=tmp_path / "x.log")
    assert caught.value.tail.splitlines() == [str(n) for n in range(15, 30)]
    assert caught.value.output.startswith("0\n")
    assert capsys.readouterr().out.startswith("Trying … failed after ")


def test_a_failure_that_is_explained_shows_the_sentence_alone(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no network") as caught:
        run_step(
            "Trying",
            python("print('EAI_AGAIN'); raise SystemExit(1)"),
            log=tmp_path / "x.log",
            explain=lambda output: "no network" if "EAI_AGAIN" in output else None,
        )
    assert caught.value.tail == ""


def test_a_full_disk_explains_any_failure(tmp_path: Path) -> None:
    text = "print('OSError: [Errno 28] No space left on device'); raise SystemExit(1)"
    with pytest.raises(Trouble, match="The disk is full") as caught:
        run_step("Trying", python(text), log=tmp_path / "x.log", explain=lambda _: "other")
    assert caught.value.tail == ""


def test_a_program_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="no-such-program is not there"):
        run_step("Trying", ["no-such-program"], log=tmp_path / "x.log")


def test_progress_is_told_as_a_percentage_and_not_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = []
    monkeypatch.setattr(console.Step, "note", lambda _self, text: notes.append(text))
    text = "print('Downloading torch'); print('Progress 30 of 120')"
    pattern = re.compile(r"Progress (\d+) of (\d+)")
    run_step("Trying", python(text), log=tmp_path / "x.log", progress=pattern)
    assert notes == ["Downloading torch", "25% of Downloading torch"]
    assert (tmp_path / "x.log").read_text() == "Downloading torch\n"


def guarded(text: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program whose `main` is guarded."""
    program = (
        "import sys, signal, os; from pathlib import Path; from tools.entry import guarded\n"
        "from tools.console import Trouble\n"
        f"def main():\n    {text}\n    return 0\nsys.exit(guarded(main))"
    )
    return subprocess.run(
        python(program), cwd=ROOT, capture_output=True, text=True, check=False, env=env
    )


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("pass", 0, ""),
        ("return 7", 7, ""),
        ("raise Trouble('No bread. Buy some.')", 1, "error: No bread. Buy some.\n"),
        ("raise Trouble('No.', tail='a\\nb')", 1, "a\nb\nerror: No.\n"),
        ("raise KeyboardInterrupt", entry.INTERRUPTED, ""),
        ("os.kill(os.getpid(), signal.SIGINT)", entry.INTERRUPTED, ""),
        ("os.kill(os.getpid(), signal.SIGTERM)", entry.TERMINATED, ""),
    ],
)
def test_how_a_tool_ends(text: str, code: int, told: str) -> None:
    run = guarded(text)
    assert (run.returncode, run.stderr) == (code, told)


def test_trouble_names_the_log_from_the_root() -> None:
    run = guarded(f"raise Trouble('No.', log=Path({str(ROOT)!r}) / '_build/log/pip.log')")
    assert run.stderr == "error: No.\nThe whole output: _build/log/pip.log\n"


def test_our_own_writes_may_meet_a_full_disk() -> None:
    run = guarded("raise OSError(28, 'No space left on device')")
    assert run.returncode == 1
    assert run.stderr.startswith("error: The disk is full")
    assert run.stderr.count("\n") == 1


def test_an_ascii_terminal_is_no_obstacle(tmp_path: Path) -> None:
    run = guarded("print('…')", env={"PYTHONIOENCODING": "ascii"})
    assert (run.returncode, run.stdout) == (0, "?\n")
