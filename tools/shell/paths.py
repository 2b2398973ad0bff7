"""The files and folders of the project."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

REQUIREMENTS = ROOT / "requirements.txt"
REQUIREMENTS_TEXTS = ROOT / "requirements-texts.txt"
CONSTRAINTS = ROOT / "constraints.txt"
CONSTRAINTS_HASHES = ROOT / "constraints-hashes.txt"
PYPROJECT = ROOT / "pyproject.toml"
PACKAGE_JSON = ROOT / "package.json"
PACKAGE_LOCK = ROOT / "package-lock.json"
NPMRC = ROOT / ".npmrc"

# Created by the tools, and removed by `make clean`
BUILD = ROOT / "_build"
LOGS = BUILD / "log"
HTML = BUILD / "html"
VIEWER_TRACES = BUILD / "viewer_traces"  # traces of the lectures, as the viewer loads them
NODE_MODULES = ROOT / "node_modules"
RANKS = BUILD / "ranks"
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
VENV_PYTHON = VENV_BIN / "python"
CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "cs336_core.egg-info")
CREATED = (VENV, NODE_MODULES, BUILD, *(ROOT / name for name in CACHES))
# These may contain __pycache__.
SOURCE_FOLDERS = ("benchmarks", "book", "cs336_core", "lectures", "tests", "tools")
