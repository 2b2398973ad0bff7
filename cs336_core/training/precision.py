"""Mixed precision: matrix multiplications in 16 bits, parameters and sums in 32.

bfloat16 has the range of a 32-bit float with 8 bits of precision. float16 has 11 bits, but nothing
below 6e-8: small gradients become 0. Loss scaling multiplies the loss, and so every gradient, by a
large factor before the backward pass, and divides afterwards in 32 bits (Micikevicius et al. 2018,
section 3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

import torch
from torch import Tensor

Precision = Literal["fp32", "bf16", "fp16"]
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


def autocast(device: torch.device | str, precision: Precision) -> AbstractContextManager[Any]:
    """Return a context in which matrix multiplications have this precision.

    >>> weight = torch.eye(2)  # stays in 32 bits
    >>> with autocast("cpu", "bf16"):
    ...     (weight @ weight).dtype
    torch.bfloat16
    """
    if precision == "fp32":
        return nullcontext()
    return torch.autocast(torch.device(device).type, _DTYPES[precision])


class LossScaler:
    """Scales the loss for float16, and finds the factor by trial.

    The factor is halved whenever a gradient overflows, and that step is skipped; it doubles after
    `growth_interval` steps without overflow. So it stays near the largest usable one, and follows
    the gradients as they shrink during training.

    >>> scaler = LossScaler(scale=1024.0)
    >>> parameter = torch.zeros(1, requires_grad=True)
    >>> scaler.scaled((parameter * 3).sum()).backward()
    >>> parameter.grad
    tensor([3072.])
    >>> scaler.unscale([parameter]), parameter.grad
    (True, tensor([3.]))
    """

    def __init__(self, scale: float = 2.0**16, growth_interval: int = 2000) -> None:
        self.scale = scale
        self.growth_interval = growth_interval
        self.good_steps = 0  # since the factor last changed

    def scaled(self, loss: Tensor) -> Tensor:
        """Return the loss times the factor."""
        return loss * self.scale

    @torch.no_grad()
    def unscale(self, parameters: Iterable[Tensor]) -> bool:
        """Divide all gradients by the factor, in place; return whether all are finite."""
        is_finite = True
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad /= self.scale
                is_finite = is_finite and bool(parameter.grad.isfinite().all())
        return is_finite

    def update(self, is_finite: bool) -> None:
        """Adapt the factor after a step: whether its gradients were finite."""
        self.good_steps += 1
        if not is_finite:
            self.scale, self.good_steps = self.scale / 2, 0
        elif self.good_steps == self.growth_interval:
            self.scale, self.good_steps = self.scale * 2, 0

    def state_dict(self) -> dict[str, float]:
        """Return what a checkpoint needs."""
        return {"scale": self.scale, "good_steps": self.good_steps}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Restore the state of a checkpoint."""
        self.scale, self.good_steps = float(state["scale"]), int(state["good_steps"])
