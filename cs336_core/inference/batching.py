"""Continuous batching: texts join and leave a running batch, one pass after the other.

A pass computes the next tokens of all running texts. In a fixed batch, the short texts would wait
for the longest; here a text leaves when it is complete, and a waiting one takes its place (Yu et
al. 2022). Prompts are computed in chunks next to the tokens that others generate, so that a long
prompt does not hold everybody up (Agrawal et al. 2024).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError, check_size
from cs336_core.inference.generation import check_ids, check_prompt, check_room, run
from cs336_core.inference.paged_cache import BlockPool, PagedCache
from cs336_core.inference.sampling import draw
from cs336_core.inference.scheduler import Request, Scheduler, Text
from cs336_core.model.language_model import LanguageModel


class Work(NamedTuple):
    """What a pass did for one request.

    Attributes:
        request: the index of the request.
        n_computed: how many ids were computed: a chunk of the prompt, or the latest id alone.
        new_id: the id that was generated; `None` if more of the prompt is to come.
        is_done: whether it was the last one.

    """

    request: int
    n_computed: int
    new_id: int | None
    is_done: bool


class Pass(NamedTuple):
    """One pass of the model.

    Attributes:
        work: what it did, one entry for each request that took part.
        preempted: the requests that gave their blocks back before it, for lack of memory.
        n_cached: how many tokens are cached after it, in requests that are not complete.
        n_blocks: how many blocks hold these.

    """

    work: list[Work]
    preempted: list[int]
    n_cached: int
    n_blocks: int


def generate_batch(
    model: LanguageModel,
    requests: Sequence[Request],
    *,
    n_blocks: int,
    block_size: int = 16,
    tokens_per_pass: int = 64,
) -> Iterator[Pass]:
    """Yield the passes that complete all requests; each text is the one that `generate` yields.

    Args:
        model: runs as in `generate`.
        requests: started in this order.
        n_blocks: the memory, in blocks.
        block_size: the tokens per block.
        tokens_per_pass: how many ids a pass computes at most.

    Raises:
        InvalidValueError: before anything is generated: for a request that `generate` would refuse,
            or that does not fit into all blocks together.

    """
    pool = BlockPool(n_blocks, block_size)
    check_size("tokens_per_pass", tokens_per_pass)
    for request in requests:
        check_size("n_tokens", request.n_tokens)
        check_prompt(model, request.prompt_ids)
        check_ids("stop token", model, request.stop_ids)
        check_room(model, len(request.prompt_ids), request.n_tokens)
        needed = pool.blocks_for(len(request.prompt_ids) + request.n_tokens - 1)
        if needed > n_blocks:
            raise InvalidValueError(
                f"a request of {len(request.prompt_ids):,} + {request.n_tokens:,} tokens needs "
                f"{needed:,} blocks, but n_blocks is {n_blocks:,}; give the cache more blocks"
            )
    texts = [Text(i, request) for i, request in enumerate(requests)]
    return _passes(model, Scheduler(texts, pool, tokens_per_pass), pool)


def _passes(model: LanguageModel, scheduler: Scheduler, pool: BlockPool) -> Iterator[Pass]:
    """Generate as `generate_batch` does."""
    caches = [PagedCache(pool) for _ in model.blocks]
    while True:
        planned, preempted = scheduler.plan()
        if not planned:
            return
        logits = _compute(model, caches, pool, planned)
        work = []
        for (text, n), last in zip(planned, logits, strict=True):
            text.table.n_tokens += n
            new_id, is_done = None, False
            if not text.n_to_compute:
                request = text.request
                new_id = int(
                    draw(request.sampling.probs(last[None], [text.ids]), request.generator)
                )
                text.ids.append(new_id)
                is_done = len(text.ids) == text.end or new_id in request.stop_ids
            if is_done:
                scheduler.finish(text)
            work.append(Work(text.index, n, new_id, is_done))
        yield Pass(
            work,
            [text.index for text in preempted],
            scheduler.n_cached,
            pool.n_blocks - pool.n_free,
        )


def _compute(
    model: LanguageModel,
    caches: list[PagedCache],
    pool: BlockPool,
    planned: list[tuple[Text, int]],
) -> Float[Tensor, "texts vocab_size"]:
    """Compute the next ids of each text, and return the logits after the last of them.

    All texts are in one row, one after the other, so that none is padded; the mask lets a token
    attend to its own text only.
    """
    ids, positions, slots, owners = list[int](), list[int](), list[int](), list[int]()
    held, held_positions, held_owners = list[int](), list[int](), list[int]()
    for text, n in planned:
        done = text.table.n_tokens
        ids += text.ids[done : done + n]
        positions += range(done, done + n)
        slots += pool.slots(text.table, done, done + n)
        owners += [text.index] * n
        held += pool.slots(text.table, 0, done)
        held_positions += range(done)
        held_owners += [text.index] * done
    for cache in caches:
        cache.use_slots(held, held_positions, slots)
    queries, keys = torch.tensor(owners), torch.tensor(held_owners + owners)
    mask = queries[:, None] == keys
    logits = run(model, torch.tensor([ids]), caches, positions=torch.tensor([positions]), mask=mask)
    last = torch.tensor([n for _, n in planned]).cumsum(0) - 1
    return logits[0, last]
