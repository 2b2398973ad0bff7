"""A save that is interrupted leaves the old files, and nothing else."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cs336_core._shared.atomic import write_files
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.params import BPEParams

OLD = BPEParams.trained([(b"a", b"b")])
NEW = BPEParams.trained([(b"b", b"c"), (b"a", b"bc")])


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_files({one: b"1", two: b"2"})
    write_files({one: b"new"})
    assert (one.read_bytes(), two.read_bytes()) == (b"new", b"2")
    assert sorted(tmp_path.iterdir()) == [one, two]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_interrupted_save_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException], at: int
) -> None:
    save_gpt2(OLD, tmp_path)
    synced = 0

    def interrupted(_descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced == at:
            raise interruption

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(interruption):
        save_gpt2(NEW, tmp_path)
    assert load_gpt2(tmp_path, pattern=None) == OLD
    assert len(list(tmp_path.iterdir())) == 2


# Saves into the folder named on the command line, once for each step that changes a file, and is
# killed before that step: into a new folder, then over an old tokenizer. Prints a line for each of
# these two, with what `load_gpt2` finds after each kill: "old", "new" or "nothing".
KILLS = """
import os, shutil, sys
from pathlib import Path
from cs336_core.tokenization import load_gpt2, save_gpt2
from tests.tokenization.test_files_atomic import NEW, OLD

STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
folder = Path(sys.argv[1])

def killed_before(step):
    process = os.fork()
    if process == 0:
        steps = 0
        def count(event, arguments):
            nonlocal steps
            if event in STEPS and str(folder.parent) in str(arguments):
                steps += 1
                if steps == step:
                    os._exit(9)
        sys.addaudithook(count)
        save_gpt2(NEW, folder)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9

def found():
    try:
        params = load_gpt2(folder, pattern=None)
    except FileNotFoundError:
        return "nothing"
    return "old" if params == OLD else "new" if params == NEW else "a mixture"

for start in ("nothing", "old"):
    states = []
    killed = True
    while killed:
        shutil.rmtree(folder, ignore_errors=True)
        if start == "old":
            save_gpt2(OLD, folder)
        killed = killed_before(len(states) + 1)
        states.append(found())
        save_gpt2(OLD, folder)  # leftovers of the kill do no harm
        assert load_gpt2(folder, pattern=None) == OLD
    print(*states)
"""


def test_a_kill_at_any_step_leaves_the_old_tokenizer_or_the_new_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLS, str(tmp_path / "folder")]
    root = Path(__file__).parents[2]
    result = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    lines = result.stdout.splitlines()
    for start, line in zip(["nothing", "old"], lines, strict=True):
        states = line.split()
        assert len(states) > 5
        before = states.count(start)
        assert states == [start] * before + ["new"] * (len(states) - before)
        assert before > 0
        assert states[-1] == "new"


def test_leftovers_of_killed_saves_are_removed_after_a_day(tmp_path: Path) -> None:
    def left(name: str, age: float) -> Path:
        path = tmp_path / name
        path.mkdir() if "folder" in name else path.touch()
        os.utime(path, (time.time() - age,) * 2)
        return path

    day = 24 * 60 * 60
    key = secrets.token_hex(8)
    old = [left(f".{name}.{key}.tmp", day + 60) for name in ("[a].json", "folder", "vocab.json")]
    recent = left(f".[a].json.{'0' * 16}.tmp", day - 60)
    foreign = [left(name, 9 * day) for name in (".[a].json.tmp", f".a.json.{key}.tmp", "b.tmp")]
    write_files({tmp_path / "[a].json": b""})
    save_gpt2(OLD, tmp_path)
    save_gpt2(OLD, tmp_path / "folder")
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in [recent, *foreign])


def test_a_foreign_note_moves_nothing(tmp_path: Path) -> None:
    save_gpt2(OLD, tmp_path)
    (tmp_path / ".unfinished-save").write_text("../../../etc")
    assert load_gpt2(tmp_path, pattern=None) == OLD


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "vocab.json"
    path.touch()
    path.chmod(mode)
    write_files({path: b"new"})
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (mode, b"new")
    save_gpt2(OLD, tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_files({link: b"new"})
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_new_files_are_readable_as_others_are(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_files({tmp_path / "ours": b""})
        save_gpt2(OLD, tmp_path / "our folder")
        (tmp_path / "plain").touch()
        (tmp_path / "plain folder").mkdir()
    finally:
        os.umask(before)
    mode = (tmp_path / "plain").stat().st_mode
    assert (tmp_path / "ours").stat().st_mode == mode
    assert [path.stat().st_mode for path in (tmp_path / "our folder").iterdir()] == [mode] * 2
    assert (tmp_path / "our folder").stat().st_mode == (tmp_path / "plain folder").stat().st_mode


def test_a_full_disk_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    path = tmp_path / "tokenizer.json"
    with pytest.raises(OSError, match="No space left on device") as error:
        write_files({path: b"{}"})
    assert error.value.filename == str(path)
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_path_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_files({tmp_path / "missing" / "file": b""})
    with pytest.raises(IsADirectoryError):
        write_files({tmp_path: b""})
    assert list(tmp_path.iterdir()) == []
