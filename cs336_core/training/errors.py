"""The errors of training: each is a sentence for the person who started the run."""

from __future__ import annotations

from cs336_core._shared.validation import InvalidValueError


class TrainingError(InvalidValueError):
    """Options, data or files that no training run can use."""


class DivergedError(TrainingError):
    """A run whose loss or gradient is no longer useful.

    Attributes:
        step: the number of the step, from 1.
        loss: its loss in nats, possibly not finite.
        gradient_norm: the norm of its gradient, possibly not finite.

    """

    def __init__(self, step: int, loss: float, gradient_norm: float, learning_rate: float) -> None:
        self.step = step
        self.loss = loss
        self.gradient_norm = gradient_norm
        super().__init__(
            f"training diverged at step {step:,}: the loss is {loss:.4g} and the gradient norm "
            f"{gradient_norm:.4g}, with a learning rate of {learning_rate:.3g}; the parameters are "
            "those before this step. Try a learning rate 3 to 10 times lower, a longer warm-up, or "
            "a lower max_norm"
        )
