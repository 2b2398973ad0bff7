"""Traces programs: files and modules, run as Python itself would run them.

The contents of a file decide how it is traced: a file with cells is a lecture; a file whose only
task is a `main()` without arguments is imported and `main()` is called, as edtrace does; any other
file runs from its first line, as `__main__`.
"""

from __future__ import annotations

import ast
import builtins
import importlib.util
import os
import sys
import tokenize
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from cs336_core._shared.command_line import INTERRUPTED
from cs336_core._shared.paths import StrPath
from cs336_core.trace.commands.process import Process
from cs336_core.trace.commands.resolve_name import resolve_name
from cs336_core.trace.errors import Interrupted, TraceError
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.run import trace_lecture
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS, sources_of
from cs336_core.trace.record.recorder import Recorder


class ProgramRun(NamedTuple):
    """The result of running a program.

    Attributes:
        trace: its steps.
        status: its exit status.
        shows_all: whether all variables are shown because no comment chooses any.

    """

    trace: Trace
    status: int
    shows_all: bool


def trace_program(
    target: StrPath,
    arguments: Sequence[str] = (),
    *,
    into: Iterable[str] = (),
    max_steps: int = MAX_STEPS,
    inspect_all: bool = False,
) -> ProgramRun:
    """Run a file, or a module by its dotted name, and return its trace, as `trace` does.

    `arguments` are those of the program. `into` holds names of modules, functions and classes, and
    paths of files. A lecture, and a program without directives, shows every variable. Raises
    `TraceError` if the target is not a program or cannot be imported, `OSError` if the file cannot
    be read, and `Interrupted` on Ctrl-C before the first step.
    """
    target = os.fspath(target)
    is_file = target.endswith(".py") or Path(target).is_file()
    with ExitStack() as stack:
        stack.enter_context(_importing_from(Path(target).parent if is_file else Path()))
        spec = _file_spec(target) if is_file else _module_spec(target)
        path = Path(str(spec.origin))
        text, tree = _read(path)
        stack.enter_context(_argv([target if is_file else str(path), *arguments]))
        targets = [resolve_name(name) for name in into]
        if next(cells(text), None):
            lecture = partial(trace_lecture, path, into=targets, max_steps=max_steps)
            recorded, status = _finished(lecture)
            return ProgramRun(recorded, status, False)
        if _has_main(tree):
            run = stack.enter_context(_main_function(spec))
        else:
            run = stack.enter_context(_script(spec, tree, is_module=not is_file))
        sources = sources_of([path, *targets])
        shows_all = not (inspect_all or any(source.directives for source in sources.values()))
        process = Process(run)
        recorder = Recorder(sources, max_steps, inspect_all or shows_all)
        recorded, status = _finished(lambda: recorder.run(process.run))
        return ProgramRun(recorded, process.status or status, shows_all)


def _finished(record: Callable[[], Trace]) -> tuple[Trace, int]:
    """Return a trace, even if Ctrl-C ends it after its first step, and the exit status."""
    try:
        recorded = record()
    except Interrupted as interruption:
        if not interruption.trace.steps:
            raise
        return interruption.trace, INTERRUPTED
    return recorded, int(recorded.ending == "raised")


def _file_spec(target: str) -> ModuleSpec:
    path = Path(target).absolute()
    path.stat()  # raises the most precise error for a file that cannot be read
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or path.is_dir():
        raise TraceError(f"{target} is not a Python file; expected a name that ends in .py")
    return spec


