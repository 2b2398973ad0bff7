"""The trace of a lecture steps into what the lecture is about, and into nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pytest

from book.builder import run_lectures, runs
from book.sphinx_ext.lecture_trace import is_worth_stepping, steps_by_cell
from cs336_core.trace import Trace, loads
from cs336_core.trace.lectures.cells import cells, cells_by_line
from cs336_core.trace.model import Frame
from tools.shell.paths import ROOT


class Stepping(NamedTuple):
    """Where a trace steps.

    Attributes:
        calls: what the lecture's own statements call, in order, as module.function. A generator is
            called each time that it resumes.
        within: what those call in turn, in the order in which each is first entered.
        most: the most steps that the trace may have.

    """

    calls: list[str]
    within: list[str]
    most: int


EXPECTED = {
    "01_overview": Stepping(
        [
            "papers.training_flops",
            "training.training_run",
        ],
        [],
        160,
    ),
    "02_tokenization": Stepping(
        [
            "simple.encode",
            "simple.encode",
            "simple.decode",
            "word_level.train",
            "word_level.encode",
        ],
        ["simple.decode_bytes"],
        300,
    ),
    "03_bpe": Stepping(
        ["bpe.count_pairs", "bpe.merge", "bpe.train_bpe", "bpe.encode", "bpe.decode"],
        ["bpe.bpe_steps"],
        450,
    ),
    "04_attention": Stepping(
        [
            "plain_attention.plain_attention",
            "masks.causal_mask",
            "plain_attention.plain_attention",
            *["flash.flash_steps"] * 8,  # one for each of the 7 tokens, and the end
        ],
        [],
        400,
    ),
    "05_transformer": Stepping(
        ["language_model.forward"],
        [
            "language_model.hidden",
            "block.forward",
            "block.add",
            "norms.forward",
            "multi_head.forward",
            "multi_head._split",
            "multi_head._attend",
            "attention.scaled_dot_product_attention",
            "block._scaled",
            "feed_forward.forward",
        ],
        380,
    ),
    "06_accounting": Stepping(
        ["flops.count_flops"],
        [
            "forward.forward_operations",
            "attention._multi_head",
            "attention._projection",
            "attention._attended",
            "feed_forward._mlp",
            "forward._head",
        ],
        450,
    ),
    "07_training": Stepping(["optimizers.adamw_update", "value.backward"], [], 300),
    "08_generation": Stepping(
        ["generation._generate", "speculative.verify"],
        ["sampling.probs", "sampling.draw"],
        300,
    ),
    "09_modern_choices": Stepping(
        ["experts.forward", "state_space.recurrent"], ["state_space.scan"], 300
    ),
}


@cache
def recorded(name: str) -> tuple[Path, Trace]:
    """Return a lecture and its trace, from the run that the site is built of."""
    path = ROOT / "lectures" / f"{name}.py"
    run_lectures.update([path])  # nothing to do once the site has been built
    run = runs.load(path.read_text("utf-8"))
    assert run is not None
    return path, loads(run.trace)


def name_of(frame: Frame) -> str:
    """Return the module and the function of a frame, without its class."""
    return f"{Path(frame.path).stem}.{frame.function.rpartition('.')[2]}"


def stacks(trace: Trace) -> Iterator[list[str]]:
    """Yield what the lecture has called, innermost last, at each step."""
    for step in trace:
        yield [name_of(frame) for frame in step.stack.frames()[1:]]


def test_every_lecture_is_listed() -> None:
    assert [path.stem for path in sorted((ROOT / "lectures").glob("*.py"))] == [*EXPECTED]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_lecture_steps_into_its_subject_alone(name: str) -> None:
    _, trace = recorded(name)
    expected = EXPECTED[name]
    assert [called[0] for called, _ in groupby(stacks(trace), lambda s: s[:1]) if called] == (
        expected.calls
    )
    assert [*dict.fromkeys(each for stack in stacks(trace) for each in stack[1:])] == (
        expected.within
    )
    assert len(trace) <= expected.most


@pytest.mark.parametrize("name", EXPECTED)
def test_a_page_links_to_the_steps_of_the_cells_that_step_into_something(name: str) -> None:
    path, trace = recorded(name)
    text = path.read_text("utf-8")
    by_line = cells_by_line(cells(text))
    frames = [step.stack.frames() for step in trace]
    entering = {by_line[outer.line].first for outer, *inner in frames if inner}
    numbers = steps_by_cell(f"lectures/{path.name}", text, trace)
    linked = {
        line
        for line, steps in numbers.items()
        if is_worth_stepping(trace.steps[number] for number in steps)
    }
    assert linked == entering
