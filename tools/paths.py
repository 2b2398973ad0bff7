"""Where things lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

REQUIREMENTS = ROOT / "requirements.txt"
REQUIREMENTS_TEXTS = ROOT / "requirements-texts.txt"
REQUIREMENTS_DEV = ROOT / "requirements-dev.txt"
CONSTRAINTS = ROOT / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"
PACKAGE_JSON = ROOT / "package.json"
PACKAGE_LOCK = ROOT / "package-lock.json"
NPMRC = ROOT / ".npmrc"

# Made by the tools, and removed by `make clean`.
BUILD = ROOT / "_build"
LOGS = BUILD / "log"
HTML = BUILD / "html"
TRACES = BUILD / "traces"  # of the lectures, kept while they hold
VIEWER_TRACES = BUILD / "viewer_traces"  # the same as the site has them
NODE_MODULES = ROOT / "node_modules"
RANKS = ROOT / "cs336_core" / "tokenization" / "ranks"
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
VENV_PYTHON = VENV_BIN / "python"
