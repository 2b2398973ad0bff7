"""What a Transformer costs: parameters, FLOPs, bytes, and the time that they take.

The standard library is enough to run it. Conventions are arguments, never assumptions: the same
model has many counts, and each is right for what it says it counts.
"""

from cs336_core.accounting.accelerator import H100, Accelerator, forward_seconds
from cs336_core.accounting.flops import Row, forward_flops, rows, share
from cs336_core.accounting.memory import kv_cache_bytes, training_bytes
from cs336_core.accounting.opt_post import PostedRow, posted_projections, posted_rows
from cs336_core.accounting.transformer import PlainTransformer

__all__ = [
    "H100",
    "Accelerator",
    "PlainTransformer",
    "PostedRow",
    "Row",
    "forward_flops",
    "forward_seconds",
    "kv_cache_bytes",
    "posted_projections",
    "posted_rows",
    "rows",
    "share",
    "training_bytes",
]
