"""The machine's Node.js is taken where it is new enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import nodejs
from tools.console import Trouble


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one folder, and a virtual environment without a Node.js of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(nodejs, "environment", lambda: {"PATH": str(tmp_path)})
    monkeypatch.setattr(nodejs, "VENV_BIN", tmp_path / "venv-bin")
    monkeypatch.delenv("CS336_NODE", raising=False)
    return tmp_path


def script(path: Path, text: str) -> None:
    """Make a shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(("version", "missing"), [("v18.20.1", True), ("v20.0.0", False)])
def test_the_version_decides(bin_folder: Path, version: str, missing: bool) -> None:
    script(bin_folder / "node", f"echo {version}")
    script(bin_folder / "npm", "true")
    assert nodejs.is_missing() is missing


def test_node_without_npm_is_not_enough(bin_folder: Path) -> None:
    script(bin_folder / "node", "echo v22.1.0")
    assert nodejs.is_missing()


def test_a_node_that_does_not_run_is_none(bin_folder: Path) -> None:
    script(bin_folder / "node", "exit 3")
    script(bin_folder / "npm", "true")
    assert nodejs.installed() == 0


def test_the_packaged_one_can_be_asked_for(
    bin_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(bin_folder / "node", "echo v22.1.0")
    script(bin_folder / "npm", "true")
    monkeypatch.setenv("CS336_NODE", "wheel")
    assert nodejs.is_missing()
    (bin_folder / "venv-bin").mkdir()
    script(bin_folder / "venv-bin" / "node", "echo v24.1.0")
    assert not nodejs.is_missing()


def test_npm_that_could_not_unpack_has_failed_though_it_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warning = "npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write"
    monkeypatch.setattr(nodejs, "run_step", lambda *_a, **_o: warning)
    monkeypatch.setattr(nodejs, "NODE_MODULES", tmp_path)
    with pytest.raises(Trouble, match="disk is full"):
        nodejs.install_packages(lock=0)
    assert list(tmp_path.iterdir()) == []
