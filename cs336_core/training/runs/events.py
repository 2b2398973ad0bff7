"""What happens in a run, as events, for the caller to show, log or ignore."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cs336_core.training.loop import Step


@dataclass(frozen=True)
class Started:
    """The run begins, or continues.

    Attributes:
        n_parameters: of the model.
        n_steps: the number of updates at the end of the run.
        done: updates that were made before.
        tokens_per_step: input tokens per update.
        epochs: how often the whole run reads the training data.
        n_left_out: examples that are longer than the context.
        device: where the model is.
        state_bytes: memory for parameters, gradients and optimizer, as accounting counts it.
        activation_bytes: memory that the forward pass saves for the backward pass, as counted.

    """

    n_parameters: int
    n_steps: int
    done: int
    tokens_per_step: int
    epochs: float
    n_left_out: int
    device: str
    state_bytes: int
    activation_bytes: int


@dataclass(frozen=True)
class Evaluation:
    """The loss on validation data.

    Attributes:
        step: the number of updates so far.
        loss: in nats per target.
        bits_per_byte: of text; `None` where the bytes of the targets are not known.
        is_best: whether no earlier loss of the run was lower.

    """

    step: int
    loss: float
    bits_per_byte: float | None
    is_best: bool


@dataclass(frozen=True)
class Saved:
    """A checkpoint is complete.

    Attributes:
        step: the number of updates so far.
        folder: where it is.

    """

    step: int
    folder: Path


@dataclass(frozen=True)
class Finished:
    """The run is over.

    Attributes:
        step: the number of updates.
        is_early: whether it stopped because the validation loss no longer fell.
        best_loss: the lowest validation loss in nats; `None` without an evaluation.
        seconds: of training in this process, without evaluations and checkpoints.
        tokens_per_second: input tokens per second of training.
        flops_per_second: model FLOPs per second, as accounting counts them.
        mfu: the fraction of the peak (Chowdhery et al. 2022, appendix B).
        peak_name: what the peak is that of.
        peak_bytes: the most memory that was in use: of the GPU, or of this process.

    """

    step: int
    is_early: bool
    best_loss: float | None
    seconds: float
    tokens_per_second: float
    flops_per_second: float
    mfu: float
    peak_name: str
    peak_bytes: int


RunEvent: TypeAlias = Started | Step | Evaluation | Saved | Finished
