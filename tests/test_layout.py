"""Imports point one way: no module and no folder imports what imports it in turn."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FACES = ("__init__", "__main__")  # of a folder: they re-export or start what is below them


def modules() -> dict[str, Path]:
    """Return every module of the project by its name."""
    files = [path for top in ("cs336_core", "tools", "book") for path in (ROOT / top).rglob("*.py")]
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in files
        if "__pycache__" not in path.parts
    }


def imported(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a module imports when it runs, in functions as well."""
    for node in running(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in names)


def running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree, without those for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from running(node)


def packages(path: Path) -> set[str]:
    """Return the packages that a module imports, by their top-level names."""
    found = set()
    for node in running(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@cache
def graph() -> dict[str, set[str]]:
    """Return every module, without faces -> the modules that it imports."""
    known = modules()
    return {
        name: {target for target in imported(path, known) if target in known and target != name}
        for name, path in known.items()
        if path.stem not in FACES
    }


def folder(module: str) -> str:
    return module.rpartition(".")[0]


def part(module: str) -> str:
    """Return the part of `cs336_core` that a module is in."""
    return ([*module.split("."), ""])[1]


@pytest.mark.parametrize("whole", [False, True], ids=["modules", "folders"])
def test_no_import_runs_in_a_circle(whole: bool) -> None:
    imports: dict[str, set[str]] = {}
    for module, targets in graph().items():
        for target in targets:
            if whole and folder(module) != folder(target):
                imports.setdefault(folder(module), set()).add(folder(target))
            elif not whole:
                imports.setdefault(module, set()).add(target)
    assert list(TopologicalSorter(imports).static_order())  # CycleError names a circle


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (("_shared",), ("tokenization", "model", "accounting", "trace", "ui", "viewer", "widgets")),
        (("tokenization", "model", "accounting", "trace"), ("ui", "viewer", "widgets", "notebook")),
        (("model",), ("accounting",)),
        (("ui",), ("viewer", "widgets")),
        (("viewer",), ("widgets",)),
    ],
)
def test_lower_packages_know_nothing_of_upper_ones(
    lower: tuple[str, ...], upper: tuple[str, ...]
) -> None:
    found = [
        f"{module} -> {target}"
        for module, targets in graph().items()
        for target in targets
        if module.split(".")[1] in lower
        and target.split(".")[1:2]
        and target.split(".")[1] in upper
    ]
    assert found == []


def test_the_model_package_lists_its_modules_without_torch() -> None:
    package = "cs336_core.model"
    paths = {name: path for name, path in modules().items() if name.startswith(f"{package}.")}
    needs_torch = {name for name, path in paths.items() if "torch" in packages(path)}
    for name in TopologicalSorter(graph()).static_order():  # what a module imports comes before it
        if graph().get(name, set()) & needs_torch:
            needs_torch.add(name)
    free = {name.removeprefix(f"{package}.").partition(".")[0] for name in {*paths} - needs_torch}
    docstring = ast.get_docstring(ast.parse((ROOT / "cs336_core/model/__init__.py").read_text()))
    assert free - {"__init__"} == {*re.findall(r"`(\w+)`", docstring or "")}
