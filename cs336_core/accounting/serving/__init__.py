"""Serving a model: time to the first token, time per token, throughput and price.

A `Deployment` is a model with its formats and chips; `serve` returns the latency, throughput and
memory of a batch of requests.
"""

from cs336_core.accounting.serving.deployment import Deployment
from cs336_core.accounting.serving.latency import decode_time, prefill_time
from cs336_core.accounting.serving.requests import serve, serving_points
from cs336_core.accounting.serving.speculative import (
    best_draft,
    expected_tokens,
    speculative_speedup,
)

__all__ = [
    "Deployment",
    "best_draft",
    "decode_time",
    "expected_tokens",
    "prefill_time",
    "serve",
    "serving_points",
    "speculative_speedup",
]
