"""Lecture 06: what its sentences say holds, and the answers of its exercises are right."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from tests.lectures.prose import Told, run

# What the course, the papers and pencil and paper give.
KNOWN = {
    'f"{in_mlp / in_attention:.1f}"': "4.2",  # 176,160,768 / 41,943,040
    'f"{d_ff / d:g}"': "3.5",
    "len(slip)": 32,  # eight models, four shares each
    'count_text(parameters["mixtral-8x7b"].total)': "46.7 B",
    'count_text(parameters["mixtral-8x7b"].active)': "12.9 B",
    'percent_text(flops_fraction(recounts[0], "mlp"))': "50.9 %",
    'percent_text(flops_fraction(recounts[-1], "mlp"))': "64.7 %",
    'percent_text(flops_fraction(recounts[0], "scores"))': "17.0 %",
    'percent_text(flops_fraction(recounts[-1], "scores"))': "2.7 %",
    'f"{grouped:,}"': "16,384",
    'f"{grouped / 4096:g}"': "4",
    "bytes_text(llama_scores)": "128 GiB",  # 32 layers of 32 tables of 8,192 x 8,192, in 16 bits
    "bytes_text(llama_dropout)": "320 GiB",  # 5 bytes for each number of them
    "bytes_text(llama_kept.scores)": "32 MiB",  # 32 layers of 32 heads of 8,192 numbers in 32 bits
    "bytes_text(state.total)": "120 GiB",  # 16 bytes for each of 8.03 billion
    "bytes_text(H100.memory_bytes)": "74.5 GiB",
    'f"{H100.ridge_point():.0f}"': "295",
    'f"{enough:.0f}"': "345",  # B / (1 + 2 B / 4096) = 295
    'f"{all_pairs:.1f}"': "11.1",
    "bytes_text(window_cache)": "512 MiB",  # 4,096 tokens of 128 KiB
    "bytes_text(whole_cache)": "16 GiB",  # 131,072 of them
    'f"{cached[gqa] / cached[mla]:.1f}"': "3.6",  # 2 x 8 x 128 numbers, or 512 + 64
    'f"{forward / 4 / total_flops(one_more):.0f}"': "256",
}
ANSWERS = {
    'f"{exercise:,}"': f"{2 * 512 * 1024 * 2048:,}",
    'f"{exercise // 2:,}"': f"{512 * 1024 * 2048:,}",
    "count_text(12 * 40 * 5120**2)": "12.6 B",
    'preset("llama-2-13b").d_ff': 13_824,
    'f"{by_pencil:,}"': "16,384",
    'f"{mixtral.total / mixtral.active:.1f}"': "3.6",
    "count_text(mixtral.active)": "12.9 B",
    "count_text(mixtral.total)": "46.7 B",
    "count_text(80e9 / training_bytes(1).total)": "5 B",
    "count_text(24e9 / training_bytes(1).total)": "1.5 B",
    'f"{2 * seven / 1e9:.1f}"': "13.5",
    'f"{written_at_most:.0f}"': "75",  # 1.008e12 / 13.5e9
    "count_text(read_in_a_day)": "5.7 B",
    "flops_text(a_day)": "34.2 EFLOPs",
    'f"{0.42 * 8 / 6:.2f}"': "0.56",
    'f"{less_cache:.0f}"': "2",
    "count_text(fewer)": "134 M",  # 32 layers x 2 x 4,096 x 512
}
# What no one else has told; between which bounds it makes sense.
COMPUTED = {
    'percent_text(flops_fraction(long_llama, "scores"))': (80, 85),
    'percent_text(flops_fraction(of_gpt2, "head"))': (25, 30),
    'f"{100 * without_tables:.0f} %"': (55, 65),
    'f"{100 * active:.0f} %"': (80, 90),
    "bytes_text(expected.weights)": (13, 13.1),
    'f"{kept[512] / rule[512]:.1f}"': (1.1, 1.6),
    'f"{prefill(llama, 1, 131_072, H100).seconds:.1f}"': (5, 8),
    'f"{served[16].tokens_per_second / served[1].tokens_per_second:.1f}"': (8, 9),
    'f"{served[16].seconds / served[1].seconds:.1f}"': (1.8, 2.1),
    'f"{scoring[mla] / scoring[gqa]:.1f}"': (4.2, 4.3),  # (576 + 512) / (128 + 128)
}


@pytest.fixture(scope="module")
def told() -> Told:
    return run("06_accounting.py")


@pytest.mark.parametrize(("expression", "said"), (KNOWN | ANSWERS).items())
def test_a_sentence_says_what_is_known(told: Told, expression: str, said: object) -> None:
    assert told.values[expression] == said


@pytest.mark.parametrize(("expression", "bounds"), COMPUTED.items())
def test_a_sentence_says_what_makes_sense(
    told: Told, expression: str, bounds: tuple[float, float]
) -> None:
    least, most = bounds
    assert least <= float(str(told.values[expression]).split()[0]) <= most


def test_every_expression_is_looked_at(told: Told) -> None:
    assert told.values.keys() == KNOWN.keys() | ANSWERS.keys() | COMPUTED.keys()


def test_where_attention_overtakes_the_mlp(told: Told) -> None:
    crossings = told.names["crossings"]
    assert crossings["gpt2-small"] == (2 * 768, 4 * 768)
    assert crossings["gpt3-175b"] == (2 * 12_288, 4 * 12_288)
    assert min(crossings, key=lambda name: crossings[name][0] or math.inf) == "gpt2-small"
    widths = {name: told.names["preset"](name).d_model for name in crossings}
    assert min(crossings, key=lambda name: crossings[name][0] / widths[name]) == "deepseek-v3"


def test_the_rule_is_near_for_gpt3_and_far_off_for_long_texts_and_experts(told: Told) -> None:
    ratios = told.names["ratios"]
    assert ratios["gpt3-175b", 2048] == pytest.approx(1, abs=0.05)
    assert ratios["llama-3-8b", 131_072] < 0.3
    assert ratios["mixtral-8x7b", 8192] > 2.5


def test_two_errors_of_the_rule_partly_cancel_in_llama(told: Told) -> None:
    names = told.names
    d = names["d"]
    attention, mlp = names["in_attention"] / (4 * d * d), names["in_mlp"] / (8 * d * d)
    assert attention < 1 < mlp
    assert names["in_attention"] + names["in_mlp"] == pytest.approx(12 * d * d, rel=0.1)


def test_the_posted_table_has_a_slip(told: Told) -> None:
    # A row has its columns in the same order: projections, MLP, scores, head.
    assert list(told.names["posted"][0].percent) == ["projections", "mlp", "scores", "head"]
    for column, half_a_digit in enumerate([0.5, 0.5, 0.05, 0.05]):
        assert max(told.names["slip"][column::4]) <= half_a_digit
    assert max(told.names["correct"]) > 15
    assert 300e9 * told.names["per_token"] == pytest.approx(4.30e23, rel=0.002)


def test_the_mlp_takes_four_fifths_of_newer_models(told: Told) -> None:
    # Counted here from the shapes: per layer and token, without all that is not a matmul.
    preset = told.names["preset"]
    for name, said in told.names["of_mlp"].items():
        model = preset(name)
        d, kv = model.d_model, model.kv_heads * model.head_dim
        mlp = 6 * d * model.d_ff
        rest = 4 * d * (d + kv) + 4 * 2048 * d + 2 * d * model.vocab_size / model.n_layers
        assert said == pytest.approx(mlp / (mlp + rest), rel=1e-9)
    assert [round(100 * share, 1) for share in told.names["of_mlp"].values()] == [
        70.1, 78.1, 80.0, 81.6,
    ]  # fmt: skip


def test_scores_dominate_all_else_from_eight_times_the_width(told: Told) -> None:
    assert told.names["dominant"] == 8 * told.names["gated"].d_model


def test_a_posted_percentage_has_the_digits_of_the_post(told: Told) -> None:
    table = told.names["posted"]
    for group, digits in told.names["printed"].items():
        posted = [row.percent[group] for row in table]
        assert all(round(each, digits) == each for each in posted)
        assert digits or all(each == int(each) for each in posted)


def test_tokens_in_one_pass_reach_the_ridge(told: Told) -> None:
    machine, roofline = told.names["H100"], told.names["roofline"]
    bound = {
        n: roofline(2 * n * 4096**2, 2 * (4096**2 + 2 * n * 4096), machine).bound
        for n in (344, 345)
    }
    assert bound == {344: "memory", 345: "compute"}


def test_the_backward_pass_gives_the_gradient_of_the_loss(told: Told) -> None:
    # Y = X W: the two products are what autograd gives, and the loss grows along them.
    x, w, d_y = torch.randn(3, 4).double(), torch.randn(4, 5).double(), torch.randn(3, 5).double()
    x.requires_grad_()
    w.requires_grad_()
    loss = (d_y * (x @ w)).sum()
    loss.backward()
    torch.testing.assert_close(x.grad, d_y @ w.T)
    torch.testing.assert_close(w.grad, x.T @ d_y)
    assert (d_y * (x @ (w + 1e-3 * w.grad))).sum() > loss


def test_the_rule_for_activations_is_the_one_on_the_page(told: Told) -> None:
    names = told.names
    mebibytes = [round(size / 2**20, 1) for size in names["rule"].values()]
    assert mebibytes == [10.6, 23.2, 54.3]
    # Korthikanti's own formula for a plain layer gives 34 s b h + 5 a s^2 bytes.
    plain = replace(names["small"], activation="gelu", n_kv_heads=None, d_ff=4 * 256)
    for s in names["rule"]:
        counted = names["activation_bytes"](plain, 1, s, fused_attention=False, dropout=True)
        assert counted.layers == 4 * (34 * s * 256 + 5 * 4 * s * s)


def test_numbers_of_few_bits_are_shown_with_the_digits_they_have(told: Told) -> None:
    largest, after_one = (
        [line.split("|")[column].strip() for line in told.names["kind_lines"][2:]]
        for column in (3, 5)
    )
    assert largest == ["3.40e+38", "3.39e+38", "65,504", "448"]
    assert [float(each.removeprefix("1 + ")) for each in after_one] == [
        pytest.approx(2.0**-bits, rel=0.005) for bits in (23, 7, 10, 3)
    ]


def test_tables_are_all_that_is_looked_up_and_the_head(told: Told) -> None:
    # GPT-2 small: ids and positions, and the head shares the first table.
    tables = told.names["tables_of"]["gpt2-small"]
    assert tables == 50_257 * 768 + 1024 * 768


def test_two_models_of_13_billion_come_to_the_same_size(told: Told) -> None:
    llama, opt = (told.names["preset"](name) for name in ("llama-2-13b", "opt-13b"))
    assert (llama.n_layers, llama.d_model) == (opt.n_layers, opt.d_model) == (40, 5120)
    assert 3 * llama.d_ff == pytest.approx(2 * opt.mlp_width, rel=0.02)


def test_small_steps_are_lost_in_sixteen_bits(told: Told) -> None:
    full, half = told.names["steps_taken"].values()
    assert full == pytest.approx(2, abs=0.001)
    assert half == 1


def test_what_is_kept_grows_faster_than_the_text(told: Told) -> None:
    kept, weights = told.names["kept"], 4 * told.names["n_params"]
    assert kept[512] > weights
    assert kept[256] > 2 * kept[128]
    assert kept[512] > 2 * kept[256]


def test_memory_with_all_ways_to_save_does_not_fit(told: Told) -> None:
    plain, flash, again = told.names["sums"].values()
    assert plain > flash > again > 80e9


def test_prefill_computes_and_decode_waits(told: Told) -> None:
    assert told.names["reading"].roofline.bound == "compute"
    assert told.names["writing"].roofline.bound == "memory"


def test_what_is_no_product_moves_much_and_computes_little(told: Told) -> None:
    names = told.names
    assert names["few"] / names["made"] < 0.005
    assert 0.3 < names["many"] / names["moved"] < 0.6


def test_sharing_makes_room_and_changes_no_flops(told: Told) -> None:
    names = told.names
    mha, gqa, mqa, mla = names["forms"]
    assert names["scoring"][mha] == names["scoring"][gqa] == names["scoring"][mqa]
    assert names["fit"][mqa] > names["fit"][mla] > names["fit"][gqa] > names["fit"][mha]


def test_the_run_takes_as_long_as_the_course_says(told: Told) -> None:
    assert round(told.names["run"].days) == 144


def test_what_was_measured_is_there(told: Told) -> None:
    assert told.names["measured"].keys() == told.names["todo"].keys()
    assert min(told.names["measured"].values()) > 0
