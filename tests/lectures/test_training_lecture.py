"""Lecture 07: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("07_training")


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("07_training.py")


def number(lecture: LectureRun, expression: str) -> float:
    return float(str(lecture.values[expression]))


def test_computed_values(lecture: LectureRun) -> None:
    values = dict(lecture.values)
    assert 3.5 < float(str(values.pop('f"{bigram:.2f}"'))) < 3.9
    assert 35 < float(str(values.pop('f"{math.exp(bigram):.0f}"'))) < 45
    assert float(str(values.pop('f"{test_losses[n_steps]:.2f}"'))) < 3.6
    bits = values.pop('f"{bits_per_byte(test_losses[n_steps], bytes_per_token):.2f}"')
    assert 2.4 < float(str(bits)) < 2.8
    assert 4 < float(str(values.pop('f"{activations / state_bytes:.0f}"'))) < 16
    assert 0 < int(str(values.pop("n_clipped"))) < 60
    assert int(str(values.pop("n_right"))) >= 14
    assert int(str(values.pop("lowest_step"))) <= 100
    for method in ("momentum", "adamw", "sgd"):
        assert 5 < int(str(values.pop(f'arrival["{method}", 0.1]'))) < 100
    assert float(str(values.pop('f"{test_curve[lowest_step]:.1f}"'))) < 5.5
    assert 5.7 < float(str(values.pop('f"{test_curve[240]:.1f}"'))) < 6.6
    assert values == {
        "n_steps": 600,
        'f"{240 * batch_size * 32 / 4000:.0f}"': "31",
        'f"{len(examples)}"': "60",
        "len(unseen)": 16,
        'f"{math.log(50257):.1f}"': "10.8",
        'f"{3.2 / math.log(2) / 4.2:.2f}"': "1.10",
        'f"{2.9 / math.log(2) / 3.5:.2f}"': "1.20",
        'f"{moved:.4f}"': "0.0100",
        'f"{100 * decayed:.0f} %"': "37 %",
        "256 // (8 * 4)": 8,
        "bytes_text(large_state.total)": "120 GiB",
        "bytes_text(large_state.optimizer)": "59.8 GiB",
    }


def test_every_position_of_a_batch_is_a_question(lecture: LectureRun) -> None:
    inputs, targets = (lecture.variables[f"sample_{name}"] for name in ("inputs", "targets"))
    assert torch.equal(inputs[:, 1:], targets[:, :-1])


def test_the_guesses_are_in_order_and_the_model_beats_them(lecture: LectureRun) -> None:
    uniform, unigram, bigram = lecture.variables["guesses"].values()
    assert uniform == pytest.approx(math.log(512))
    assert uniform > unigram > bigram
    probs = lecture.variables["pair_probs"]
    (windows,) = lecture.variables["hamlet_batches"]
    ids, targets = windows.inputs.numpy().ravel(), windows.targets.numpy().ravel()
    on_the_same_windows = -np.log(probs[ids, targets]).mean()
    assert lecture.variables["test_losses"][600] < on_the_same_windows - 0.05


def test_the_curve_passes_the_guesses_one_after_the_other(lecture: LectureRun) -> None:
    losses = list(lecture.variables["test_losses"].values())
    assert losses[0] > lecture.variables["uniform"] > losses[1] < lecture.variables["unigram"]
    assert losses == sorted(losses, reverse=True)


def test_which_optimizer_arrives_first_on_the_map(lecture: LectureRun) -> None:
    arrival = lecture.variables["arrival"]
    assert arrival["momentum", 0.1] < arrival["adamw", 0.1] < arrival["sgd", 0.1] - 20
    assert arrival["momentum", 0.5] is arrival["momentum", 1.0] is arrival["sgd", 1.0] is None
    assert all(arrival[key] for key in [("sgd", 0.5), ("adamw", 0.5), ("adamw", 1.0)])


def test_a_large_momentum_swings_past_the_minimum(lecture: LectureRun) -> None:
    settings = {**lecture.variables["start"], "lr": 0.1, "momentum": 0.95, "n_steps": 100}
    path = list(lecture.variables["landscape"].descend("momentum", **settings))
    assert len(path) == 101  # it stays on the map
    assert min(point.y for point in path) < 0.5
    assert path[-1].y > 0.7
    assert path[-1].loss < lecture.variables["surface"].min() + 0.02


def test_two_weights_move_alike_with_adamw_only(lecture: LectureRun) -> None:
    assert lecture.variables["by_sgd"].tolist() == pytest.approx([0.9998, 0.98])
    assert lecture.variables["by_adamw"].tolist() == pytest.approx([0.989, 0.989])


def test_larger_batches_want_higher_rates_and_small_ones_win(lecture: LectureRun) -> None:
    best_rates = list(lecture.variables["best_rates"].values())
    assert best_rates == sorted(best_rates)
    assert best_rates[0] < best_rates[-1]
    final = lecture.variables["final"]
    assert final[0].min() < final[1].min() < final[2].min()


def test_accumulated_gradients_are_those_of_the_whole_batch(lecture: LectureRun) -> None:
    assert lecture.variables["largest"] < 1e-6


def test_a_rate_far_too_high_diverges_within_a_few_steps(lecture: LectureRun) -> None:
    assert "diverged at step" in lecture.printed
    assert "Try a learning rate 3 to 10 times lower" in lecture.printed


def test_a_resumed_run_has_the_same_bits(lecture: LectureRun) -> None:
    assert lecture.variables["resumed_losses"] == lecture.variables["uninterrupted"][10:]


def test_fine_tuning_gains_one_style_and_loses_some_of_the_other(lecture: LectureRun) -> None:
    before, after = lecture.variables["before"], lecture.variables["after"]
    assert after["this site"] < before["this site"] - 0.5
    assert after["Hamlet"] > before["Hamlet"] + 0.2


def test_the_model_answers_unseen_titles_and_what_it_cannot_know(lecture: LectureRun) -> None:
    answering, replies = lecture.variables["answering"], lecture.variables["replies"]
    learned = set(lecture.variables["questions"].values())
    assert replies[answering, "When did Shakespeare live?"] in learned
    titles = lecture.variables["titles"]
    trained = set(titles[8:])
    assert not any(title in trained for title in titles[:8])


def test_the_gradients_of_three_numbers(lecture: LectureRun) -> None:
    w, x, b = (lecture.variables[name] for name in ("w", "x", "b"))
    assert (w.grad, x.grad, b.grad) == (6.0, 4.0, 2.0)  # 2 (w x + b) times x, w and 1


def test_dropout_rescales_what_it_leaves_and_does_nothing_in_evaluation(
    lecture: LectureRun,
) -> None:
    before, after = (lecture.variables[name] for name in ("before_dropout", "while_training"))
    left = after != 0
    assert left.sum() == 6
    assert torch.allclose(after[left], before[left] / (1 - 0.25))
    assert torch.equal(lecture.variables["while_evaluating"], before)


def test_dropout_keeps_a_model_from_memorizing(lecture: LectureRun) -> None:
    (own, new), (own_with, new_with) = lecture.variables["overfitted"].values()
    assert own < own_with - 0.3
    assert new_with < new - 0.3
    assert new == lecture.variables["test_curve"][240]
