"""Compiled functions: what is stored on disk is used as long as it is what the source says."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from cs336_core.tokenization import compiled
from cs336_core.tokenization.pretokenization.machines import next_pretoken

STEP = 1


@compiled.inlined
def step(number: int) -> int:
    return number + STEP


@compiled.jit
def twice(number: int) -> int:
    return step(step(number))


def test_stored_code_is_not_used_after_a_change_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert twice(1) == 3
    before = compiled.fingerprint(twice.py_func)
    assert compiled.fingerprint(twice.py_func) == before
    monkeypatch.setattr(sys.modules[__name__], "STEP", 2)
    assert compiled.fingerprint(twice.py_func) != before
    monkeypatch.undo()
    monkeypatch.setattr(sys.modules[__name__], "step", compiled.inlined(lambda number: number * 2))
    assert compiled.fingerprint(twice.py_func) != before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Notebook(io.StringIO):
    __module__ = "ipykernel.iostream"


@pytest.mark.parametrize("stream", [Terminal, Notebook])
def test_a_first_call_says_once_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]
) -> None:
    ours, others = SimpleNamespace(py_func=next_pretoken.py_func), SimpleNamespace(py_func=min)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    notice = compiled._Notice()
    notice.on_start(SimpleNamespace(data={"dispatcher": ours}))
    assert sys.stderr.getvalue() == ""
    monkeypatch.setattr(sys, "stderr", stream())
    for dispatcher in (others, ours, ours):
        notice.on_start(SimpleNamespace(data={"dispatcher": dispatcher}))
    assert sys.stderr.getvalue() == f"{compiled.NOTICE}\n"


def test_without_a_folder_to_write_to_it_compiles_for_this_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(compiled, "_Cache", refuse)
    assert compiled.jit(twice.py_func)(np.int64(5)) == 7
