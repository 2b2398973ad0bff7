"""What went wrong, in a sentence: reads it off the output of pip and npm, or off an OSError.

Functions answer None where they do not know: the program's own last lines are shown then.
"""

from __future__ import annotations

import errno
import platform
import re
import sys
import tempfile

from tools.paths import ROOT

SPACE = "2.5 GB"  # what set-up takes, with the packages that pip and npm keep for the next time
ANOTHER_PYTHON = "To use another Python: make serve PYTHON=/path/to/python3.12"

NO_SPACE = re.compile(r"\bENOSPC\b|Errno 28\b|No space left on device|Disk quota exceeded", re.I)
NO_PERMISSION = re.compile(r"\bE(?:ACCES|PERM|ROFS)\b|Errno (?:1|13|30)\]|Permission denied", re.I)
UNREACHABLE = re.compile(
    r"connection broken by|NewConnectionError|ConnectTimeoutError|ReadTimeoutError|ProxyError"
    r"|Read timed out|ConnectionResetError|IncompleteRead|CERTIFICATE_VERIFY_FAILED"
    r"|\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH"
    r"|ERR_SOCKET_TIMEOUT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\b"
)
NOT_FOUND = re.compile(r"No matching distribution found for ([^\s(]+)")
CONFLICT = re.compile(r"ERROR: Cannot install (.+?) because these package versions")


def no_space() -> str:
    """Say that there is no space left, and how much is needed where."""
    return (
        f"The disk is full: set-up takes about {SPACE} in {ROOT} (several GB more where pip takes "
        f"PyTorch's build for GPUs), and some in {tempfile.gettempdir()} while it runs. Make "
        "room, then run make again."
    )


def full_disk(output: str) -> str | None:
    """Explain a program's failure by a full disk, which any program may meet."""
    return no_space() if NO_SPACE.search(output) else None


def no_permission(where: str = "") -> str:
    """Say that something may not be written."""
    return (
        f"A file or folder{where} may not be written. Set-up writes in {ROOT} (.venv, "
        "node_modules, _build) and in pip's and npm's own folders in your home: make them yours, "
        "then run make again."
    )


def os_error(error: OSError) -> str | None:
    """Explain an error from the operating system that any of our own writes may meet."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_space()
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return no_permission(where)
    return None


def unreachable(output: str) -> bool:
    """Whether a program's output tells that it could not reach the network."""
    return UNREACHABLE.search(output) is not None


def pip(output: str) -> str | None:
    """Explain why `pip install` failed."""
    if unreachable(output):
        return (
            "pip could not download the Python packages: no network, or a proxy or mirror that "
            "does not answer (`pip config list` shows what pip is set to). Once it is reachable, "
            "run make again: what has been downloaded is kept."
        )
    if missing := NOT_FOUND.search(output):
        return not_for_this_machine(missing[1])
    if conflict := CONFLICT.search(output):
        return (
            f"The pinned Python packages contradict each other ({conflict[1]}): bring "
            "requirements.txt and constraints.txt into line with `python3.11 -m tools.pins`."
        )
    if NO_PERMISSION.search(output):
        return no_permission()
    return None


def not_for_this_machine(package: str) -> str:
    """Say that `package` is for other Pythons or systems only, or that the index lacks it."""
    python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    here = f"{python} on {platform.system()} {platform.machine()}"
    if package.startswith("torch="):
        return (
            f"PyTorch ({package}) has no package for {here}. It has them for Linux (x86-64, ARM) "
            f"and macOS (Apple silicon), with Python 3.11 to 3.13. {ANOTHER_PYTHON}"
        )
    return (
        f"pip finds no package {package} for {here}. Look whether the index or mirror that pip is "
        f"set to (`pip config list`) has it, or take another Python. {ANOTHER_PYTHON}"
    )


def ensurepip(output: str) -> str | None:
    """Explain why pip could not be put into a new virtual environment."""
    if "No module named" in output or "ensurepip is not available" in output:
        return no_venv()
    return no_permission() if NO_PERMISSION.search(output) else None


def no_venv() -> str:
    """Say that this Python came without what makes virtual environments, as Debian's does."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return (
        f"This Python ({sys.executable}) cannot make virtual environments. On Debian or Ubuntu "
        f"install the missing part with `sudo apt install {package}`. {ANOTHER_PYTHON}"
    )


def npm(output: str) -> str | None:
    """Explain why `npm ci` failed."""
    if unreachable(output):
        return (
            "npm could not download the JavaScript packages: no network, or a proxy or mirror that "
            "does not answer (`npm config list` shows what npm is set to). Once it is reachable, "
            "run make again."
        )
    if "npm ci` can only install packages when" in output or "EUSAGE" in output:
        return (
            "package.json and package-lock.json do not agree: run `npm install` to bring the lock "
            "file into line, and commit it."
        )
    return no_permission() if NO_PERMISSION.search(output) else None
