"""Serving requests of one length: latency, throughput and price, against the batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cs336_core._shared.validation import check_number, check_size
from cs336_core.accounting.serving.deployment import Deployment
from cs336_core.accounting.serving.latency import decode_time, prefill_time

MILLION = 1e6
SAMPLES = 16  # context lengths over which the time per token, which grows, is averaged


@dataclass(frozen=True)
class ServingPoint:
    """The latency, throughput and memory of a batch of equal requests.

    Attributes:
        batch: requests that are served together.
        first_token: seconds until the first token of an answer, for one prompt alone.
        per_token: seconds per token of the answer, on average over the answer.
        prefill: seconds to process all prompts, one after another.
        memory_bytes: weights and cache on one chip at the end of the answers.
        fits: whether that fits.
        answer_tokens: tokens of all answers.
        prompt_tokens: tokens of all prompts.

    """

    batch: int
    first_token: float
    per_token: float
    prefill: float
    memory_bytes: float
    fits: bool
    answer_tokens: int
    prompt_tokens: int

    @property
    def decoding(self) -> float:
        """Seconds of decoding for all tokens after the first of each answer."""
        return self.per_token * (self.answer_tokens / self.batch - 1)

    @property
    def tokens_per_second(self) -> float:
        """Tokens of answers per second, with the time of prefill."""
        return self.answer_tokens / (self.prefill + self.decoding)

    def price_per_million(self, price_per_hour: float, n_chips: int = 1) -> tuple[float, float]:
        """Return the price of a million prompt tokens, and of a million answer tokens.

        `price_per_hour` is that of one chip. Raises `AccountingError` for a negative price.
        """
        check_number("price_per_hour", price_per_hour)
        per_second = price_per_hour * check_size("n_chips", n_chips) / 3600
        prompt = per_second * self.prefill / self.prompt_tokens * MILLION
        return prompt, per_second * self.decoding / self.answer_tokens * MILLION


def serve(
    served: Deployment, prompt: int, answer: int, batch: int, *, reserved: float = 0.1
) -> ServingPoint:
    """Return latency, throughput and memory for `batch` requests served together.

    Prompts are processed one after another, then all answers grow together by a token per pass. A
    fraction of the memory is `reserved`. Raises `AccountingError` for sizes out of range.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> served = Deployment(config=preset("llama-3-8b"), machine=H100)
    >>> point = serve(served, prompt=2048, answer=256, batch=32)
    >>> f"{1000 * point.first_token:.0f} ms, then {1000 * point.per_token:.1f} ms per token"
    '30 ms, then 7.2 ms per token'
    """
    prompt, answer = check_size("prompt", prompt), check_size("answer", answer)
    batch = check_size("batch", batch)
    first = prefill_time(served, 1, prompt).seconds
    lengths = {prompt + (answer - 1) * step // SAMPLES for step in range(SAMPLES)}
    times = [decode_time(served, batch, length).seconds for length in sorted(lengths)]
    check_number("reserved", reserved, maximum=0.99)
    memory = served.weight_bytes() + served.cache_bytes(batch, prompt + answer)
    return ServingPoint(
        batch=batch,
        first_token=first,
        per_token=sum(times) / len(times),
        prefill=batch * first,
        memory_bytes=memory,
        fits=memory <= (1 - reserved) * served.machine.memory_bytes,
        answer_tokens=batch * answer,
        prompt_tokens=batch * prompt,
    )


def serving_points(
    served: Deployment, prompt: int, answer: int, batches: Iterable[int] | None = None
) -> list[ServingPoint]:
    """Return a point for each batch: by default powers of two, and the largest that fits.

    Raises `AccountingError` for sizes out of range.
    """
    if batches is None:
        largest = served.largest_batch(prompt + answer)
        batches = sorted({1, largest or 1, *(2**n for n in range(20) if 2**n < largest)})
    return [serve(served, prompt, answer, batch) for batch in batches]
