"""JupyterLab uses the project's folder alone, and opens on the first lecture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import lab


def test_jupyter_stays_in_its_folder_behind_a_token(tmp_path: Path) -> None:
    reader = {"JUPYTER_PATH": "/elsewhere/.jupyter", "HOME": "/elsewhere"}
    env = lab.lab_environment(tmp_path, "secret", reader)
    assert env["JUPYTER_TOKEN"] == "secret"
    assert env["HOME"] == "/elsewhere"
    assert "JUPYTER_PATH" not in env
    for name in lab.FOLDERS:
        assert env[name].startswith(str(tmp_path))


def test_lectures_open_as_notebooks_without_network_requests(tmp_path: Path) -> None:
    for _ in range(2):
        lab.configure(tmp_path, tmp_path / "lectures", lab.lab_environment(tmp_path, "secret"))
    config = tmp_path / "config"
    overrides = json.loads((config / "labconfig/default_setting_overrides.json").read_text())
    viewers = overrides["@jupyterlab/docmanager-extension:plugin"]["defaultViewers"]
    assert viewers == {"python": "Jupytext Notebook"}
    settings = json.loads((config / "jupyter_lab_config.json").read_text())
    assert settings["LabApp"]["extension_manager"] == "readonly"
    assert settings["ServerApp"]["root_dir"] == str(tmp_path / "lectures")
    page = json.loads((config / "labconfig/page_config.json").read_text())
    assert page["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"]


def test_a_window_needs_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not lab.has_screen({})
    assert lab.has_screen({"DISPLAY": ":0"})
    assert lab.has_screen({"WAYLAND_DISPLAY": "wayland-0"})


def test_the_first_lecture_is_opened(tmp_path: Path) -> None:
    assert lab.address_in(tmp_path, "secret") == "/lab?token=secret"
    for name in ("02_b.py", "01 a.py", "00_notes.txt"):
        (tmp_path / name).touch()
    assert lab.address_in(tmp_path, "secret") == "/lab/tree/01%20a.py?token=secret"
