"""The exercises: solutions pass, and what readers often write fails with a sentence that helps."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from cs336_core.exercises import EXERCISES, Exercise, ExerciseError, check, check_source
from cs336_core.exercises.limited_call import MAX_STEPS
from cs336_core.inference import Sampling
from cs336_core.training import clip_gradients

WRONG = Path(__file__).with_name("wrong_solutions")  # a file per exercise: what readers often write
EVERY = [pytest.param(each, id=name) for name, each in EXERCISES.items()]


def as_readers_own(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same but is another object."""
    return partial(function)


@pytest.mark.parametrize("exercise", EVERY)
def test_a_solution_passes(exercise: Exercise) -> None:
    """It also passes as the source that a page shows after an attempt."""
    assert check(exercise.name, {exercise.name: as_readers_own(exercise.solution)}).passed
    assert "@inspect" not in exercise.solution_code
    result = check_source(exercise.name, exercise.solution_code)
    assert result.passed, result


@pytest.mark.parametrize("exercise", EVERY)
def test_the_cases_have_what_goes_wrong(exercise: Exercise) -> None:
    """No case occurs twice, and each is code that gives its own arguments."""
    calls = [case.call(exercise.name) for case in exercise.cases]
    assert len(set(calls)) == len(calls)
    for case, call in zip(exercise.cases, calls, strict=True):
        namespace: dict[str, Any] = {}
        exec(exercise.imports, namespace)
        namespace[exercise.name] = lambda *args, **named: (*args, *named.values())
        assert eval(call, namespace) == case.args


@pytest.mark.parametrize("exercise", EVERY)
def test_the_start_has_an_example_and_does_not_pass(exercise: Exercise) -> None:
    """The first case is the example of the docstring, or one like it."""
    assert exercise.start.startswith(exercise.imports)
    assert ">>>" in exercise.start
    result = check_source(exercise.name, exercise.start)
    assert not result.passed
    assert result.call == exercise.cases[0].call(exercise.name)


@pytest.mark.parametrize("exercise", EVERY)
def test_the_example_is_true(exercise: Exercise) -> None:
    """What the docstring shows is what the reference returns."""
    example, shown = exercise.start.split(">>> ")[1].splitlines()[:2]
    namespace: dict[str, Any] = {}
    exec(exercise.imports, namespace)
    namespace[exercise.name] = exercise.reference
    assert repr(eval(example, namespace)) == shown.strip()


def wrong_solutions(name: str) -> list[tuple[str, str]]:
    """Return wrong solutions of an exercise, each with a part of the sentence it should get."""
    _, *parts = WRONG.joinpath(f"{name}.txt").read_text("utf-8").split("# --- ")
    return [(source, says) for says, _, source in (part.partition("\n") for part in parts)]


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [(name, *each) for name in EXERCISES for each in wrong_solutions(name)],
)
def test_a_wrong_solution_fails_with_a_sentence(name: str, source: str, says: str) -> None:
    """It names the call, and what is wrong."""
    imports = EXERCISES[name].imports
    result = check_source(name, f"{imports}\n{source}")
    assert not result.passed
    assert says in repr(result)
    assert result.call in result.message


