"""What lecture 01 says: its answers, and the facts that its sentences hold."""

from __future__ import annotations

import re
from functools import cache

import pytest

from cs336_core.accounting import count_parameters, training_flops
from cs336_core.scaling import (
    chinchilla_optima,
    emergence_scores,
    emergent_abilities,
    exact_match,
)
from cs336_core.trace.lectures.cells import EVAL
from tests.lectures.prose import Told, run
from tools.shell.paths import ROOT

LECTURE = ROOT / "lectures" / "01_overview.py"
TEXT = re.sub(r"(?m)^# ?(%%.*)?", "", LECTURE.read_text("utf-8"))


@cache
def told() -> Told:
    return run(LECTURE.name)


def computed(text: str) -> list[str]:
    """What stands in place of each `{eval}` of a text."""
    return [str(told().values[each]) for each in EVAL.findall(text)]


def prose(opening: str) -> str:
    """The paragraph that begins with these words."""
    return next(each for each in TEXT.split("\n\n") if each.strip().startswith(opening))


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


def test_about_twenty_tokens_a_parameter() -> None:
    """For the sizes that were trained when the rule was found, and for Chinchilla's."""
    for params, _, tokens in chinchilla_optima()[:4]:
        assert tokens / params == pytest.approx(20, rel=0.3)


def test_using_takes_what_making_took_at_three_times_the_tokens() -> None:
    params, tokens = told().names["params"], told().names["tokens"]
    assert 2 * params * 3 * tokens == told().names["flops"]


def test_the_rows_of_abilities_that_are_told() -> None:
    """What they are called, and that some tasks have several."""
    abilities = told().names["abilities"]
    names_told = [
        "Scratchpad: 8-digit addition (finetuning)",
        "CoT: StrategyQA",
        "Word in Context (WiC)",
    ]
    assert [abilities[place].name for place in (0, 10, -1)] == names_told
    names = [each.name for each in emergent_abilities()]
    assert sum("MMLU" in name for name in names) == 3
    assert sum("ddition" in name for name in names) == 3
    # The paper's table has the ways of prompting and training below the tasks.
    assert len(names) - names.index("Instruction following (finetuning)") == 13


def test_recomputation_and_scores_are_what_the_rule_leaves_out_of_opt() -> None:
    """Its 175 billion on 300 billion tokens took 4.30e23 FLOPs: 8 in place of 6, and 3 % more."""
    config, by_group = told().names["large"], told().names["by_group"]
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


def test_small_models_do_not_foretell_exam_scores() -> None:
    small = [s for s in emergence_scores() if "MMLU" in s.task and s.train_flops < 1e22]
    assert len(small) >= 4
    assert all(abs(score.percent - 25) < 3 for score in small)
    arithmetic = [s for s in emergence_scores() if "arith" in s.task and s.train_flops < 2e22]
    assert all(score.percent < 2 for score in arithmetic)


def test_nine_digits_in_ten_are_a_third_of_the_answers() -> None:
    assert round(100 * exact_match(0.9, 10)) == 35


def test_mixtral_has_the_parameters_that_the_text_gives_it() -> None:
    """32 layers of width 4096, 8 KV heads of 128, 8 experts of width 14336, 2 for a token."""
    n_layers, width, d_ff, vocab_size = 32, 4096, 14336, 32000
    expert = 3 * width * d_ff
    attention = 2 * width * width + 2 * width * 8 * 128
    rest = n_layers * (attention + 8 * width + 2 * width) + 2 * vocab_size * width + width
    held, used = (rest + n_layers * n_experts * expert for n_experts in (8, 2))
    assert (held, used) == (46_702_792_704, 12_879_925_248)
    assert "46.7 billion" in TEXT
    assert "uses 12.9" in TEXT


def test_names_of_algorithms_are_right() -> None:
    for name in (
        "Proximal Policy Optimization",
        "Direct Preference Optimization",
        "Group Relative Policy Optimization",
        "multilayer perceptron",
    ):
        assert name in TEXT


def test_the_map_leads_to_every_lecture() -> None:
    start = TEXT.index("## A map of the course")
    on_the_map = re.findall(r"</(lectures/\w+)>", TEXT[start : TEXT.index("(part-basics)=")])
    written = re.findall(r"file: (lectures/\w+)", (ROOT / "book/_toc.yml").read_text("utf-8"))
    assert on_the_map == [name for name in written if not name.endswith("overview")]


def test_the_map_leads_to_all_five_parts() -> None:
    parts = re.findall(r"\{ref\}`[^<`]+<(part-\w+)>`", TEXT)
    assert len(parts) == 5
    assert re.findall(r"\((part-\w+)\)=\n## ", TEXT) == parts
