"""Which code a trace steps into: whole files, and single functions of others."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import (
    AsyncGeneratorType,
    CodeType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
)
from typing import Final

from cs336_core.trace.record.sources import Source, read_source

_OURS: Final = Path(__file__).parents[1]
_LIBRARIES: Final = {
    Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")
}
_PACKAGES: Final = {"site-packages", "dist-packages"}


class Scope:
    """The files that a trace steps into, and of some of them only a few functions.

    Attributes:
        sources: file name of code -> the file.

    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = dict(sources)
        self._only: dict[str, set[CodeType]] = {}

    def source_of(self, code: CodeType) -> Source | None:
        """Return the file of code that is stepped into, `None` for any other code."""
        source = self.sources.get(code.co_filename)
        if source is None or code.co_filename not in self._only:
            return source
        return source if code in self._only[code.co_filename] else None

    def add(self, function: object, name: Callable[[str], str]) -> None:
        """Step into a function of the project, and into nothing else of its file.

        `name` says what a file is called in the trace. Functions of libraries, functions that show
        something to the trace's reader, and what is no function of Python, stay what they are: one
        step.
        """
        function = _unwrapped(function)
        if not isinstance(function, FunctionType):
            return
        filename = function.__code__.co_filename
        if not _is_of_project(Path(filename)):
            return
        if filename not in self.sources:
            self.sources[filename] = read_source(filename, name(filename))
            self._only[filename] = set()
        if filename in self._only:
            self._only[filename] |= set(_with_inner(function.__code__))

    def leads_in(self, value: object) -> bool:
        """Whether who has this value can call with it what is stepped into.

        That is a function, a class, an object, a generator or a module; what is inside a list is
        not looked at.
        """
        return any(self.source_of(code) is not None for code in _codes(value))


def _is_of_project(path: Path) -> bool:
    """Whether a file is code of a reader's own, and neither of a library nor of the tracer."""
    if not path.is_file() or path.is_relative_to(_OURS) or _PACKAGES & set(path.parts):
        return False
    return not any(path.is_relative_to(library) for library in _LIBRARIES)


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of the functions that are defined in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)


def _unwrapped(value: object) -> object:
    """Return the function that decorators, methods and `partial` stand for."""
    while True:
        if isinstance(value, partial):
            value = value.func
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, MethodType | classmethod | staticmethod):
            value = value.__func__
        elif "__wrapped__" in getattr(value, "__dict__", ()):
            value = vars(value)["__wrapped__"]
        else:
            return value


def _codes(value: object) -> Iterator[CodeType]:
    """Yield the code that a value may run when it is used."""
    if isinstance(value, ModuleType):
        for each in list(vars(value).values()):
            if not isinstance(each, ModuleType):
                yield from _codes(each)
        return
    value = _unwrapped(value)
    match value:
        case FunctionType():
            yield value.__code__
        case GeneratorType():
            yield value.gi_code
        case CoroutineType():
            yield value.cr_code
        case AsyncGeneratorType():
            yield value.ag_code
        case _:
            kind = value if isinstance(value, type) else type(value)
            attributes = [each for base in kind.__mro__ for each in list(vars(base).values())]
            for each in map(_unwrapped, attributes):
                if isinstance(each, FunctionType):
                    yield each.__code__
