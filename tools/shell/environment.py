"""The environment of the programs that the tools run."""

from __future__ import annotations

import os
import shutil

from tools.shell.paths import BUILD, VENV, VENV_BIN

# Another Python's home or modules would shadow the virtual environment's.
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "UV_TARGET", "UV_PREFIX")
# Without bytecode, every program of a build would spend a second or two compiling its packages.
SLOW = ("PYTHONDONTWRITEBYTECODE",)

# A lecture gives the same results in every run on every machine. The rounding of a sum depends on
# the number of threads, and on a busy machine threads would mostly wait for each other.
REPEATABLE = {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}


def environment() -> dict[str, str]:
    """Return the environment of an activated .venv, with its `node` first on the PATH."""
    env = {name: value for name, value in os.environ.items() if name not in (*FOREIGN, *SLOW)}
    env["VIRTUAL_ENV"] = str(VENV)
    path = env.get("PATH", os.defpath).split(os.pathsep)
    env["PATH"] = os.pathsep.join(
        [str(VENV_BIN), *(folder for folder in path if folder != str(VENV_BIN))]
    )
    # Playwright's own Node.js needs a library that small systems lack.
    if node := shutil.which("node", path=env["PATH"]):
        env["PLAYWRIGHT_NODEJS_PATH"] = node
    env["PYTHONPYCACHEPREFIX"] = str(BUILD / "bytecode")
    env["IPYTHONDIR"] = str(BUILD / "ipython")  # a reader's start-up files would change lectures
    env["PIP_USER"] = "0"  # a user installation is impossible in a virtual environment
    env["PIP_NO_INPUT"] = "1"
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return env
