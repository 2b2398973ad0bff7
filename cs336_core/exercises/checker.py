"""Checks a reader's function against the reference, call by call."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cs336_core.exercises.collection import exercise
from cs336_core.exercises.exercise import Case, Exercise
from cs336_core.exercises.limited_call import MAX_STEPS, READERS_FILE, Outcome, limited_call
from cs336_core.exercises.result import Result
from cs336_core.exercises.wording import difference, shown

_ROUNDING = 1e-12  # near 0, where a relative error says nothing


def check(name: str, namespace: Mapping[str, Any]) -> Result:
    """Check the function of an exercise, and return how it did.

    The result describes the first call that fails: what it should return, and what it did.

    Args:
        name: the name of the exercise and of its function.
        namespace: where the function is, such as `globals()` in a notebook.

    Raises:
        ExerciseError: if there is no such exercise.

    >>> check("count_pairs", {})
    There is no function called count_pairs yet. Define it: def count_pairs(ids):

    """
    task = exercise(name)
    function = namespace.get(name)
    if function is None:
        signature = next(line for line in task.start.splitlines() if line.startswith("def "))
        return _failed(f"There is no function called {name} yet. Define it: {signature}")
    if not callable(function):
        return _failed(f"{name} should be a function; it is {shown(function)}.")
    if any(function is known for known in (task.reference, task.solution)):
        return _failed(f"This is the course's own {name}. Define yours under the same name.")
    for case in task.cases:
        failure = _failure(task, case, function)
        if failure:
            return failure
    return Result(passed=True, message=f"Passed: {name} is right in all {len(task.cases)} tests.")


def check_source(name: str, source: str) -> Result:
    """Run a reader's code, then check the function of an exercise in it.

    Raises `ExerciseError` if there is no such exercise.

    >>> check_source("merge", "def merge(ids, pair, new_id) return ids")
    Your code is not valid Python: expected ':' in line 1.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    try:
        tree = ast.parse(source, READERS_FILE)
        code = compile(tree, READERS_FILE, "exec")
    except SyntaxError as error:
        where = f" in line {error.lineno}" if error.lineno else ""
        return _failed(f"Your code is not valid Python: {error.msg}{where}.")
    except ValueError as error:  # a null byte, a lone surrogate
        return _failed(f"Your code is not valid Python: {error}.")
    ran = limited_call(exec, code, namespace)
    if ran.too_long:
        return _failed(f"Your code did not end: it was stopped after {MAX_STEPS:,} steps.")
    if ran.error:
        return _failed(f"Your code raised {ran.error}.")
    lead = sum(not _is_text(node) for node in tree.body)
    return replace(check(name, namespace), lead=lead)


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is only a text, which takes no step."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _failure(task: Exercise, case: Case, function: Any) -> Result | None:
    """Return how a call of the reader's function fails, `None` if it does not."""
    call = case.call(task.name)
    expected = task.reference(*copy.deepcopy(case.args))
    args = copy.deepcopy(case.args)
    outcome = limited_call(function, *args)
    problem = _problem(task, call, expected, outcome)
    if not problem:
        changed = [(old, new) for old, new in zip(case.args, args, strict=True) if old != new]
        if not changed:
            return None
        old, new = map(shown, changed[0])
        problem = (
            f"{call} returned the right result, but it changed its argument {old} into {new}; "
            "build a new object instead."
        )
    # The note is about the value; without a value it would distract.
    note = "" if outcome.value is None and not outcome.error else case.note
    return Result(passed=False, message=problem, note=note, call=call, printed=outcome.printed)


def _problem(task: Exercise, call: str, expected: Any, outcome: Outcome) -> str:
    """Return what is wrong with the outcome of a call, "" if nothing is."""
    if outcome.too_long:
        return f"{call} did not end: it was stopped after {MAX_STEPS:,} steps. Does each loop end?"
    for part in task.parts or ("",):
        expected_part = getattr(expected, part) if part else expected
        should = f"{call}.{part} should be" if part else f"{call} should return"
        if did := _mistake(expected_part, outcome, part):
            return f"{should} {shown(expected_part)}; {did}"
    return ""


def _mistake(expected: Any, outcome: Outcome, part: str) -> str:
    """Return what a call did in place of what was expected of a part of its result, or ""."""
    value = outcome.value
    if outcome.error:
        return f"yours raised {outcome.error}."
    if value is None:
        printed = shown(outcome.printed.strip(), quoted=False)
        if printed:
            return f"yours printed {printed} and returned None. Use return, not print."
        return "yours returned None. Is there a return?"
    if not hasattr(value, part or "__class__"):
        return f"yours returned {shown(value)}, which has no {part}."
    got = getattr(value, part) if part else value
    if _equal(expected, got):
        return ""
    return f"{'it is' if part else 'yours returned'} {shown(got)}.{difference(expected, got)}"


def _equal(expected: Any, got: Any) -> bool:
    """Whether two results are equal, floats up to rounding; True is not the number 1."""
    try:
        if isinstance(expected, float) and isinstance(got, float):
            return math.isclose(expected, got, abs_tol=_ROUNDING)
        if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
            return all(map(_equal, expected, got))
        return not isinstance(got, bool) and bool(expected == got)
    except Exception:
        return False


def _failed(message: str) -> Result:
    return Result(passed=False, message=message)
