"""Lecture 01: the answers to its exercises and the facts in its sentences are right."""

from __future__ import annotations

import re

import pytest

from cs336_core.accounting import H100, forward_seconds, training_flops
from cs336_core.scaling import (
    chinchilla_optima,
    emergence_scores,
    exact_match,
    isoflop_runs,
    toy_accuracy,
)
from cs336_core.trace.lectures.cells import EVAL
from cs336_core.widgets import FlopsShare
from tests.lectures.lecture_run import LectureRun, run_lecture
from tests.lectures.test_glossary import plain, sentences
from tools.shell.paths import ROOT

pytestmark = pytest.mark.xdist_group("01_overview")

LECTURE = ROOT / "lectures" / "01_overview.py"
TEXT = re.sub(r"(?m)^# ?(%%.*)?", "", LECTURE.read_text("utf-8"))


def lecture() -> LectureRun:
    return run_lecture(LECTURE.name)


def computed(text: str) -> list[str]:
    """Return the values of the `{eval}` expressions in a text."""
    return [str(lecture().values[expression]) for expression in EVAL.findall(text)]


def prose(opening: str) -> str:
    """Return the paragraph that begins with `opening`."""
    paragraphs = TEXT.split("\n\n")
    return next(text for text in paragraphs if text.strip().startswith(opening))


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("**1.**", ["24,576", "50 %"]),
        ("**2.**", ["93.3 %", "11 %"]),
        ("**3.**", ["2.9", "58"]),
        ("**4.**", ["295", "7.8 s", "0.026 s"]),
    ],
)
def test_answers(question: str, answers: list[str]) -> None:
    start = TEXT.index(question)
    assert computed(TEXT[start : TEXT.index("\n```\n", start)]) == answers


@pytest.mark.parametrize(
    ("opening", "values"),
    [
        ("The `mfu`", ["3,000", "78"]),
        ("At 2,048 tokens", ["50 %", "35 %", "25 %", "3 %"]),
        ("Up to some scale", ["22"]),
        ("Suppose an answer", ["35 %"]),
        ("The more you spend", ["30", "29"]),
        ("**Twelve times", ["0.6"]),
        ("So the number", ["295"]),
        ("What about the CPU", ["4", "0.4"]),
        ("With $N$ parameters", ["47"]),
        ("Up to {eval}", ["295", "7.8"]),
        ("The slope says", ["0.51", "0.49"]),
        ("The study's authors", ["20"]),
        ("The rule is a measurement", ["41", "39", "2.4"]),
        ("And the rule", ["1,870"]),
        ("The simplest measure", ["7.4", "7.4"]),
        ("In this toy example, **only", ["14 %"]),
        ("so that a margin", ["88 %", "135"]),
    ],
)
def test_values_in_sentences(opening: str, values: list[str]) -> None:
    assert computed(prose(opening)) == values


def test_it_is_short() -> None:
    """All prose that a reader sees, answers included; a formula or a computed number is one word.

    Citations in brackets, code, its output and the labels inside the figures are not counted.
    """
    prose = re.sub(r"\s*\{cite:p\}`[^`]+`", "", LECTURE.read_text("utf-8"))
    prose = re.sub(r"\$\$?[^$]+\$\$?", "formula", EVAL.sub("1", prose))
    assert sum(len(plain(parts).split()) for parts in sentences(prose)) <= 3500


def test_printed_numbers() -> None:
    names = lecture().variables
    assert names["flops"] == pytest.approx(3.8e25, rel=0.01)
    assert round(names["days"]) == 68
    assert round(names["both"]) == 498
    assert round(names["in_layers"] / 1e9) == 174
    assert round(names["needed"] / 1e12, 1) == 6.5
    assert round(names["gpus"]) == 81
    assert names["cache"] == 512 * 1024
    assert names["pair"].keys() == {"prompt", "response"}
    assert names["preference"].keys() == {"prompt", "chosen", "rejected"}
    average, deviation = names["average"], names["deviation"]
    assert [(each - average) / deviation for each in names["rewards"]] == [1, -1, -1, 1]


def test_a_pass_with_1000_tokens_takes_a_few_times_as_long_as_with_one() -> None:
    one, all_at_the_ridge, thousand = (forward_seconds(13e9, n, H100) for n in (1, 295, 1000))
    assert all_at_the_ridge == pytest.approx(one, rel=0.01)
    assert 3 < thousand / one < 5
    quoted = H100.peak("bf16") / 1e12, H100.bytes_per_second / 1e12
    assert quoted == pytest.approx((989, 3.35), rel=0.001)


def test_the_valley_has_its_bottom_between_too_small_and_undertrained() -> None:
    for valley in lecture().variables["valleys"]:
        sizes = [run.params for run in isoflop_runs() if run.flops == valley.flops]
        assert min(sizes) < valley.params < max(sizes)
        assert valley.tokens * valley.params * 6 == pytest.approx(valley.flops)


