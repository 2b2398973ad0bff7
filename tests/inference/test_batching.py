"""Continuous batching with a paged cache: every text is the one generated alone."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import Sampling, generate
from cs336_core.inference.batching import Pass, generate_batch
from cs336_core.inference.paged_cache import BlockPool, BlockTable
from cs336_core.inference.scheduler import Request
from cs336_core.model.language_model import LanguageModel
from tests.inference.models import tiny_model

MODEL = tiny_model()


def some_requests(seed: int = 0) -> list[Request]:
    """Return requests of different lengths, with their own seeds."""
    numbers = random.Random(seed)
    return [
        Request(
            prompt_ids=[numbers.randrange(11) for _ in range(numbers.randint(1, 14))],
            n_tokens=numbers.randint(1, 18),
            sampling=Sampling(temperature=numbers.choice([0, 1])),
            stop_ids=[7],
            generator=torch.Generator().manual_seed(i),
        )
        for i in range(6)
    ]


def alone(model: LanguageModel, requests: list[Request]) -> list[list[int]]:
    return [
        list(
            generate(
                model,
                request.prompt_ids,
                n_tokens=request.n_tokens,
                sampling=request.sampling,
                stop_ids=request.stop_ids,
                generator=request.generator,
            )
        )
        for request in requests
    ]


def generated(passes: list[Pass], n_requests: int) -> list[list[int]]:
    texts: list[list[int]] = [[] for _ in range(n_requests)]
    for each in passes:
        for work in each.work:
            if work.new_id is not None:
                texts[work.request].append(work.new_id)
    return texts


@pytest.mark.parametrize(
    "options",
    [
        {"n_blocks": 100, "block_size": 4},
        {"n_blocks": 100, "block_size": 1, "tokens_per_pass": 5},  # prompts in chunks
        {"n_blocks": 9, "block_size": 4},  # texts have to wait for memory
        {"n_blocks": 3, "block_size": 16, "tokens_per_pass": 3},
    ],
)
def test_texts_equal_those_generated_alone(options: dict[str, int]) -> None:
    passes = list(generate_batch(MODEL, some_requests(), **options))
    assert generated(passes, 6) == alone(MODEL, some_requests())
    assert max(each.n_blocks for each in passes) <= options["n_blocks"]
    budget = options.get("tokens_per_pass", 64)
    assert all(sum(work.n_computed for work in each.work) <= budget for each in passes)
    assert passes[-1].n_blocks == passes[-1].n_cached == 0


@pytest.mark.parametrize(
    "changes",
    [{"positions": "learned"}, {"window": 4}, {"n_heads": 4, "n_kv_heads": 2}],
)
def test_texts_equal_those_of_other_models(changes: dict[str, object]) -> None:
    model = tiny_model(1, **changes)
    passes = list(generate_batch(model, some_requests(1), n_blocks=12, block_size=4))
    assert generated(passes, 6) == alone(model, some_requests(1))


def test_a_text_that_started_last_gives_its_memory_back() -> None:
    requests = [Request([1, 2, 3], 12, stop_ids=[], generator=torch.Generator()) for _ in range(3)]
    passes = list(generate_batch(MODEL, requests, n_blocks=8, block_size=2))
    preempted = [index for each in passes for index in each.preempted]
    assert preempted
    assert 0 not in preempted  # the first text is never interrupted, so that work goes on
    assert len({tuple(text) for text in generated(passes, 3)}) == 1


def test_a_text_joins_as_soon_as_another_is_complete() -> None:
    requests = [Request([1], 2), Request([1], 9), Request([1], 3)]
    passes = list(generate_batch(MODEL, requests, n_blocks=2, block_size=16))
    took_part = [[work.request for work in each.work] for each in passes]
    assert took_part[:3] == [[0, 1], [0, 1], [1, 2]]


def test_a_long_prompt_does_not_hold_up_others() -> None:
    requests = [Request([1], 6), Request([2] * 20, 1)]
    passes = list(generate_batch(MODEL, requests, n_blocks=9, tokens_per_pass=5))
    assert [[(work.request, work.n_computed) for work in each.work] for each in passes[:3]] == [
        [(0, 1), (1, 4)],
        [(0, 1), (1, 4)],
        [(0, 1), (1, 4)],
    ]


@given(st.lists(st.integers(1, 9), max_size=12), st.integers(1, 4))
def test_no_slot_belongs_to_two_texts(lengths: list[int], block_size: int) -> None:
    pool = BlockPool(10, block_size)
    tables: list[BlockTable] = []
    for n in lengths:
        table = BlockTable()
        if not pool.grow(table, n):
            assert not table.blocks
            if tables:
                pool.release(tables.pop(0))
            continue
        table.n_tokens = n
        tables.append(table)
        slots = [slot for each in tables for slot in pool.slots(each, 0, each.n_tokens)]
        assert len(set(slots)) == len(slots)
        assert pool.n_free + sum(len(each.blocks) for each in tables) == 10
        assert all(len(t.blocks) == -(-t.n_tokens // block_size) for t in tables)


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (Request([], 1), "the prompt is empty"),
        (Request([1], 0), "n_tokens is 0; it must be a whole number from 1"),
        (Request([1], 40), "but the model's context is 32"),
        (Request([1], 3, stop_ids=[50]), "stop token 50 is not in the vocabulary"),
        (Request([1] * 20, 5), "a request of 20 + 5 tokens needs 6 blocks, but n_blocks is 4"),
    ],
)
def test_mistakes_are_reported_before_anything_is_generated(
    request_: Request, sentence: str
) -> None:
    with pytest.raises(InvalidValueError) as raised:
        generate_batch(MODEL, [Request([1], 1), request_], n_blocks=4, block_size=4)
    assert sentence in str(raised.value)
