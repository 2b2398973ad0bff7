"""The first step: any Python may run it, one make at a time, nothing incomplete is trusted."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import bootstrap
from tools.__main__ import check_python_version
from tools.shell import stamps
from tools.shell.errors import UserError
from tools.shell.paths import ROOT

OLD = ["python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10"]


def interpreter(name: str) -> str | None:
    """Find an interpreter on the PATH or among pyenv's."""
    versions = Path("~/.pyenv/versions").expanduser()
    found = sorted(versions.glob(f"{name.removeprefix('python')}.*/bin/{name}"))
    return str(found[0]) if found else shutil.which(name)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_named_with_the_required_one_and_the_way_out(
    version: tuple[int, ...],
) -> None:
    message = check_python_version(version, "/usr/bin/python3")
    for part in (".".join(map(str, version)), "/usr/bin/python3", "3.11 or newer", "PYTHON="):
        assert part in message


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_new_python_is_accepted(version: tuple[int, ...]) -> None:
    assert check_python_version(version, "python3") == ""


@pytest.mark.parametrize("name", OLD)
def test_old_interpreters_can_read_the_entry_point(name: str) -> None:
    python = interpreter(name)
    if python is None or subprocess.run([python, "-c", ""], check=False).returncode:
        # Without old Pythons on the machine, check at least for syntax that they cannot read.
        for file in ("__init__.py", "__main__.py"):
            source = (ROOT / "tools" / file).read_bytes()
            assert source.isascii()
            assert b' f"' not in source
            assert b"annotations" not in source.replace(b"no annotations", b"")
        return
    run = subprocess.run(
        [python, "-m", "tools", "serve"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("error: The course needs Python 3.11 or newer")
    assert run.stderr.count("\n") == 1


def test_a_digest_depends_on_every_part_and_its_boundaries(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy==2.4.6")
    assert stamps.digest([file]) == stamps.digest(["numpy==2.4.6"])
    assert stamps.digest(["ab", "c"]) != stamps.digest(["a", "bc"])
    assert stamps.digest([tmp_path / "none"]) != stamps.digest([""])


@pytest.mark.parametrize("text", ["", '{"packages": ', "[]", "\0"])
def test_a_truncated_stamp_counts_as_missing(tmp_path: Path, text: str) -> None:
    stamps.write_stamp(tmp_path, {"packages": "a"})
    assert stamps.read_stamp(tmp_path) == {"packages": "a"}
    (tmp_path / stamps.STAMP).write_text(text)
    assert stamps.read_stamp(tmp_path) == {}


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A complete .venv, according to its stamp."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", venv / "bin" / "python")
    stamps.write_stamp(venv, bootstrap.venv_stamp())
    return venv


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("tools.bootstrap.ROOT", Path("/moved")),
        ("sys.version", "3.99"),
        ("tools.bootstrap.tool_packages", lambda: ["uv==99"]),
    ],
)
def test_another_folder_python_or_uv_makes_the_venv_stale(
    venv: Path, monkeypatch: pytest.MonkeyPatch, changed: str, value: object
) -> None:
    assert bootstrap.venv_is_up_to_date()
    monkeypatch.setattr(changed, value)
    assert not bootstrap.venv_is_up_to_date()


def test_an_incomplete_venv_is_created_again(
    venv: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stamps.remove_stamp(venv)
    assert not bootstrap.venv_is_up_to_date()
    # A failing program replaces the system's Python.
    (venv.parent / "python").write_text("#!/bin/sh\necho No space left on device\nexit 1\n")
    (venv.parent / "python").chmod(0o755)
    monkeypatch.setattr("sys._base_executable", str(venv.parent / "python"))
    with bootstrap.exclusive() as lock, pytest.raises(UserError, match="The disk is full"):
        bootstrap.create_venv(lock)
    assert "again: it is incomplete" in capsys.readouterr().out
    assert not bootstrap.venv_is_up_to_date()


def test_without_the_venv_module_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(UserError, match=r"apt install python3\.\d+-venv"):
        bootstrap.create_venv(0)


def test_a_second_make_waits_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "Makefile"
    path.touch()
    order = []

    def second() -> None:
        with bootstrap.exclusive(path):
            order.append("second")

    with bootstrap.exclusive(path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert capsys.readouterr().out == "Waiting for another make in this folder …\n"


def test_programs_of_a_killed_make_still_hold_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "Makefile"
    path.touch()
    child = "import sys; print(flush=True); sys.stdin.read()"
    make = (
        "import subprocess, sys; from pathlib import Path; from tools import bootstrap\n"
        f"with bootstrap.exclusive(Path({str(path)!r})) as lock:\n"
        f"    subprocess.run([sys.executable, '-c', {child!r}], pass_fds=[lock])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", make], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin
        assert running.stdout
        running.stdout.readline()
        running.kill()
        running.wait()
        linux = Path("/proc/self/fd").exists()
        assert len(bootstrap.users_of(path)) == (1 if linux else 0)
        acquired = threading.Event()

        def wait() -> None:
            with bootstrap.exclusive(path):
                acquired.set()

        thread = threading.Thread(target=wait)
        thread.start()
        assert not acquired.wait(0.3)
        running.stdin.close()  # ends the child
        thread.join(10)
        assert acquired.is_set()


def test_clean_removes_what_make_created_and_nothing_else(tmp_path: Path) -> None:
    created = [".venv/bin", "node_modules/x", "_build/html"]
    created += ["tools/__pycache__", "lectures/.ipynb_checkpoints", ".ruff_cache"]
    others = ["cs336_core/ui", "lectures/figures", "book/theme", "shared/node_modules"]
    for name in created + others:
        (tmp_path / name).mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / ".mypy_cache").symlink_to(outside)
    for path in bootstrap.created_paths(tmp_path):
        bootstrap.remove(path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left.issuperset([*others, "outside"])
    assert left.isdisjoint([*created, ".venv", "node_modules", "_build", ".mypy_cache"])
