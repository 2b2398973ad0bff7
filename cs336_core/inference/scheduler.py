"""Which tokens the next pass of a model computes, when many texts share its time and memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from cs336_core.inference.paged_cache import BlockPool, BlockTable
from cs336_core.inference.sampling import Sampling


@dataclass(eq=False)
class Request:
    """A text to generate.

    Attributes:
        prompt_ids: at least one id.
        n_tokens: how many ids to generate, at least one, unless a stop token comes first.
        sampling: how to choose them.
        stop_ids: the text ends after any of these.
        generator: its own random numbers, so what others draw does not matter.

    """

    prompt_ids: Sequence[int]
    n_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stop_ids: Sequence[int] = ()
    generator: torch.Generator | None = None


class Text:
    """A request on its way: its ids so far, and the blocks where they are cached."""

    def __init__(self, index: int, request: Request) -> None:
        self.index, self.request = index, request
        self.ids = list(request.prompt_ids)
        self.end = len(self.ids) + request.n_tokens
        self.table = BlockTable()

    @property
    def n_to_compute(self) -> int:
        """The number of ids that are not cached."""
        return len(self.ids) - self.table.n_tokens


class Scheduler:
    """Decides which ids the next pass computes.

    Running texts come before waiting ones, and the latest id of a text before chunks of prompts. If
    no block is left, the text that started last gives its own back, and starts again later.
    """

    def __init__(self, texts: Sequence[Text], pool: BlockPool, tokens_per_pass: int) -> None:
        self._waiting, self._running = deque(texts), list[Text]()
        self._pool, self._tokens_per_pass = pool, tokens_per_pass

    def plan(self) -> tuple[list[tuple[Text, int]], list[Text]]:
        """Return the texts of the next pass with how many ids to compute, and those preempted.

        Nothing to compute means that all texts are complete.
        """
        room, preempted = self._tokens_per_pass, list[Text]()
        planned: dict[Text, int] = {}
        for text in sorted(self._running, key=lambda each: each.n_to_compute > 1):
            n = min(text.n_to_compute, room)
            while n and text in self._running and not self._pool.grow(text.table, n):
                last = self._running.pop()
                room += planned.pop(last, 0)
                self._pool.release(last.table)
                self._waiting.appendleft(last)
                preempted.append(last)
            if n and text in self._running:
                planned[text] = n
                room -= n
        while self._waiting and room and not preempted:
            n = min(self._waiting[0].n_to_compute, room)
            if not self._pool.grow(self._waiting[0].table, n):
                break
            self._running.append(self._waiting.popleft())
            planned[self._running[-1]] = n
            room -= n
        return list(planned.items()), preempted

    def finish(self, text: Text) -> None:
        """Take back the blocks of a text that is complete."""
        self._running.remove(text)
        self._pool.release(text.table)

    @property
    def n_cached(self) -> int:
        """The number of tokens that are cached."""
        return sum(text.table.n_tokens for text in self._running)