def test_each_exercise_has_five_wrong_solutions() -> None:
    assert [len(wrong_solutions(name)) for name in EXERCISES] == [5] * len(EXERCISES)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "x = 1",
            "There is no function called merge yet. Define it: def merge(ids, pair, new_id):",
        ),
        ("merge = 3", "merge should be a function; it is 3."),
        ("def merge(ids:", "Your code is not valid Python:"),
        ("x = '\ud800'", "Your code is not valid Python: 'utf-8' codec can't encode"),
        ("print(1 / 0)", "Your code raised ZeroDivisionError: division by zero in line 1."),
        ("while True: pass", f"Your code did not end: it was stopped after {MAX_STEPS:,} steps."),
        ("raise SystemExit", "Your code raised SystemExit in line 1."),
        (
            "from cs336_core.tokenization import merge",
            "This is the course's own merge. Define yours under the same name.",
        ),
        ("def merge(): return []", "takes 0 positional arguments"),
        (
            "def merge(ids, pair, new_id):\n    return ids[99]",
            "yours raised IndexError: list index out of range in line 2.",
        ),
        (
            "def merge(ids, pair, new_id):\n    print([256, 256, 7])",
            "yours printed [256, 256, 7] and returned None. Use return, not print.",
        ),
        (
            "def merge(ids, pair, new_id):\n    while True:\n        pass",
            "did not end: it was stopped",
        ),
        (
            "def merge(ids, pair, new_id):\n    return merge(ids, pair, new_id)",
            "yours raised RecursionError",
        ),
        ("def merge(ids, pair, new_id):\n    yield 256", "That is a generator; return a list."),
        (
            "def merge(ids, pair, new_id):\n    return 256, 256, 7",
            "That is a tuple; return a list.",
        ),
        (
            "class Odd:\n    def __eq__(self, other): raise KeyError\n"
            "    def __repr__(self): raise KeyError\n"
            "def merge(ids, pair, new_id):\n    return Odd()",
            "an object whose repr raises KeyError",
        ),
    ],
)
def test_whatever_the_reader_writes_gets_a_sentence(source: str, says: str) -> None:
    """Nothing that the reader's code does goes through the checker."""
    result = check_source("merge", source)
    assert not result.passed
    assert says in result.message
    json.dumps(result.to_json())


def test_a_changed_argument_is_an_error() -> None:
    """Also if the result is right: the caller may need the list again."""
    source = (
        "import cs336_core.tokenization as course\n"
        "def merge(ids, pair, new_id):\n"
        "    ids[:] = course.merge(ids, pair, new_id)\n"
        "    return ids"
    )
    assert check_source("merge", source).message == (
        "merge([5, 6, 5, 6, 7], (5, 6), 256) returned the right result, but it changed its "
        "argument [5, 6, 5, 6, 7] into [256, 256, 7]; build a new object instead."
    )


def test_a_reader_may_print_while_looking_for_an_error() -> None:
    """What was printed during the failing call is shown; it does not go to the terminal."""
    source = "def merge(ids, pair, new_id):\n    print('here', ids)\n    return ids"
    result = check_source("merge", source)
    assert result.printed == "here [5, 6, 5, 6, 7]\n"
    assert not result.passed


def test_checking_restores_the_trace_function() -> None:
    """A debugger or a coverage tool goes on."""

    def tracer(*_: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        check_source("merge", "while True: pass")
        found = sys.gettrace()
    finally:
        sys.settrace(before)
    assert found is tracer


def test_an_unknown_exercise_is_refused_by_name() -> None:
    with pytest.raises(ExerciseError, match="there is no exercise 'merges'; there are compression"):
        check("merges", {})


def test_the_exercises_on_plain_numbers_compute_what_the_package_does() -> None:
    """Clipping differs by PyTorch's epsilon."""
    for gradients, max_norm in (case.args for case in EXERCISES["clip_gradients"].cases):
        parameter = torch.zeros(len(gradients), requires_grad=True)
        parameter.grad = torch.tensor(gradients)
        clip_gradients([parameter], max_norm)
        ours = EXERCISES["clip_gradients"].solution(gradients, max_norm)
        assert ours == pytest.approx(parameter.grad.tolist(), rel=1e-5)
    for logits, temperature in (case.args for case in EXERCISES["softmax"].cases):
        probs = Sampling(temperature=temperature).probs(torch.tensor([logits]))[0]
        ours = EXERCISES["softmax"].solution(logits, temperature)
        assert ours == pytest.approx(probs.tolist(), rel=1e-5)
    for probs, p in (case.args for case in EXERCISES["keep_top_p"].cases):
        nucleus = Sampling(top_p=p).probs(torch.tensor([probs], dtype=torch.float64).log())[0]
        ours = EXERCISES["keep_top_p"].solution(probs, p)
        assert ours == pytest.approx(nucleus.tolist())


def test_rounding_in_a_list_of_numbers_is_no_mistake() -> None:
    source = "def clip_gradients(gs, m):\n    n = sum(g * g for g in gs) ** 0.5\n"
    right = source + "    return [g / (n / m) if n > m else g for g in gs]"
    assert check_source("clip_gradients", right).passed
    wrong = source + "    return [1e-3 + g / (n / m) if n > m else g for g in gs]"
    assert not check_source("clip_gradients", wrong).passed
