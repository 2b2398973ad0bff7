"""FLOPs and parameters equal those of the real modules, by PyTorch's counter.

`FlopCounterMode` sees products of matrices (mm, addmm, bmm, baddbmm), convolutions, and fused
attention of GPUs. It does not see a matrix times a vector, a dot product, fused attention on a CPU,
nor anything that is done number by number. The lecture's modules use none of the former, so there
both counts are the same to the last FLOP. Sequences here are short: from 256 tokens on, our
attention leaves out most of the scores that the mask hides.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.accounting import TRAINING, Conventions, count_flops, count_parameters, total_flops
from cs336_core.accounting.flops import FlopRow
from cs336_core.model.experts import active_params
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset, preset_names
from tests.accounting.models import (
    EXPERTS,
    KINDS,
    LATENT,
    SMALL,
    by_part,
    config_of,
    counted_by_torch,
    counted_on_meta,
    forward_and_backward,
    products_of,
)

of_each_kind = pytest.mark.parametrize("kind", KINDS)


@of_each_kind
@pytest.mark.parametrize(
    ("batch", "seq_len", "cached"), [(1, 7, 0), (3, 8, 0), (2, 1, 6), (1, 3, 4)]
)
def test_every_operation_of_a_forward_pass(
    kind: str, batch: int, seq_len: int, cached: int
) -> None:
    config = config_of(kind)
    ours = by_part(count_flops(config, batch, seq_len, cached=cached))
    assert ours == counted_by_torch(config, batch, seq_len, cached=cached)


@of_each_kind
def test_every_operation_forward_and_backward(kind: str) -> None:
    config = config_of(kind)
    trained = count_flops(config, 2, 7, TRAINING)
    products, by_torch = forward_and_backward(config, 2, 7)
    assert total_flops(trained) == by_torch == products.flops.total()
    if "expert" not in kind and kind != "DeepSeek":  # the routing is unknown
        assert products_of(trained) == products.flops


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(list(KINDS)), st.integers(1, 3), st.integers(1, 9), st.integers(0, 9),
    st.integers(1, 3),
)  # fmt: skip
def test_any_sizes(kind: str, batch: int, seq_len: int, cached: int, n_layers: int) -> None:
    config = config_of(kind, n_layers=n_layers)
    ours = by_part(count_flops(config, batch, seq_len, cached=cached))
    assert ours == counted_by_torch(config, batch, seq_len, cached=cached)


@pytest.mark.parametrize("name", [n for n in preset_names() if preset(n).experts is None])
def test_every_preset_without_experts(name: str) -> None:
    """On the meta device, where routing is impossible; experts are tested in small models."""
    config = preset(name)
    forward, both = counted_on_meta(config, 2, 16)
    assert total_flops(count_flops(config, 2, 16)) == forward
    assert total_flops(count_flops(config, 2, 16, TRAINING)) == both


@pytest.mark.parametrize("name", preset_names())
def test_parameter_count_of_every_preset(name: str) -> None:
    config = preset(name)
    with torch.device("meta"):
        model = LanguageModel(config)
    counted = count_parameters(config)
    assert counted.total == sum(p.numel() for p in model.parameters())
    assert counted.active == active_params(model)
    assert len(model.blocks) == config.n_layers


@of_each_kind
def test_parameters_by_component_are_those_of_the_modules(kind: str) -> None:
    config = config_of(kind)
    with torch.device("meta"):
        model = LanguageModel(config)
    sums = dict.fromkeys(count_parameters(config).components, 0)
    for name, parameter in model.named_parameters():
        sums[component(name)] += parameter.numel()
    assert count_parameters(config).components == sums
    assert count_parameters(config).active == active_params(model)
    assert sum(row.params for row in count_flops(config, 1, 1)) == sum(sums.values())


def component(name: str) -> str:
    """Return the component of a parameter from its name in the module."""
    if "norm" in name:
        return "norms"
    for part in ("embedding", "positions", "lm_head", "attention", "router", "experts", "shared"):
        if part in name:
            return {"lm_head": "head", "shared": "experts"}.get(part, part)
    return "mlp"


def test_limits_of_torchs_counter() -> None:
    matrix, vector = torch.zeros(8, 8), torch.zeros(8)
    with FlopCounterMode(display=False) as counter:
        matrix @ vector
        vector @ vector
        matrix.softmax(-1).exp() + matrix
        heads = torch.zeros(1, 2, 8, 4)
        functional.scaled_dot_product_attention(heads, heads, heads)  # fused, on a CPU
        torch.einsum("ij,j->i", matrix, vector).relu()
    seen = counter.get_total_flops()
    assert seen == 2 * 8 * 8  # only the last product: einsum turns the vector into a matrix
    with FlopCounterMode(display=False) as counter:
        heads = torch.zeros(1, 2, 8, 4, device="meta")  # not fused there
        functional.scaled_dot_product_attention(heads, heads, heads, is_causal=True)
    assert counter.get_total_flops() == 2 * 2 * (2 * 8 * 8 * 4)  # all pairs, whatever the mask


def test_flash_attention_recomputes_scores_and_the_counter_includes_them() -> None:
    """5 backward matmuls for 2 forward: our backward pass with selective recomputation.

    Only scores are recomputed, not the output: half of what `recompute="selective"` adds.
    """
    query = torch.zeros(1, 2, 8, 4, device="meta", dtype=torch.bfloat16)
    flash = torch.ops.aten._scaled_dot_product_flash_attention
    with FlopCounterMode(display=False) as counter:
        out, lse, q_lengths, k_lengths, longest_q, longest_k, seed, offset, _ = flash(
            query, query, query, 0.0, True
        )
        forward = counter.get_total_flops()
        torch.ops.aten._scaled_dot_product_flash_attention_backward(
            out, query, query, query, out, lse, q_lengths, k_lengths, longest_q, longest_k,
            0.0, True, seed, offset,
        )  # fmt: skip
    backward = counter.get_total_flops() - forward
    config = replace(SMALL, n_heads=2, d_head=4, n_layers=1)

    def scores(rows: list[FlopRow]) -> int:
        return sum(row.flops for row in rows if row.group == "scores")

    assert forward == scores(count_flops(config, 1, 8))
    plain = scores(count_flops(config, 1, 8, Conventions(work="backward")))
    selective = scores(
        count_flops(config, 1, 8, Conventions(work="backward", recompute="selective"))
    )
    assert backward == (plain + selective) / 2


def test_absorbed_latent_attention_pays_off_for_few_queries() -> None:
    config = replace(SMALL, latent=LATENT, experts=EXPERTS)
    scores = [
        sum(row.flops for row in count_flops(config, 1, 1, cached=n) if row.group == "scores")
        for n in (4, 9)
    ]
    wide = 2 * LATENT.kv_rank + LATENT.rope_head_dim
    assert scores[1] - scores[0] == 5 * 2 * 3 * 4 * wide
