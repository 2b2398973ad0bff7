"""Writes the two constraints files: the version of every package that set-up may install.

    .venv/bin/python -m tools.constraints [--upgrade | --upgrade-package NAME]

Run it after a change in requirements.txt or in pyproject.toml's dependency groups. Versions in
constraints-hashes.txt stay unless they have to change or an option upgrades them. One resolution
serves Linux and macOS, with Python 3.11 and newer.

- constraints-hashes.txt is for uv, which verifies the hashes of packages.
- constraints.txt has the same versions for pip, which would refuse `-e .` and PyTorch if a single
  line had a hash.

PyTorch's own packages are in neither: a CPU build must not bring CUDA along, and builds of one
version differ between indexes. requirements.txt pins torch, and torch pins the others.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tools.setup import pip_settings, uv_settings
from tools.shell.environment import environment
from tools.shell.paths import (
    CONSTRAINTS,
    CONSTRAINTS_HASHES,
    REQUIREMENTS,
    REQUIREMENTS_TEXTS,
    ROOT,
)

GROUPS = ("tools", "node", "dev", "bench")
LEFT_OUT = re.compile(r"(?:-e |torch\b|triton\b|nvidia-|cuda-)")
HEADER = "# Written by `python -m tools.constraints`: do not edit.\n"


def main() -> int:
    """Resolve all versions and write both files."""
    env = environment()
    settings = uv_settings(pip_settings(env))
    for name in ("UV_INDEX", "UV_FIND_LINKS"):  # packages there may have been built differently
        settings.pop(name, None)
    resolve = ["uv", "pip", "compile", "--universal", "--python-version=3.11", "--generate-hashes"]
    files = [str(path) for path in (REQUIREMENTS, REQUIREMENTS_TEXTS)]
    groups = [f"--group={name}" for name in GROUPS]
    output = ["--quiet", "--no-annotate", "--no-header", "--output-file", str(CONSTRAINTS_HASHES)]
    subprocess.run(
        [*resolve, *files, *groups, *output, *sys.argv[1:]],
        env=settings | env,
        cwd=ROOT,
        check=True,
    )
    pins = split_pins(CONSTRAINTS_HASHES.read_text("utf-8"))
    CONSTRAINTS_HASHES.write_text(HEADER + "".join(pins), "utf-8")
    CONSTRAINTS.write_text(HEADER + "".join(map(without_hashes, pins)), "utf-8")
    return 0


def split_pins(compiled: str) -> list[str]:
    """Split what uv compiled into the lines of each package, PyTorch's and ours left out."""
    pins = re.findall(r"^[^\s#].*\n(?:    .*\n)*", compiled, re.MULTILINE)
    return [pin for pin in pins if not LEFT_OUT.match(pin)]


def without_hashes(pin: str) -> str:
    r"""Return the first line of a package's lines.

    >>> without_hashes("a==1 ; os_name == 'nt' \\\n    --hash=sha256:0\n")
    "a==1 ; os_name == 'nt'\n"
    """
    return pin.split("\n", maxsplit=1)[0].removesuffix("\\").rstrip() + "\n"


if __name__ == "__main__":
    sys.exit(main())
