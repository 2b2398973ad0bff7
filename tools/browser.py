"""Chromium for the tests: found on the machine, or got.

    .venv/bin/python -m tools.browser    # find or install it, and print where it is

Looked for in this order: what CHROMIUM names, the PATH, where systems put browsers, Playwright's
own. Where there is none: Playwright's download, then the distribution's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.shell.console import run_step
from tools.shell.environment import environment
from tools.shell.errors import UserError, disk_full, run_main
from tools.shell.paths import LOGS, VENV_PYTHON

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
MACOS_NAMES = ("Chromium", "Google Chrome", "Microsoft Edge")

# Where Playwright keeps its browsers, unless PLAYWRIGHT_BROWSERS_PATH says otherwise, and where in
# there a Chromium lies: its small headless build or the whole, on Linux or macOS.
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_GLOBS = (
    "chromium*-*/chrome-*/chrome-headless-shell",
    "chromium*-*/chrome-*/headless_shell",
    "chromium*-*/chrome-*/chrome",
    "chromium*-*/chrome-*/*.app/Contents/MacOS/*",
)
PLAYWRIGHT_PATIENCE = "15000"  # milliseconds for one of its five attempts to connect

# A test's browser asks nobody anything: what it does not fetch cannot make a test fail.
LAUNCH_ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium has no sandbox for root, as whom containers run.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]

WAY_OUT = (
    "The tests run in Chromium, and there is none on this machine. Install Chromium or Google "
    "Chrome (on Debian: sudo apt install chromium), or name the program of one: "
    "make test CHROMIUM=/path/to/chromium"
)


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """Return the first Chromium that runs, or None; `UserError` if CHROMIUM names none."""
    if named := env.get("CHROMIUM"):
        path = shutil.which(named, path=env.get("PATH"))
        if path is None or version(Path(path)) is None:
            raise UserError(
                f"CHROMIUM names {named}, which does not run as a browser (`{named} --version` "
                "fails). Let it name a Chromium's program, or leave it out to have one found."
            )
        return Path(path)
    return next((path for path in candidates(env) if version(path)), None)


def candidates(env: Mapping[str, str]) -> Iterator[Path]:
    """Yield the programs that may be a Chromium, the likeliest first."""
    for name in NAMES:
        if path := shutil.which(name, path=env.get("PATH", os.defpath)):
            yield Path(path)
    for folder in (Path("/Applications"), Path("~/Applications").expanduser()):
        for name in MACOS_NAMES:
            yield folder / f"{name}.app/Contents/MacOS/{name}"
    named = env.get("PLAYWRIGHT_BROWSERS_PATH")
    for place in [named] if named else PLAYWRIGHT_FOLDERS:
        for pattern in PLAYWRIGHT_GLOBS:
            yield from sorted(Path(place).expanduser().glob(pattern), reverse=True)


def version(program: Path) -> str | None:
    """Return what a browser says it is, or None where it cannot be run (a snap's empty stub)."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def ensure() -> Path:
    """Return a Chromium that runs, installed first if needed; `UserError` if that fails."""
    found = find()
    for get in (download, install_package):
        if found is None:
            get()
            found = find()
    if found is None:
        raise UserError(WAY_OUT)
    return found


def download() -> None:
    """Try Playwright's download; without one, other ways are left."""
    try:
        run_step(
            "Downloading Chromium for the tests",
            [VENV_PYTHON, "-m", "playwright", "install", "--only-shell", "chromium"],
            log=LOGS / "chromium-download.log",
            env={**environment(), "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": PLAYWRIGHT_PATIENCE},
        )
    except UserError as error:
        stop_on_full_disk(error)


def install_package() -> None:
    """Try Debian's package, where we may."""
    apt_get = shutil.which("apt-get")
    if apt_get is None or os.geteuid() != 0:
        return
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["chromium", "fonts-dejavu-core"]  # a bare machine has no font to show text in
    install = [apt_get, "install", "--yes", "--no-install-recommends", *packages]
    try:
        run_step(
            "Reading the list of system packages",
            [apt_get, "update"],
            log=LOGS / "apt.log",
            env=env,
        )
        run_step("Installing Chromium for the tests", install, log=LOGS / "chromium.log", env=env)
    except UserError as error:
        stop_on_full_disk(error)


def stop_on_full_disk(error: UserError) -> None:
    """Raise the error if it is no use trying another way."""
    if disk_full(error.output):
        raise error


def main() -> int:
    """Find or get Chromium and print where it is."""
    found = ensure()
    print(f"{found}  ({version(found)})")
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
