"""The encoder against PyTorch's, and its LM head."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from cs336_core.model.config import ConfigError, NormPlacement
from cs336_core.model.encoder import Encoder, MaskedLanguageModel
from cs336_core.model.losses import cross_entropy
from tests.model.peers import (
    KINDS,
    TINY,
    close,
    rows_stand_alone,
    some_ids,
    torch_encoder,
    unsettled,
)

of_each_kind = pytest.mark.parametrize("kind", KINDS)


def model(kind: str = "none", **changed: Any) -> MaskedLanguageModel:
    config = replace(TINY, **(KINDS[kind] | changed))
    ours: MaskedLanguageModel = unsettled(MaskedLanguageModel(config))
    return ours


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("tied", [False, True])
def test_the_model_equals_torchs_encoder(placement: NormPlacement, tied: bool) -> None:
    ours, ids = model(norm_placement=placement, tied_embeddings=tied), some_ids(2, 6)
    theirs, head = torch_encoder(ours), ours.embedding if tied else ours.lm_head
    x = functional.embedding(ids, ours.embedding.weight)
    close(ours(ids), functional.linear(theirs(x), head.weight))
    lengths = torch.tensor([4, 6])
    hidden = torch.arange(6) >= lengths[:, None]
    read = functional.linear(theirs(x, src_key_padding_mask=hidden), head.weight)
    close(ours(ids, lengths=lengths), read)


@of_each_kind
@settings(max_examples=5)
@given(st.integers(0, 5))
def test_every_token_affects_all_others(kind: str, changed: int) -> None:
    ours, ids = model(kind), some_ids(2, 6)
    other = ids.clone()
    other[:, changed] = (other[:, changed] + 1) % TINY.vocab_size
    for position in range(6):
        assert not ours(ids)[:, position].allclose(ours(other)[:, position])


@settings(max_examples=5)
@given(st.permutations(range(6)))
def test_without_positions_the_model_is_permutation_equivariant(order: list[int]) -> None:
    ours, ids = model(), some_ids(2, 6)
    close(ours(ids[:, order]), ours(ids)[:, order])


@pytest.mark.parametrize("kind", ["learned", "sinusoidal", "rotary"])
def test_positions_break_permutation_equivariance(kind: str) -> None:
    ours, ids = model(kind), torch.tensor([[1, 2, 3, 4, 5]])
    assert not ours(ids.flip(1)).allclose(ours(ids).flip(1))


@of_each_kind
@settings(max_examples=5)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=3))
def test_padding_changes_no_output(kind: str, lengths: list[int]) -> None:
    rows_stand_alone(model(kind), lengths)


def test_an_encoder_has_no_head() -> None:
    ours = Encoder(TINY)
    assert ours.lm_head is None
    assert ours(some_ids(2, 5)).shape == (2, 5, TINY.d_model)


def test_a_masked_token_is_predicted_from_both_sides() -> None:
    """Of three tokens the outer two determine the middle: 1 _ 3 hides 2, 1 _ 5 hides 4 ..."""
    ids = torch.tensor([[1, 0, 3], [1, 0, 5], [6, 0, 3], [6, 0, 5]])
    targets = torch.tensor([2, 4, 7, 8])
    ours = model("learned").float()
    optimizer = torch.optim.Adam(ours.parameters(), lr=0.03)
    for _ in range(40):
        optimizer.zero_grad()
        loss = cross_entropy(ours(ids)[:, 1], targets)
        loss.backward()
        optimizer.step()
    assert ours(ids)[:, 1].argmax(-1).equal(targets)


def test_invalid_inputs_of_an_encoder_raise() -> None:
    with pytest.raises(ConfigError, match="window is 3; it must be None, since an encoder"):
        Encoder(replace(TINY, window=3))
    with pytest.raises(IndexError, match="id 11 is not in the table"):
        model()(torch.tensor([[11]]))
    with pytest.raises(
        ValueError, match="reaches position 12, but the table of positions ends at 11"
    ):
        model("learned")(some_ids(1, 13))
    with pytest.raises(
        ValueError, match=r"lengths range from 2 to 7; .* number of keys, which is 6"
    ):
        model()(some_ids(2, 6), lengths=torch.tensor([7, 2]))
