"""What is whole is left alone; what is half, moved or changed is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import nodejs, python_packages, ranks, setup, stamps
from tools.console import Trouble


def test_a_digest_depends_on_every_part_and_where_it_ends(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy==2.4.6")
    assert stamps.digest([file]) == stamps.digest(["numpy==2.4.6"])
    assert stamps.digest(["ab", "c"]) != stamps.digest(["a", "bc"])
    assert stamps.digest([tmp_path / "none"]) != stamps.digest([""])


def test_a_stamp_is_read_back_and_removed(tmp_path: Path) -> None:
    stamps.write(tmp_path, {"packages": "a"})
    assert stamps.read(tmp_path) == {"packages": "a"}
    stamps.remove(tmp_path)
    stamps.remove(tmp_path)
    assert stamps.read(tmp_path) == {}


@pytest.mark.parametrize("text", ["", '{"packages": ', "[]", "\0"])
def test_a_stamp_that_was_cut_off_vouches_for_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / stamps.NAME).write_text(text)
    assert stamps.read(tmp_path) == {}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose set-up has finished, as far as stamps tell."""
    for name in ("constraints.txt", "pyproject.toml"):
        (tmp_path / name).write_text(name)
    for kind in ("", "-texts", "-dev"):
        (tmp_path / f"requirements{kind}.txt").write_text(kind)
    (tmp_path / "package-lock.json").write_text("{}")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "node_modules").mkdir()
    monkeypatch.setattr(python_packages, "ROOT", tmp_path)
    monkeypatch.setattr(python_packages, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(python_packages, "VENV_PYTHON", python)
    monkeypatch.setattr(python_packages, "REQUIREMENTS", tmp_path / "requirements.txt")
    monkeypatch.setattr(python_packages, "REQUIREMENTS_TEXTS", tmp_path / "requirements-texts.txt")
    monkeypatch.setattr(python_packages, "REQUIREMENTS_DEV", tmp_path / "requirements-dev.txt")
    monkeypatch.setattr(python_packages, "CONSTRAINTS", tmp_path / "constraints.txt")
    monkeypatch.setattr(python_packages, "PYPROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(nodejs, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(nodejs, "PACKAGE_LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(nodejs, "installed", lambda: 22)
    monkeypatch.setattr(ranks, "are_whole", lambda: True)
    monkeypatch.delenv("CS336_NODE", raising=False)
    stamps.write(tmp_path / ".venv", python_packages.wanted(dev=True))
    stamps.write(tmp_path / "node_modules", nodejs.wanted())
    return tmp_path


def test_nothing_changed_is_nothing_to_do(project: Path) -> None:
    assert setup.is_whole(dev=True)
    assert setup.is_whole(dev=False)


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "requirements-texts.txt", "constraints.txt", "pyproject.toml"],
)
def test_a_changed_file_is_noticed(project: Path, name: str) -> None:
    (project / name).write_text("other")
    assert not setup.is_whole(dev=False)


def test_what_only_tests_need_is_asked_for_by_tests_alone(project: Path) -> None:
    (project / "requirements-dev.txt").write_text("other")
    assert setup.is_whole(dev=False)
    assert not setup.is_whole(dev=True)


def test_what_only_benchmarks_need_is_asked_for_by_benchmarks_alone(project: Path) -> None:
    assert setup.is_whole(dev=True)
    assert not setup.is_whole(dev=True, bench=True)
    stamps.write(project / ".venv", python_packages.wanted(dev=True, bench=True))
    assert setup.is_whole(dev=True, bench=True)
    assert setup.is_whole(dev=False)


def test_what_tests_and_benchmarks_need_stays_once_it_is_there(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps.write(project / ".venv", python_packages.wanted(dev=True, bench=True))
    (project / "constraints.txt").write_text("other")
    asked: list[str] = []
    monkeypatch.setattr(
        python_packages, "pip_install", lambda _title, named, *_rest: asked.extend(map(str, named))
    )
    python_packages.install(0, dev=False)
    assert str(project / "requirements-dev.txt") in asked
    assert ".[bench]" in asked
    assert setup.is_whole(dev=True, bench=True)


@pytest.mark.parametrize("folder", [".venv", "node_modules"])
def test_an_install_without_its_stamp_is_not_whole(project: Path, folder: Path) -> None:
    stamps.remove(project / folder)
    assert not setup.is_whole(dev=False)


def test_a_moved_folder_is_noticed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_packages, "ROOT", project / "elsewhere")
    assert not python_packages.are_whole(dev=False)
    assert python_packages.why_anew() == " anew, as the folder or the Python is another"


def test_another_python_is_noticed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version", "3.99")
    assert not python_packages.are_whole(dev=False)


def test_another_node_major_installs_the_packages_anew(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodejs, "installed", lambda: 24)
    assert not nodejs.packages_are_whole()


def pip_fails(monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    """Let pip fail with `output`."""

    def run_step(*_arguments: object, **_options: object) -> None:
        raise Trouble("pip failed", output=output)

    monkeypatch.setattr(python_packages, "run_step", run_step)
    with pytest.raises(Trouble):
        python_packages.pip_install("Installing", [], 0, "pip.log")


def test_an_install_that_fails_midway_is_not_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_fails(monkeypatch, "ERROR: Could not install packages: [Errno 28] No space left on device")
    assert stamps.read(project / ".venv") == {}
    assert python_packages.why_anew() == " anew, as the last set-up did not finish"


def test_without_a_network_what_was_whole_stays_whole(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_fails(monkeypatch, "after connection broken by 'NewConnectionError'")
    assert setup.is_whole(dev=True)


@pytest.mark.parametrize(("name", "version"), [("pip-24.1.2", (24, 1)), ("pip-23.2.1", (23, 2))])
def test_pips_version_is_read_off_its_folder(
    project: Path, name: str, version: tuple[int, ...]
) -> None:
    (project / ".venv/lib/python3.12/site-packages" / f"{name}.dist-info").mkdir(parents=True)
    assert python_packages.pip_version() == version
