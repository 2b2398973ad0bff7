"""Causal attention in blocks against attention with a causal mask."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.func import vmap
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.model import causal_blocks as blocks_of
from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.causal_attention import causal_attention, up_to_query
from cs336_core.model.causal_blocks import causal_blocks, n_scores
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import causal_mask, padding_mask
from cs336_core.model.positions import padded_positions
from cs336_core.model.views import layer_views
from tests.model.compiled import KINDS, model
from tests.model.peers import close, normal, some_ids


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few tokens be a long sequence."""
    monkeypatch.setattr(blocks_of, "MIN_QUERIES", 2)


def with_mask(query: Tensor, key: Tensor, value: Tensor, mask: Any = None, **rest: Any) -> Tensor:
    """Compute all scores, and hide those of later keys."""
    causal = causal_mask(query.shape[-2], key.shape[-2])
    visible = causal if mask is None else causal & mask
    return scaled_dot_product_attention(query, key, value, visible, **rest)


@pytest.mark.parametrize(
    ("n_queries", "n_keys"),
    [(1, 1), (1, 9), (255, 255), (256, 256), (515, 530), (400, 100), (256, 0)],
)
def test_it_equals_attention_with_a_causal_mask(n_queries: int, n_keys: int) -> None:
    given = normal(2, n_queries, 3), normal(2, n_keys, 3), normal(2, n_keys, 2)
    close(causal_attention(*given), with_mask(*given))


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_blocks_hold_all_visible_pairs(n_queries: int, n_keys: int) -> None:
    blocks = causal_blocks(n_queries, n_keys)
    assert len(blocks) <= 4
    assert len(blocks) == 1 or all(rows.stop - rows.start >= 128 for rows, _ in blocks)
    assert [rows.start for rows, _ in blocks] == [0, *(rows.stop for rows, _ in blocks[:-1])]
    for rows, columns in blocks:
        last = n_keys - n_queries + rows.stop - 1  # the position of the last query
        assert columns.stop == max(last + 1, 0)
    assert blocks[-1][0].stop == n_queries


N = 11
MASKS = {
    "none": None,
    "of keys": torch.arange(N) % 3 > 0,  # nothing at all for the first query
    "padding": padding_mask(torch.tensor([4, 0]), N),
    "of queries": torch.arange(N)[:, None] != 7,
    "any": torch.rand(2, 3, N, N, generator=torch.Generator().manual_seed(0)) < 0.5,
}


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("of_mask", MASKS)
def test_masks_and_options(of_mask: str) -> None:
    given = normal(2, 3, N, 4), normal(2, 3, N, 4), normal(2, 3, N, 5)
    for options in (
        {},
        {"scale": 0.3, "cap": 2.0},
        {"bias": normal(3, N, N), "sinks": normal(3, 1, 1)},
        {"bias": normal(N), "sinks": normal(2, 3, N, 1)},
    ):
        ours = causal_attention(*given, MASKS[of_mask], **options)
        close(ours, with_mask(*given, MASKS[of_mask], **options))


@pytest.mark.usefixtures("small_blocks")
def test_a_query_that_may_attend_to_nothing_gets_zeros() -> None:
    given = [normal(2, 3, N, 4, requires_grad=True) for _ in range(3)]
    y = causal_attention(*given, MASKS["padding"])
    assert not y[1].any()
    y.sum().backward()
    assert all(x.grad is not None and x.grad.isfinite().all() for x in given)


@pytest.mark.usefixtures("small_blocks")
def test_gradients() -> None:
    shared = normal(1, 5, 1, requires_grad=True)
    inputs = (normal(2, 5, 1, requires_grad=True), shared, shared, normal(5, 5, requires_grad=True))

    def attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        key, value = key.expand(2, -1, -1), value.expand(2, -1, -1)
        return causal_attention(query, key, value, bias=bias)

    assert torch.autograd.gradcheck(attend, inputs)
    assert torch.autograd.gradgradcheck(attend, inputs)


@pytest.mark.usefixtures("small_blocks")
def test_vmap_and_half_precision() -> None:
    given = normal(2, 3, N, 4), normal(2, 3, N, 4), normal(2, 3, N, 5)
    close(vmap(causal_attention)(*given), causal_attention(*given))
    halves = [x.bfloat16() for x in given]
    y = causal_attention(*halves)
    assert y.dtype == torch.bfloat16
    assert y.equal(with_mask(*halves))


@pytest.mark.usefixtures("small_blocks")
def test_invalid_masks_raise_as_without_blocks() -> None:
    x = torch.zeros(6, 3)
    with pytest.raises(TypeError, match=r"the mask has dtype torch.float32; it must be torch.bool"):
        causal_attention(x, x, x, torch.ones(6, 6))
    with pytest.raises(ValueError, match=r"shape \(6, 3\), which does not .* scores, \(6, 6\)"):
        causal_attention(x, x, x, torch.ones(6, 3, dtype=torch.bool))


def test_most_hidden_scores_are_not_computed() -> None:
    x = torch.zeros(1, 512, 4, device="meta", requires_grad=True)
    flops = []
    for attend in (scaled_dot_product_attention, causal_attention):
        with FlopCounterMode(display=False) as counter:
            attend(x, x, x).sum().backward()
        flops.append(counter.get_total_flops())
    assert flops[1] == 0.625 * flops[0]
    assert n_scores(512, 512) == 0.625 * 512**2


def test_what_is_visible_needs_no_mask() -> None:
    positions = torch.arange(5)
    views = layer_views(model("Gemma").config, positions, positions, None, None, causal=True)
    assert [view.mask is None for view in views] == [False, True]  # a window, and all
    assert up_to_query(None, 1, 9, device=torch.device("cpu")) is None


# Models: explicit positions need not be in order, so with them all scores are computed and masked.


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("kind", KINDS)
def test_models_with_and_without_positions(kind: str) -> None:
    ours, ids = model(kind), some_ids(2, 9)
    close(ours(ids), ours(ids, positions=torch.arange(9)))
    caches, others = ours.new_caches(), ours.new_caches()
    for start, end in ((0, 5), (5, 6), (6, 9)):
        new, positions = ids[:, start:end], torch.arange(start, end)
        close(ours(new, caches=caches), ours(new, positions=positions, caches=others))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("kind", ["GPT-2", "DeepSeek", "Gemma"])
def test_prompts_of_different_lengths(kind: str) -> None:
    ours, ids, more = model(kind), some_ids(2, 6), some_ids(2, 5)
    lengths, mask = torch.tensor([3, 6]), torch.rand(2, 1, 6, 6) < 0.8
    caches, others = ours.new_caches(), ours.new_caches()
    logits = ours(ids, lengths=lengths, mask=mask, caches=caches)
    positions = padded_positions(lengths, 6)
    by_position = ours(ids, positions=positions, mask=mask, caches=others)
    close(logits[positions >= 0], by_position[positions >= 0])
    positions = lengths[:, None] + torch.arange(5)
    close(ours(more, caches=caches), ours(more, positions=positions, caches=others))


@pytest.mark.usefixtures("small_blocks")
def test_gradient_checkpointing() -> None:
    ours, ids = model("Llama"), some_ids(2, 9)
    again = LanguageModel(ours.config, checkpointing=True).double()
    again.load_state_dict(ours.state_dict())
    for each in (ours, again):
        each(ids).square().sum().backward()
    for mine, other in zip(ours.parameters(), again.parameters(), strict=True):
        assert mine.grad is not None
        assert other.grad is not None
        close(mine.grad, other.grad)
