"""What a Transformer costs: parameters, FLOPs, bytes, and the time that they take.

The standard library is enough to run it. Conventions are arguments, never assumptions: the same
model has many counts, and each is right for what it says it counts.
"""

from cs336_core.accounting.accelerator import H100, Accelerator, forward_seconds
from cs336_core.accounting.flops import (
    LETTERS,
    FlopRow,
    count_flops,
    flops_by_group,
    share,
    total_flops,
)
from cs336_core.accounting.memory import kv_cache_bytes, training_bytes
from cs336_core.accounting.operations import attended_pairs
from cs336_core.accounting.opt_post import PostedRow, posted_projections, posted_rows
from cs336_core.accounting.parameters import ParameterCount, count_parameters
from cs336_core.accounting.plain import Row, forward_flops, rows
from cs336_core.accounting.sizes import AccountingError
from cs336_core.accounting.transformer import PlainTransformer

__all__ = [
    "H100",
    "LETTERS",
    "Accelerator",
    "AccountingError",
    "FlopRow",
    "ParameterCount",
    "PlainTransformer",
    "PostedRow",
    "Row",
    "attended_pairs",
    "count_flops",
    "count_parameters",
    "flops_by_group",
    "forward_flops",
    "forward_seconds",
    "kv_cache_bytes",
    "posted_projections",
    "posted_rows",
    "rows",
    "share",
    "total_flops",
    "training_bytes",
]
