"""Every public function that takes a path also takes a string."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cs336_core._shared.paths import StrPath
from cs336_core.model.hugging_face.config import load_hugging_face
from cs336_core.texts.own_pages import FOLDER, lecture_text
from cs336_core.tokenization import (
    BPEParams,
    load_gpt2,
    load_huggingface,
    load_tiktoken,
    save_gpt2,
    save_huggingface,
    save_tiktoken,
)
from cs336_core.trace import Step, Trace, image, load, save, trace, trace_lecture, video
from cs336_core.trace.commands.program import trace_program
from cs336_core.trace.record.renderings import take
from cs336_core.widgets import TraceViewer

PARAMS = BPEParams.trained([(b"a", b"b")], pattern="[a-z]+")
CONFIG = {
    "model_type": "gpt2", "vocab_size": 100, "n_positions": 16, "n_embd": 8, "n_layer": 1,
    "n_head": 2, "activation_function": "gelu_new",
}  # fmt: skip


def recorded() -> Trace:
    """A small trace."""
    return trace(lambda: 1)


def steps_of(viewer: TraceViewer) -> list[Step]:
    return viewer._trace.steps


def rendered(show: Callable[[StrPath], None], path: StrPath) -> object:
    show(path)
    (rendering,) = take()
    return rendering.data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one file of each kind."""
    save_gpt2(PARAMS, tmp_path)
    save_huggingface(PARAMS, tmp_path / "tokenizer.json")
    save_tiktoken(PARAMS, tmp_path / "ranks.tiktoken")
    save(recorded(), tmp_path / "trace.json")
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "cells.py").write_text("# %%\nx = 1\n")
    (tmp_path / "program.py").write_text("x = 1\n")
    (tmp_path / "picture.png").touch()
    shutil.copy(next(FOLDER.glob("01_*.py")), tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("load_from", "name"),
    [
        (lambda path: load_gpt2(path, pattern=None), ""),
        (load_huggingface, "tokenizer.json"),
        (lambda path: load_tiktoken(path, pattern=None), "ranks.tiktoken"),
        (load_hugging_face, "config.json"),
        (load_hugging_face, ""),
        (lambda path: lecture_text("01_overview", path), ""),
        (lambda path: load(path).steps, "trace.json"),
        (lambda path: steps_of(TraceViewer(path)), "trace.json"),
        (lambda path: trace_lecture(path).steps, "cells.py"),
        (lambda path: trace_program(path).trace.steps, "program.py"),
        (lambda path: trace_lecture(Path(path) / "cells.py", root=path).files, ""),
        (lambda path: rendered(image, path), "picture.png"),
        (lambda path: rendered(video, path), "picture.png"),
    ],
)
def test_a_string_is_read_like_a_path(
    folder: Path, load_from: Callable[[StrPath], object], name: str
) -> None:
    assert load_from(str(folder / name)) == load_from(folder / name)


@pytest.mark.parametrize(
    "save_to",
    [
        lambda path: save_gpt2(PARAMS, path),
        lambda path: save_huggingface(PARAMS, path),
        lambda path: save_tiktoken(PARAMS, path),
        lambda path: save(recorded(), path),
    ],
)
def test_a_string_is_written_like_a_path(
    tmp_path: Path, save_to: Callable[[StrPath], None]
) -> None:
    save_to(tmp_path / "path")
    save_to(str(tmp_path / "string"))
    written = {}
    for name in ("path", "string"):
        saved = tmp_path / name
        files = sorted(saved.iterdir()) if saved.is_dir() else [saved]
        written[name] = [file.read_bytes() for file in files]
    assert written["path"] == written["string"] != []
