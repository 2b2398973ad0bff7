"""Which cells of a lecture run in its page, where Python has the standard library only.

A cell runs after those statements of the cells above it that it needs. All of them have to do
without the packages that browsers lack; the imports say which a module needs.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cs336_core._shared.statements import Statement, needed, statements
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.plain_code import without_directives
from tools.shell.paths import ROOT

PACKAGE = "cs336_core"
# Parts of the package that pages do not load; bundle_python.mjs reads the same file.
LEFT_OUT = Path(__file__).with_name("not_in_page.json")
# Modules of the standard library that Pyodide leaves out
NOT_IN_BROWSERS = {"curses", "dbm", "idlelib", "multiprocessing", "pydoc_data", "tkinter", "turtle"}


@dataclass(frozen=True)
class CellProgram:
    """A cell of code as a program of its own.

    Attributes:
        line: the first line of the cell in the file of the lecture.
        code: the code of the cell.
        before: the statements of the cells above that it needs, as code.
        missing: the packages it needs that pages do not have, in alphabetical order.

    """

    line: int
    code: str
    before: str
    missing: tuple[str, ...]


def cell_programs(text: str) -> Iterator[CellProgram]:
    r"""Yield the program of each cell of code of a lecture.

    >>> text = "# %%\nimport numpy as np\na = 1\n# %%\nprint(a)\n# %%\nprint(np.pi, a)\n"
    >>> [(program.before, program.missing) for program in cell_programs(text)]
    [('', ('numpy',)), ('a = 1', ()), ('import numpy as np\na = 1', ('numpy',))]
    """
    above: list[Statement] = []
    for cell in cells(text):
        if cell.kind == "code":
            code = without_directives(cell.text)
            before = "\n".join(each.code for each in needed(above, code))
            missing = tuple(sorted(missing_packages(f"{before}\n{code}")))
            yield CellProgram(cell.first, code, before, missing)
            above += statements(code)


def missing_packages(code: str) -> set[str]:
    """Return the packages that a program needs and pages do not have.

    >>> sorted(missing_packages("import math, torch"))
    ['torch']
    """
    return {name for module in _imported(ast.parse(code), "") for name in missing_for(module)}


@cache
def missing_for(module: str) -> frozenset[str]:
    """Return the packages that a module needs and pages do not have, itself included.

    A module of this package needs what it imports, inside functions too, and so do those modules.

    >>> sorted(missing_for("cs336_core.tokenization.bpe")), sorted(missing_for("numpy.linalg"))
    ([], ['numpy'])
    """
    return frozenset(name for each in _closure(module) for name in _missing_here(each))


def _missing_here(module: str) -> Iterator[str]:
    """Yield the name of what pages lack if a module is part of it."""
    top, *rest = module.split(".")
    if top == PACKAGE:
        for part in json.loads(LEFT_OUT.read_text("utf-8")):
            names = part.split("/")
            if rest[: len(names)] == names:
                yield ".".join([PACKAGE, *names])
    elif top not in sys.stdlib_module_names or top in NOT_IN_BROWSERS:
        yield top


def _closure(module: str) -> set[str]:
    """Return a module and all modules that it imports, directly or not."""
    found: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += _imports(name)
    return found


@cache
def _imports(module: str) -> frozenset[str]:
    """Return the modules that a module of this package imports; nothing for any other."""
    file = _file(module)
    if file is None:
        return frozenset()
    tree = ast.parse(file.read_text("utf-8"))
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    parent = {module.rpartition(".")[0]} - {""}
    return frozenset(_imported(_without_type_checking(tree), package)) | parent


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that the import statements of a program name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            yield module
            for alias in node.names:
                yield from _provider(module, alias.name)


def _provider(package: str, name: str) -> Iterator[str]:
    """Yield the module that a name of a package is, or that provides it when it is used."""
    file = _file(package)
    if file is None:
        return
    if _file(f"{package}.{name}") is not None:
        yield f"{package}.{name}"
    for node in ast.parse(file.read_text("utf-8")).body:
        # A package that imports names when they are used declares them for type checkers.
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for each in node.body:
                if isinstance(each, ast.ImportFrom) and each.module:
                    yield from (each.module for alias in each.names if alias.name == name)


def _without_type_checking(tree: ast.Module) -> ast.Module:
    kept = [
        node
        for node in tree.body
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    return ast.Module(kept, [])


def _file(module: str) -> Path | None:
    """Return the file of a module of this package, or `None` if it has no file."""
    if module.partition(".")[0] != PACKAGE:
        return None
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)
