"""Traces programs: files and modules, run as Python itself would run them.

What a file holds tells how it is traced: cells are a lecture; a `main()` that needs no arguments is
imported and called, as edtrace does; anything else runs from its first line on, as `__main__`.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import sys
import tokenize
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.run import trace_lecture
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS, sources_of
from cs336_core.trace.record.recorder import Recorder
from cs336_core.trace.record.resolve_name import named


def trace_program(
    target: StrPath,
    *,
    into: Iterable[str] = (),
    max_steps: int = MAX_STEPS,
    inspect_all: bool = False,
) -> Trace:
    """Run a file, or a module by its dotted name, and return its trace, as `trace` does.

    `into` has names of modules, functions and classes, and paths of files. Of a lecture, every
    variable is shown. Raises `TraceError` for what is no program, or cannot be imported, `OSError`
    for a file that is not there, and `Interrupted` on Ctrl-C.
    """
    target = os.fspath(target)
    is_file = target.endswith(".py") or Path(target).is_file()
    with ExitStack() as stack:
        stack.enter_context(_importing_from(Path(target).parent if is_file else Path()))
        spec = _file(target) if is_file else _module(target)
        path = Path(str(spec.origin))
        text, tree = _read(path)
        stack.enter_context(_arguments(path))
        steps_into = [named(name) for name in into]
        if next(cells(text), None):
            return trace_lecture(path, into=steps_into, max_steps=max_steps)
        run = stack.enter_context((_main if _has_main(tree) else _whole)(spec, tree))
        recorder = Recorder(sources_of([path, *steps_into]), max_steps, inspect_all)
        return recorder.run(lambda: _until_exit(run))


def _file(target: str) -> ModuleSpec:
    path = Path(target).absolute()
    path.stat()  # says best what is wrong with it
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or path.is_dir():
        raise TraceError(f"{target} is no file of Python: its name has to end in .py")
    return spec


def _module(name: str) -> ModuleSpec:
    """Find what `python -m NAME` would run."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise TraceError(f"{name!r} is neither a file nor the name of a module")
    try:
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__") or spec
    except Exception as error:
        raise TraceError(f"{name!r} is no file, and cannot be imported: {error}") from error
    if spec is None:
        raise TraceError(f"{name!r} is neither a file nor the name of a module")
    if not (spec.has_location and str(spec.origin).endswith(".py")):
        raise TraceError(f"the module {name} has no source in Python: it cannot be traced")
    return spec


def _read(path: Path) -> tuple[str, ast.Module]:
    try:
        with tokenize.open(path) as file:
            text = file.read()
        return text, ast.parse(text, str(path))
    except SyntaxError as error:
        where = f", line {error.lineno}" if error.lineno else ""
        raise TraceError(f"{path.name}{where}: {error.msg}") from None
    except ValueError as error:  # bytes that are no text, or a null character
        raise TraceError(f"{path.name} is not Python: {error}") from None


def _has_main(tree: ast.Module) -> bool:
    """Whether a program has a `main()` without arguments, and leaves it to others to call it."""
    if any(map(_calls_main, tree.body)):
        return False
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "main":
            needed = len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)
            return needed == 0 and None not in node.args.kw_defaults
    return False


def _calls_main(statement: ast.stmt) -> bool:
    """Whether a statement calls `main` when its file is imported, without `if __name__ == ...`."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
        return False
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Name) and called.id == "main" for called in calls)


@contextmanager
def _main(spec: ModuleSpec, _: ast.Module) -> Iterator[Callable[[], object]]:
    """Import a module and give its `main`."""
    module = importlib.util.module_from_spec(spec)
    with _imported_as(spec.name, module):
        try:
            # What it writes now is no part of its trace, which may go to standard output.
            with redirect_stdout(sys.stderr):
                spec.loader.exec_module(module)  # type: ignore[union-attr]
        except (Exception, SystemExit) as error:
            raise TraceError(_not_imported(error, str(spec.origin))) from error
        yield module.main


def _not_imported(error: BaseException, filename: str) -> str:
    """Tell why a file cannot be imported, and where in it that is."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == filename]
    where = f", line {lines[-1]}" if lines else ""
    return (
        f"{Path(filename).name}{where}: {type(error).__name__}: {error} (so main() was not called)"
    )


@contextmanager
def _whole(spec: ModuleSpec, tree: ast.Module) -> Iterator[Callable[[], object]]:
    """Give what runs a file from its first line on, as the main program."""
    module = ModuleType("__main__")
    module.__file__ = spec.origin
    module.__package__ = spec.parent
    code = compile(tree, str(spec.origin), "exec", dont_inherit=True)

    def run() -> None:
        if tree.body:
            exec(code, module.__dict__)  # noqa: S102  (the program)

    with _imported_as("__main__", module):
        yield run


def _until_exit(run: Callable[[], object]) -> None:
    """Run a program; that it exits without reporting an error is a good end."""
    try:
        run()
    except SystemExit as error:
        if error.code not in (None, 0):
            raise


@contextmanager
def _imported_as(name: str, module: ModuleType) -> Iterator[None]:
    """Let imports of a name find a module."""
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Look for modules in a folder first."""
    before = sys.path.copy()
    sys.path.insert(0, str(folder.absolute()))
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def _arguments(path: Path) -> Iterator[None]:
    """Let a program see its own name on the command line, and nothing of ours."""
    before = sys.argv
    sys.argv = [str(path)]
    try:
        yield
    finally:
        sys.argv = before
