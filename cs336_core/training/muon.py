"""Muon: momentum whose matrices are orthogonalized before each step (Jordan et al. 2024).

AdamW treats a matrix as a bag of numbers. Muon treats it as a linear map: it replaces the momentum
U S V^T by U V^T, so that every direction that the gradient has is followed equally far, not only
the few with the largest singular values.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from cs336_core._shared.validation import check_number
from cs336_core.training.errors import TrainingError
from cs336_core.training.optimizers import (
    Group,
    Parameters,
    State,
    UpdateRule,
    adamw_update,
    check_fraction,
)

# Five steps with these bring singular values from 0.01 to 1 near 1 quickly, and no nearer than 0.7
# to 1.2, which is enough: of all odd polynomials of degree 5 that do, they have the largest
# gradient at 0.
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
N_ITERATIONS = 5
_EPS = 1e-7


class Muon(UpdateRule):
    r"""Muon for matrices; AdamW for the groups with ``"orthogonalize": False``.

    With momentum `momentum` and Nesterov's look ahead:

        v = momentum v + (1 - momentum) g
        u = momentum v + (1 - momentum) g
        p -= lr * weight_decay * p
        p -= lr * sqrt(max(1, rows / columns)) * orthogonalize(u)

    as in `torch.optim.Muon`. With `match_adamw` the last factor is 0.2 sqrt(max(rows, columns)),
    which makes a step as long as AdamW's usually are, so that the same lr suits both (Liu et al.
    2025, "Muon is Scalable for LLM Training", section 2.2).

    Muon is for hidden matrices: embeddings, the LM head, norms and biases belong in a group that
    AdamW updates, with its own lr, betas, eps and weight_decay.

    `dtype` is what matrices are orthogonalized in. PyTorch uses bfloat16, which is faster on GPUs;
    32 bits are faster on CPUs.

    Raises `TrainingError` for options that are out of range, and for a parameter to orthogonalize
    that is not a matrix.

    >>> matrix = torch.zeros(2, 2, requires_grad=True)
    >>> (matrix * torch.tensor([[100.0, 0.0], [0.0, 1.0]])).sum().backward()
    >>> Muon([matrix], lr=1.0).step()
    >>> matrix.detach().round(decimals=1)  # 100 and 1 move equally far
    tensor([[-0.7000,  0.0000],
            [ 0.0000, -0.7000]])
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 0.02,
        *,
        momentum: float = 0.95,
        weight_decay: float = 0.1,
        betas: tuple[float, float] = (0.9, 0.95),
        eps: float = 1e-8,
        match_adamw: bool = False,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        check_number("lr", lr, error=TrainingError)
        check_fraction("momentum", momentum)
        check_number("weight_decay", weight_decay, error=TrainingError)
        self.dtype = dtype
        self.match_adamw = match_adamw
        options = {"momentum": momentum, "weight_decay": weight_decay, "orthogonalize": True}
        adamw = {"betas": betas, "eps": eps, "decay": "before"}
        super().__init__(params, {"lr": lr, **options, **adamw})
        for group in self.param_groups:
            for parameter in group["params"]:
                if group["orthogonalize"] and parameter.ndim != 2:
                    raise TrainingError(
                        f"a parameter has shape {tuple(parameter.shape)}; Muon orthogonalizes "
                        'matrices. Put others into a group with "orthogonalize": False'
                    )

    def update(self, parameter: Tensor, gradient: Tensor, state: State, group: Group) -> None:
        """Take one step along the orthogonalized momentum, or a step of AdamW."""
        if not group["orthogonalize"]:
            adamw_update(parameter, gradient, state, group)
            return
        lr, momentum = group["lr"], group["momentum"]
        if not state:
            state["velocity"] = torch.zeros_like(parameter)
        velocity = state["velocity"].lerp_(gradient, 1 - momentum)
        direction = orthogonalize(gradient.lerp(velocity, momentum), dtype=self.dtype)
        rows, columns = parameter.shape
        if self.match_adamw:
            length = 0.2 * math.sqrt(max(rows, columns))
        else:
            length = math.sqrt(max(1, rows / columns))
        parameter *= 1 - lr * group["weight_decay"]
        parameter.add_(direction, alpha=-lr * length)


def orthogonalize(
    matrix: Tensor, n_iterations: int = N_ITERATIONS, *, dtype: torch.dtype = torch.float32
) -> Tensor:
    """Return about U V^T of a matrix U S V^T, without computing the decomposition.

    An odd polynomial of a matrix, a X + b (X X^T) X + c (X X^T)^2 X, applies a s + b s^3 + c s^5 to
    its singular values and leaves U and V alone. Repeated, it moves all of them towards 1 (a
    Newton-Schulz iteration), by matrix multiplications alone.
    """
    a, b, c = COEFFICIENTS
    rows, columns = matrix.shape
    x = matrix.to(dtype)
    x = x.T if rows > columns else x  # the smaller product
    x = x / x.norm().clamp(min=_EPS)  # no singular value is above 1
    for _ in range(n_iterations):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.T if rows > columns else x).to(matrix.dtype)
