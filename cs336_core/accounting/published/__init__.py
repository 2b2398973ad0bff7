"""Published numbers, recomputed: to the digit where their convention is known."""

from cs336_core.accounting.published.flops import published_flops
from cs336_core.accounting.published.memory import published_sizes
from cs336_core.accounting.published.rows import Published
from cs336_core.accounting.published.runs import published_runs

__all__ = ["Published", "published_flops", "published_runs", "published_sizes"]
