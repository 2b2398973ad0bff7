"""A training step to be divided over chips."""

from __future__ import annotations

from dataclasses import dataclass, field

from cs336_core._shared.validation import check_size
from cs336_core.accounting.conventions import Recompute
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.machines import BYTES, Precision
from cs336_core.accounting.parallel.mesh import Mesh
from cs336_core.accounting.training_state import StateFormats
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True, kw_only=True)
class StepPlan:
    """One step of training, up to the update of the weights.

    Attributes:
        config: the model.
        seq_len: tokens of a sequence.
        batch: sequences in the step, on all chips together.
        micro_batch: sequences that a replica computes at a time. With more of them than that, it
            accumulates gradients over several microbatches.
        recompute: what is recomputed in the backward pass.
        formats: how weights, gradients and the optimizer's state are stored.
        precision: of matmuls and activations.

    Raises:
        AccountingError: for sizes out of range.

    """

    config: ModelConfig
    seq_len: int
    batch: int
    micro_batch: int = 1
    recompute: Recompute = "none"
    formats: StateFormats = field(default_factory=StateFormats)
    precision: Precision = "bf16"

    def __post_init__(self) -> None:
        """Check all sizes."""
        for name in ("seq_len", "batch", "micro_batch"):
            object.__setattr__(self, name, check_size(name, getattr(self, name)))

    @property
    def width(self) -> int:
        """The bytes of an activation: 16 bits, or 32 for 32-bit matmuls."""
        return max(2, BYTES[self.precision])

    def microbatches(self, mesh: Mesh) -> int:
        """Return how many microbatches each replica computes.

        Raises `AccountingError` for a batch that cannot be divided.
        """
        at_once = mesh.data * self.micro_batch
        if self.batch % at_once:
            raise AccountingError(
                f"the batch has {self.batch:,} sequences; data × micro_batch, {at_once:,}, must "
                "divide it"
            )
        return self.batch // at_once
