"""The environment that the tools give to the programs they run."""

from __future__ import annotations

import os
import shutil

from tools.shell.paths import BUILD, VENV, VENV_BIN

# Another Python's home or modules would shadow the virtual environment's.
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "UV_TARGET", "UV_PREFIX")

# What a lecture shows is the same in every run and on every machine: sums depend on how many
# threads share them. On a busy machine threads would also spend most of the time on waiting.
REPEATABLE = {"PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}


def environment() -> dict[str, str]:
    """Return our environment as in the activated virtual environment, whose node comes first."""
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    env["VIRTUAL_ENV"] = str(VENV)
    path = env.get("PATH", os.defpath).split(os.pathsep)
    env["PATH"] = os.pathsep.join([str(VENV_BIN), *(at for at in path if at != str(VENV_BIN))])
    # Playwright brings a Node.js that wants a library which small systems lack; ours will do.
    if node := shutil.which("node", path=env["PATH"]):
        env["PLAYWRIGHT_NODEJS_PATH"] = node
    env["IPYTHONDIR"] = str(BUILD / "ipython")  # a reader's own start-up files change lectures
    env["PIP_USER"] = "0"  # "install for the user" cannot be meant for a virtual environment
    env["PIP_NO_INPUT"] = "1"
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    return env
