"""The FLOPs explorer's Python side: state, bounds, and what a page shows without JavaScript."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cs336_core.accounting import (
    Conventions,
    count_flops,
    count_parameters,
    flops_fraction,
    total_flops,
)
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig
from cs336_core.model.config_json import config_from_json
from cs336_core.model.presets import preset
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import FlopsExplorer
from cs336_core.widgets.flops_explorer.settings import CHANGES, changed
from tests.widgets.states import state_of

SMALL = ModelConfig(
    vocab_size=100,
    context_length=64,
    n_layers=2,
    d_model=16,
    n_heads=4,
    experts=Experts(n_experts=4, n_active=2, d_ff=12),
    latent=Latent(kv_rank=6, nope_head_dim=5, rope_head_dim=2, v_head_dim=3),
)
UNCHANGED = dict.fromkeys(CHANGES, 0) | {"mlp": ""}


def test_the_state_of_the_view() -> None:
    assert FlopsExplorer("llama-3-8b", seq_len=512, part="mlp").static_state() == UNCHANGED | {
        "preset": "llama-3-8b",
        "own": {},
        "seq_len": 512,
        "phase": "prefill",
        "unit": "FLOP",
        "pairs": "all",
        "head": True,
        "work": "forward",
        "elementwise": False,
        "part": "mlp",
    }


def test_at_first_it_is_gpt_3_as_published() -> None:
    made = FlopsExplorer()
    assert made.config == made.published == preset("gpt3-175b")
    assert f"{flops_fraction(made.rows(), 'mlp'):.3f}" == "0.646"


def test_a_model_of_ones_own() -> None:
    made = FlopsExplorer(SMALL)
    assert made.preset == ""
    assert made.config == SMALL == config_from_json(state_of(made.static_html())["own"])
    made.preset = "llama-3-8b"
    assert made.config == preset("llama-3-8b")
    made.preset = ""
    assert made.config == SMALL


def test_counts_follow_the_settings() -> None:
    made = FlopsExplorer("mixtral-8x7b", seq_len=300)
    made.n_layers, made.n_experts, made.n_active = 4, 16, 4
    made.pairs, made.work, made.head, made.unit = "attended", "full", False, "MAC"
    forward = Conventions(pairs="attended", head=False, unit="MAC")
    expected = replace(forward, work="training", recompute="full")
    assert made.rows() == count_flops(made.config, 1, 300, expected)
    made.phase = "decode"  # one token, forward, whatever the work is set to
    assert total_flops(made.rows()) == total_flops(
        count_flops(made.config, 1, 1, forward, cached=300)
    )
    made.unit, made.elementwise = "FLOP", True
    assert any(row.operation == "softmax" for row in made.rows())


def test_changes_that_bring_others() -> None:
    gpt3, llama, mixtral = map(preset, ("gpt3-175b", "llama-3-8b", "mixtral-8x7b"))
    wider = changed(gpt3, {"d_model": 960})
    assert (wider.mlp_width, wider.head_dim, wider.kv_heads) == (4 * 960, 10, 96)
    assert changed(llama, {"mlp": "plain"}).activation == "gelu"
    assert changed(gpt3, {"mlp": "gated"}).activation == "swiglu"
    assert changed(llama, {"mlp": "gated"}) == llama == changed(llama, UNCHANGED)
    assert changed(mixtral, {"n_experts": 1}).experts is None
    single = changed(mixtral, {"n_experts": 1, "d_ff": 99})
    assert (single.experts, single.d_ff) == (None, 99)
    several = changed(gpt3, {"n_experts": 8, "d_model": 960})
    assert several.experts == Experts(n_experts=8, n_active=2, d_ff=4 * 960)
    narrow = changed(mixtral, {"d_ff": 99, "n_experts": 2, "n_active": 1})
    assert narrow.experts == Experts(n_experts=2, n_active=1, d_ff=99)
    shared = changed(preset("deepseek-v3"), {"n_experts": 4}).experts
    assert shared is not None
    assert (shared.n_active, shared.n_shared, shared.n_dense_layers) == (4, 1, 3)


def test_positions_go_as_far_as_the_text() -> None:
    made = FlopsExplorer("gpt2-small", seq_len=4096)
    assert made.config.context_length == 4096
    longer = count_parameters(made.config).total - count_parameters(made.published).total
    assert longer == (4096 - 1024) * 768
    made.phase = "decode"
    assert made.config.context_length == 4097


def test_assigned_values_are_checked() -> None:
    made = FlopsExplorer()
    with pytest.raises(WidgetError, match="n_layers is -3; it must be a whole number from 0 to"):
        made.n_layers = -3
    with pytest.raises(WidgetError, match=r"d_model is 1000000000; .* from 0 to 100,000"):
        made.d_model = 10**9
    with pytest.raises(WidgetError, match="pairs is 'half'; it must be one of 'all', 'attended'"):
        made.pairs = "half"
    with pytest.raises(WidgetError, match="'llama-3-8'; did you mean llama-3-8b"):
        made.preset = "llama-3-8"
    with pytest.raises(WidgetError, match="unknown preset ''"):
        made.preset = ""
    assert made.config == preset("gpt3-175b")


def test_an_impossible_model_is_reported() -> None:
    made = FlopsExplorer("llama-3-8b")
    made.n_heads = 7
    with pytest.raises(ConfigError, match=r"d_model \(4096\) is not divisible by n_heads \(7\)"):
        made.rows()
    assert "There is no such model: d_model (4096)" in made.fallback_html()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"model": "gpt5"}, "unknown preset 'gpt5'"),
        ({"model": ""}, "unknown preset ''"),
        ({"model": 7}, "model is 7; it must be the name of a preset"),
        ({"seq_len": 0}, "seq_len is 0; it must be a whole number from 1 to 16,777,2"),
        ({"seq_len": 2**24 + 1}, "seq_len is 16777217"),
        ({"seq_len": 1.5}, "seq_len is 1.5"),
        ({"seq_len": True}, "seq_len is True"),
        ({"unit": "flops"}, "unit is 'flops'; it must be one of 'FLOP', 'MAC'"),
        ({"work": "backward"}, "work is 'backward'"),
        ({"part": "attention"}, "part is 'attention'"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        FlopsExplorer(**given)


def test_the_fallback_has_bars_and_every_number() -> None:
    html = FlopsExplorer().fallback_html()
    assert html.count('class="cs336-flops-bar"') == 2
    assert "Where the FLOPs go: Projections 32.3 %, Scores and values 2.7 %, MLP 64.6 %" in html
    assert "GPT-3 175B processes 2,048 tokens: 735 TFLOPs. Attention takes 35.0 %, the MLP" in html
    assert html.count("<tr>") == 1 + 5 + 1
    decode = FlopsExplorer(SMALL, phase="decode", unit="MAC").fallback_html()
    assert "The model generates one token after 2,048 others: " in decode
    assert "MACs" in decode


def test_hostile_names_stay_text() -> None:
    html = FlopsExplorer(key='"><b>').static_html()
    assert "<b>" not in html
    assert html.count("</script>") == 1
