"""Lecture 05: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
import torch

from cs336_core._shared import built
from cs336_core.accounting.units import scientific_text
from cs336_core.inference.packed import unpack
from cs336_core.model import multi_head
from cs336_core.model.causal_attention import causal_attention
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import best_loss, cross_entropy
from cs336_core.texts.stories import NAMES
from cs336_core.tokenization import BPETokenizer
from cs336_core.tokenization.formats.packed import unpack as unpack_vocabulary
from cs336_core.tokenization.pretokenization.patterns import PATTERNS
from cs336_core.trace import trace
from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("05_transformer")


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("05_transformer.py")


@dataclass
class Small:
    """The model that the first figure loads."""

    model: LanguageModel
    tokenizer: BPETokenizer

    def next(self, text: str) -> dict[str, float]:
        """Return the probability of each token after a text."""
        with torch.no_grad():
            logits = self.model(torch.tensor([self.tokenizer.encode(text)]))[0, -1]
        probabilities = logits.softmax(-1).tolist()
        return {self.tokenizer.decode([i]): p for i, p in enumerate(probabilities)}


@pytest.fixture
def small() -> Small:
    model, header = unpack((built.BUILT / "models" / "small.txt").read_text("utf-8"))
    vocabulary = unpack_vocabulary(header["vocabulary"], PATTERNS[header["pattern"]])
    return Small(model, BPETokenizer(vocabulary))


RING = "When Leo and Lucy went to the market, {} gave a ring to"
SIZES = (
    "The dog is bigger than the cat. The cat is bigger than the mouse. So the dog is bigger than "
    "the"
)


def test_the_live_model_predicts_the_name_that_does_not_come_twice(small: Small) -> None:
    assert small.next(RING.format("Lucy"))[" Leo"] > 0.9
    assert small.next(RING.format("Leo"))[" Lucy"] > 0.9


def test_it_is_sure_of_a_story_and_not_of_a_sentence_that_it_has_not_read(small: Small) -> None:
    assert small.next(SIZES)[" mouse"] > 0.9
    assert max(small.next("I think, therefore I").values()) < 0.3


def test_without_one_of_some_heads_it_names_the_wrong_person(small: Small) -> None:
    left = []
    for block in small.model.blocks:
        weight = block.attention.output.weight
        for columns in range(0, 64, block.attention.d_head):
            before = weight.clone()
            with torch.no_grad():
                weight[:, columns : columns + block.attention.d_head] = 0
                left.append(small.next(RING.format("Lucy")))
                weight.copy_(before)
    left.sort(key=lambda probabilities: probabilities[" Leo"])
    assert len(left) == 16
    assert max(left[0], key=left[0].__getitem__) in {f" {name}" for name in NAMES if name != "Leo"}
    assert left[8][" Leo"] > 0.9  # most heads do something else


def test_some_heads_look_back_at_each_name(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [small.tokenizer.decode([i]) for i in small.tokenizer.encode(RING.format("Lucy"))]
    looked_at = []

    def attend(query: torch.Tensor, key: torch.Tensor, *rest: Any, **options: Any) -> torch.Tensor:
        # The last query sees every key.
        weights = (query[0, :, -1:] @ key[0].mT / query.shape[-1] ** 0.5).softmax(-1)[:, 0]
        looked_at.extend(tokens[row.argmax()] for row in weights if row.max() > 0.5)
        return causal_attention(query, key, *rest, **options)

    monkeypatch.setattr(multi_head, "causal_attention", attend)
    small.next(RING.format("Lucy"))
    assert " Leo" in looked_at
    assert looked_at.count(" Lucy") > 1


def test_in_a_play_a_hundred_words_could_follow(small: Small) -> None:
    perplexity = {}
    for text in (SIZES, "I think, therefore I"):
        entropy = -sum(p * math.log(p) for p in small.next(text).values() if p)
        perplexity[text] = math.exp(entropy)
    assert perplexity[SIZES] < 1.5
    assert 50 < perplexity["I think, therefore I"] < 200


def test_without_positions_it_does_not_either(small: Small) -> None:
    for block in small.model.blocks:
        block.attention.rotary = None
    assert small.next(RING.format("Lucy"))[" Leo"] < 0.5


def test_without_the_last_norm_it_is_surer(small: Small) -> None:
    unread = "I think, therefore I"
    before = max(small.next(unread).values())
    small.model.norm = None
    assert max(small.next(unread).values()) > before
    assert small.next(RING.format("Lucy"))[" Leo"] > 0.9


def test_computed_values(lecture: LectureRun) -> None:
    values = dict(lecture.values)
    assert int(str(values.pop("n_right"))) >= 4
    assert 14 < float(str(values.pop('f"{overconfident_loss:.1f}"'))) < 20
    assert values.pop("rounding") == scientific_text(lecture.variables["difference"], 1)
    assert values.pop('f"{scores_of[5, 3][1]:.2f}"') == values.pop('f"{scores_of[75, 73][1]:.2f}"')
    assert values.pop('f"{scores_of[5, 3][0]:.2f}"') != values.pop('f"{scores_of[75, 73][0]:.2f}"')
    assert values.pop('f"{first_loss[96]:.1f}"') != values.pop('f"{first_loss[2]:.1f}"')
    norms = {scale: lecture.variables["row_norms"]["replaced", scale][-1] for scale in (0.5, 2.0)}
    assert values.pop('last_norms["replaced", 0.5]') == scientific_text(norms[0.5], 1)
    assert values.pop('last_norms["replaced", 2.0]') == scientific_text(norms[2.0], 1)
    vanished = lecture.variables["gradient_norms"]["replaced", 0.5]
    assert values.pop("vanished") == scientific_text(vanished, 1)
    assert 1 < float(str(values.pop("f\"{gradient_norms['added', 0.5]:.0f}\""))) < 1000
    assert float(str(values.pop('f"{losses[0]:.1f}"'))) == pytest.approx(5.5, abs=0.5)
    assert float(str(values.pop('f"{losses[-1]:.2f}"'))) < 0.1
    assert values == {
        'f"{n_small:,}"': "266,816",
        'f"{small_model.N_STORIES:,}"': "30,000",
        "len(small_model.PLAYS)": 5,
        'f"{small_model.N_STEPS:,}"': "1,300",
        'f"{wider_block_params / block_params:.1f}"': "4.0",
        'f"{uniform_loss:.1f}"': "5.5",
        'f"{math.log(256):.1f}"': "5.5",
        'f"{best_margin:.1f}"': "7.7",
        'f"{best_loss(256, 0.1):.2f}"': "0.88",
        'growth["width"]': "3.37×",
        'growth["layers"]': "1.68×",
        'growth["width of the MLP"]': "1.46×",
        'growth["vocabulary"]': "1.31×",
        'growth["context"]': "1.01×",
        'growth["heads"]': "1.00×",
        'f"{math.log(1 + 50257 * 0.9 / 0.1):.1f}"': "13.0",
    }


def test_the_residual_stream_preserves_activations_and_gradients(lecture: LectureRun) -> None:
    norms = lecture.variables["row_norms"]
    tops = {key: lengths[-1] for key, lengths in norms.items()}
    for sizes in (tops, lecture.variables["gradient_norms"]):
        assert sizes["replaced", 0.5] < 1e-9
        assert sizes["replaced", 2.0] > 1e9
        assert all(1 < sizes["added", size] < 1000 for size in (0.5, 1.0, 2.0))
    assert all(1 < length < 1000 for size in (0.5, 1.0, 2.0) for length in norms["added", size])


def test_which_ablated_model_still_learns(lecture: LectureRun) -> None:
    final_loss = lecture.variables["final_loss"]
    assert final_loss["complete"] < 0.1 > final_loss["no positions"]
    assert final_loss["sees itself only"] > 0.5


def test_a_deep_model_learns_with_pre_norm_only(lecture: LectureRun) -> None:
    curves = lecture.variables["curves"]
    assert curves["pre"][-1] < 0.1
    assert curves["post"][-1] > 1


def test_masked_loss_learns_only_the_answer(lecture: LectureRun) -> None:
    assert lecture.variables["answer_loss"] < 0.1
    assert lecture.variables["question_loss"] > 2


def test_two_beams_find_a_better_sequence_than_one(lecture: LectureRun) -> None:
    best = lecture.variables["best"]
    assert [" ".join(best[width].tokens) for width in (1, 2, 3)] == ["the cat", "a cat", "a cat"]


def test_label_smoothing_bounds_the_logit_margin(lecture: LectureRun) -> None:
    margins, best = lecture.variables["trained_margins"], lecture.variables["best_margin"]
    assert margins[0.0, 300] > margins[0.0, 100] + 1
    assert margins[0.1, 300] == pytest.approx(best, abs=0.1)


def test_norms_and_the_residual_stream_stabilize_the_activations(lecture: LectureRun) -> None:
    steadied = lecture.variables["std_stream"]
    assert steadied[2.0] / steadied[0.5] < 5


def test_which_positions_depend_on_the_last_byte(lecture: LectureRun) -> None:
    assert lecture.variables["n_changed"] == {"LanguageModel": 1, "MaskedLanguageModel": 52}


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
    inputs, targets = lecture.variables["inputs"], lecture.variables["targets"]
    before = cross_entropy(model(inputs), targets)
    before.backward()
    torch.optim.SGD(model.parameters(), lr=1e-3).step()
    with torch.no_grad():
        after = cross_entropy(model(inputs), targets)
    squares = sum(float(p.grad.square().sum()) for p in model.parameters())
    assert before.item() - after.item() == pytest.approx(1e-3 * squares, rel=0.1)


def test_a_missing_final_norm_matters_in_a_deep_model_only(lecture: LectureRun) -> None:
    first_loss, uniform = lecture.variables["first_loss"], lecture.variables["uniform_loss"]
    assert first_loss[2] == pytest.approx(uniform, abs=0.5)
    assert first_loss[96] == pytest.approx(lecture.variables["overconfident_loss"], abs=3)


def test_masked_positions_are_learned_and_visible_ones_are_not(lecture: LectureRun) -> None:
    is_hidden, visible, batch = (
        lecture.variables[name] for name in ("is_hidden", "visible", "batch")
    )
    assert 0.1 < is_hidden.float().mean() < 0.2
    assert torch.equal(visible == 0, is_hidden)
    assert torch.equal(visible[~is_hidden], batch[~is_hidden])
    with torch.no_grad():
        logits = lecture.variables["masked"](visible)
    assert cross_entropy(logits, batch, is_hidden) < 0.1
    assert cross_entropy(logits, batch, ~is_hidden) > 0.2  # the loss does not cover these
    assert lecture.variables["n_right"] >= 4


def test_positional_waves_have_the_stated_wavelengths(lecture: LectureRun) -> None:
    positions = torch.arange(100)
    for entry, wavelength in lecture.variables["wavelengths"].items():
        drawn = torch.sin(2 * torch.pi * positions / wavelength)
        torch.testing.assert_close(
            lecture.variables["waves"][:, entry - 1], drawn, rtol=0, atol=1e-4
        )


def test_the_model_memorizes_its_sentence(lecture: LectureRun) -> None:
    assert lecture.variables["completions"][b"Att"] == lecture.variables["sentence"]
    assert lecture.variables["completions"][b"Xtt"][3:] != lecture.variables["sentence"][3:]
    assert lecture.variables["losses"][0] == pytest.approx(5.5, abs=0.5)
    assert lecture.variables["losses"][-1] < 0.1


def test_the_waves_of_a_later_position_are_those_of_an_earlier_one_rotated(
    lecture: LectureRun,
) -> None:
    waves, k = lecture.variables["waves"].double(), 7
    for entry in lecture.variables["wavelengths"].values():
        angle = torch.tensor(2 * math.pi * k / entry)
        pair = [*lecture.variables["wavelengths"].values()].index(entry) * 16
        sines, cosines = waves[:-k, pair], waves[:-k, pair + 1]
        rotated = sines * angle.cos() + cosines * angle.sin()
        torch.testing.assert_close(waves[k:, pair], rotated, rtol=0, atol=1e-4)


def test_neighbors_look_alike_as_waves_and_not_as_one_hot_vectors(lecture: LectureRun) -> None:
    waves, one_hot = lecture.variables["waves"], torch.eye(100)
    near, far = (
        [(codes[at] - codes[0]).norm().item() for codes in (waves, one_hot)] for at in (1, 99)
    )
    assert near[0] < far[0]
    assert near[1] == far[1]


def test_the_mlp_holds_most_of_a_blocks_parameters(lecture: LectureRun) -> None:
    block = lecture.variables["block"]
    of_mlp, of_block = (
        sum(p.numel() for p in part.parameters()) for part in (block.feed_forward, block)
    )
    assert of_mlp > of_block / 2


def test_a_linear_layer_starts_with_the_variance_of_the_text(lecture: LectureRun) -> None:
    weight = lecture.variables["Linear"](256, 512).weight
    assert weight.var().item() == pytest.approx(2 / (256 + 512), rel=0.05)


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


def test_initialization_preserves_the_standard_deviation(lecture: LectureRun) -> None:
    half, right, double = lecture.variables["std_alone"].values()
    assert right == pytest.approx(1, abs=0.2)
    assert half < 0.01
    assert double > 100


def test_parameters_after_doubling_one_dimension(lecture: LectureRun) -> None:
    sizes = lecture.variables["sizes"]
    assert sizes["nothing"] == sizes["heads"] == 124_439_808
    assert max(sizes, key=sizes.get) == "width"
    assert 1 < sizes["context"] / sizes["nothing"] < 1.01


def test_rounding_alone_separates_two_matrices_from_their_product(lecture: LectureRun) -> None:
    assert lecture.variables["difference"] < 1e-10


def test_the_formulas_of_the_page_are_those_of_the_layers(lecture: LectureRun) -> None:
    x, gain, bias = torch.randn(3, 64)
    names = ("LayerNorm", "RMSNorm", "FeedForward", "Rotary")
    layer_norm, rms_norm, feed_forward, rotary = (lecture.variables[name] for name in names)
    centered, standard = layer_norm(64), rms_norm(64)
    with torch.no_grad():
        centered.weight.copy_(gain)
        centered.bias.copy_(bias)
        standard.weight.copy_(gain)
    deviation = (x.var(correction=0) + centered.eps).sqrt()
    torch.testing.assert_close(centered(x), gain * (x - x.mean()) / deviation + bias)
    root_mean_square = (x.square().mean() + standard.eps).sqrt()
    torch.testing.assert_close(standard(x), gain * x / root_mean_square)

    pair, angle = torch.randn(1, 2), torch.tensor(7.0)  # in radians, at position 7
    rotation = torch.stack(
        [torch.cos(angle), -torch.sin(angle), torch.sin(angle), torch.cos(angle)]
    )
    rotated = rotary(2)(pair, torch.tensor([7]))
    torch.testing.assert_close(rotated[0], rotation.view(2, 2) @ pair[0])

    gated = feed_forward(64, 172, activation="swiglu")
    w1, w3, w2 = gated.gate, gated.up, gated.down
    torch.testing.assert_close(gated(x), w2(torch.nn.functional.silu(w1(x)) * w3(x)))

    logits, targets = torch.randn(5, 256), torch.arange(5)
    probabilities = logits.softmax(-1)[torch.arange(5), targets]
    torch.testing.assert_close(cross_entropy(logits, targets), -probabilities.log().mean())


def test_the_page_states_the_parameters_of_published_models(lecture: LectureRun) -> None:
    assert lecture.variables["n_params"] == {
        "gpt2-small": 124_439_808,
        "llama-3-8b": 8_030_261_248,
        "llama-3.1-405b": 405_853_388_800,
    }


def test_the_score_of_a_rotated_vector_with_itself_is_highest_at_distance_zero(
    lecture: LectureRun,
) -> None:
    vector, rotary = torch.tensor([lecture.variables["same"]]), lecture.variables["Rotary"](8)
    scores = rotary(vector.expand(128, -1), torch.arange(128)) @ vector[0]
    # The speeds of the four pairs, in radians per position, and the squared lengths of their hands.
    speeds, lengths = torch.tensor([1, 0.1, 0.01, 0.001]), vector.view(4, 2).square().sum(-1)
    expected = (torch.arange(128)[:, None] * speeds).cos() @ lengths
    torch.testing.assert_close(scores, expected)
    assert scores.argmax() == 0
