"""The first step of every `make`: .venv with a pinned uv, inside which everything else runs.

The Python of the system runs this file, so it uses the standard library only.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.shell.environment import environment
from tools.shell.errors import UserError, explain
from tools.shell.paths import (
    CONSTRAINTS,
    CREATED,
    PYPROJECT,
    ROOT,
    SOURCE_FOLDERS,
    VENV,
    VENV_PYTHON,
)
from tools.shell.stamps import digest, read_stamp, remove_stamp, write_stamp


def main(arguments: Sequence[str]) -> int:
    """Run a target inside .venv, which is created first unless it is up to date."""
    if list(arguments) == ["clean"]:
        return clean()
    if not venv_is_up_to_date():
        with exclusive() as lock:
            if not venv_is_up_to_date():
                create_venv(lock)
    command = [str(VENV_PYTHON), "-m", "tools.commands", *arguments]
    return os.execve(VENV_PYTHON, command, environment())  # noqa: S606 - without a shell


@contextmanager
def exclusive(path: Path = ROOT / "Makefile") -> Iterator[int]:
    """Hold the lock of this folder while the block runs; yield its file descriptor.

    The system releases the lock when the last process that inherited the descriptor ends, so the
    next `make` also waits for the programs that a killed one left running. (The package filelock
    ties a lock to one process, and at the first step no package is installed.)
    """
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            processes = ", ".join(map(str, users_of(path)))
            named = f" (processes: {processes})" if processes else ""
            print(f"Waiting for another make in this folder{named} …", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def users_of(path: Path) -> list[int]:
    """Return the ids of other processes that have a file open; empty unless on Linux."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has just ended, or belongs to another user
            if any(opened.samefile(path) for opened in (process / "fd").iterdir()):
                found.add(int(process.name))
    return sorted(found - {os.getpid()})


def venv_stamp() -> dict[str, str]:
    """Return the stamp of a .venv for this folder, this Python and the tools' own packages."""
    inputs = [str(ROOT), sys.version, sys.base_prefix, platform.machine(), *tool_packages()]
    return {"venv": digest(inputs)}


def venv_is_up_to_date() -> bool:
    """Whether .venv is complete and belongs to this folder and this Python."""
    return VENV_PYTHON.exists() and venv_stamp().items() <= read_stamp(VENV).items()


def tool_packages() -> list[str]:
    """Return the packages that the tools import, as requirements for pip."""
    groups = tomllib.loads(PYPROJECT.read_text("utf-8"))["dependency-groups"]
    packages: list[str] = groups["tools"]
    return packages


def create_venv(lock: int) -> None:
    """Create a new .venv with uv in it."""
    if importlib.util.find_spec("ensurepip") is None:  # as on Debian
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise UserError(
            f"This Python ({sys.executable}) cannot create virtual environments. On Debian or "
            f"Ubuntu run `sudo apt install {package}`, or pass another Python: "
            "make serve PYTHON=/path/to/python3.12"
        )
    reason = ""
    if VENV.exists():
        stale = read_stamp(VENV)
        reason = " again: " + ("folder, Python or tools changed" if stale else "it is incomplete")
    print(f"Creating .venv with uv{reason} …", flush=True)
    remove(VENV)
    # In an activated .venv `sys.executable` is the Python just removed.
    python: str = getattr(sys, "_base_executable", sys.executable)
    _run([python, "-m", "venv", VENV], lock)
    # Without it Node.js would apply the course's package.json to the scripts in .venv.
    (VENV / "package.json").write_text('{"type": "commonjs"}\n', "utf-8")
    pip: list[str | Path] = [VENV_PYTHON, "-m", "pip", "install", "--quiet", "--no-compile"]
    _run([*pip, *tool_packages(), "-c", CONSTRAINTS], lock)
    write_stamp(VENV, venv_stamp())


def _run(command: Sequence[str | Path], lock: int) -> None:
    done = subprocess.run(
        command,
        env=environment(),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[lock],
    )
    if done.returncode:
        sentence = explain(done.stdout)
        raise UserError(
            sentence or "Creating .venv failed, for the reason above. Fix it and run make again.",
            tail="" if sentence else done.stdout.strip(),
        )


def clean() -> int:
    """Remove everything that make created here, and nothing else."""
    with exclusive():
        for path in created_paths(ROOT):
            remove(path)
    print("Removed .venv, node_modules, _build and caches.")
    return 0


def created_paths(root: Path) -> Iterator[Path]:
    """Yield the paths that make creates below `root`."""
    yield from (root / path.relative_to(ROOT) for path in CREATED)
    for folder in SOURCE_FOLDERS:
        for name in ("__pycache__", ".ipynb_checkpoints"):
            yield from sorted((root / folder).rglob(name))


def remove(path: Path) -> None:
    """Remove a folder or a file; for a link, the link itself."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        remove_stamp(path)  # first, since Ctrl-C may stop the removal
        shutil.rmtree(path)
