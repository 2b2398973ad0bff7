"""Decoding with a cache equals one pass: padded rows, windows that forget, tokens taken back."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any, Literal

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cs336_core.accounting import kv_cache_bytes
from cs336_core.model.config import Latent
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import position_mask
from cs336_core.model.positions import padded_positions
from tests.model.peers import TINY, close, normal, some_ids, unsettled

LATENT = Latent(kv_rank=5, nope_head_dim=4, rope_head_dim=2, v_head_dim=3)
KINDS: dict[str, dict[str, Any]] = {
    "learned": {"positions": "learned", "context_length": 16},
    "sinusoidal": {"positions": "sinusoidal"},
    "rotary, grouped": {"positions": "rotary", "n_kv_heads": 1},
    "rotary, window": {"positions": "rotary", "window": 3},
    "latent": {"positions": "rotary", "latent": LATENT},
    "latent, window": {"positions": "rotary", "latent": LATENT, "window": 4},
}
of_each_kind = pytest.mark.parametrize("kind", KINDS)
SIDES: list[Literal["left", "right"]] = ["left", "right"]


def model(kind: str) -> LanguageModel:
    ours: LanguageModel = unsettled(LanguageModel(replace(TINY, **KINDS[kind])))
    return ours


@of_each_kind
@pytest.mark.parametrize("side", SIDES)
@settings(max_examples=8)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=3), st.lists(st.integers(1, 2), max_size=3))
def test_padded_prompts_continue_as_if_alone(
    kind: str, side: Literal["left", "right"], lengths: list[int], steps: list[int]
) -> None:
    ours, caches, n = model(kind), model(kind).new_caches(), max(lengths)
    rows = [some_ids(length + sum(steps)) for length in lengths]
    prompts = some_ids(len(rows), n)  # padding may be any id
    for prompt, row, length in zip(prompts, rows, lengths, strict=True):
        prompt[(n - length) if side == "left" else 0 :][:length] = row[:length]
    positions = padded_positions(torch.tensor(lengths), n, side=side)
    together = [ours(prompts, positions=positions, caches=caches)]
    for step in torch.stack([row[len(row) - sum(steps) :] for row in rows]).split(steps, 1):
        together.append(ours(step, caches=caches))
    logits = torch.cat(together, 1)
    is_token = torch.cat([positions >= 0, torch.ones(len(rows), sum(steps)).bool()], 1)
    for row, read, kept in zip(rows, logits, is_token, strict=True):
        close(read[kept], ours(row[None])[0])


@of_each_kind
def test_lengths_are_padding_on_the_right(kind: str) -> None:
    ours, ids, lengths = model(kind), some_ids(2, 5), torch.tensor([3, 5])
    caches, others = ours.new_caches(), ours.new_caches()
    first = ours(ids, lengths=lengths, caches=caches)
    other = ours(ids, positions=padded_positions(lengths, 5), caches=others)
    close(first[0, :3], other[0, :3])
    close(ours(ids[:, :1], caches=caches), ours(ids[:, :1], caches=others))
    # Prompts that arrive in chunks: the second one is longer in the row whose first was shorter.
    chunk = some_ids(2, 2)
    read = ours(chunk, lengths=torch.tensor([2, 1]), caches=caches)
    whole = ours(torch.cat([ids[:1, :3], ids[:1, :1], chunk[:1]], 1))
    close(read[0], whole[0, -2:])


@of_each_kind
@settings(max_examples=8)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_the_cache_holds_the_bytes_that_accounting_counts(kind: str, parts: list[int]) -> None:
    ours = model(kind)
    ids, caches = some_ids(2, sum(parts)), ours.new_caches()
    read = [ours(part, caches=caches) for part in ids.split(parts, 1)]
    close(torch.cat(read, 1), ours(ids))
    counted = kv_cache_bytes(ours.config, sum(parts), batch=2, bytes_per_value=8)
    assert sum(cache.nbytes for cache in caches) == counted
    assert {len(cache) for cache in caches} == {sum(parts)}


@pytest.mark.parametrize("kind", ["learned", "rotary, grouped", "rotary, window", "latent"])
@settings(max_examples=8)
@given(st.integers(0, 6), st.integers(1, 3))
def test_a_truncated_cache_continues_as_before(kind: str, length: int, n: int) -> None:
    ours, ids = model(kind), some_ids(2, 6 + n)
    caches = [KVCache() for _ in ours.blocks]
    ours(ids[:, :6], caches=caches)
    for cache in caches:
        cache.truncate(length)
        assert len(cache) == length
    other = some_ids(2, n)
    close(ours(other, caches=caches), ours(torch.cat([ids[:, :length], other], 1))[:, length:])


@pytest.mark.parametrize("kind", ["learned", "rotary, window", "latent"])
def test_rows_may_take_back_different_numbers_of_tokens(kind: str) -> None:
    ours, ids, lengths = model(kind), some_ids(3, 6), [2, 5, 0]
    caches, other = [KVCache() for _ in ours.blocks], some_ids(3, 2)
    ours(ids, caches=caches)
    for cache in caches:
        cache.truncate(torch.tensor(lengths))
        assert cache.n_held == len(cache) == 5
    read = ours(other, caches=caches)
    for row, length in enumerate(lengths):
        alone = torch.cat([ids[row, :length], other[row]])
        close(read[row], ours(alone[None])[0, length:])
    for cache in caches:
        cache.truncate(0)
    close(ours(other, caches=caches), ours(other))


def test_a_window_that_has_moved_on_cannot_go_back() -> None:
    cache = KVCache(3)
    for _ in range(5):
        cache.append(normal(1, 2, 1, 4), normal(1, 2, 1, 4))
    cache.truncate(4)  # the next token sees 2 and 3
    assert (len(cache), cache.n_held) == (4, 2)
    message = "length is 3, but the cache keeps only the last 3 of 4 tokens"
    with pytest.raises(ValueError, match=message):
        cache.truncate(3)
    short = KVCache(3)
    short.append(normal(1, 2, 3, 4), normal(1, 2, 3, 4))
    short.truncate(1)
    assert short.n_held == 1
    with pytest.raises(ValueError, match="length is -1; it must be 0 or more"):
        short.truncate(-1)
    with pytest.raises(ValueError, match="window is 0; it must be 1 or more"):
        KVCache(0)


@of_each_kind
def test_rows_of_a_cache_can_be_selected(kind: str) -> None:
    ours, ids, rows = model(kind), some_ids(2, 5), torch.tensor([1, 0, 1])
    caches, step = ours.new_caches(), some_ids(3, 1)
    ours(ids, lengths=torch.tensor([3, 5]), caches=caches)
    for cache in caches:
        cache.select(rows)
    read = ours(step, caches=caches)
    for row, source in enumerate([1, 0, 1]):
        alone = torch.cat([ids[source, : [3, 5][source]], step[row]])
        close(read[row], ours(alone[None])[0, -1:])


def test_a_copy_of_a_cache_is_a_snapshot() -> None:
    ours, ids = model("rotary, window"), some_ids(2, 6)
    caches = ours.new_caches()
    ours(ids[:, :4], caches=caches)
    snapshot = [copy(cache) for cache in caches]
    close(ours(ids[:, 4:], caches=caches), ours(ids[:, 4:], caches=snapshot))


def test_documents_packed_into_a_row_do_not_see_each_other() -> None:
    ours, ids = model("rotary, grouped"), some_ids(2, 6)
    document = torch.tensor([[0, 0, 0, 0, 1, 1], [0, 1, 1, 1, 1, 1]])
    positions = torch.tensor([[0, 1, 2, 3, 0, 1], [0, 0, 1, 2, 3, 4]])
    same = (document[:, :, None] == document[:, None, :])[:, None]
    read = ours(ids, positions=positions, mask=same)
    close(read[0, 4:], ours(ids[:1, 4:])[0])
    close(read[1, 1:], ours(ids[1:, 1:])[0])


def test_padding_is_never_attended_to() -> None:
    queries, keys = torch.tensor([[-1, 0, 1]]), torch.tensor([[-1, 0, 1]])
    expected = [[[0, 0, 0], [0, 1, 0], [0, 1, 1]]]
    assert position_mask(queries, keys).int().tolist() == expected
    assert position_mask(queries, keys, 1).int().tolist() == [[[0, 0, 0], [0, 1, 0], [0, 0, 1]]]


def test_invalid_padding_raises() -> None:
    ours, ids = model("learned"), some_ids(2, 4)
    with pytest.raises(ValueError, match=r"lengths range from 1 to 5; .* which is 4"):
        padded_positions(torch.tensor([1, 5]), 4)
    with pytest.raises(ValueError, match="pass lengths or positions, not both"):
        ours(ids, lengths=torch.tensor([1, 4]), positions=torch.arange(4))