def test_the_bottoms_form_straight_lines_and_chinchillas_models_are_smaller() -> None:
    names = lecture().variables
    for law, optima in [
        (names["size_law"], [(valley.flops, valley.params) for valley in names["valleys"]]),
        (names["their_law"], [(flops, params) for params, flops, _ in names["theirs"]]),
    ]:
        assert all(law(flops) == pytest.approx(params, rel=0.15) for flops, params in optima)
    assert all(names["their_law"](flops) < names["size_law"](flops) for flops in (1e19, 1e25))
    assert 100 ** names["size_law"].exponent == pytest.approx(10, rel=0.1)


def test_about_twenty_tokens_per_parameter() -> None:
    """Up to the model sizes of Chinchilla's experiments, and for Chinchilla itself."""
    for params, _, tokens in chinchilla_optima()[:4]:
        assert tokens / params == pytest.approx(20, rel=0.3)


def test_inference_costs_as_much_as_training_after_three_times_the_tokens() -> None:
    params, tokens = lecture().variables["params"], lecture().variables["tokens"]
    assert 2 * params * 3 * tokens == lecture().variables["flops"]


def test_chinchilla_did_better_than_gopher_for_the_same_compute() -> None:
    exam = [score for score in emergence_scores() if "MMLU" in score.task]
    best = {score.model: score for score in sorted(exam, key=lambda score: score.percent)}
    chinchilla, gopher = best["Chinchilla"], best["Gopher"]
    assert chinchilla.train_flops == pytest.approx(gopher.train_flops, rel=0.2)
    assert chinchilla.percent > gopher.percent + 5


def test_small_models_do_not_predict_exam_scores() -> None:
    small = [s for s in emergence_scores() if "MMLU" in s.task and s.train_flops < 1e22]
    assert len(small) >= 4
    assert all(abs(score.percent - 25) < 3 for score in small)
    arithmetic = [s for s in emergence_scores() if "arith" in s.task and s.train_flops < 2e22]
    assert all(score.percent < 2 for score in arithmetic)


def test_at_every_size_the_mlp_has_twice_the_parameters_of_attention() -> None:
    """So it approaches two thirds of a layer's FLOPs as the scores fade, and never passes them."""
    fractions = [FlopsShare(d_model=width).fractions(2048) for width in (256, 4096, 32_768)]
    for parts in fractions:
        assert parts["mlp"] == pytest.approx(2 * parts["projections"])
        assert parts["mlp"] < 2 / 3
    assert fractions[-1]["mlp"] == pytest.approx(2 / 3, rel=0.02)


def test_up_to_1e21_flops_an_answer_of_64_digits_is_hardly_ever_right() -> None:
    assert exact_match(toy_accuracy(1e21), 64) < 0.001
    assert toy_accuracy(1e21) > 0.88


def test_training_on_a_million_tokens_takes_less_than_a_second() -> None:
    """The 405 billion parameters above, on all of the GPUs at the utilization above."""
    rate = 16_384 * H100.peak("bf16") * 0.4
    assert training_flops(405e9, 1e6) / rate == pytest.approx(0.4, abs=0.05)


def test_kaplan_favored_larger_models_and_fewer_tokens() -> None:
    size_law, their_law = (lecture().variables[name] for name in ("size_law", "their_law"))
    assert max(size_law.exponent, their_law.exponent) < 0.73


def test_parameters_of_mixtral() -> None:
    """32 layers of width 4096, 8 KV heads of 128, 8 experts of width 14336, 2 per token."""
    n_layers, width, d_ff, vocab_size = 32, 4096, 14336, 32000
    expert = 3 * width * d_ff
    attention = 2 * width * width + 2 * width * 8 * 128
    rest = n_layers * (attention + 8 * width + 2 * width) + 2 * vocab_size * width + width
    total, active = (rest + n_layers * n_experts * expert for n_experts in (8, 2))
    assert (total, active) == (46_702_792_704, 12_879_925_248)
    assert "46.7 billion" in " ".join(TEXT.split())
    assert "uses 12.9" in " ".join(TEXT.split())


def test_names_of_algorithms() -> None:
    for name in (
        "Proximal Policy Optimization",
        "Direct Preference Optimization",
        "Group Relative Policy Optimization",
        "multilayer perceptron",
    ):
        assert name in " ".join(TEXT.split())


def test_the_map_links_to_every_lecture() -> None:
    start = TEXT.index("CourseMap(")
    on_the_map = re.findall(r'"(\w+)\.html"', TEXT[start : TEXT.index("## Understanding")])
    written = re.findall(r"file: lectures/(\w+)", (ROOT / "book/_toc.yml").read_text("utf-8"))
    assert on_the_map == [name for name in written if not name.endswith("overview")]


def test_the_map_links_to_all_five_parts() -> None:
    parts = re.findall(r'"#(part-\w+)"', TEXT)
    assert len(parts) == 5
    assert re.findall(r"\((part-\w+)\)=\n## ", TEXT) == parts
