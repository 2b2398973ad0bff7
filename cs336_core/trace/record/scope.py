"""Which code a trace steps into: whole files, and single functions of other files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath
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

from cs336_core.trace.model import CodeLocation, Rendering
from cs336_core.trace.record.libraries import is_library
from cs336_core.trace.record.sources import Source, read_source

_TRACER: Final = Path(__file__).parents[1]
_WITH_CODE: Final = (FunctionType, GeneratorType, CoroutineType, AsyncGeneratorType)


class Scope:
    """The files that a trace steps into; in some of them, only certain functions.

    Attributes:
        sources: `co_filename` of the code -> the file.

    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self.sources = dict(sources)
        self._functions: dict[str, set[CodeType]] = {}  # for files that are not entered as a whole
        # A class or module, by its id and its number of attributes -> itself, the files of its code
        self._files: dict[tuple[int, int], tuple[object, set[str]]] = {}

    def source_of(self, code: CodeType) -> Source | None:
        """Return the file of code that is stepped into, `None` for any other code."""
        source = self.sources.get(code.co_filename)
        if source is None or code.co_filename not in self._functions:
            return source
        return source if code in self._functions[code.co_filename] else None

    def path_of(self, filename: str) -> str:
        """Return the path of a file in the trace; outside the trace, its name without folders."""
        source = self.sources.get(filename)
        return source.path if source else PurePath(filename).name

    def with_trace_path(self, rendering: Rendering) -> Rendering:
        """Replace the file name in a link to code by its path in the trace."""
        target = rendering.internal_link
        if target is None:
            return rendering
        link = CodeLocation(self.path_of(target.path), target.line_number)
        return replace(rendering, internal_link=link)

    def add(self, function: object, name: Callable[[str], str]) -> None:
        """Step into a function of the project, and into nothing else in its file.

        `name` returns the path of a file in the trace. Library functions, functions that display
        renderings, and anything not written in Python stay a single step.
        """
        function = _unwrap(function)
        if not isinstance(function, FunctionType):
            return
        filename = function.__code__.co_filename
        if not _is_project_file(Path(filename)):
            return
        if filename not in self.sources:
            self.sources[filename] = read_source(filename, name(filename))
            self._functions[filename] = set()
        if filename in self._functions:
            self._functions[filename] |= set(_with_nested(function.__code__))

    def can_enter(self, value: object) -> bool:
        """Whether calling this value, or a method of it, could reach traced code.

        Looks at functions, classes, objects, generators and modules, not inside containers.
        """
        if self._files_of(value).isdisjoint(self.sources):
            return False
        return any(self.source_of(code) is not None for code in _reachable_code(value))

    def _files_of(self, value: object) -> set[str]:
        """Return the files of the code that using a value may run.

        Those of a class or a module are looked up once: some have thousands of functions.
        """
        value = _unwrap(value)
        if isinstance(value, _WITH_CODE):
            return {code.co_filename for code in _reachable_code(value)}
        owner = value if isinstance(value, ModuleType | type) else type(value)
        key = id(owner), len(vars(owner))
        if key not in self._files:
            self._files[key] = owner, {code.co_filename for code in _reachable_code(owner)}
        return self._files[key][1]


def _is_project_file(path: Path) -> bool:
    """Whether a file belongs to the user, rather than to a library or to the tracer."""
    return path.is_file() and not path.is_relative_to(_TRACER) and not is_library(str(path))


def _with_nested(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of the functions defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_nested(constant)


def _unwrap(value: object) -> object:
    """Return the function inside decorators, methods and `partial`."""
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


def _reachable_code(value: object) -> Iterator[CodeType]:
    """Yield the code that using a value may run."""
    if isinstance(value, ModuleType):
        for member in list(vars(value).values()):
            if not isinstance(member, ModuleType):
                yield from _reachable_code(member)
        return
    value = _unwrap(value)
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
            attributes = [member for base in kind.__mro__ for member in list(vars(base).values())]
            for member in map(_unwrap, attributes):
                if isinstance(member, FunctionType):
                    yield member.__code__
