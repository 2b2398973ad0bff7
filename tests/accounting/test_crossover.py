"""Where one part of a model overtakes another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cs336_core.accounting import Conventions, count_flops, flops_by_group
from cs336_core.accounting.conventions import Pairs
from cs336_core.accounting.crossover import crossover
from cs336_core.accounting.operations import Group
from cs336_core.model.presets import preset, preset_names

ATTENDED = Conventions(pairs="attended")
ATTENTION: tuple[Group, ...] = ("projections", "scores")


@pytest.mark.parametrize("name", ["gpt2-small", "gpt3-175b", "opt-66b"])
def test_plain_models_cross_at_two_and_four_times_their_width(name: str) -> None:
    d = preset(name).d_model
    assert crossover(preset(name), ATTENTION, ["mlp"]) == 2 * d
    assert crossover(preset(name), ["scores"], ["mlp"]) == 4 * d
    # T (T + 1) / 2 pairs in place of T² double the lengths, less the one on the diagonal.
    assert crossover(preset(name), ATTENTION, ["mlp"], ATTENDED) == 4 * d - 1
    # A new token attends to the cached ones and to itself.
    assert crossover(preset(name), ATTENTION, ["mlp"], decode=True) == 2 * d - 1


@pytest.mark.parametrize("name", preset_names()[::3])
@pytest.mark.parametrize("pairs", ["all", "attended"])
def test_it_is_the_shortest_length(name: str, pairs: Pairs) -> None:
    found = crossover(preset(name), ATTENTION, ["mlp"], Conventions(pairs=pairs))
    assert found is not None
    config = replace(preset(name), context_length=2**24)
    for length, reached in ((found - 1, False), (found, True)):
        sums = flops_by_group(count_flops(config, 1, length, Conventions(pairs=pairs)))
        assert (sums["projections"] + sums["scores"] >= sums["mlp"]) == reached


def test_attention_may_exceed_the_mlp_always_or_never() -> None:
    narrow = replace(preset("gpt2-small"), d_ff=768)
    assert crossover(narrow, ATTENTION, ["mlp"]) == 1
    wide = replace(preset("llama-2-7b"), d_ff=10**6, window=64)
    assert crossover(wide, ATTENTION, ["mlp"], ATTENDED) is None
