"""Finds Chromium for the tests, or installs it.

    .venv/bin/python -m tools.browser    # find or install it, and print its path

The search goes through the variable CHROMIUM, the PATH, the usual folders of applications and
Playwright's own. If it finds none, Playwright's download and the distribution's package follow.
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

# The build without a window comes first: it does the same in less time.
NAMES = (
    "chromium-headless-shell chrome-headless-shell "
    "chromium chromium-browser google-chrome google-chrome-stable chrome microsoft-edge msedge"
)
MACOS_NAMES = ("Chromium", "Google Chrome", "Microsoft Edge")

# Where Playwright installs browsers unless PLAYWRIGHT_BROWSERS_PATH names another folder, and the
# programs in there: the small headless build or the full one, on Linux or macOS.
PLAYWRIGHT_FOLDERS = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_GLOBS = (
    "chromium*-*/chrome-*/chrome-headless-shell",
    "chromium*-*/chrome-*/headless_shell",
    "chromium*-*/chrome-*/chrome",
    "chromium*-*/chrome-*/*.app/Contents/MacOS/*",
)
INSTALLER_ENV = {
    "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "15000",  # milliseconds for each of five attempts
    "DEBIAN_FRONTEND": "noninteractive",
}

# The browser contacts nobody in the background: such a request could fail a test.
LAUNCH_ARGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Containers often run as root, for whom Chromium has no sandbox.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]

NOT_FOUND = (
    "The tests run in Chromium, which this machine does not have. Install Chromium or Google "
    "Chrome (on Debian: sudo apt install chromium), or pass the path of one: "
    "make test CHROMIUM=/path/to/chromium"
)


def find(env: Mapping[str, str] = os.environ) -> Path | None:
    """Return the first Chromium that runs, or None.

    Raises `UserError` if the variable CHROMIUM names a program that is not a browser.
    """
    if named := env.get("CHROMIUM"):
        path = shutil.which(named, path=env.get("PATH"))
        if path is None or version(Path(path)) is None:
            raise UserError(
                f"CHROMIUM names {named}, which does not run as a browser (`{named} --version` "
                "fails). Set it to the path of a Chromium, or unset it to search for one."
            )
        return Path(path)
    return next((path for path in candidates(env) if version(path)), None)


def candidates(env: Mapping[str, str]) -> Iterator[Path]:
    """Yield the programs that may be a Chromium, the most likely first."""
    for name in NAMES.split():
        if path := shutil.which(name, path=env.get("PATH", os.defpath)):
            yield Path(path)
    for folder in (Path("/Applications"), Path("~/Applications").expanduser()):
        for name in MACOS_NAMES:
            yield folder / f"{name}.app/Contents/MacOS/{name}"
    named = env.get("PLAYWRIGHT_BROWSERS_PATH")
    for playwright in [named] if named else PLAYWRIGHT_FOLDERS:
        for pattern in PLAYWRIGHT_GLOBS:
            yield from sorted(Path(playwright).expanduser().glob(pattern), reverse=True)


def version(program: Path) -> str | None:
    """Return the version that a browser prints; None if it does not run (a snap's stub)."""
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None


def ensure() -> Path:
    """Return a Chromium that runs, installed first if needed; raise `UserError` if that fails."""
    found = find()
    for title, command in installers():
        if found is None:
            log = LOGS / f"{Path(command[0]).name}-{command[-1]}.log"
            try:
                run_step(title, command, log=log, env=environment() | INSTALLER_ENV)
            except UserError as error:
                if disk_full(error.output):  # any other way would fail too
                    raise
            found = find()
    if found is None:
        raise UserError(NOT_FOUND)
    return found


def installers() -> Iterator[tuple[str, list[str]]]:
    """Yield the ways to install Chromium, as steps: Playwright's download, Debian's package."""
    download = ["-m", "playwright", "install", "--only-shell", "chromium"]
    yield "Downloading Chromium for the tests", [str(VENV_PYTHON), *download]
    apt_get = shutil.which("apt-get")
    if apt_get and os.geteuid() == 0:
        yield "Reading the list of system packages", [apt_get, "update"]
        # A bare machine has no font to show text in.
        install = ["install", "--yes", "--no-install-recommends", "fonts-dejavu-core"]
        for package in ("chromium-headless-shell", "chromium"):
            yield "Installing Chromium for the tests", [apt_get, *install, package]


def main() -> int:
    """Find or install Chromium and print its path."""
    found = ensure()
    print(f"{found}  ({version(found)})")
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
