"""Lecture 04: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import pytest
import torch

from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("04_attention")

SENTENCES = [
    ('f"{100 * share_of_cat:.0f} %"', "77 %"),
    ("deepseek.latent.kv_rank", 512),
    ("deepseek.latent.rope_head_dim", 64),
    ('f"{less[8192]:.1f}"', "4.0"),
]
ANSWERS = [
    ('f"{uniform[0].item():.3f}"', "0.143"),
    ('f"{nobody.sum().item():.0f}"', "0"),
    ('f"{parameters:,}"', "41,943,040"),
    ("furthest", 8),
    ("deepseek.n_layers", 61),
    ("deepseek.n_heads", 128),
    ('f"{held[4096][0] / held[1024][0]:.0f}"', "14"),
    ('f"{held[4096][1] / held[1024][1]:.0f}"', "4"),
]


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("04_attention.py")


@pytest.mark.parametrize(("expression", "expected"), SENTENCES + ANSWERS)
def test_computed_value_is_the_known_one(
    lecture: LectureRun, expression: str, expected: object
) -> None:
    assert lecture.values[expression] == expected


def test_every_expression_is_checked(lecture: LectureRun) -> None:
    gradients = {'f"{learns[1024, True] / learns[1024, False]:.0f}"'}
    assert set(lecture.values) - {expression for expression, _ in SENTENCES + ANSWERS} == gradients


def test_gradients_are_seventeen_times_smaller_without_scaling(lecture: LectureRun) -> None:
    # Another million draws, by torch's softmax: 16.8 to within a few percent.
    scores = torch.randn(100_000, 10, generator=torch.Generator().manual_seed(0))
    scaled, unscaled = (
        (weights * (1 - weights)).mean().item()
        for weights in (scores.softmax(-1), (32 * scores).softmax(-1))
    )
    ratio = lecture.values['f"{learns[1024, True] / learns[1024, False]:.0f}"']
    assert float(str(ratio)) == pytest.approx(scaled / unscaled, rel=0.06)
    assert scaled / unscaled == pytest.approx(16.8, rel=0.04)


def test_only_the_pronoun_distinguishes_its_keys_sharply(lecture: LectureRun) -> None:
    weights = lecture.variables["shares"]
    ratios = weights.amax(-1) / weights.amin(-1)
    assert [bool(ratio < 2) for ratio in ratios] == [
        token != "it" for token in lecture.variables["tokens"]
    ]
    assert ratios.min() > 1.5  # no row is uniform


def test_n_layers_reach_back_n_times_the_window_minus_one(lecture: LectureRun) -> None:
    window_mask = lecture.variables["window_mask"]
    for window in (2, 3, 5):
        sees = window_mask(32, window).double()
        for layers in (1, 2, 4):
            reached = torch.linalg.matrix_power(sees, layers)[-1].nonzero()[0]
            assert 31 - int(reached) == layers * (window - 1)


def test_latent_cache_stores_the_latent_and_the_shared_rotated_key(lecture: LectureRun) -> None:
    deepseek = lecture.variables["deepseek"]
    cached = deepseek.latent.kv_rank + deepseek.latent.rope_head_dim
    assert lecture.variables["kept"]["MLA of DeepSeek-V3"] == 2 * deepseek.n_layers * cached


def test_the_pronoun_attends_to_its_noun(lecture: LectureRun) -> None:
    weights, tokens = lecture.variables["shares"], lecture.variables["tokens"]
    assert tokens[weights[4].argmax()] == "cat"
    assert torch.allclose(weights.sum(-1), torch.ones(7))
    assert lecture.variables["mixed"][4].argmax() == 0  # mostly an animal


def test_standard_deviation_grows_with_the_square_root_of_the_width(lecture: LectureRun) -> None:
    for d, deviation in lecture.variables["spreads"].items():
        assert deviation == pytest.approx(d**0.5, rel=0.05)
    largest = lecture.variables["best_share"]
    assert largest[1024, False] > 0.9
    assert largest[1024, True] < 0.4


def test_kv_cache_bytes_per_token(lecture: LectureRun) -> None:
    cached = lecture.variables["kept"]
    assert cached == {
        "MHA, 32 heads": 512 * 1024,
        "GQA, 8 heads": 128 * 1024,
        "MQA, 1 head": 16 * 1024,
        "MLA of DeepSeek-V3": 70_272,
    }
    assert 0.45 < cached["MLA of DeepSeek-V3"] / cached["GQA, 8 heads"] < 0.6


def test_cross_attention_finds_the_source_words(lecture: LectureRun) -> None:
    cat, sat = lecture.variables["crossed"]
    tokens = lecture.variables["tokens"]
    assert tokens[cat.argmax()] == "cat"
    assert torch.allclose(sat[tokens.index("sat")], sat[tokens.index("was")])


def test_size_of_the_linear_attention_state(lecture: LectureRun) -> None:
    assert lecture.variables["state_size"] == 64 * 64 + 64
