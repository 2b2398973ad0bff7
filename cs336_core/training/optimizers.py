"""Optimizers, written out: SGD with momentum, and AdamW.

Each updates parameters in place from their gradients. They are `torch.optim.Optimizer`s, so
parameter groups, `zero_grad` and `state_dict` work as in PyTorch. `cs336_core.training.muon` has
Muon.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, get_args

import torch
from torch import Tensor

from cs336_core._shared.validation import check_choice, check_number
from cs336_core.training.errors import TrainingError

Parameters: TypeAlias = "Iterable[Tensor] | Iterable[dict[str, Any]]"
Decay = Literal["before", "after"]
State: TypeAlias = dict[str, Any]  # what an optimizer remembers of one parameter
Group: TypeAlias = dict[str, Any]  # parameters with the options they share


class UpdateRule(torch.optim.Optimizer):
    """An optimizer that is a rule for one parameter, applied to each parameter with a gradient."""

    def update(self, parameter: Tensor, gradient: Tensor, state: State, group: Group) -> None:
        """Update one parameter, and its state, in place."""
        raise NotImplementedError

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Update all parameters; return the loss of `closure`, which computes it and gradients."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.update(parameter, parameter.grad, self.state[parameter], group)
        return loss


class SGD(UpdateRule):
    r"""Stochastic gradient descent, optionally with momentum.

    Without momentum, a step is ``p -= lr * g``. With momentum m, the step follows a running sum of
    gradients, in which a gradient from k steps ago still counts m^k:

        v = m v + g                   Polyak 1964; the first v is g
        p -= lr * v
        p -= lr * (g + m v)           with `nesterov`: looks one step ahead (Sutskever et al. 2013)

    `weight_decay` adds ``weight_decay * p`` to the gradient: for plain SGD that is both L2
    regularization and weight decay. All as in `torch.optim.SGD`.

    >>> x = torch.tensor([1.0], requires_grad=True)
    >>> (x**2).sum().backward()  # the gradient is 2
    >>> SGD([x], lr=0.25).step()
    >>> x
    tensor([0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        check_number("lr", lr, error=TrainingError)
        check_fraction("momentum", momentum)
        check_number("weight_decay", weight_decay, error=TrainingError)
        if nesterov and not momentum:
            raise TrainingError("nesterov looks ahead along the momentum; pass a momentum above 0")
        options = {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}
        super().__init__(params, {"lr": lr, **options})

    def update(self, parameter: Tensor, gradient: Tensor, state: State, group: Group) -> None:
        """Take one step against the gradient, or along the velocity."""
        momentum = group["momentum"]
        if group["weight_decay"]:
            gradient = gradient + group["weight_decay"] * parameter
        if momentum:
            if not state:
                state["velocity"] = torch.zeros_like(parameter)
            velocity = state["velocity"].mul_(momentum).add_(gradient)
            gradient = gradient.add(velocity, alpha=momentum) if group["nesterov"] else velocity
        parameter.add_(gradient, alpha=-group["lr"])


class AdamW(UpdateRule):
    r"""Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).

    Each entry of a parameter has its own step size, from running averages of its gradient g and of
    g squared (Kingma and Ba 2015, algorithm 1):

        m = b1 m + (1 - b1) g          the mean: the direction
        v = b2 v + (1 - b2) g^2        the mean square: how much it varies
        m' = m / (1 - b1^t)            both begin at 0, so early averages are too small by a known
        v' = v / (1 - b2^t)            factor: bias correction divides by it
        p -= lr * m' / (sqrt(v') + eps)

    so a step is at most about `lr` long in every entry, however large the gradient. Weight decay is
    *decoupled*: ``p -= lr * weight_decay * p`` shrinks the parameter itself and never enters m and
    v. (As an L2 term in the gradient it would be divided by sqrt(v'), and weights with large
    gradients would hardly decay.)

    `decay` is when a parameter shrinks. "before" the update, as in the paper, in PyTorch and in the
    course's 2026 assignment, the step is computed for the old parameter and added to the shrunk
    one. "after", as in the course's 2025 assignment, shrinks the step too. The two differ by
    ``lr * weight_decay`` times the step: little, but enough to fail a comparison of digits.

    Raises `TrainingError` for options that are out of range.

    >>> x = torch.tensor([1.0, 100.0], requires_grad=True)
    >>> (x**2).sum().backward()
    >>> AdamW([x], lr=0.1, weight_decay=0).step()
    >>> x  # gradients of 2 and 200, steps of equal length
    tensor([ 0.9000, 99.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        *,
        decay: Decay = "before",
    ) -> None:
        check_number("lr", lr, error=TrainingError)
        for i, beta in enumerate(betas):
            check_fraction(f"betas[{i}]", beta)
        check_number("eps", eps, error=TrainingError)
        check_number("weight_decay", weight_decay, error=TrainingError)
        check_choice("decay", decay, get_args(Decay), error=TrainingError)
        options = {"betas": betas, "eps": eps, "weight_decay": weight_decay, "decay": decay}
        super().__init__(params, {"lr": lr, **options})

    def update(self, parameter: Tensor, gradient: Tensor, state: State, group: Group) -> None:
        """Update the averages of the gradient, and the parameter by their quotient."""
        adamw_update(parameter, gradient, state, group)


def adamw_update(parameter: Tensor, gradient: Tensor, state: State, group: Group) -> None:
    """Update a parameter and its two averages in place, as `AdamW` describes."""
    lr, (beta1, beta2) = group["lr"], group["betas"]
    if not state:
        state.update(step=0, mean=torch.zeros_like(parameter), square=torch.zeros_like(parameter))
    state["step"] += 1
    mean, square, step = state["mean"], state["square"], state["step"]

    shrink = 1 - lr * group["weight_decay"]
    if group["decay"] == "before":
        parameter *= shrink
    mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
    square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    denominator = (square.sqrt() / math.sqrt(1 - beta2**step)).add_(group["eps"])
    parameter.addcdiv_(mean, denominator, value=-lr / (1 - beta1**step))
    if group["decay"] == "after":
        parameter *= shrink


def check_fraction(name: str, value: float) -> None:
    """Raise `TrainingError` unless 0 <= value < 1."""
    if not 0 <= value < 1:
        raise TrainingError(f"{name} is {value}; it must be 0 or more and below 1")
