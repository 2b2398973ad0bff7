"""The virtual environment .venv and the Python packages in it."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import sys
import venv
from pathlib import Path

from tools import explain, stamps
from tools.console import Trouble, run_step, step
from tools.environment import environment
from tools.paths import (
    CONSTRAINTS,
    LOGS,
    PYPROJECT,
    REQUIREMENTS,
    REQUIREMENTS_DEV,
    REQUIREMENTS_TEXTS,
    ROOT,
    VENV,
    VENV_PYTHON,
)

# What pip prints of a download under `--progress-bar raw`, which it knows from 24.1 on.
PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
KNOWS_PROGRESS = (24, 1)


def are_whole(*, dev: bool, bench: bool = False) -> bool:
    """Whether .venv has what is wanted."""
    stamp = wanted(dev=dev, bench=bench)
    return VENV_PYTHON.exists() and stamps.agrees(stamps.read(VENV), stamp)


def wanted(*, dev: bool, bench: bool = False) -> stamps.Stamp:
    """Return the stamp of .venv as it should be."""
    stamp = {
        "place": place(),
        "packages": stamps.digest([REQUIREMENTS, CONSTRAINTS, PYPROJECT]),
        "texts": stamps.digest([REQUIREMENTS_TEXTS]),
    }
    if dev:
        stamp["dev"] = stamps.digest([REQUIREMENTS_DEV, CONSTRAINTS])
    if bench:
        stamp["bench"] = stamps.digest([CONSTRAINTS, PYPROJECT])
    return stamp


def place() -> str:
    """Digest what a virtual environment is tied to: this folder and this Python."""
    return stamps.digest([str(ROOT), sys.version, sys.base_prefix, platform.machine()])


def install(lock: int, *, dev: bool, bench: bool = False) -> None:
    """Bring .venv to what is wanted; from nothing, where what is there cannot be trusted."""
    before = stamps.read(VENV)
    if not VENV_PYTHON.exists() or before.get("place") != place():
        make_venv(lock)
        before = {}
    # What tests need stays once it is there, so that `make serve` after `make test` does nothing;
    # and so does what benchmarks need.
    dev, bench = dev or "dev" in before, bench or "bench" in before
    named: list[str | Path] = ["-r", REQUIREMENTS]
    if dev:
        named += ["-r", REQUIREMENTS_DEV]
    if bench:
        named += ["-e", ".[bench]"]
    pip_install("Installing Python packages", [*named, "-c", CONSTRAINTS], lock, "pip.log")
    texts: list[str | Path] = ["--no-deps", "-r", REQUIREMENTS_TEXTS]
    pip_install("Installing texts", texts, lock, "pip_texts.log")
    stamps.write(VENV, wanted(dev=dev, bench=bench))


def pip_install(title: str, arguments: list[str | Path], lock: int, log: str) -> None:
    """Run `pip install` as a step; .venv has no stamp from here on."""
    before = stamps.read(VENV)
    stamps.remove(VENV)
    raw = ["--progress-bar", "raw"] if pip_version() >= KNOWS_PROGRESS else []
    try:
        run_step(
            title,
            # Python compiles what it imports; to compile all that is installed takes half a minute.
            [VENV_PYTHON, "-m", "pip", "install", "--no-compile", *raw, *arguments],
            log=LOGS / log,
            env=environment(),
            cwd=ROOT,  # which "-e ." in requirements.txt goes by
            explain=explain.pip,
            progress=PROGRESS,
            keep_open=[lock],
        )
    except Trouble as trouble:
        # pip downloads all before it installs any: without a network, .venv is as it was.
        if before and explain.unreachable(trouble.output):
            stamps.write(VENV, before)
        raise


def pip_version() -> tuple[int, ...]:
    """Return the first two numbers of the version of the pip in .venv."""
    found = next(VENV.glob("lib/python*/site-packages/pip-*.dist-info"), Path())
    return tuple(int(part) for part in re.findall(r"\d+", found.name)[:2])


def make_venv(lock: int) -> None:
    """Make an empty .venv with pip in it."""
    if importlib.util.find_spec("ensurepip") is None:
        raise Trouble(explain.no_venv())
    with step(f"Making a virtual environment in .venv{why_anew()}"):
        if VENV.is_symlink() or VENV.is_file():
            VENV.unlink()
        elif VENV.exists():
            shutil.rmtree(VENV)
        venv.create(VENV, symlinks=True)
        # Node.js would else read the course's package.json for scripts that Python packages bring
        # along (JupyterLab's yarn), and take them for modules.
        (VENV / "package.json").write_text('{"type": "commonjs"}\n', "utf-8")
    # In a run of its own, for `venv` hides what it says when it fails.
    run_step(
        "Putting pip into it",
        [VENV_PYTHON, "-m", "ensurepip", "--upgrade", "--default-pip"],
        log=LOGS / "ensurepip.log",
        env=environment(),
        explain=explain.ensurepip,
        keep_open=[lock],
    )


def why_anew() -> str:
    """Say why a .venv that is there is not used."""
    if not VENV.exists():
        return ""
    if not stamps.read(VENV):
        return " anew, as the last set-up did not finish"
    return " anew, as the folder or the Python is another"
