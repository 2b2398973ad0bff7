"""Lecture 06: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
import torch

from cs336_core.accounting import as_dicts
from cs336_core.accounting.commands.cli import main
from cs336_core.widgets import FlopsExplorer
from tests.command_lines import Output
from tests.lectures.lecture_run import LectureRun, run_lecture

pytestmark = pytest.mark.xdist_group("06_accounting")

# From the course, the papers, or calculation by hand.
KNOWN = {
    'f"{in_mlp / in_attention:.1f}"': "4.2",  # 176,160,768 / 41,943,040
    'f"{d_ff / d:g}"': "3.5",
    "len(slip)": 32,  # eight models, four percentages each
    'count_text(parameters["mixtral-8x7b"].total)': "46.7 B",
    'count_text(parameters["mixtral-8x7b"].active)': "12.9 B",
    'percent_text(flops_fraction(recounts[0], "mlp"))': "50.9 %",
    'percent_text(flops_fraction(recounts[-1], "mlp"))': "64.7 %",
    'percent_text(flops_fraction(recounts[0], "scores"))': "17.0 %",
    'percent_text(flops_fraction(recounts[-1], "scores"))': "2.7 %",
    'f"{grouped:,}"': "16,384",
    'f"{grouped / 4096:g}"': "4",
    'f"{attended:,}"': "49,151",  # (T + 1) / 2 = 2 d
    'f"{ungrouped:,}"': "13,312",  # (6 x 14,336 - 8 x 4,096) / 4
    "t4_batch": 204,
    "f\"{MACHINES['t4'].ridge_point('fp16'):.0f}\"": "203",  # 65 TFLOP/s, 0.32 TB/s
    "f\"{too_short['llama-3-8b']:.1f}\"": "2.9",
    "f\"{too_short['llama-3.1-405b']:.1f}\"": "1.2",
    "count_text(in_a_week)": "1.41 B",  # sqrt(604,800 x 0.4 x 989e12 / 120)
    "count_text(20 * in_a_week)": "28.2 B",
    "bytes_text(llama_scores)": "128 GiB",  # 32 layers x 32 heads x 8,192 x 8,192, in 16 bits
    "bytes_text(llama_dropout)": "320 GiB",  # 5 bytes per score
    "bytes_text(llama_saved.scores)": "32 MiB",  # 32 layers x 32 heads x 8,192, in 32 bits
    "bytes_text(state.total)": "120 GiB",  # 16 bytes per parameter, 8.03 billion
    "bytes_text(H100.memory_bytes)": "74.5 GiB",
    "bytes_text(reported)": "79.6 GiB",  # 81,559 MiB, nvidia-smi on an H100 SXM
    'f"{H100.ridge_point():.0f}"': "295",
    'f"{enough:.0f}"': "345",  # B / (1 + 2 B / 4096) = 295
    'f"{all_pairs:.1f}"': "11.1",
    "bytes_text(window_cache)": "512 MiB",  # 4,096 tokens of 128 KiB
    "bytes_text(whole_cache)": "16 GiB",  # 131,072 of them
    'f"{cached[gqa] / cached[mla]:.1f}"': "3.6",  # 2 x 8 x 128 entries, or 512 + 64
    'f"{forward / 8 / total_flops(one_more):.0f}"': "128",
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
    "count_text(seven)": "6.74 B",
    'f"{written_at_most:.0f}"': "75",  # 1.008e12 / (2 x 6.74e9)
    "count_text(read_in_a_day)": "5.7 B",
    "scientific_text(a_day)": "3.42 × 10¹⁹",
    'f"{100 * 0.42 * 8 / 6:.0f} %"': "56 %",
    'f"{less_cache:.0f}"': "2",
    "count_text(fewer)": "134 M",  # 32 layers x 2 x 4,096 x 512
}
# No published figure exists for these: plausible bounds.
COMPUTED = {
    'percent_text(flops_fraction(long_llama, "scores"))': (80, 85),
    'percent_text(flops_fraction(of_gpt2, "head"))': (25, 30),
    'f"{100 * without_tables:.0f} %"': (55, 65),
    'f"{100 * active:.0f} %"': (80, 90),
    "bytes_text(expected.weights)": (13, 13.1),
    'f"{saved[128] / rule[128]:.1f}"': (1.2, 1.4),
    'f"{saved[512] / rule[512]:.1f}"': (1.0, 1.2),
    'f"{prefill(llama, 1, 131_072, H100).seconds:.1f}"': (5, 8),
    'f"{served[16].tokens_per_second / served[1].tokens_per_second:.1f}"': (8, 9),
    'f"{served[16].seconds / served[1].seconds:.1f}"': (1.8, 2.1),
    'f"{100 * scores_again:.0f} %"': (4, 8),
    "percent_text(scores_in_8b)": (21, 23),
    'f"{scoring[mla] / scoring[gqa]:.1f}"': (4.2, 4.3),  # (576 + 512) / (128 + 128)
    'f"{slowest / fastest:.0f}"': (50, 150),
}


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture("06_accounting.py")


@pytest.mark.parametrize(("expression", "expected"), (KNOWN | ANSWERS).items())
def test_computed_value_is_the_known_one(
    lecture: LectureRun, expression: str, expected: object
) -> None:
    assert lecture.values[expression] == expected


@pytest.mark.parametrize(("expression", "bounds"), COMPUTED.items())
def test_computed_value_is_plausible(
    lecture: LectureRun, expression: str, bounds: tuple[float, float]
) -> None:
    least, most = bounds
    assert least <= float(str(lecture.values[expression]).split()[0]) <= most


def test_every_expression_is_checked(lecture: LectureRun) -> None:
    assert lecture.values.keys() == KNOWN.keys() | ANSWERS.keys() | COMPUTED.keys()


def test_where_attention_overtakes_the_mlp(lecture: LectureRun) -> None:
    crossings = lecture.variables["crossings"]
    assert crossings["gpt2-small"] == (2 * 768, 4 * 768)
    assert crossings["gpt3-175b"] == (2 * 12_288, 4 * 12_288)
    assert min(crossings, key=lambda name: crossings[name][0] or math.inf) == "gpt2-small"
    widths = {name: lecture.variables["preset"](name).d_model for name in crossings}
    assert min(crossings, key=lambda name: crossings[name][0] / widths[name]) == "deepseek-v3"


def test_6nd_is_close_for_gpt3_and_far_off_for_long_sequences_and_experts(
    lecture: LectureRun,
) -> None:
    ratios = lecture.variables["ratios"]
    assert ratios["gpt3-175b", 2048] == pytest.approx(1, abs=0.05)
    assert ratios["llama-3-8b", 131_072] < 0.3
    assert ratios["mixtral-8x7b", 8192] > 2.5


def test_two_errors_of_12_d_squared_partly_cancel_in_llama(lecture: LectureRun) -> None:
    names = lecture.variables
    d = names["d"]
    attention, mlp = names["in_attention"] / (4 * d * d), names["in_mlp"] / (8 * d * d)
    assert attention < 1 < mlp
    assert names["in_attention"] + names["in_mlp"] == pytest.approx(12 * d * d, rel=0.1)


def test_the_table_in_the_opt_post_has_an_error(lecture: LectureRun) -> None:
    # The columns of every row: projections, MLP, scores, head.
    assert list(lecture.variables["posted"][0].percent) == ["projections", "mlp", "scores", "head"]
    for column, rounding in enumerate([0.5, 0.5, 0.05, 0.05]):
        assert max(lecture.variables["slip"][column::4]) <= rounding
    assert max(lecture.variables["correct"]) > 15
    assert 300e9 * lecture.variables["per_token"] == pytest.approx(4.30e23, rel=0.002)
    assert 300e9 * lecture.variables["slip_per_token"] == pytest.approx(3.49e23, rel=0.002)


def test_the_slip_gives_the_posted_flops_of_an_update(lecture: LectureRun) -> None:
    for row, ratio in zip(lecture.variables["posted"], lecture.variables["updates"], strict=True):
        assert float(f"{ratio * row.flops:.1e}") == row.flops


def test_the_posted_mlp_exceeds_two_thirds_which_the_count_never_does(lecture: LectureRun) -> None:
    names = lecture.variables
    for rows in names["recounts"]:
        groups = names["flops_by_group"](rows)
        assert groups["mlp"] == 2 * groups["projections"]
        assert 3 * groups["mlp"] <= 2 * sum(groups.values())
    assert max(row.percent["mlp"] for row in names["posted"]) == 80


def test_the_mlp_takes_four_fifths_of_newer_models(lecture: LectureRun) -> None:
    # Counted here from the shapes: matmuls only, per layer and token.
    preset = lecture.variables["preset"]
    for name, fraction in lecture.variables["of_mlp"].items():
        model = preset(name)
        d, kv = model.d_model, model.kv_heads * model.head_dim
        mlp = 6 * d * model.d_ff
        rest = 4 * d * (d + kv) + 4 * 2048 * d + 2 * d * model.vocab_size / model.n_layers
        assert fraction == pytest.approx(mlp / (mlp + rest), rel=1e-9)
    assert [round(100 * fraction, 1) for fraction in lecture.variables["of_mlp"].values()] == [
        70.1, 78.1, 80.0, 81.6,
    ]  # fmt: skip


def test_scores_dominate_from_a_sequence_of_eight_times_the_width(lecture: LectureRun) -> None:
    assert lecture.variables["dominant"] == 8 * lecture.variables["gated"].d_model


def test_percentages_have_the_precision_of_the_opt_post(lecture: LectureRun) -> None:
    table = lecture.variables["posted"]
    for group, digits in lecture.variables["printed"].items():
        posted = [row.percent[group] for row in table]
        assert all(round(percent, digits) == percent for percent in posted)
        assert digits or all(percent == int(percent) for percent in posted)


def test_batch_of_345_tokens_reaches_the_ridge_point(lecture: LectureRun) -> None:
    h100, roofline = lecture.variables["H100"], lecture.variables["roofline"]
    bound = {
        n: roofline(2 * n * 4096**2, 2 * (4096**2 + 2 * n * 4096), h100).bound for n in (344, 345)
    }
    assert bound == {344: "memory", 345: "compute"}


def test_the_backward_pass_gives_the_gradient_of_the_loss(lecture: LectureRun) -> None:
    # Y = X W: both matmuls agree with autograd, and the loss grows along the gradient.
    x, w, d_y = torch.randn(3, 4).double(), torch.randn(4, 5).double(), torch.randn(3, 5).double()
    x.requires_grad_()
    w.requires_grad_()
    loss = (d_y * (x @ w)).sum()
    loss.backward()
    torch.testing.assert_close(x.grad, d_y @ w.T)
    torch.testing.assert_close(w.grad, x.T @ d_y)
    assert (d_y * (x @ (w + 1e-3 * w.grad))).sum() > loss


def test_activation_memory_agrees_with_korthikanti(lecture: LectureRun) -> None:
    names = lecture.variables
    mebibytes = [round(size / 2**20, 1) for size in names["rule"].values()]
    assert mebibytes == [10.6, 23.2, 54.3]
    # Korthikanti's own formula for a plain layer gives 34 s b h + 5 a s^2 bytes.
    plain = replace(names["small"], activation="gelu", n_kv_heads=None, d_ff=4 * 256)
    for s in names["rule"]:
        counted = names["activation_bytes"](plain, 1, s, fused_attention=False, dropout=True)
        assert counted.layers == 4 * (34 * s * 256 + 5 * 4 * s * s)


def test_dtypes_are_shown_with_their_significant_digits(lecture: LectureRun) -> None:
    largest, after_one = (
        [line.split("|")[column].strip() for line in lecture.variables["kind_lines"][2:]]
        for column in (3, 5)
    )
    assert largest == ["3.40 × 10³⁸", "3.39 × 10³⁸", "65,504", "448"]
    assert after_one == ["1 + 1.19 × 10⁻⁷", "1 + 0.00781", "1 + 9.77 × 10⁻⁴", "1 + 0.125"]
    assert [float(f"{2.0**-bits:.3g}") for bits in (23, 7, 10, 3)] == [
        1.19e-7, 0.00781, 9.77e-4, 0.125,
    ]  # fmt: skip


def test_embedding_tables_are_tokens_and_positions_with_a_tied_head(lecture: LectureRun) -> None:
    # GPT-2 small: token and position embeddings; the head is tied to the first.
    tables = lecture.variables["tables_of"]["gpt2-small"]
    assert tables == 50_257 * 768 + 1024 * 768


def test_llama_2_13b_and_opt_13b_have_the_same_size_by_different_mlps(lecture: LectureRun) -> None:
    llama, opt = (lecture.variables["preset"](name) for name in ("llama-2-13b", "opt-13b"))
    assert (llama.n_layers, llama.d_model) == (opt.n_layers, opt.d_model) == (40, 5120)
    assert 3 * llama.d_ff == pytest.approx(2 * opt.mlp_width, rel=0.02)


def test_tables_hold_30_percent_of_small_models_with_large_vocabularies(
    lecture: LectureRun,
) -> None:
    counts, tables = lecture.variables["parameters"], lecture.variables["tables_of"]
    for name in ("gpt2-small", "qwen2.5-0.5b"):
        assert tables[name] / counts[name].total == pytest.approx(0.3, abs=0.03)
    assert tables["gpt3-175b"] / counts["gpt3-175b"].total < 0.01


def test_one_new_token_has_the_percentages_of_a_whole_sequence(lecture: LectureRun) -> None:
    gpt3, count_flops = lecture.variables["gpt3"], lecture.variables["count_flops"]
    whole, one = count_flops(gpt3, 1, 2048), count_flops(gpt3, 1, 1, cached=2047)
    for group in ("projections", "scores", "mlp", "head"):
        fraction = lecture.variables["flops_fraction"]
        assert fraction(one, group) == pytest.approx(fraction(whole, group), abs=1e-9)


def test_scores_that_are_moved_are_memory_bound_in_prefill(lecture: LectureRun) -> None:
    points = lecture.variables["points"]
    waiting = {
        moved: {kind for kind, roofline in points[moved].items() if roofline.bound == "memory"}
        for moved in points
    }
    assert waiting["scores"] - waiting["weights"] == {"scores"}


def test_reported_gpu_hours_exceed_the_estimate(lecture: LectureRun) -> None:
    # Llama 3.1's model card: 1.46, 7.0 and 30.84 million H100 hours.
    implied = lecture.variables["implied"]
    for name, (params, tokens, hours) in {
        "llama-3-8b": (8.03e9, 15e12, 1.46e6),
        "llama-3-70b": (70.6e9, 15e12, 7.0e6),
        "llama-3.1-405b": (405.85e9, 15.6e12, 30.84e6),
    }.items():
        expected = 6 * params * tokens / (hours * 3600 * 989e12)
        assert implied[name] == pytest.approx(expected, rel=1e-3)
    assert list(implied.values()) == sorted(implied.values())
    assert max(implied.values()) < 0.4


def test_float16_overflows_and_underflows_where_bfloat16_does_not() -> None:
    small, large = torch.tensor(1e-8), torch.tensor(70_000.0)
    assert small.half() == 0
    assert large.half().isinf()
    assert small.bfloat16() > 0
    assert large.bfloat16().isfinite()


def test_small_updates_are_lost_in_16_bits(lecture: LectureRun) -> None:
    full, half = lecture.variables["results"].values()
    assert full == pytest.approx(2, abs=0.001)
    assert half == 1


def test_saved_tensors_grow_faster_than_the_sequence(lecture: LectureRun) -> None:
    saved, weights = lecture.variables["saved"], 4 * lecture.variables["n_params"]
    assert saved[512] > weights
    assert saved[256] > 2 * saved[128]
    assert saved[512] > 2 * saved[256]


def test_memory_with_every_saving_exceeds_80_gb(lecture: LectureRun) -> None:
    plain, flash, recomputed = lecture.variables["totals"].values()
    assert plain > flash > recomputed > 80e9


def test_prefill_is_compute_bound_and_decode_is_memory_bound(lecture: LectureRun) -> None:
    assert lecture.variables["reading"].roofline.bound == "compute"
    assert lecture.variables["writing"].roofline.bound == "memory"


def test_operations_other_than_matmuls_move_many_bytes_for_few_flops(lecture: LectureRun) -> None:
    names = lecture.variables
    assert names["other_flops"] / names["all_flops"] < 0.005
    assert 0.3 < names["other_bytes"] / names["all_bytes"] < 0.6


def test_sharing_kv_heads_shrinks_the_cache_and_leaves_the_flops(lecture: LectureRun) -> None:
    names = lecture.variables
    mha, gqa, mqa, mla = names["forms"]
    assert names["scoring"][mha] == names["scoring"][gqa] == names["scoring"][mqa]
    assert names["fit"][mqa] > names["fit"][mla] > names["fit"][gqa] > names["fit"][mha]


def test_beyond_16_sequences_caches_take_most_of_the_time(lecture: LectureRun) -> None:
    names = lecture.variables
    cache = 8192 * names["kv_cache_bytes"](names["llama"])
    weights = names["weight_bytes"](names["llama"])
    assert 16 * cache > weights
    assert 4 * cache < weights
    assert not names["served"][64].fits


def test_the_best_and_the_worst_division_of_the_chips_are_shown(lecture: LectureRun) -> None:
    seconds = [time[0] for time in lecture.variables["times"].values() if time is not None]
    assert min(seconds) == lecture.variables["fastest"]
    assert max(seconds) == lecture.variables["slowest"]


def test_the_projections_of_larger_models_do_not_fade(lecture: LectureRun) -> None:
    first, *_, last = (
        {
            group: lecture.variables["flops_fraction"](rows, group)
            for group in ("projections", "head")
        }
        for rows in lecture.variables["recounts"]
    )
    assert last["projections"] > first["projections"]
    assert last["head"] < first["head"]


def test_the_lost_step_is_less_than_half_the_gap_to_the_next_number() -> None:
    assert torch.finfo(torch.bfloat16).eps / 2 > 0.001


def test_training_takes_the_144_days_of_the_course(lecture: LectureRun) -> None:
    assert round(lecture.variables["run"].days) == 144


@pytest.mark.parametrize(
    ("name", "model", "seq_len", "elementwise"),
    [
        ("of_gpt2", "gpt2-small", 1024, False),
        ("matmuls", "llama-3-8b", 8192, False),
        ("everything", "llama-3-8b", 8192, True),
    ],
)
def test_lecture_explorer_and_command_agree_to_the_last_flop(
    lecture: LectureRun, capsys: Output, name: str, model: str, seq_len: int, elementwise: bool
) -> None:
    """So does the count in the browser, which tests/js/flops.test.js compares with Python's."""
    explorer = FlopsExplorer(model, seq_len=seq_len)
    explorer.elementwise = elementwise
    options = ["--elementwise"] * elementwise
    assert main([model, "--seq-len", str(seq_len), "--format", "json", *options]) == 0
    by_command = json.loads(capsys.readouterr().out)["rows"]
    assert as_dicts(lecture.variables[name]) == as_dicts(explorer.rows()) == by_command


def test_every_measurement_was_taken(lecture: LectureRun) -> None:
    assert lecture.variables["measured"].keys() == lecture.variables["timings"].keys()
    assert min(lecture.variables["measured"].values()) > 0
