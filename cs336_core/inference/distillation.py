"""Distillation: a small model learns the probabilities of a larger one, not only its choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core._shared.validation import check_number


def distillation_loss(
    student_logits: Float[Tensor, "*batch vocab_size"],
    teacher_logits: Float[Tensor, "*batch vocab_size"],
    *,
    temperature: float = 1.0,
) -> Float[Tensor, ""]:
    """Return the mean KL divergence of the student from the teacher, in nats, times T squared.

    Both are softened by the temperature T, which shows more of what the teacher holds possible. The
    factor keeps gradients as large as without it (Hinton et al. 2015, section 2).

    Raises `InvalidValueError` for a temperature that is not above 0.

    >>> distillation_loss(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]]))
    tensor(0.)
    """
    check_number("temperature", temperature, above=0)
    student = (student_logits / temperature).log_softmax(-1)
    teacher = (teacher_logits / temperature).log_softmax(-1)
    divergences = (teacher.exp() * (teacher - student)).sum(-1)
    return temperature**2 * divergences.mean()


def distill(
    student: nn.Module,
    teacher: nn.Module,
    batches: Iterable[Int[Tensor, "batch seq"]],
    *,
    learning_rate: float = 1e-3,
    temperature: float = 1.0,
) -> Iterator[float]:
    """Train a student on a teacher's probabilities with AdamW; yield the loss before each step.

    One step is taken per batch of `batches`, which are inputs: the teacher provides the targets.
    Both models map ids to logits of the same vocabulary; the teacher does not change.
    """
    optimizer = torch.optim.AdamW(student.parameters(), lr=learning_rate)
    for inputs in batches:
        with torch.no_grad():
            targets = teacher(inputs)
        loss = distillation_loss(student(inputs), targets, temperature=temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield loss.item()
