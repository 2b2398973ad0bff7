"""The time of a training step on a mesh: computing, waiting for others, and idle stages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from cs336_core._shared.validation import check_number
from cs336_core.accounting.conventions import TRAINING, Recompute
from cs336_core.accounting.flops import count_flops, flops_by_group
from cs336_core.accounting.lora import Lora, lora_flops_per_token
from cs336_core.accounting.machines import Machine
from cs336_core.accounting.parallel.mesh import Dimension, Mesh, check_divides
from cs336_core.accounting.parallel.pipeline import bubble
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.traffic import transfers
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class Communication:
    """What one chip sends along a dimension in a step.

    Attributes:
        sent_bytes: the bytes.
        seconds: the time that it takes.
        exposed: the part of it during which the chip cannot compute.

    """

    sent_bytes: float
    seconds: float
    exposed: float


@dataclass(frozen=True)
class StepTime:
    """The time of a step.

    Attributes:
        tokens: of the whole batch.
        computing: seconds of matrix multiplications on the fullest stage.
        idle: seconds in which a stage waits for the pipeline to fill or drain.
        communication: by dimension of the mesh.
        mfu: model FLOPs, without recomputation and with attended pairs only, as a fraction of the
            peak of all chips.

    """

    tokens: int
    computing: float
    idle: float
    communication: dict[Dimension, Communication]
    mfu: float

    @property
    def seconds(self) -> float:
        """The time of the step."""
        exposed = sum(each.exposed for each in self.communication.values())
        return self.computing + self.idle + exposed

    @property
    def tokens_per_second(self) -> float:
        """Tokens per second, on all chips together."""
        return self.tokens / self.seconds

    @property
    def bound(self) -> str:
        """What takes longest: "computing", "idle", or a dimension that communicates."""
        parts = {"computing": self.computing, "idle": self.idle}
        parts |= {name: each.exposed for name, each in self.communication.items()}
        return max(parts, key=lambda name: parts[name])


def step_time(plan: StepPlan, mesh: Mesh, machine: Machine, *, efficiency: float = 1.0) -> StepTime:
    """Return the time of a training step.

    A lower bound with `efficiency` 1; real matmuls reach 0.6 to 0.8 of the peak. Communication of
    tensors and experts is exposed: the next matmul needs its result. That of keys and values is
    hidden behind the scores, that of the pipeline behind computing, gathered weights and gradients
    of ZeRO-2 and 3 behind computing, and those of ZeRO-0 and 1 behind one microbatch. Elementwise
    operations and the optimizer's step are left out.

    Raises `AccountingError` for a model, a batch or a precision that does not fit the mesh or the
    machine, chips that are not connected, and unless 0 < efficiency <= 1.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> plan = StepPlan(config=preset("llama-3-8b"), seq_len=8192, batch=64)
    >>> step = step_time(plan, Mesh(data=64, zero=3), H100)
    >>> f"{step.seconds:.2f} s, bound by {step.bound}"
    '0.95 s, bound by data'
    """
    check_number("efficiency", efficiency, above=0, maximum=1)
    config = plan.config
    check_divides(config, plan.seq_len, mesh)
    rate = machine.peak(plan.precision) * efficiency
    microbatches = plan.microbatches(mesh)
    done, scores = _flops(config, plan.seq_len, plan.recompute, plan.formats.lora)
    # The fullest stage sets the pace.
    unevenness = mesh.stage_layers(config.n_layers) * mesh.pipeline / config.n_layers
    per_flop = plan.batch * unevenness / mesh.n_chips / rate
    computing = done * per_flop
    hidden_behind: dict[Dimension, float] = {
        "tensor": 0,
        "expert": 0,
        "context": scores * per_flop,
        "pipeline": computing,
        "data": computing if mesh.zero >= 2 else computing / microbatches,
    }
    communication = _communication(plan, mesh, machine, hidden_behind)
    inside = sum(
        communication[name].exposed
        for name in ("tensor", "expert", "context")
        if name in communication
    )
    idle = bubble(mesh.pipeline, microbatches, mesh.chunks) * (computing + inside)
    step = StepTime(plan.batch * plan.seq_len, computing, idle, communication, 0)
    useful = plan.batch * _flops(config, plan.seq_len, "none", plan.formats.lora)[0]
    peak = mesh.n_chips * machine.peak(plan.precision)
    return replace(step, mfu=useful / (step.seconds * peak))


@lru_cache(maxsize=64)
def _flops(
    config: ModelConfig, seq_len: int, recompute: Recompute, lora: Lora | None
) -> tuple[float, int]:
    """Return the FLOPs of training on one sequence: all, and those of the scores."""
    conventions = replace(TRAINING, pairs="attended", recompute=recompute)
    groups = flops_by_group(count_flops(config, 1, seq_len, conventions))
    if lora is None:
        return sum(groups.values()), groups["scores"]
    per_token = lora_flops_per_token(config, seq_len, lora, pairs="attended", recompute=recompute)
    return per_token * seq_len, groups["scores"]


def _communication(
    plan: StepPlan, mesh: Mesh, machine: Machine, hidden_behind: dict[Dimension, float]
) -> dict[Dimension, Communication]:
    """Return the communication along each dimension, and what of it is exposed."""
    sums: dict[Dimension, tuple[float, float]] = {}
    for transfer in transfers(plan, mesh):
        time = transfer.time(mesh, machine)
        sent, seconds = sums.get(transfer.dimension, (0, 0))
        sums[transfer.dimension] = sent + time.sent_bytes, seconds + time.seconds
    return {
        name: Communication(sent, seconds, max(0, seconds - hidden_behind[name]))
        for name, (sent, seconds) in sums.items()
    }
