"""The programs in both READMEs print what their comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = [
    program
    for name in ("README.md", "cs336_core/README.md")
    for program in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
]


def test_there_are_programs() -> None:
    assert len(PROGRAMS) == 6


def test_the_table_lists_every_lecture() -> None:
    titles = [
        re.search(r"^# # (.+?)(?:: .*)?$", path.read_text("utf-8"), re.MULTILINE)[1]  # type: ignore[index]
        for path in sorted((ROOT / "lectures").glob("*.py"))
    ]
    listed = re.findall(r"^\| \d\d (.+?) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == titles, "README.md has one row per lecture: | NN title | what it is about |"


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_run_and_return_what_their_comments_say(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "readme"}
    file = tmp_path / "program.py"  # the tracer reads its source
    file.write_text(program, "utf-8")
    exec(compile(program, str(file), "exec"), names)
    for line in program.splitlines():
        expression, _, expected = line.partition("  # ")
        if expected.startswith(("[", "'", "torch.Size")) or expected.isdigit():
            assert repr(eval(expression, names)) == expected
