"""The standard streams of a program that `trace` records."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

import pytest

from cs336_core.trace import trace


def as_bytes() -> None:
    sys.stdout.buffer.write("\U0001f40d".encode()[:2])
    sys.stdout.buffer.write("\U0001f40d".encode()[2:])


def as_latin_1() -> None:
    assert isinstance(sys.stdout, io.TextIOWrapper)
    sys.stdout.reconfigure(encoding="latin-1")
    sys.stdout.write("\xe9")


def through_another_wrapper() -> None:
    print("a", end="")
    sys.stdout = io.TextIOWrapper(sys.stdout.detach(), "utf-8", write_through=True)  # type: ignore[attr-defined]
    print("b", end="")


def closed() -> None:
    print("closed", end="")
    sys.stdout.close()


def invalid() -> None:
    sys.stdout.buffer.write(b"\xff!")


@pytest.mark.parametrize(
    ("program", "output"),
    [
        (as_bytes, "\U0001f40d"),
        (as_latin_1, "\xe9"),
        (through_another_wrapper, "ab"),
        (closed, "closed"),
        (invalid, "\ufffd!"),
    ],
)
def test_what_a_program_writes_is_recorded(program: Callable[[], None], output: str) -> None:
    before = sys.stdout
    recorded = trace(program)
    assert recorded.ending == "finished"
    assert "".join(step.stdout for step in recorded) == output
    assert sys.stdout is before


def test_streams_have_what_python_s_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", sys.__stdout__)
    outside, inside = [], []

    def look(into: list[object]) -> None:
        out = sys.stdout
        assert isinstance(out, io.TextIOWrapper)
        into += [out.encoding, out.errors, out.mode, out.name, out.fileno(), out.newlines]
        into += [out.readable(), out.writable(), out.line_buffering, out.closed]

    look(outside)
    assert trace(look, inside).ending == "finished"
    assert [*inside[:8], *inside[9:]] == [*outside[:8], *outside[9:]]  # apart from buffering


class OnlyWrites:
    """All that `print` needs."""

    def write(self, text: str) -> None:
        """Write nothing."""


def test_any_object_that_writes_can_be_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", OnlyWrites())
    assert "".join(step.stdout for step in trace(closed)) == "closed"


def test_the_descriptors_are_left_alone() -> None:
    inodes = []
    trace(lambda: inodes.append(os.fstat(1).st_ino))
    assert inodes == [os.fstat(1).st_ino]


def test_a_trace_inside_a_trace_has_its_own_output() -> None:
    def inner() -> None:
        print("inner")

    def outer() -> None:
        print("outer")
        recorded = trace(inner)
        print(len(recorded))

    assert "".join(step.stdout for step in trace(outer)) == "outer\n2\n"
