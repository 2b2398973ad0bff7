"""Lecture 04: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import math

import pytest
import torch

from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("04_attention")

SENTENCES = [
    ('f"{100 * weight_of_cat:.0f} %"', "77 %"),
    ('f"{100 * colder:.0f} %"', "99 %"),
    ('f"{100 * hotter:.0f} %"', "23 %"),
    ("deepseek.latent.kv_rank", 512),
    ("deepseek.latent.rope_head_dim", 64),
    ("by_height[0]", 656),
    ("by_height[1]", 400),
    ("read_once", 272),  # Q, K and V, the output, and one number per query
    ("square", 400),
    ("causal_tiles", 10),
    ('f"{traffic_ratio[8192]:.1f}"', "4.0"),
]
ANSWERS = [
    ('f"{uniform[0].item():.3f}"', "0.143"),
    ('f"{all_masked.sum().item():.0f}"', "0"),
    ('f"{parameters:,}"', "41,943,040"),
    ("furthest", 8),
    ("deepseek.n_layers", 61),
    ("deepseek.n_heads", 128),
    ('f"{saved[4096][0] / saved[1024][0]:.0f}"', "14"),
    ('f"{saved[4096][1] / saved[1024][1]:.0f}"', "4"),
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
    gradients = {'f"{gradient[1024, True] / gradient[1024, False]:.0f}"'}
    assert set(lecture.values) - {expression for expression, _ in SENTENCES + ANSWERS} == gradients


def test_gradients_are_seventeen_times_smaller_without_scaling(lecture: LectureRun) -> None:
    # Another million draws, by torch's softmax: 16.8 to within a few percent.
    scores = torch.randn(100_000, 10, generator=torch.Generator().manual_seed(0))
    scaled, unscaled = (
        (weights * (1 - weights)).mean().item()
        for weights in (scores.softmax(-1), (32 * scores).softmax(-1))
    )
    ratio = lecture.values['f"{gradient[1024, True] / gradient[1024, False]:.0f}"']
    assert float(str(ratio)) == pytest.approx(scaled / unscaled, rel=0.06)
    assert scaled / unscaled == pytest.approx(16.8, rel=0.04)


def test_only_the_pronoun_distinguishes_its_keys_sharply(lecture: LectureRun) -> None:
    weights = lecture.variables["weights"]
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
    assert lecture.variables["cached"]["MLA of DeepSeek-V3"] == 2 * deepseek.n_layers * cached


def test_the_arcs_are_the_attention_weights_of_the_pronoun(lecture: LectureRun) -> None:
    weights = lecture.variables["weights"][lecture.variables["tokens"].index("it")]
    assert lecture.variables["words"] == lecture.variables["tokens"]
    assert lecture.variables["arcs"] == pytest.approx(weights.tolist())
    assert [f"{100 * weight:.0f}" for weight in weights] == ["4", "77", *["4"] * 5]
    # The closed form in the text: one score of 3, six of 0.
    assert weights[1].item() == pytest.approx(math.exp(3) / (math.exp(3) + 6))


def test_only_the_value_matrix_drops_the_last_feature(lecture: LectureRun) -> None:
    x, keys, values = (lecture.variables[name] for name in ("x", "keys", "values"))
    assert torch.equal(keys, x)
    assert torch.equal(values[:, :3], x[:, :3])
    assert not values[:, 3].any()
    assert x[:, 3].any()


def test_a_causal_mask_confines_a_change_to_the_tokens_from_it_on(lecture: LectureRun) -> None:
    changed = lecture.variables["changed"]
    assert changed["causal"].tolist() == [False] * 6 + [True]
    assert changed["no mask"].all()


def test_a_window_of_three_does_not_reach_the_noun(lecture: LectureRun) -> None:
    tokens, window_mask = lecture.variables["tokens"], lecture.variables["window_mask"]
    it, cat = tokens.index("it"), tokens.index("cat")
    assert it - cat == 3
    assert not window_mask(7, 3)[it, cat]
    assert window_mask(7, 4)[it, cat]


def test_the_second_head_finds_the_subject_and_a_second_layer_its_noun(
    lecture: LectureRun,
) -> None:
    tokens, two_heads, keys, values = (
        lecture.variables[name] for name in ("tokens", "two_heads", "two_keys", "two_values")
    )
    causal = lecture.variables["causal_mask"](7)
    scores = two_heads @ keys.mT / 2
    weights = scores.masked_fill(~causal, -torch.inf).softmax(-1)
    sat, was = tokens.index("sat"), tokens.index("was")
    found = {tokens[row]: tokens[weights[1, row].argmax()] for row in (sat, was)}
    assert found == {"sat": "cat", "was": "it"}
    assert tokens[scores[1, sat].argmax()] == "it"  # without a mask

    first = weights @ values
    assert first[1, was].argmax() == 2  # pronoun
    assert first[1, was, 0] < 0.2  # hardly any animal

    # The second layer has the same heads and reads each token with what its first head took in.
    x = lecture.variables["x"] + first[0]
    queries = x @ lecture.variables["second_matrix"]
    second = (queries @ x.T / 2).masked_fill(~causal, -torch.inf).softmax(-1)
    assert tokens[second[was].argmax()] == "it"
    assert (second @ x)[was, 0] > 0.8


def test_heads_are_strips_of_the_same_matrices(lecture: LectureRun) -> None:
    eight, one = lecture.variables["attention"], lecture.variables["one_head"]
    shapes = [{name: p.shape for name, p in each.named_parameters()} for each in (eight, one)]
    assert shapes[0] == shapes[1]


def test_a_row_that_sees_nothing_makes_naive_gradients_nan(lecture: LectureRun) -> None:
    plain_attention = lecture.variables["plain_attention"]
    values = lecture.variables["values"].clone().requires_grad_()
    mask = torch.ones(7, 7, dtype=torch.bool)
    mask[3] = False
    out = plain_attention(lecture.variables["queries"], lecture.variables["keys"], values, mask)
    out[0].sum().backward()  # the row itself does not even count
    assert values.grad is not None
    assert values.grad.isnan().all()


def test_linear_attention_is_less_sharp(lecture: LectureRun) -> None:
    assert lecture.variables["soft"][0] < 0.5 * lecture.variables["sharp"][0]


def test_under_a_causal_mask_nearly_half_of_the_tiles_are_skipped(lecture: LectureRun) -> None:
    tiles = lecture.variables["tiles"]
    computed, every = (
        len([*tiles(8192, 8192, (128, 128), causal=causal)]) for causal in (True, False)
    )
    assert 0.45 < 1 - computed / every < 0.5


def test_room_for_320_numbers_holds_all_queries_in_a_flat_tile_only() -> None:
    def held(queries: int, keys: int) -> int:
        """Per query: itself, its scores, maximum, sum and output; per key: itself and its value."""
        return queries * (4 + keys + 2 + 4) + keys * (4 + 4)

    assert held(11, 11) <= 320 < held(12, 12)  # square tiles
    assert held(16, 6) <= 320 < held(16, 7)


def test_equal_scores_give_the_mean_and_a_shift_changes_nothing(lecture: LectureRun) -> None:
    values, scores = lecture.variables["values"], lecture.variables["scores"]
    torch.testing.assert_close(lecture.variables["uniform"] @ values, values.mean(0))
    shifted = lecture.variables["softmax"](scores + 100)
    torch.testing.assert_close(shifted, lecture.variables["weights"])
    assert lecture.variables["weights"].min() > 0  # no weight is exactly zero


def test_the_pronoun_attends_to_its_noun(lecture: LectureRun) -> None:
    weights, tokens = lecture.variables["weights"], lecture.variables["tokens"]
    assert tokens[weights[4].argmax()] == "cat"
    assert torch.allclose(weights.sum(-1), torch.ones(7))
    assert lecture.variables["outputs"][4].argmax() == 0  # mostly an animal


def test_standard_deviation_grows_with_the_square_root_of_the_width(lecture: LectureRun) -> None:
    for d, deviation in lecture.variables["deviations"].items():
        assert deviation == pytest.approx(d**0.5, rel=0.05)
    largest = lecture.variables["largest"]
    assert largest[1024, False] > 0.9
    assert largest[1024, True] < 0.4


def test_kv_cache_bytes_per_token(lecture: LectureRun) -> None:
    cached = lecture.variables["cached"]
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
