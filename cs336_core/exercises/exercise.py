"""Exercises: a function to write, and the calls that check it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cs336_core._shared.statements import needed, statements
from cs336_core.trace.lectures.plain_code import without_directives


class ExerciseError(LookupError):
    """A name that no exercise has."""


@dataclass(frozen=True)
class Case:
    """One call of the reader's function.

    Attributes:
        args: the arguments.
        shown: the arguments as Python code; by default their representations.
        note: a sentence that helps if this call fails.

    """

    args: tuple[Any, ...]
    shown: str = ""
    note: str = ""

    def call(self, name: str) -> str:
        """Return the call of a function with these arguments, as code.

        >>> Case(([7, 7], (7, 7), 256)).call("merge")
        'merge([7, 7], (7, 7), 256)'
        """
        return f"{name}({self.shown or ', '.join(map(repr, self.args))})"


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """A function that the reader writes.

    Attributes:
        name: the name of the function.
        task: what it should do, in a sentence of Markdown.
        start: the code that the reader starts from: a signature, a docstring with an example.
        hints: three sentences, each of which says more than the one before.
        cases: the calls to compare, the simplest first.
        reference: what the function should return.
        solution: the function that solves it, which may be simpler than the reference.
        imports: what the start and the shown calls import, as code.
        parts: the attributes of the result to compare; empty to compare the result itself.

    """

    name: str
    task: str
    start: str
    hints: tuple[str, str, str]
    cases: tuple[Case, ...]
    reference: Callable[..., Any]
    solution: Callable[..., Any]
    imports: str = ""
    parts: tuple[str, ...] = field(default=())

    @property
    def solution_code(self) -> str:
        """The source of the solution, with what it needs of its module and of `imports`."""
        source = without_directives(inspect.getsource(self.solution)).strip()
        imported = {name for each in statements(self.imports) for name in each.binds}
        module = statements(inspect.getsource(sys.modules[self.solution.__module__]))
        others = [each for each in module if not each.binds & (imported | {self.name})]
        codes = [self.imports, *(each.code for each in needed(others, source))]
        imports = [code for code in codes if code.startswith(("from ", "import "))]
        names = [code for code in codes if code and code not in imports]
        return "\n\n".join(filter(None, ["\n".join(imports), *names, f"\n{source}\n"])).lstrip()
