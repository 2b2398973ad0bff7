"""The best mesh for a number of chips, how many chips a model needs, and the largest batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from cs336_core._shared.validation import check_number, check_size
from cs336_core.accounting.conventions import Recompute
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.machines import Machine
from cs336_core.accounting.parallel.memory import ChipMemory, chip_memory, fits
from cs336_core.accounting.parallel.mesh import Mesh, Zero
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.step_time import StepTime, step_time
from cs336_core.accounting.units import bytes_text, percent_text

MAX_CHIPS = 2**17
MICRO_BATCHES = (1, 2, 4, 8)
RECOMPUTED: tuple[Recompute, ...] = ("none", "full")


@dataclass(frozen=True)
class Candidate:
    """A mesh that was considered.

    Attributes:
        mesh: the mesh.
        plan: the step, with the microbatch and the recomputation that are fastest on it.
        memory: of the fullest chip; `None` if the mesh cannot divide the model or the batch.
        time: of a step; `None` if the mesh was rejected.
        reason: why it was rejected, or what bounds it.

    """

    mesh: Mesh
    plan: StepPlan
    memory: ChipMemory | None
    time: StepTime | None
    reason: str


def best_meshes(
    plan: StepPlan,
    machine: Machine,
    n_chips: int,
    *,
    efficiency: float = 1.0,
    reserved: float = 0.1,
) -> list[Candidate]:
    """Return all meshes of `n_chips` chips, the fastest first, then those that were rejected.

    Searches every factorization into data, tensor, pipeline, context and expert, with tensors
    within a node, ZeRO-1 and, without a pipeline, ZeRO-3; microbatches of 1, 2, 4 and 8 sequences,
    without and with full recomputation, and up to four chunks per stage. `reserved` is the fraction
    of the memory to leave free.

    Raises `AccountingError` for invalid numbers.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3-8b"), seq_len=8192, batch=64)
    >>> print(best_meshes(plan, H100, 8)[0].mesh)
    data 8, ZeRO-3
    """
    n_chips = check_size("n_chips", n_chips)
    check_number("reserved", reserved, maximum=0.99)
    check_number("efficiency", efficiency, above=0, maximum=1)
    best: dict[Mesh, Candidate] = {}
    for mesh in meshes(plan, machine, n_chips):
        shape = replace(mesh, chunks=1)
        candidate = _best_on(plan, mesh, machine, efficiency, reserved)
        if shape not in best or _rank(candidate) < _rank(best[shape]):
            best[shape] = candidate
    return sorted(best.values(), key=_rank)


def chips_needed(
    plan: StepPlan,
    machine: Machine,
    *,
    max_seconds: float | None = None,
    efficiency: float = 1.0,
    reserved: float = 0.1,
) -> Candidate:
    """Return the mesh with the fewest chips on which a step fits, and takes at most `max_seconds`.

    Considers powers of two, up to 131,072 or as many as are connected. Raises `AccountingError` if
    none is enough.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3-70b"), seq_len=8192, batch=128)
    >>> chips_needed(plan, H100).mesh.n_chips
    32
    """
    if max_seconds is not None:
        check_number("max_seconds", max_seconds, above=0)
    most = MAX_CHIPS if machine.network is not None else machine.node_size
    n_chips, reason = 1, ""
    while n_chips <= most:
        found = best_meshes(plan, machine, n_chips, efficiency=efficiency, reserved=reserved)
        reason = found[0].reason if found else reason
        time = found[0].time if found else None
        if time is not None and (max_seconds is None or time.seconds <= max_seconds):
            return found[0]
        n_chips *= 2
    raise AccountingError(f"no number of {machine.name} up to {most:,} is enough: {reason}")


def largest_micro_batch(
    plan: StepPlan, mesh: Mesh, machine: Machine, *, reserved: float = 0.1
) -> int:
    """Return the most sequences that a replica can compute at a time; 0 if not even one fits.

    Raises `AccountingError` for a model that the mesh cannot divide.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3-8b"), seq_len=2048, batch=1)
    >>> largest_micro_batch(plan, Mesh(data=8, zero=3), H100)
    4
    """
    check_number("reserved", reserved, maximum=0.99)

    def is_enough(micro_batch: int) -> bool:
        batch = micro_batch * mesh.data * mesh.pipeline  # the pipeline is full
        needed = chip_memory(replace(plan, batch=batch, micro_batch=micro_batch), mesh)
        return fits(needed, machine, reserved)

    low, high = 0, 1
    while is_enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_enough(middle) else (low, middle)
    return low


def meshes(plan: StepPlan, machine: Machine, n_chips: int) -> Iterator[Mesh]:
    """Yield every mesh to consider."""
    experts = plan.config.experts
    for tensor, pipeline, context in product(divisors(n_chips), repeat=3):
        if n_chips % (tensor * pipeline * context) or tensor > machine.node_size:
            continue
        data = n_chips // (tensor * pipeline * context)
        shared = divisors(data * context) if experts is not None else [1]
        stages: tuple[Zero, ...] = (1,) if pipeline > 1 or data * context == 1 else (1, 3)
        chunks = (1, 2, 4) if pipeline > 1 else (1,)
        for expert, zero, n_chunks in product(shared, stages, chunks):
            yield Mesh(
                data=data, tensor=tensor, pipeline=pipeline, context=context, expert=expert,
                zero=zero, chunks=n_chunks,
            )  # fmt: skip


def divisors(number: int) -> list[int]:
    """Return the divisors of a number in order.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    small = [each for each in range(1, int(number**0.5) + 1) if number % each == 0]
    return sorted({*small, *(number // each for each in small)})


def _best_on(
    plan: StepPlan, mesh: Mesh, machine: Machine, efficiency: float, reserved: float
) -> Candidate:
    """Return the fastest microbatch and recomputation that fit on a mesh."""
    found: list[Candidate] = []
    for micro_batch, recompute in product(MICRO_BATCHES, RECOMPUTED):
        tried = replace(plan, micro_batch=micro_batch, recompute=recompute)
        try:
            memory = chip_memory(tried, mesh)
            if not fits(memory, machine, reserved):
                reason = (
                    f"needs {bytes_text(memory.total)} of {bytes_text(machine.memory_bytes)}, "
                    f"{percent_text(reserved)} of which are reserved"
                )
                found.append(Candidate(mesh, tried, memory, time=None, reason=reason))
                continue
            time = step_time(tried, mesh, machine, efficiency=efficiency)
        except AccountingError as error:
            found.append(Candidate(mesh, tried, memory=None, time=None, reason=str(error)))
            continue
        found.append(Candidate(mesh, tried, memory, time, f"bound by {time.bound}"))
    return min(found, key=_rank)


def _rank(candidate: Candidate) -> tuple[int, float, int, int]:
    """Return the key of the order: time, then memory of what does not fit, then the impossible.

    Of times that agree to three digits, the mesh with the fewest dimensions comes first.
    """
    mesh, memory, time = candidate.mesh, candidate.memory, candidate.time
    sizes = (mesh.tensor, mesh.pipeline, mesh.context, mesh.expert, mesh.chunks)
    n_dimensions = sum(size > 1 for size in sizes)
    if time is not None:
        return 0, float(f"{time.seconds:.3g}"), n_dimensions, mesh.zero
    return (2, 0, n_dimensions, 0) if memory is None else (1, memory.total, n_dimensions, 0)
