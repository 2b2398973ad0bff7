"""The effect of each convention on a count, and invalid arguments."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import pytest

from cs336_core.accounting import (
    SYMBOLS,
    TRAINING,
    AccountingError,
    Conventions,
    FlopRow,
    attended_pairs,
    count_flops,
    count_parameters,
    flops_by_group,
    flops_fraction,
    total_flops,
)
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.masks import causal_mask, window_mask
from cs336_core.model.memory_io import plain_traffic
from cs336_core.model.presets import _models, preset, preset_names
from tests.accounting.models import KINDS, SMALL, config_of

OUTSIDE = (
    "embedding", "embedding norm", "embedding scale", "positions", "final norm", "LM head",
    "logit scale",
)  # fmt: skip
ATTENDED = Conventions(pairs="attended")
ELEMENTWISE = Conventions(elementwise=True)

of_each_kind = pytest.mark.parametrize("kind", KINDS)


def by_name(rows: list[FlopRow]) -> dict[str, int]:
    return {row.operation: row.flops for row in rows}


@pytest.mark.parametrize("name", preset_names())
def test_published_counts_are_exact(name: str) -> None:
    published = _models()[name]["published"]
    published = published[0] if isinstance(published, list) else published
    counted = count_parameters(preset(name))
    if isinstance(published, int):
        assert counted.total == published
    assert sum(row.params for row in count_flops(preset(name), 1, 1)) == counted.total
    assert sum(counted.components.values()) == counted.total


def test_some_presets_have_exact_published_counts() -> None:
    exact = [name for name in preset_names() if "published" in _models()[name]]
    assert sum(isinstance(_models()[name]["published"], int) for name in exact) >= 10


def test_active_parameters() -> None:
    """DeepSeek-V3: 37 billion in the paper, 36.7 without the embedding in its README."""
    deepseek = count_parameters(preset("deepseek-v3"))
    assert deepseek.total == 671_026_419_200
    assert deepseek.active == 37_552_297_472
    assert deepseek.active_non_embedding == 36_625_618_432
    assert count_parameters(preset("mixtral-8x7b")).active == 12_879_925_248
    dense = count_parameters(preset("llama-3-8b"))
    assert dense.active == dense.total


@of_each_kind
def test_two_flops_per_parameter_in_matmuls(kind: str) -> None:
    config = config_of(kind)
    rows = count_flops(config, 2, 5)
    products = total_flops(rows) - flops_by_group(rows)["scores"]
    assert products == 2 * 2 * 5 * count_parameters(config).in_matmuls


def test_parameters_in_matmuls_exclude_embeddings_norms_and_biases() -> None:
    counted = count_parameters(SMALL)
    assert counted.in_matmuls == counted.total - counted.embedding - counted.components["norms"]
    tied = count_parameters(replace(SMALL, tied_embeddings=True))
    assert tied.in_matmuls == counted.in_matmuls
    assert tied.total == counted.total - SMALL.vocab_size * SMALL.d_model


@of_each_kind
@pytest.mark.parametrize("cached", [0, 3])
def test_the_product_of_dimensions_is_the_flops(kind: str, cached: int) -> None:
    for row in count_flops(config_of(kind), 2, 5, ATTENDED, cached=cached):
        sides = [int(side) for side in row.dimensions.split(" × ") if side]
        assert row.flops == (2 * prod(sides) if sides else 0)
        letters = (
            row.formula.replace("×", " ").replace("+", " ").replace("(", " ").replace(")", " ")
        )
        assert set(letters.split()) <= SYMBOLS.keys()
        assert row.formula.count("×") == row.dimensions.count("×")


@of_each_kind
def test_units_and_work(kind: str) -> None:
    config = config_of(kind)
    forward = by_name(count_flops(config, 2, 5))
    macs = by_name(count_flops(config, 2, 5, Conventions(unit="MAC")))
    backward = by_name(count_flops(config, 2, 5, Conventions(work="backward")))
    training = by_name(count_flops(config, 2, 5, TRAINING))
    assert forward == {name: 2 * flops for name, flops in macs.items()}
    assert backward == {name: 2 * flops for name, flops in forward.items()}
    assert training == {name: 3 * flops for name, flops in forward.items()}


@of_each_kind
def test_recomputation(kind: str) -> None:
    config = config_of(kind)
    training = replace(TRAINING, elementwise=True)
    plain = count_flops(config, 2, 5, training)
    forward = by_name(count_flops(config, 2, 5, ELEMENTWISE))
    full = by_name(count_flops(config, 2, 5, replace(training, recompute="full")))
    selective = by_name(count_flops(config, 2, 5, replace(training, recompute="selective")))
    for row in plain:
        name, once = row.operation, forward[row.operation]
        outside = name in OUTSIDE
        assert full[name] - row.flops == (0 if outside else once)
        assert selective[name] - row.flops == (once if row.group == "scores" else 0)
    of_scores = {row.operation.partition(",")[0] for row in plain if row.group == "scores"}
    further = {"sinks", "cap of scores", "distances"}
    assert of_scores - further == {"scores", "values", "softmax"}


def test_without_the_head() -> None:
    with_head, without = count_flops(SMALL, 1, 4), count_flops(SMALL, 1, 4, Conventions(head=False))
    assert with_head[:-1] == without
    assert with_head[-1].group == "head"
    assert with_head[-1].params == 50 * 16
    assert count_flops(replace(SMALL, tied_embeddings=True), 1, 4)[-1].params == 0


@pytest.mark.parametrize("window", [None, 1, 3, 7, 20])
@pytest.mark.parametrize(("seq_len", "cached"), [(1, 0), (7, 0), (1, 6), (4, 3), (5, 9)])
def test_attended_pairs_equal_the_mask(seq_len: int, cached: int, window: int | None) -> None:
    keys = seq_len + cached
    mask = causal_mask(seq_len, keys) if window is None else window_mask(seq_len, window, keys)
    assert attended_pairs(seq_len, cached, window) == mask.sum()
    config = replace(SMALL, window=window)
    every = flops_by_group(count_flops(config, 2, seq_len, cached=cached))["scores"]
    some = flops_by_group(count_flops(config, 2, seq_len, ATTENDED, cached=cached))
    assert some["scores"] * mask.numel() == every * int(mask.sum())


@pytest.mark.parametrize("d_model", [64, 768, 12288])
def test_attention_costs_as_much_as_the_mlp_at_known_lengths(d_model: int) -> None:
    """A plain layer: T = 2 d_model with the projections, 4 d_model for scores and values alone."""
    plain = replace(SMALL, d_model=d_model, d_ff=None, activation="gelu")
    rows = count_flops(plain, 1, 2 * d_model, Conventions(head=False))
    assert flops_fraction(rows, "projections", "scores") == flops_fraction(rows, "mlp") == 0.5
    rows = count_flops(plain, 1, 4 * d_model)
    assert flops_fraction(rows, "scores") == flops_fraction(rows, "mlp")


@pytest.mark.parametrize("seq_len", [1, 100, 10_000])
def test_the_mlp_is_at_most_two_thirds(seq_len: int) -> None:
    plain = replace(SMALL, d_model=1024, d_ff=4096, activation="gelu")
    assert flops_fraction(count_flops(plain, 1, seq_len), "mlp") < 2 / 3


def test_a_decoding_step_is_the_last_row_of_a_prompt() -> None:
    everything = replace(ATTENDED, elementwise=True)
    for kind in KINDS:
        config = config_of(kind)
        if config.latent is None:  # latent attention differs: only decoding is absorbed
            whole = by_name(count_flops(config, 1, 8, everything))
            start = by_name(count_flops(config, 1, 7, everything))
            step = count_flops(config, 1, 1, everything, cached=7)
            assert by_name(step) == {name: whole[name] - start[name] for name in whole}


# Bytes


def test_a_matmul_moves_three_matrices() -> None:
    (up,) = (row for row in count_flops(SMALL, 2, 5) if row.operation == "MLP up")
    assert up.bytes == 2 * 3 * (16 * 40 + 10 * 16 + 10 * 40)
    trained = count_flops(SMALL, 2, 5, TRAINING, bytes_per_value=4)
    assert {row.operation: row.bytes for row in trained}["MLP up"] == 3 * 2 * up.bytes


@pytest.mark.parametrize("cached", [0, 9])
def test_plain_attention_moves_what_the_model_package_counts(cached: int) -> None:
    rows = count_flops(SMALL, 3, 5, replace(ELEMENTWISE, fused_attention=False), cached=cached)
    moved = sum(row.bytes for row in rows if row.group == "scores")
    assert moved == 2 * 3 * 3 * 4 * plain_traffic(5, 5 + cached, 4, 4)
    fused = count_flops(SMALL, 3, 5, ELEMENTWISE, cached=cached)
    scores = 3 * 3 * 4 * 5 * (5 + cached)
    assert moved - sum(row.bytes for row in fused if row.group == "scores") == 2 * 4 * scores


def test_shared_keys_and_latents_are_read_once() -> None:
    def read(config: ModelConfig) -> int:
        """Bytes that grow with the cache."""
        moved = [sum(row.bytes for row in count_flops(config, 1, 1, cached=n)) for n in (100, 101)]
        return moved[1] - moved[0]

    assert read(SMALL) == 2 * 3 * 2 * 16
    assert read(replace(SMALL, n_kv_heads=1)) == 2 * 3 * 2 * 4
    assert read(config_of("latent")) == 2 * 3 * (6 + 2)
    assert read(config_of("window")) == 2 * 3 * 2 * 16  # masked afterwards
    windowed = [
        sum(row.bytes for row in count_flops(config_of("window"), 1, 1, ATTENDED, cached=n))
        for n in (100, 101)
    ]
    assert windowed[0] == windowed[1]


def test_few_tokens_read_few_experts() -> None:
    def read(tokens: int) -> int:
        rows = count_flops(config_of("experts"), tokens, 1)
        (up,) = (row for row in rows if row.operation == "expert up")
        return up.bytes - 2 * 3 * 2 * tokens * (16 + 12)

    expert = 2 * 3 * 16 * 12
    assert [read(tokens) for tokens in (1, 2, 3)] == [2 * expert, 4 * expert, 4 * expert]


# Refused


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"batch": 0}, "batch is 0; it must be a whole number from 1 to 1,000,000,000"),
        ({"batch": -2}, "batch is -2"),
        ({"batch": 1.0}, "batch is 1.0"),
        ({"batch": True}, "batch is True"),
        ({"batch": float("nan")}, "batch is nan"),
        ({"seq_len": 0}, "seq_len is 0"),
        ({"seq_len": "8"}, "seq_len is '8'"),
        ({"seq_len": 10**9 + 1}, "seq_len is 1000000001"),
        ({"seq_len": 10**6000}, "seq_len is a number of about 6000 digits"),
        ({"cached": -1}, "cached is -1; it must be a whole number from 0"),
        ({"bytes_per_value": 0}, "bytes_per_value is 0"),
        ({"conventions": "training"}, "conventions is 'training'; pass Conventions(...)"),
        ({"conventions": {"unit": "MAC"}}, "conventions is {'unit': 'MAC'}; pass Conventions(...)"),
    ],
)
def test_invalid_arguments_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        count_flops(SMALL, **({"batch": 1, "seq_len": 1} | changed))
    assert message in str(caught.value)


def test_a_sequence_longer_than_the_table_of_positions_raises() -> None:
    learned = config_of("GPT-2")
    assert count_flops(learned, 1, 1, cached=23)
    with pytest.raises(AccountingError, match=r"are 25 together, .* table of 24 positions"):
        count_flops(learned, 1, 2, cached=23)
    assert count_flops(SMALL, 1, 25)


def test_an_enormous_model_is_refused() -> None:
    for changed in ({"n_layers": 10**10}, {"d_ff": 10**5000}):
        config = replace(SMALL, **changed)
        for count in (count_parameters, lambda each: count_flops(each, 1, 1)):
            with pytest.raises(ConfigError, match="it must be at most 1,000,000,000"):
                count(config)
    experts = config_of("experts").experts
    assert experts is not None
    with pytest.raises(ConfigError, match="n_experts is 10000000000; it must be at most"):
        count_parameters(replace(SMALL, experts=replace(experts, n_experts=10**10)))


def test_the_largest_model_of_all_can_be_counted() -> None:
    most = 10**9
    config = replace(SMALL, n_layers=most, d_model=most, n_heads=most, d_head=most, d_ff=most)
    assert float(total_flops(count_flops(config, most, most, TRAINING, cached=most))) < 1e60


def test_an_unknown_group_raises() -> None:
    with pytest.raises(AccountingError, match="group is 'attention'; it must be one of 'proj"):
        flops_fraction(count_flops(SMALL, 1, 1), "attention")  # type: ignore[arg-type]
