"""Lecture 01: the answers to its exercises and the facts in its sentences are right."""

from __future__ import annotations

import re

import pytest

from cs336_core.accounting import count_parameters, training_flops
from cs336_core.scaling import (
    chinchilla_optima,
    emergence_scores,
    emergent_abilities,
    exact_match,
)
from cs336_core.trace.lectures.cells import EVAL
from tests.lectures.lecture_run import LectureRun, run_lecture
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
        ("**1.**", ["24576", "50 %"]),
        ("**2.**", ["93.3 %", "11 %"]),
        ("**3.**", ["2.9", "58"]),
        ("**4.**", ["295", "7.8 s", "0.026 s"]),
        ("**5.**", ["2"]),
    ],
)
def test_answers(question: str, answers: list[str]) -> None:
    start = TEXT.index(question)
    assert computed(TEXT[start : TEXT.index("\n```\n", start)]) == answers


@pytest.mark.parametrize(
    ("opening", "values"),
    [
        ("One such GPU alone", ["3,000", "78"]),
        ("Attention takes", ["42 %", "51 %"]),
        ("The two agree", ["80 %", "64.7 %"]),
        ("On this page only", ["14 %"]),
        ("So what does happen", ["17.0 %", "2.7 %", "6.6 %", "0.3 %"]),
        ("The list has", ["22", "28,000"]),
        ("Efficiency is not", ["30", "29"]),
        ("Up to {eval}", ["295", "7.8"]),
        ("OPT, above", ["3.15e+23"]),
        ("The slope says", ["0.51", "0.49"]),
        ("- 0.73", ["5.4", "1.9", "3.1", "3.2"]),
        ("Its authors tried", ["20"]),
        ("The rule is a measurement", ["41", "39", "2.4"]),
        ("And the rule", ["1,870"]),
        ("A lead of 2 points", ["88 %"]),
        ("{cite:t}`instructgpt2022`", ["135"]),
    ],
)
def test_values_in_sentences(opening: str, values: list[str]) -> None:
    assert computed(prose(opening)) == values


def test_about_twenty_tokens_per_parameter() -> None:
    """Up to the model sizes of Chinchilla's experiments, and for Chinchilla itself."""
    for params, _, tokens in chinchilla_optima()[:4]:
        assert tokens / params == pytest.approx(20, rel=0.3)


def test_inference_costs_as_much_as_training_after_three_times_the_tokens() -> None:
    params, tokens = lecture().variables["params"], lecture().variables["tokens"]
    assert 2 * params * 3 * tokens == lecture().variables["flops"]


def test_the_rows_of_the_table_of_abilities_that_the_text_mentions() -> None:
    """The text quotes their names, and says that some tasks have several rows."""
    abilities = lecture().variables["abilities"]
    quoted = [
        "Scratchpad: 8-digit addition (finetuning)",
        "CoT: StrategyQA",
        "Word in Context (WiC)",
    ]
    assert [abilities[row].name for row in (0, 10, -1)] == quoted
    names = [ability.name for ability in emergent_abilities()]
    assert sum("MMLU" in name for name in names) == 3
    assert sum("ddition" in name for name in names) == 3
    # The paper's table lists prompting and training methods below the tasks.
    assert len(names) - names.index("Instruction following (finetuning)") == 13


def test_6nd_omits_recomputation_and_attention_scores_of_opt() -> None:
    """OPT-175B took 4.30e23 FLOPs for 300 billion tokens: 8 N D instead of 6 N D, plus 3 %."""
    config, by_group = lecture().variables["large"], lecture().variables["by_group"]
    tokens = 300e9 / config.context_length
    counted = tokens * sum(by_group.values())
    assert counted == pytest.approx(4.30e23, rel=0.002)
    rule = training_flops(count_parameters(config).in_matmuls, 300e9)
    assert 8 / 6 * rule + tokens * by_group["scores"] == pytest.approx(counted, rel=0.002)


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


def test_90_percent_per_digit_is_35_percent_exact_match_on_ten_digits() -> None:
    assert round(100 * exact_match(0.9, 10)) == 35


def test_parameters_of_mixtral() -> None:
    """32 layers of width 4096, 8 KV heads of 128, 8 experts of width 14336, 2 per token."""
    n_layers, width, d_ff, vocab_size = 32, 4096, 14336, 32000
    expert = 3 * width * d_ff
    attention = 2 * width * width + 2 * width * 8 * 128
    rest = n_layers * (attention + 8 * width + 2 * width) + 2 * vocab_size * width + width
    total, active = (rest + n_layers * n_experts * expert for n_experts in (8, 2))
    assert (total, active) == (46_702_792_704, 12_879_925_248)
    assert "46.7 billion" in TEXT
    assert "uses 12.9" in TEXT


def test_names_of_algorithms() -> None:
    for name in (
        "Proximal Policy Optimization",
        "Direct Preference Optimization",
        "Group Relative Policy Optimization",
        "multilayer perceptron",
    ):
        assert name in TEXT


def test_the_map_links_to_every_lecture() -> None:
    start = TEXT.index("## A map of the course")
    on_the_map = re.findall(r"</(lectures/\w+)>", TEXT[start : TEXT.index("(part-basics)=")])
    written = re.findall(r"file: (lectures/\w+)", (ROOT / "book/_toc.yml").read_text("utf-8"))
    assert on_the_map == [name for name in written if not name.endswith("overview")]


def test_the_map_links_to_all_five_parts() -> None:
    parts = re.findall(r"\{ref\}`[^<`]+<(part-\w+)>`", TEXT)
    assert len(parts) == 5
    assert re.findall(r"\((part-\w+)\)=\n## ", TEXT) == parts
