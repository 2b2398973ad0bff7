"""Learning: a loss, its gradient, and small steps against it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cs336_core.training.errors import TrainingError
from cs336_core.training.scalar.model import GPT, Sizes, softmax
from cs336_core.training.scalar.value import Value, total
from cs336_core.training.scalar.vocabulary import Vocabulary


def loss_of(model: GPT, ids: Sequence[int]) -> Value:
    """Return the mean of -log p over the tokens after the first, each predicted from those before.

    At first the model guesses, and the loss is about the logarithm of the vocabulary's size.
    """
    memory = model.new_memory()
    losses = []
    for token, target in pairwise(ids):
        probs = softmax(model.read(token, memory))
        losses.append(probs[target].log() * -1)
    return total(losses) * (1 / len(losses))


class Adam:
    """Steps against the gradient, each number at its own pace (Kingma and Ba 2015, algorithm 1).

    `means` are running averages of each derivative, `squares` of its square. Their quotient is near
    1 where the derivative keeps its sign, and near 0 where it changes sign often.
    """

    def __init__(
        self,
        parameters: Sequence[Value],
        learning_rate: float = 0.01,
        betas: tuple[float, float] = (0.85, 0.99),
        eps: float = 1e-8,
    ) -> None:
        self.parameters = parameters
        self.learning_rate = learning_rate
        self.betas = betas
        self.eps = eps
        self.means = [0.0] * len(parameters)
        self.squares = [0.0] * len(parameters)
        self.n_steps = 0

    def step(self) -> None:
        """Change every parameter a little, and forget its derivative."""
        self.n_steps += 1
        beta1, beta2 = self.betas
        for i, parameter in enumerate(self.parameters):
            grad = parameter.grad
            self.means[i] = beta1 * self.means[i] + (1 - beta1) * grad
            self.squares[i] = beta2 * self.squares[i] + (1 - beta2) * grad**2
            # Both averages begin at 0; at first they are too small by these factors.
            mean = self.means[i] / (1 - beta1**self.n_steps)
            square = self.squares[i] / (1 - beta2**self.n_steps)
            parameter.data -= self.learning_rate * mean / (square**0.5 + self.eps)
            parameter.grad = 0.0


@dataclass(frozen=True)
class Learned:
    """One step of training.

    Attributes:
        number: counted from 1.
        text: what the step learned from.
        loss: before the step, in nats per token.
        model: the model, which the next step changes.
        vocabulary: its tokens.

    """

    number: int
    text: str
    loss: float
    model: GPT
    vocabulary: Vocabulary


def train(
    texts: Sequence[str],
    *,
    n_steps: int = 100,
    learning_rate: float = 0.01,
    sizes: Sizes | None = None,
    seed: int = 0,
) -> Iterator[Learned]:
    """Train a model on short texts, one per step in random order; yield each step.

    The learning rate falls to 0 along a straight line. Without `sizes`, the model is as small as
    microgpt's. Raises `TrainingError` if there is no text, or no character in it.
    """
    texts = [text for text in texts if text]
    if not texts:
        raise TrainingError("there is no text to learn from; pass at least one")
    vocabulary = Vocabulary(texts)
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    model = GPT(sizes or Sizes(len(vocabulary)), rng)
    optimizer = Adam(model.parameters(), learning_rate)
    for number in range(1, n_steps + 1):
        text = rng.choice(texts)
        ids = vocabulary.encode(text)[: model.sizes.context_length + 1]
        loss = loss_of(model, ids)
        loss.backward()
        optimizer.learning_rate = learning_rate * (1 - (number - 1) / n_steps)
        optimizer.step()
        yield Learned(number, text, loss.data, model, vocabulary)
