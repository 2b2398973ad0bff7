"""The cost of a Transformer: parameters, FLOPs, memory and time.

Needs the standard library only. `Conventions` are an argument, never an assumption: published
counts of the same model differ, and each is right by its own conventions.
"""

from cs336_core.accounting.activations import ActivationBytes, activation_bytes
from cs336_core.accounting.conventions import FORWARD, TRAINING, Conventions
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.flops import (
    SYMBOLS,
    FlopRow,
    count_flops,
    flops_by_group,
    flops_fraction,
    total_flops,
)
from cs336_core.accounting.inference import Step, decode, prefill
from cs336_core.accounting.lora import Lora, lora_flops_per_token
from cs336_core.accounting.machine_files import load_machine
from cs336_core.accounting.machines import H100, MACHINES, Machine, machine
from cs336_core.accounting.memory import (
    RECIPES,
    TrainingBytes,
    kv_cache_bytes,
    training_bytes,
    weight_bytes,
)
from cs336_core.accounting.operations import attended_pairs
from cs336_core.accounting.opt_post import (
    PostedRow,
    posted_projection_flops,
    posted_rows,
    recount_flops,
)
from cs336_core.accounting.papers import (
    chinchilla_training_flops,
    forward_flops,
    kaplan_forward_flops,
    korthikanti_activation_bytes,
    korthikanti_hardware_flops,
    korthikanti_training_flops,
    narayanan_training_flops,
    palm_training_flops,
    training_flops,
    training_tokens,
)
from cs336_core.accounting.parameters import ParameterCount, count_parameters
from cs336_core.accounting.reported import ReportedRun, reported_runs
from cs336_core.accounting.roofline import Roofline, forward_seconds, roofline
from cs336_core.accounting.tables import as_dicts, latex_table, markdown_table
from cs336_core.accounting.training import (
    TrainingRun,
    training_flops_per_token,
    training_run,
    utilization,
)
from cs336_core.accounting.training_state import (
    StateFormats,
    stored_weight_bytes,
    training_state,
)
from cs336_core.accounting.units import (
    bytes_text,
    count_text,
    flops_text,
    percent_text,
    seconds_text,
)

__all__ = [
    "FORWARD",
    "H100",
    "MACHINES",
    "RECIPES",
    "SYMBOLS",
    "TRAINING",
    "AccountingError",
    "ActivationBytes",
    "Conventions",
    "FlopRow",
    "Lora",
    "Machine",
    "ParameterCount",
    "PostedRow",
    "ReportedRun",
    "Roofline",
    "StateFormats",
    "Step",
    "TrainingBytes",
    "TrainingRun",
    "activation_bytes",
    "as_dicts",
    "attended_pairs",
    "bytes_text",
    "chinchilla_training_flops",
    "count_flops",
    "count_parameters",
    "count_text",
    "decode",
    "flops_by_group",
    "flops_fraction",
    "flops_text",
    "forward_flops",
    "forward_seconds",
    "kaplan_forward_flops",
    "korthikanti_activation_bytes",
    "korthikanti_hardware_flops",
    "korthikanti_training_flops",
    "kv_cache_bytes",
    "latex_table",
    "load_machine",
    "lora_flops_per_token",
    "machine",
    "markdown_table",
    "narayanan_training_flops",
    "palm_training_flops",
    "percent_text",
    "posted_projection_flops",
    "posted_rows",
    "prefill",
    "recount_flops",
    "reported_runs",
    "roofline",
    "seconds_text",
    "stored_weight_bytes",
    "total_flops",
    "training_bytes",
    "training_flops",
    "training_flops_per_token",
    "training_run",
    "training_state",
    "training_tokens",
    "utilization",
    "weight_bytes",
]
