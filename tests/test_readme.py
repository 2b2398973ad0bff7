"""What the README shows is what happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def test_there_are_programs() -> None:
    assert len(PROGRAMS) == 5


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_run_and_say_what_comes_out(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "readme"}
    file = tmp_path / "program.py"  # where its source can be read
    file.write_text(program, "utf-8")
    exec(compile(program, str(file), "exec"), names)  # the README is ours
    for line in program.splitlines():
        expression, _, told = line.partition("  # ")
        if told.startswith(("[", "'", "torch.Size")) or told.isdigit():
            assert repr(eval(expression, names)) == told