def _module_spec(name: str) -> ModuleSpec:
    """Find the module that `python -m NAME` would run."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise TraceError(f"{name!r} is neither a file nor the name of a module")
    try:
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__") or spec
    except Exception as error:
        raise TraceError(f"{name!r} is not a file and cannot be imported: {error}") from error
    if spec is None:
        raise TraceError(f"{name!r} is neither a file nor the name of a module")
    if not (spec.has_location and str(spec.origin).endswith(".py")):
        raise TraceError(f"the module {name} has no Python source and cannot be traced")
    return spec


def _read(path: Path) -> tuple[str, ast.Module]:
    with _mistakes_in(path), tokenize.open(path) as file:
        text = file.read()
        return text, ast.parse(text, str(path))


@contextmanager
def _mistakes_in(path: Path) -> Iterator[None]:
    """Raise `TraceError` instead of the errors of Python's parser and compiler."""
    try:
        yield
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        raise TraceError(f"{path.name}{line}: {error.msg}") from None
    except ValueError as error:  # undecodable bytes, or a null character
        raise TraceError(f"{path.name} is not Python: {error}") from None
    except (RecursionError, MemoryError):  # of the parser
        raise TraceError(f"{path.name} has an expression that is nested too deeply") from None


def _has_main(tree: ast.Module) -> bool:
    """Whether all that a program does is to call its `main()`, or nothing at all."""
    if any(map(_calls_main, tree.body)) or any(map(_is_other_guard, tree.body)):
        return False
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "main":
            required = len(node.args.posonlyargs) + len(node.args.args) - len(node.args.defaults)
            return required == 0 and None not in node.args.kw_defaults
    return False


def _calls_main(statement: ast.stmt) -> bool:
    """Whether importing the file runs a call of `main` in this statement."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    if _is_guard(statement):
        return False
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    return any(isinstance(callee, ast.Name) and callee.id == "main" for callee in calls)


def _is_guard(statement: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__": ...`."""
    return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)


def _is_other_guard(statement: ast.stmt) -> bool:
    """Whether a guard does anything but call `main()`, such as `sys.exit(main())`."""
    if not (isinstance(statement, ast.If) and _is_guard(statement)):
        return False
    return bool(statement.orelse) or [ast.unparse(inner) for inner in statement.body] != ["main()"]


@contextmanager
def _main_function(spec: ModuleSpec) -> Iterator[Callable[[], object]]:
    """Import a module and yield its `main`."""
    module = importlib.util.module_from_spec(spec)
    with _imported_as(spec.name, module):
        try:
            spec.loader.exec_module(module)  # type: ignore[union-attr]
        except (Exception, SystemExit) as error:
            raise TraceError(_format_import_error(error, str(spec.origin))) from error
        yield module.main


def _format_import_error(error: BaseException, filename: str) -> str:
    """Describe why a file cannot be imported, with the line that failed."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == filename]
    line = f", line {lines[-1]}" if lines else ""
    return f"{Path(filename).name}{line}: {type(error).__name__}: {error} (main() was not called)"


@contextmanager
def _script(
    spec: ModuleSpec, tree: ast.Module, *, is_module: bool
) -> Iterator[Callable[[], object]]:
    """Yield a function that runs a file, or a module by name, from its first line as `__main__`."""
    module = ModuleType("__main__")
    module.__file__ = spec.origin
    module.__package__ = spec.parent
    module.__loader__ = spec.loader
    vars(module)["__builtins__"] = builtins
    module.__spec__ = spec if is_module else None
    with _mistakes_in(Path(str(spec.origin))):  # such as `return` outside of a function
        code = compile(tree, str(spec.origin), "exec", dont_inherit=True)

    def run() -> None:
        if tree.body:
            exec(code, module.__dict__)

    with _imported_as("__main__", module):
        yield run


@contextmanager
def _imported_as(name: str, module: ModuleType) -> Iterator[None]:
    """Make imports of a name find this module."""
    previous = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        sys.modules.pop(name, None)
        if previous is not None:
            sys.modules[name] = previous


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """Search a folder for modules first."""
    previous = sys.path.copy()
    sys.path.insert(0, str(folder.absolute()))
    try:
        yield
    finally:
        sys.path[:] = previous


@contextmanager
def _argv(arguments: list[str]) -> Iterator[None]:
    """Set `sys.argv`."""
    previous = sys.argv
    sys.argv = arguments
    try:
        yield
    finally:
        sys.argv = previous
