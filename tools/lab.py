"""Opens the lectures as notebooks in JupyterLab, with settings of the project's own.

    python -m tools.lab [--port N] [--token T] [--folder F] [--no-browser]    # Python of .venv

The first lecture is open, with the list of lectures beside it. A double click opens another one as
a notebook. The kernel is this Python, and no request leaves the machine. The reader's own Jupyter
settings are neither read nor changed.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from cs336_core._shared.static_server import HOST
from tools.serve import open_port
from tools.shell.console import step
from tools.shell.errors import UserError, run_main, until_interrupted
from tools.shell.paths import BUILD, LOGS, ROOT
from tools.shell.processes import ending, started

DEFAULT_PORT = 8888
LECTURES = ROOT / "lectures"
HOME = BUILD / "jupyter"
LOG = LOGS / "lab.log"
POLL = 0.1  # seconds between two requests while JupyterLab starts

# Jupyter's folders, as variable and name below a folder of ours instead of the reader's home
FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
}
FOREIGN = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "JUPYTERLAB_DIR")

# This plugin asks whether it may fetch news, and looks for newer versions.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def lab_environment(home: Path, token: str, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return an environment that confines Jupyter to the folder `home`, behind `token`."""
    own = {name: value for name, value in env.items() if name not in FOREIGN}
    own |= {name: str(home / part) for name, part in FOLDERS.items()}
    return own | {"JUPYTER_TOKEN": token, "JUPYTER_PREFER_ENV_PATH": "1"}


def configure(home: Path, folder: Path, env: Mapping[str, str]) -> None:
    """Write the settings: show `folder`, ask no server, open lectures as notebooks."""
    settings = {
        "LabApp": {"extension_manager": "readonly"},  # the default one asks PyPI
        "ServerApp": {
            "root_dir": str(folder),
            "ip": HOST,
            "port_retries": 0,
            "open_browser": False,  # `run` does, once the server answers
            "allow_root": True,  # containers often run as root
        },
    }
    config = home / FOLDERS["JUPYTER_CONFIG_DIR"]
    (config / "labconfig").mkdir(parents=True, exist_ok=True)
    (config / "jupyter_lab_config.json").write_text(json.dumps(settings), "utf-8")
    (config / "labconfig" / "page_config.json").write_text(json.dumps(PAGE_CONFIG), "utf-8")
    command = [sys.executable, "-m", "jupytext_config", "set-default-viewer", "python"]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def answers(url: str) -> bool:
    """Whether a server answers at `url`."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def has_screen(env: Mapping[str, str] = os.environ) -> bool:
    """Whether a browser window can open."""
    return sys.platform == "darwin" or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def await_answer(server: subprocess.Popen[bytes], base: str, token: str) -> None:
    """Wait until JupyterLab answers; raise `UserError` if it ends instead."""
    with step("Starting JupyterLab"):
        while not answers(f"{base}/api/status?token={token}"):
            if server.poll() is not None:
                fail(server.returncode)
            time.sleep(POLL)


def fail(code: int) -> None:
    """Raise `UserError` for a JupyterLab that ended by itself."""
    tail = "\n".join(LOG.read_text("utf-8", errors="replace").splitlines()[-15:])
    raise UserError(f"JupyterLab {ending(code)}.", log=LOG, tail=tail)


def address_in(folder: Path, token: str) -> str:
    """Return the address, below the server's, that opens the first lecture of a folder."""
    names = [path.name for path in sorted(folder.glob("*.py"))]
    return f"/lab/tree/{quote(names[0])}?token={token}" if names else f"/lab?token={token}"


def run(port: int, token: str, folder: Path, *, browser: bool) -> int:
    """Run JupyterLab on `folder`, at `port`, until Ctrl-C or SIGTERM."""
    # Another folder gets settings of its own, so that a test does not change the reader's.
    home = HOME if folder == LECTURES else folder / ".jupyter"
    env = lab_environment(home, token)
    configure(home, folder, env)
    LOGS.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}"]
    base = f"http://{HOST}:{port}"
    with LOG.open("wb") as log, started(command, env=env, cwd=ROOT, output=log) as server:
        await_answer(server, base, token)
        address = base + address_in(folder, token)
        print(f"The lectures are at {address} (Ctrl-C stops JupyterLab)", flush=True)
        if browser and has_screen():
            webbrowser.open(address)
        with until_interrupted():
            fail(server.wait())
    return 0


def main() -> int:
    """Run with the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.lab", description=__doc__)
    parser.add_argument("--port", type=int, help="the port, instead of PORT")
    parser.add_argument("--token", help="the secret in the address, instead of a random one")
    parser.add_argument("--folder", type=Path, default=LECTURES, help="the folder to show")
    parser.add_argument("--no-browser", action="store_true", help="open no browser window")
    given = parser.parse_args()
    if given.port is not None:
        os.environ["PORT"] = str(given.port)
    with open_port(DEFAULT_PORT) as listening:
        port: int = listening.getsockname()[1]
    token = given.token or secrets.token_hex(24)
    return run(port, token, given.folder.resolve(), browser=not given.no_browser)


if __name__ == "__main__":
    sys.exit(run_main(main))
