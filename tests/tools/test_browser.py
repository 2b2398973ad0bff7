"""The Chromium of the tests: found in a fixed order, else installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tools import browser
from tools.shell.errors import UserError

Machine = tuple[dict[str, str], Path]  # its environment and its folder


def program(path: Path, text: str = "echo Chromium 156.0") -> Path:
    """Write a program that prints a browser's version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without browsers."""
    monkeypatch.setattr(browser, "MACOS_NAMES", ())
    own = {
        "PATH": str(tmp_path / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright"),
    }
    return own, tmp_path


def test_a_machine_without_a_browser(machine: Machine) -> None:
    env, _ = machine
    assert browser.find(env) is None


def test_the_variable_comes_first(machine: Machine) -> None:
    env, folder = machine
    program(folder / "bin" / "chromium")
    named = program(folder / "mine")
    assert browser.find(env | {"CHROMIUM": str(named)}) == named


@pytest.mark.parametrize("text", ["exit 1", "true"])
def test_a_variable_that_names_another_program_is_an_error(machine: Machine, text: str) -> None:
    env, folder = machine
    program(folder / "bin" / "chromium")
    named = program(folder / "mine", text)
    for value in (str(named), str(folder / "none")):
        with pytest.raises(UserError, match="CHROMIUM names"):
            browser.find(env | {"CHROMIUM": value})


def test_the_path_is_searched_in_order(machine: Machine) -> None:
    env, folder = machine
    chrome = program(folder / "bin" / "google-chrome")
    assert browser.find(env) == chrome
    chromium = program(folder / "bin" / "chromium")
    assert browser.find(env) == chromium
    without_a_window = program(folder / "bin" / "chromium-headless-shell")
    assert browser.find(env) == without_a_window


def test_a_stub_that_does_not_run_is_skipped(machine: Machine) -> None:
    env, folder = machine
    program(folder / "bin" / "chromium-browser", "echo requires the snap >&2; exit 10")
    chrome = program(folder / "bin" / "google-chrome")
    assert browser.find(env) == chrome


@pytest.mark.parametrize(
    "inside",
    [
        "chromium-1255/chrome-linux64/chrome",
        "chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell",
        "chromium-1255/chrome-mac-arm64/Chrome.app/Contents/MacOS/Chrome",
    ],
)
def test_playwrights_own_comes_last(machine: Machine, inside: str) -> None:
    env, folder = machine
    own = program(folder / "playwright" / inside)
    assert browser.find(env) == own
    chromium = program(folder / "bin" / "chromium")
    assert browser.find(env) == chromium


@pytest.fixture
def steps(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The programs that the machine has run for steps, all of which have failed."""
    env, folder = machine
    programs: list[str] = []

    def run_step(title: str, command: list[str], **_options: object) -> None:
        programs.append(" ".join(command[:2]))
        if command[-1] in env.get("WORKING", ""):
            program(folder / "bin" / command[-1])
        else:
            raise UserError(f"{title} failed", output=env.get("OUTPUT", "ENOTFOUND"))

    monkeypatch.setattr(browser, "find", partial(browser.find, env))
    monkeypatch.setattr(browser, "run_step", run_step)
    monkeypatch.setattr("shutil.which", partial(which, shutil.which))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return programs


def which(found: Callable[..., str | None], name: str, path: str | None = None) -> str | None:
    """Find apt-get on any machine, and other programs in `path`."""
    return "apt-get" if name == "apt-get" else found(name, path=path)


DOWNLOAD = f"{browser.VENV_PYTHON} -m"


def test_each_way_to_install_is_tried_until_one_works(machine: Machine, steps: list[str]) -> None:
    env, folder = machine
    with pytest.raises(UserError, match="CHROMIUM=/path/to/chromium"):
        browser.ensure()
    assert steps == [DOWNLOAD, "apt-get update", "apt-get install", "apt-get install"]
    env["WORKING"] = "chromium"
    assert browser.ensure() == folder / "bin" / "chromium"
    assert steps[4:] == [DOWNLOAD]
    assert browser.ensure() == folder / "bin" / "chromium"
    assert steps[5:] == []


def test_a_full_disk_ends_the_search(machine: Machine, steps: list[str]) -> None:
    env, _ = machine
    env["OUTPUT"] = "Error: ENOSPC: no space left on device"
    with pytest.raises(UserError, match="failed"):
        browser.ensure()
    assert steps == [DOWNLOAD]


def test_only_root_installs_packages(steps: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UserError, match="CHROMIUM=/path/to/chromium"):
        browser.ensure()
    assert steps == [DOWNLOAD]
