"""Which Chromium the tests run in: found in a known order, or got, or asked for."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from tools import browser
from tools.shell.errors import UserError

Machine = tuple[dict[str, str], Path]  # its environment and its folder


def program(path: Path, text: str = "echo Chromium 156.0") -> Path:
    """Make something that says it is a browser."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with an empty PATH and an empty home; its environment and its folder."""
    monkeypatch.setattr(browser, "MACOS_NAMES", ())
    own = {
        "PATH": str(tmp_path / "bin"),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "playwright"),
    }
    return own, tmp_path


def test_there_may_be_none(machine: Machine) -> None:
    env, _ = machine
    assert browser.find(env) is None


def test_the_variable_comes_first(machine: Machine) -> None:
    env, folder = machine
    program(folder / "bin" / "chromium")
    named = program(folder / "mine")
    assert browser.find(env | {"CHROMIUM": str(named)}) == named


@pytest.mark.parametrize("text", ["exit 1", "true"])
def test_a_variable_that_names_no_browser_is_trouble_and_not_passed_over(
    machine: Machine, text: str
) -> None:
    env, folder = machine
    program(folder / "bin" / "chromium")
    named = program(folder / "mine", text)
    for value in (str(named), str(folder / "none")):
        with pytest.raises(UserError, match="CHROMIUM names"):
            browser.find(env | {"CHROMIUM": value})


def test_then_the_path_in_order(machine: Machine) -> None:
    env, folder = machine
    chrome = program(folder / "bin" / "google-chrome")
    assert browser.find(env) == chrome
    chromium = program(folder / "bin" / "chromium")
    assert browser.find(env) == chromium


def test_a_stub_that_does_not_run_is_passed_over(machine: Machine) -> None:
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
def test_then_playwrights_own(machine: Machine, inside: str) -> None:
    env, folder = machine
    own = program(folder / "playwright" / inside)
    assert browser.find(env) == own
    chromium = program(folder / "bin" / "chromium")
    assert browser.find(env) == chromium


def test_getting_one_tries_each_way_until_there_is_one(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    env, folder = machine
    tried = []
    monkeypatch.setattr(browser, "find", partial(browser.find, env))
    monkeypatch.setattr(browser, "download", lambda: tried.append("download"))

    def install() -> None:
        tried.append("package")
        program(folder / "bin" / "chromium")

    monkeypatch.setattr(browser, "install_package", install)
    assert browser.ensure() == folder / "bin" / "chromium"
    assert tried == ["download", "package"]
    assert browser.ensure() == folder / "bin" / "chromium"
    assert tried == ["download", "package"]


def test_none_to_be_had_is_one_sentence_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.setattr(browser, "download", lambda: None)
    monkeypatch.setattr(browser, "install_package", lambda: None)
    with pytest.raises(UserError, match="CHROMIUM=/path/to/chromium"):
        browser.ensure()


def step_fails(monkeypatch: pytest.MonkeyPatch, output: str) -> list[str]:
    """Let every program fail with `output`, and count them."""
    started = []

    def run_step(title: str, *_arguments: object, **_options: object) -> None:
        started.append(title)
        raise UserError(f"{title} failed", output=output)

    monkeypatch.setattr(browser, "run_step", run_step)
    return started


def test_a_refused_download_leaves_the_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert step_fails(monkeypatch, "Error: getaddrinfo ENOTFOUND") == []
    browser.download()


def test_a_full_disk_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    step_fails(monkeypatch, "Error: ENOSPC: no space left on device")
    with pytest.raises(UserError, match="failed"):
        browser.download()


def test_packages_are_for_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    started = step_fails(monkeypatch, "")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    browser.install_package()
    assert started == []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser.install_package()
    assert len(started) == 1
