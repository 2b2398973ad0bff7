"""The small model is trained in the background of a build, and only if it is not current."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from book.builder import models
from tools.shell.errors import UserError


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for the model's files, its scripts and its log."""
    monkeypatch.setattr(models, "ROOT", tmp_path)
    monkeypatch.setattr(models, "MODELS", tmp_path / "models")
    monkeypatch.setattr(models, "SCRIPTS", tmp_path / "scripts")
    monkeypatch.setattr(models, "LOG", tmp_path / "log" / "models.log")
    (tmp_path / "module.py").write_text("a = 1\n")
    return tmp_path


def write_model(folders: Path) -> None:
    models.write({"small": "AA==", "small-run": '{"a":"</script>"}'})
    models.write_stamp(folders / "models", models._stamp({"module.py"}))


def test_a_page_gets_each_text_as_a_script_that_assigns_it(folders: Path) -> None:
    write_model(folders)
    assert (folders / "models" / "small.txt").read_text() == "AA=="
    scripts = "\n".join(path.read_text() for path in (folders / "scripts").glob("*.js"))
    show = f"{scripts}\nconsole.log(JSON.stringify(globalThis.cs336Models))"
    shown = subprocess.run(["node", "-e", show], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout) == {"small": "AA==", "small-run": '{"a":"</script>"}'}


def test_the_model_is_current_until_a_module_that_it_was_trained_with_changes(
    folders: Path,
) -> None:
    assert not models.is_current()
    write_model(folders)
    assert models.is_current()
    (folders / "module.py").write_text("a = 2\n")
    assert not models.is_current()


def test_writing_removes_the_checkpoints_of_an_earlier_run(folders: Path) -> None:
    models.write({"small-7": "AA=="})
    write_model(folders)
    assert not (folders / "models" / "small-7.txt").exists()


def test_a_current_model_is_not_trained(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "COMMAND", ["no such program"])
    write_model(folders)
    with models.training():
        pass


def test_the_build_waits_for_the_training(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import pathlib; pathlib.Path('done').touch()"
    monkeypatch.setattr(models, "COMMAND", [sys.executable, "-c", program])
    with models.training():
        pass
    assert (folders / "done").exists()


def test_a_failed_training_ends_the_build_with_the_end_of_its_log(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "import sys; sys.exit('the plays are not installed')"
    monkeypatch.setattr(models, "COMMAND", [sys.executable, "-c", program])
    with (
        pytest.raises(UserError, match="training of the small model") as failure,
        models.training(),
    ):
        pass
    assert "the plays are not installed" in str(failure.value.tail)


def test_its_stamp_has_the_modules_that_train_it() -> None:
    from cs336_core.training import small_model  # noqa: F401

    assert "cs336_core/training/small_model.py" in models._imported()
    assert not any(name.startswith(("tests", "tools")) for name in models._imported())
