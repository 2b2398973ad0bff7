"""Sentences for what pip, npm and the system say; the outputs are theirs."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest

from tools import explain
from tools.paths import ROOT

PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after \
connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object \
at 0x7f1>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')'
ERROR: Could not find a version that satisfies the requirement six==1.16.0 (from versions: none)
ERROR: No matching distribution found for six==1.16.0"""

PIP_TIMEOUT = """\
pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out."""

PIP_FULL = """\
Installing collected packages: numpy
ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"""

PIP_PERMISSION = """\
ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'
Check the permissions."""

PIP_NO_TORCH = """\
ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: none)
ERROR: No matching distribution found for torch==2.13.0"""

PIP_NO_NUMPY = PIP_NO_TORCH.replace("torch==2.13.0", "numpy==2.4.6")

PIP_CONFLICT = """\
ERROR: Cannot install ipykernel==7.4.0 and traitlets<5 because these package versions have \
conflicting dependencies.
ERROR: ResolutionImpossible: for help visit the documentation"""

NPM_OFFLINE = """\
npm error code EAI_AGAIN
npm error syscall getaddrinfo
npm error request to the registry failed, reason: getaddrinfo EAI_AGAIN"""

NPM_FULL = "npm error code ENOSPC\nnpm error nospc There appears to be insufficient space"
NPM_PERMISSION = "npm error   code: 'EACCES',\nnpm error   syscall: 'mkdir',"
NPM_LOCK = "npm error code EUSAGE\nnpm error `npm ci` can only install packages when your"


@pytest.mark.parametrize(
    ("output", "part"),
    [
        (PIP_OFFLINE, "no network"),
        (PIP_TIMEOUT, "no network"),
        (PIP_PERMISSION, "may not be written"),
        (PIP_NO_TORCH, "PyTorch (torch==2.13.0) has no package for Python"),
        (PIP_NO_NUMPY, "finds no package numpy==2.4.6 for Python"),
        (PIP_CONFLICT, "(ipykernel==7.4.0 and traitlets<5)"),
    ],
)
def test_pip(output: str, part: str) -> None:
    assert part in str(explain.pip(output))


@pytest.mark.parametrize(
    ("output", "part"),
    [
        (NPM_OFFLINE, "no network"),
        (NPM_PERMISSION, "may not be written"),
        (NPM_LOCK, "do not agree"),
    ],
)
def test_npm(output: str, part: str) -> None:
    assert part in str(explain.npm(output))


@pytest.mark.parametrize(
    ("output", "part"),
    [
        ("/usr/bin/python3: No module named ensurepip", "-venv`"),
        ("PermissionError: [Errno 13] Permission denied: '/x'", "may not be written"),
    ],
)
def test_ensurepip(output: str, part: str) -> None:
    assert part in str(explain.ensurepip(output))


@pytest.mark.parametrize("output", [PIP_FULL, NPM_FULL])
def test_a_full_disk_is_told_of_any_program(output: str) -> None:
    assert str(explain.full_disk(output)).startswith("The disk is full")
    assert explain.full_disk(PIP_OFFLINE) is None


@pytest.mark.parametrize("function", [explain.pip, explain.npm, explain.ensurepip])
def test_what_is_not_known_is_not_explained(function: Callable[[str], str | None]) -> None:
    assert function("Segmentation fault") is None


def test_a_full_disk_is_told_with_how_much_and_where() -> None:
    told = str(explain.os_error(OSError(errno.ENOSPC, "No space left on device")))
    assert explain.SPACE in told
    assert str(ROOT) in told


def test_a_forbidden_file_is_named() -> None:
    told = str(explain.os_error(PermissionError(errno.EACCES, "Permission denied", "/x/y")))
    assert "/x/y" in told


def test_other_errors_are_no_business_of_ours() -> None:
    assert explain.os_error(FileNotFoundError(errno.ENOENT, "No such file")) is None
