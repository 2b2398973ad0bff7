"""Lecture 05: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.losses import best_loss, cross_entropy
from cs336_core.trace import trace
from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("05_transformer")


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("05_transformer.py")


def test_computed_values(lecture: LectureRun) -> None:
    values = dict(lecture.values)
    assert int(str(values.pop("n_right"))) >= 4
    assert 14 < float(str(values.pop('f"{loud_loss:.1f}"'))) < 20
    assert float(str(values.pop('f"{apart:.0e}"'))) < 1e-10
    assert 1.3 < float(str(values.pop('f"{loss_before:.2f}"'))) < 4
    assert float(str(values.pop('f"{loss_after:.2f}"'))) < 1.05
    assert values.pop('f"{scores_of[5, 3][1]:.2f}"') == values.pop('f"{scores_of[75, 73][1]:.2f}"')
    assert values.pop('f"{scores_of[5, 3][0]:.2f}"') != values.pop('f"{scores_of[75, 73][0]:.2f}"')
    assert values.pop('f"{first_loss[96]:.1f}"') != values.pop('f"{first_loss[2]:.1f}"')
    assert values == {
        'f"{two_blocks / one_block:.1f}"': "4.0",
        'f"{base:.1f}"': "5.5",
        'f"{math.log(1 + 50257 * 0.9 / 0.1):.1f}"': "13.0",
        'f"{100 * share_of_experts:.0f} %"': "3 %",
        'f"{work:.1f}"': "1.8",  # 12.9 billion, or 7.2
    }


def test_the_residual_stream_preserves_activations_and_gradients(lecture: LectureRun) -> None:
    for sizes in (lecture.variables["tops"], lecture.variables["slopes"]):
        assert sizes["replaced", 0.5] < 1e-9
        assert sizes["replaced", 2.0] > 1e9
        assert all(1 < sizes["added", size] < 1000 for size in (0.5, 1.0, 2.0))


def test_which_ablated_model_still_learns(lecture: LectureRun) -> None:
    last = lecture.variables["last"]
    assert last["as it is"] < 0.1 > last["no places"]
    assert last["no look back"] > 0.5


def test_a_deep_model_learns_with_pre_norm_only(lecture: LectureRun) -> None:
    assert lecture.variables["placed"]["pre"] < 0.1
    assert lecture.variables["placed"]["post"] > 1


def test_masked_loss_learns_only_the_answer(lecture: LectureRun) -> None:
    assert lecture.variables["of_answer"] < 0.1
    assert lecture.variables["of_question"] > 2


def test_two_beams_find_a_better_sequence_than_one(lecture: LectureRun) -> None:
    best = lecture.variables["best"]
    assert [" ".join(best[width].tokens) for width in (1, 2)] == ["the cat", "a cat"]


def test_label_smoothing_bounds_the_logit_margin(lecture: LectureRun) -> None:
    margins, best = lecture.variables["leads"], lecture.variables["best_lead"]
    assert margins[0.0, 300] > margins[0.0, 100] + 1
    assert margins[0.1, 300] == pytest.approx(best, abs=0.1)


def test_norms_and_the_residual_stream_stabilize_the_activations(lecture: LectureRun) -> None:
    steadied = lecture.variables["steadied"]
    assert steadied[2.0] / steadied[0.5] < 5


def test_which_positions_depend_on_the_last_byte(lecture: LectureRun) -> None:
    assert lecture.variables["moved"] == {"LanguageModel": 1, "MaskedLanguageModel": 52}


def test_the_step_size_decides_how_long_a_state_remembers(lecture: LectureRun) -> None:
    short, long, attention = lecture.variables["changes"].values()
    assert long[1] > 0.1
    assert long[20] < 1e-3
    assert min(short[20], attention[20]) > 1e-2
    assert min(short[499], attention[499]) > 1e-4


def test_a_block_is_two_additions(lecture: LectureRun) -> None:
    block, stream, mask = (lecture.variables[name] for name in ("block", "stream", "mask"))
    after_attention = stream + block.attention(block.attention_norm(stream), mask)
    after_mlp = after_attention + block.feed_forward(block.feed_forward_norm(after_attention))
    assert torch.equal(block(stream, mask), after_mlp)
    assert torch.equal(lecture.variables["whole"], after_mlp.detach())


def test_the_forward_pass_is_stepped_through_from_the_model_to_the_mlp(lecture: LectureRun) -> None:
    recorded = trace(
        lecture.variables["shallow"].forward,
        lecture.variables["prompt"],
        into=lecture.variables["parts"],
    )
    assert recorded.ending == "finished"
    frames = [step.stack.frame for step in recorded.steps]
    files = {frame.path.rpartition("/")[2] for frame in frames}
    assert files == {"language_model.py", "block.py", "multi_head.py", "feed_forward.py"}
    assert len(frames) < 120  # only the code that the lecture is about


def test_training_moves_parameters_against_their_gradients(lecture: LectureRun) -> None:
    # For a small learning rate, the loss falls by the rate times the squared gradient.
    model = lecture.variables["LanguageModel"](lecture.variables["config"])
    read, following = lecture.variables["read"], lecture.variables["following"]
    before = cross_entropy(model(read), following)
    before.backward()
    torch.optim.SGD(model.parameters(), lr=1e-3).step()
    with torch.no_grad():
        after = cross_entropy(model(read), following)
    squares = sum(float(p.grad.square().sum()) for p in model.parameters())
    assert before.item() - after.item() == pytest.approx(1e-3 * squares, rel=0.1)


def test_a_missing_final_norm_matters_in_a_deep_model_only(lecture: LectureRun) -> None:
    first_loss, base = lecture.variables["first_loss"], lecture.variables["base"]
    assert first_loss[2] == pytest.approx(base, abs=0.5)
    assert first_loss[96] == pytest.approx(lecture.variables["loud_loss"], abs=3)


def test_masked_positions_are_learned_and_visible_ones_are_not(lecture: LectureRun) -> None:
    is_hidden, seen, batch = (lecture.variables[name] for name in ("is_hidden", "seen", "batch"))
    assert 0.1 < is_hidden.float().mean() < 0.2
    assert torch.equal(seen == 0, is_hidden)
    assert torch.equal(seen[~is_hidden], batch[~is_hidden])
    with torch.no_grad():
        logits = lecture.variables["masked"](seen)
    assert cross_entropy(logits, batch, is_hidden) < 0.1
    assert cross_entropy(logits, batch, ~is_hidden) > 0.2  # the loss does not cover these
    assert lecture.variables["n_right"] >= 4


def test_mixtral_has_more_active_parameters_than_the_dense_model(lecture: LectureRun) -> None:
    active, total = lecture.variables["used"], lecture.variables["held"]
    assert total["mistral-7b"] == active["mistral-7b"] == 7_241_732_096
    assert total["mixtral-8x7b"] == 46_702_792_704
    assert active["mixtral-8x7b"] == pytest.approx(12.88e9, rel=0.001)


def test_positional_waves_have_the_stated_wavelengths(lecture: LectureRun) -> None:
    positions = torch.arange(100)
    for number, wavelength in lecture.variables["wavelengths"].items():
        drawn = torch.sin(2 * torch.pi * positions / wavelength)
        torch.testing.assert_close(
            lecture.variables["waves"][:, number - 1], drawn, rtol=0, atol=1e-4
        )


def test_the_model_memorizes_its_sentence(lecture: LectureRun) -> None:
    assert lecture.variables["texts"][b"Att"] == lecture.variables["sentence"]
    assert lecture.variables["texts"][b"Xtt"][3:] != lecture.variables["sentence"][3:]
    assert lecture.variables["losses"][0] == pytest.approx(5.5, abs=0.5)
    assert lecture.variables["losses"][-1] < 0.1


def test_label_smoothing_has_an_optimal_margin() -> None:
    target = torch.tensor([0])
    losses = [
        cross_entropy(torch.tensor([[margin] + [0.0] * 255]), target, label_smoothing=0.1).item()
        for margin in (2.0, 5.0, 7.7, 20.0)
    ]
    assert min(losses) == losses[2] == pytest.approx(best_loss(256, 0.1), abs=0.01)
    assert losses[3] > losses[2]


def test_a_gated_mlp_two_thirds_as_wide_has_as_many_parameters(lecture: LectureRun) -> None:
    plain, gated = (
        sum(p.numel() for p in lecture.variables[name].parameters()) for name in ("plain", "gated")
    )
    assert gated == pytest.approx(plain, rel=0.001)


def test_the_table_of_models_shows_what_is_settled(lecture: LectureRun) -> None:
    lines = lecture.variables["lines"][2:-3]  # without the older models at the end
    assert sum("rotary" in line for line in lines) > len(lines) / 2
    assert sum("RMSNorm" in line for line in lines) > len(lines) / 2
    assert any("MLA" in line and "8 of 256 experts and 1 shared" in line for line in lines)
    assert any("2 of 8 experts |" in line for line in lines)


def test_the_router_balances_its_experts(lecture: LectureRun) -> None:
    before, after = lecture.variables["unfair"], lecture.variables["fair"]
    assert before.sum() == after.sum() == 2000
    assert before.max() > 2 * 250
    assert (after - 250).abs().max() < 15


def test_initialization_preserves_the_standard_deviation(lecture: LectureRun) -> None:
    half, right, double = lecture.variables["spreads"].values()
    assert right == pytest.approx(1, abs=0.2)
    assert half < 0.01
    assert double > 100


def test_parameters_after_doubling_one_dimension(lecture: LectureRun) -> None:
    sizes = lecture.variables["sizes"]
    assert sizes["nothing"] == sizes["heads"] == 124_439_808
    assert max(sizes, key=sizes.get) == "width"
    assert 1 < sizes["context"] / sizes["nothing"] < 1.01


def test_a_state_has_a_fixed_size(lecture: LectureRun) -> None:
    assert lecture.variables["state"].numel() == 64 * 16
    assert 2 * lecture.variables["text"].numel() > 60 * lecture.variables["state"].numel()
