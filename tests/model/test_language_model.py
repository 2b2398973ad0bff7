"""The language model against PyTorch's encoder with a causal mask, and its invariants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cs336_core.model.config import ConfigError, ModelConfig, NormPlacement
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import causal_mask
from cs336_core.model.positions import sinusoidal_positions
from tests.model.peers import TINY, close, rows_stand_alone, some_ids, torch_encoder, unsettled

KINDS: dict[str, dict[str, Any]] = {
    "none": {},
    "learned": {"positions": "learned"},
    "sinusoidal": {"positions": "sinusoidal", "norm_placement": "post"},
    "rotary": {"positions": "rotary", "n_kv_heads": 1},
    "partly rotary": {"positions": "rotary", "rotary_fraction": 0.5, "norm": "rmsnorm"},
    "window": {"positions": "rotary", "window": 3, "activation": "swiglu"},
    "learned, window": {"positions": "learned", "window": 2},
}
of_each_kind = pytest.mark.parametrize("kind", KINDS)


def model(kind: str = "none", **changed: Any) -> LanguageModel:
    ours: LanguageModel = unsettled(LanguageModel(replace(TINY, **(KINDS[kind] | changed))))
    return ours


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("positions", ["none", "learned", "sinusoidal"])
@pytest.mark.parametrize("tied", [False, True])
def test_the_model_equals_torchs_encoder_with_a_causal_mask(
    placement: NormPlacement, positions: str, tied: bool
) -> None:
    ours = model(norm_placement=placement, positions=positions, tied_embeddings=tied)
    ids = some_ids(2, 6)
    x = functional.embedding(ids, ours.embedding.weight)
    if positions == "learned":
        x = x + ours.positions.table.weight[:6]
    elif positions == "sinusoidal":
        x = x + sinusoidal_positions(6, 8, dtype=torch.float64)
    read = torch_encoder(ours)(x, mask=~causal_mask(6))
    head = ours.embedding if tied else ours.lm_head
    close(ours(ids), functional.linear(read, head.weight))


@of_each_kind
@settings(max_examples=6)
@given(st.integers(1, 5))
def test_later_tokens_change_no_earlier_output(kind: str, changed: int) -> None:
    ours, ids = model(kind), some_ids(2, 6)
    other = ids.clone()
    other[:, changed] = (other[:, changed] + 1) % TINY.vocab_size
    before, after = ours(ids), ours(other)
    assert before[:, :changed].equal(after[:, :changed])
    assert not before[:, changed].allclose(after[:, changed])


@of_each_kind
@settings(max_examples=6)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4))
def test_several_passes_with_a_cache_equal_one(kind: str, parts: list[int]) -> None:
    ours, ids = model(kind), some_ids(2, sum(parts))
    caches = [KVCache() for _ in ours.blocks]
    read = [ours(part, caches=caches) for part in ids.split(parts, 1)]
    close(torch.cat(read, 1), ours(ids))


@of_each_kind
@settings(max_examples=6)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_padding_changes_no_output(kind: str, lengths: list[int]) -> None:
    rows_stand_alone(model(kind), lengths)


def test_padding_has_no_gradient() -> None:
    ours, ids = model("learned"), some_ids(2, 6)
    lengths = torch.tensor([0, 4])
    other = ids.clone()
    other[0], other[1, 4:] = 0, 0
    logits, after = (ours(batch, lengths=lengths) for batch in (ids, other))
    assert logits.isfinite().all()
    assert logits[1, :4].equal(after[1, :4])


def test_a_window_reaches_further_with_every_block() -> None:
    ours, ids = model("window", window=2), some_ids(1, 6)
    other = ids.clone()
    other[:, 0] = (other[:, 0] + 1) % TINY.vocab_size
    before, after = ours(ids), ours(other)
    # Two blocks, each of which looks one token back.
    assert not before[:, 2].allclose(after[:, 2])
    assert before[:, 3:].equal(after[:, 3:])


def test_a_window_wider_than_the_sequence_has_no_effect() -> None:
    ours, wide = model("rotary"), model("rotary", window=6)
    wide.load_state_dict(ours.state_dict())
    ids = some_ids(2, 6)
    assert wide(ids).equal(ours(ids))


def test_without_positions_earlier_tokens_are_a_set() -> None:
    """In one block; later blocks recover positions from how much a token could see."""
    ids = torch.tensor([[1, 2, 3, 4]])
    swapped = torch.tensor([[3, 1, 2, 4]])
    one_block = model(n_layers=1)
    close(one_block(ids)[:, -1], one_block(swapped)[:, -1])
    rotary = model("rotary", n_layers=1)
    assert not rotary(ids)[:, -1].allclose(rotary(swapped)[:, -1])


@of_each_kind
def test_every_weight_affects_the_output(kind: str) -> None:
    ours, ids = model(kind), some_ids(2, 12)
    ours(ids).log_softmax(-1).square().sum().backward()
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@of_each_kind
def test_half_precision_is_close(kind: str, dtype: torch.dtype) -> None:
    ours, ids = LanguageModel(replace(TINY, **KINDS[kind])), some_ids(2, 6)
    exact = ours(ids)
    half = ours.to(dtype)(ids)
    assert half.dtype == dtype
    # About ten roundings of numbers near 1.
    torch.testing.assert_close(half.float(), exact, rtol=0.1, atol=40 * torch.finfo(dtype).eps)


def test_large_weights_in_half_precision_stay_finite() -> None:
    ours = LanguageModel(replace(TINY, positions="rotary")).half()
    with torch.no_grad():
        ours.embedding.weight.mul_(5e5)  # a stream of 1e4
        for block in ours.blocks:
            block.attention.query.weight.mul_(100)  # scores of some 1e4
            block.attention.key.weight.mul_(100)
    logits = ours(some_ids(2, 6))
    assert logits.isfinite().all()
    logits.float().square().mean().backward()
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all(), name


def test_an_empty_sequence_works() -> None:
    for kind in KINDS:
        assert model(kind)(some_ids(2, 0)).shape == (2, 0, TINY.vocab_size)


def test_ids_outside_of_the_vocabulary_raise() -> None:
    for wrong in (-1, 11):
        with pytest.raises(IndexError, match=f"id {wrong} is not in the table, .* ids 0 to 10"):
            model()(torch.tensor([[1, wrong]]))


def test_a_sequence_longer_than_the_table_raises() -> None:
    message = r"reaches position 12, but the table of positions ends at 11 \(context_length is 12\)"
    ours = model("learned")
    with pytest.raises(ValueError, match=message):
        ours(some_ids(1, 13))
    caches = [KVCache() for _ in ours.blocks]
    ours(some_ids(1, 12), caches=caches)
    with pytest.raises(ValueError, match=message):
        ours(some_ids(1, 1), caches=caches)
    assert model("rotary")(some_ids(1, 13)).shape == (1, 13, 11)


def test_invalid_lengths_and_caches_raise() -> None:
    ours = model()
    with pytest.raises(
        ValueError, match=r"lengths range from 1 to 5; .* number of keys, which is 4"
    ):
        ours(some_ids(2, 4), lengths=torch.tensor([5, 1]))
    for n in (0, 1, 3):
        with pytest.raises(
            ValueError, match=f"caches has {n} entries; .* one for each of the 2 blocks"
        ):
            ours(some_ids(1, 2), caches=[KVCache() for _ in range(n)])


@pytest.mark.parametrize("n_outputs", [0, 3])
def test_a_model_without_an_lm_head_raises(n_outputs: int) -> None:
    with pytest.raises(ConfigError, match=f"n_outputs is {n_outputs}, which is not an LM head"):
        LanguageModel(replace(TINY, n_outputs=n_outputs))


def test_tied_embeddings_are_one_parameter() -> None:
    config = ModelConfig(vocab_size=5, context_length=4, n_layers=1, d_model=4, n_heads=1)
    names = dict(LanguageModel(replace(config, tied_embeddings=True)).named_parameters())
    assert "lm_head.weight" not in names
    assert "lm_head.weight" in dict(LanguageModel(config).named_parameters())
