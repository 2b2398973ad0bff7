"""Lecture 05: what its sentences say holds, and the answers of its exercises are right."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.losses import best_loss, cross_entropy
from cs336_core.trace import trace
from tests.lectures.prose import Told, run


@pytest.fixture(scope="module")
def told() -> Told:
    return run("05_transformer.py")


def test_the_answers(told: Told) -> None:
    said = dict(told.values)
    assert int(str(said.pop("n_right"))) >= 4
    assert 14 < float(str(said.pop('f"{loud_loss:.1f}"'))) < 20
    assert float(str(said.pop('f"{apart:.0e}"'))) < 1e-10
    assert 1.3 < float(str(said.pop('f"{loss_before:.2f}"'))) < 4
    assert float(str(said.pop('f"{loss_after:.2f}"'))) < 1.05
    assert said.pop('f"{scores_of[5, 3][1]:.2f}"') == said.pop('f"{scores_of[75, 73][1]:.2f}"')
    assert said.pop('f"{scores_of[5, 3][0]:.2f}"') != said.pop('f"{scores_of[75, 73][0]:.2f}"')
    assert said.pop('f"{first_loss[96]:.1f}"') != said.pop('f"{first_loss[2]:.1f}"')
    assert said == {
        'f"{two_blocks / one_block:.1f}"': "4.0",
        'f"{base:.1f}"': "5.5",
        'f"{math.log(1 + 50257 * 0.9 / 0.1):.1f}"': "13.0",
        'f"{100 * share_of_experts:.0f} %"': "3 %",
        'f"{work:.1f}"': "1.8",  # 12.9 billion, or 7.2
    }


def test_a_sum_keeps_what_a_product_loses(told: Told) -> None:
    for kept in (told.names["tops"], told.names["slopes"]):
        assert kept["replaced", 0.5] < 1e-9
        assert kept["replaced", 2.0] > 1e9
        assert all(1 < kept["added", size] < 1000 for size in (0.5, 1.0, 2.0))


def test_which_broken_model_still_learns(told: Told) -> None:
    last = told.names["last"]
    assert last["as it is"] < 0.1 > last["no places"]
    assert last["no look back"] > 0.5


def test_a_deep_model_wants_its_norms_first(told: Told) -> None:
    assert told.names["placed"]["pre"] < 0.1
    assert told.names["placed"]["post"] > 1


def test_only_the_answer_is_learned(told: Told) -> None:
    assert told.names["of_answer"] < 0.1
    assert told.names["of_question"] > 2


def test_two_beams_find_what_one_misses(told: Told) -> None:
    best = told.names["best"]
    assert [" ".join(best[width].tokens) for width in (1, 2)] == ["the cat", "a cat"]


def test_smoothing_comes_to_rest(told: Told) -> None:
    leads, best = told.names["leads"], told.names["best_lead"]
    assert leads[0.0, 300] > leads[0.0, 100] + 1
    assert leads[0.1, 300] == pytest.approx(best, abs=0.1)


def test_norms_and_the_stream_steady_the_size(told: Told) -> None:
    steadied = told.names["steadied"]
    assert steadied[2.0] / steadied[0.5] < 5


def test_who_sees_the_last_byte(told: Told) -> None:
    assert told.names["moved"] == {"LanguageModel": 1, "MaskedLanguageModel": 52}


def test_the_step_length_decides_how_long_a_state_remembers(told: Told) -> None:
    short, long, attention = told.names["changes"].values()
    assert long[1] > 0.1
    assert long[20] < 1e-3
    assert min(short[20], attention[20]) > 1e-2
    assert min(short[499], attention[499]) > 1e-4


def test_a_block_is_two_additions(told: Told) -> None:
    block, stream, mask = (told.names[name] for name in ("block", "stream", "mask"))
    after_attention = stream + block.attention(block.attention_norm(stream), mask)
    after_mlp = after_attention + block.feed_forward(block.feed_forward_norm(after_attention))
    assert torch.equal(block(stream, mask), after_mlp)
    assert torch.equal(told.names["whole"], after_mlp.detach())


def test_the_forward_pass_is_stepped_through_from_the_model_to_the_mlp(told: Told) -> None:
    recorded = trace(told.names["shallow"].forward, told.names["prompt"], into=told.names["parts"])
    assert recorded.ending == "finished"
    frames = [step.stack.frame for step in recorded.steps]
    files = {frame.path.rpartition("/")[2] for frame in frames}
    assert files == {"language_model.py", "block.py", "multi_head.py", "feed_forward.py"}
    assert len(frames) < 120  # nothing but the subject


def test_training_moves_parameters_against_their_gradients(told: Told) -> None:
    # For a small step, what the loss loses is the step times the square of the gradient.
    model = told.names["LanguageModel"](told.names["config"])
    read, following = told.names["read"], told.names["following"]
    before = cross_entropy(model(read), following)
    before.backward()
    torch.optim.SGD(model.parameters(), lr=1e-3).step()
    with torch.no_grad():
        after = cross_entropy(model(read), following)
    squares = sum(float(p.grad.square().sum()) for p in model.parameters())
    assert before.item() - after.item() == pytest.approx(1e-3 * squares, rel=0.1)


def test_a_missing_last_norm_shows_in_a_deep_model_only(told: Told) -> None:
    first_loss, base = told.names["first_loss"], told.names["base"]
    assert first_loss[2] == pytest.approx(base, abs=0.5)
    assert first_loss[96] == pytest.approx(told.names["loud_loss"], abs=3)


def test_a_mask_is_learned_where_the_loss_asks(told: Told) -> None:
    is_hidden, seen, batch = (told.names[name] for name in ("is_hidden", "seen", "batch"))
    assert 0.1 < is_hidden.float().mean() < 0.2
    assert torch.equal(seen == 0, is_hidden)
    assert torch.equal(seen[~is_hidden], batch[~is_hidden])
    with torch.no_grad():
        logits = told.names["masked"](seen)
    assert cross_entropy(logits, batch, is_hidden) < 0.1
    assert cross_entropy(logits, batch, ~is_hidden) > 0.2  # nothing asked there
    assert told.names["n_right"] >= 4


def test_mixtral_does_more_per_token_than_the_dense_model(told: Told) -> None:
    used, held = told.names["used"], told.names["held"]
    assert held["mistral-7b"] == used["mistral-7b"] == 7_241_732_096
    assert held["mixtral-8x7b"] == 46_702_792_704
    assert used["mixtral-8x7b"] == pytest.approx(12.88e9, rel=0.001)


def test_waves_are_those_that_are_drawn(told: Told) -> None:
    positions = torch.arange(100)
    for number, wavelength in told.names["wavelengths"].items():
        drawn = torch.sin(2 * torch.pi * positions / wavelength)
        torch.testing.assert_close(told.names["waves"][:, number - 1], drawn, rtol=0, atol=1e-4)


def test_the_model_knows_its_sentence(told: Told) -> None:
    assert told.names["texts"][b"Att"] == told.names["sentence"]
    assert told.names["texts"][b"Xtt"][3:] != told.names["sentence"][3:]
    assert told.names["losses"][0] == pytest.approx(5.5, abs=0.5)
    assert told.names["losses"][-1] < 0.1


def test_smoothing_has_a_best_point() -> None:
    right = torch.tensor([0])
    losses = [
        cross_entropy(torch.tensor([[lead] + [0.0] * 255]), right, label_smoothing=0.1).item()
        for lead in (2.0, 5.0, 7.7, 20.0)
    ]
    assert min(losses) == losses[2] == pytest.approx(best_loss(256, 0.1), abs=0.01)
    assert losses[3] > losses[2]


def test_two_thirds_as_wide_costs_the_same(told: Told) -> None:
    plain, gated = (
        sum(p.numel() for p in told.names[name].parameters()) for name in ("plain", "gated")
    )
    assert gated == pytest.approx(plain, rel=0.001)


def test_the_menu_says_what_is_settled(told: Told) -> None:
    lines = told.names["lines"][2:-3]  # but for those of before
    assert sum("rotary" in line for line in lines) > len(lines) / 2
    assert sum("RMSNorm" in line for line in lines) > len(lines) / 2
    assert any("MLA" in line and "8 of 256 experts and 1 shared" in line for line in lines)
    assert any("2 of 8 experts |" in line for line in lines)


def test_a_router_becomes_fair(told: Told) -> None:
    unfair, fair = told.names["unfair"], told.names["fair"]
    assert unfair.sum() == fair.sum() == 2000
    assert unfair.max() > 2 * 250
    assert (fair - 250).abs().max() < 15


def test_matrices_keep_the_size(told: Told) -> None:
    half, right, double = told.names["spreads"].values()
    assert right == pytest.approx(1, abs=0.2)
    assert half < 0.01
    assert double > 100


def test_what_doubling_costs(told: Told) -> None:
    sizes = told.names["sizes"]
    assert sizes["nothing"] == sizes["heads"] == 124_439_808
    assert max(sizes, key=sizes.get) == "width"
    assert 1 < sizes["context"] / sizes["nothing"] < 1.01


def test_a_state_has_a_fixed_size(told: Told) -> None:
    assert told.names["state"].numel() == 64 * 16
    assert 2 * told.names["text"].numel() > 60 * told.names["state"].numel()
