"""Training on many chips: memory, communication and time for every way of dividing the work.

A `Mesh` divides a `StepPlan`. `chip_memory` is what the fullest chip stores, `transfers` what it
sends, and `step_time` how long a step takes; `best_meshes` compares all meshes of a number of
chips.
"""

from cs336_core.accounting.parallel.collectives import collective_time
from cs336_core.accounting.parallel.memory import chip_memory
from cs336_core.accounting.parallel.mesh import Mesh
from cs336_core.accounting.parallel.pipeline import bubble
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.search import best_meshes, chips_needed, largest_micro_batch
from cs336_core.accounting.parallel.step_time import step_time
from cs336_core.accounting.parallel.traffic import transfers

__all__ = [
    "Mesh",
    "StepPlan",
    "best_meshes",
    "bubble",
    "chip_memory",
    "chips_needed",
    "collective_time",
    "largest_micro_batch",
    "step_time",
    "transfers",
]
