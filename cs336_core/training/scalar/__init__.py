"""A whole GPT in numbers: every addition and multiplication of training is one line of Python.

Read the modules in this order. Each adds one idea, and none needs more than the standard library.

1. `value`: a number that knows what it was computed from, so that derivatives can flow back.
2. `vocabulary`: text as numbers.
3. `model`: embedding, attention and MLP, for one token at a time.
4. `learning`: the loss, Adam, and the training loop.
5. `sampling`: text from the model.

It is `LanguageModel` with learned positions and ReLU, to the last digits: tests copy the parameters
and compare losses, gradients and updates to nine decimals. It follows Andrej Karpathy's microgpt
(2026), with one difference: a sum of products is one value here, not a chain of two per product.

>>> training = train(["anna", "hanna", "nah"], n_steps=30, seed=1)
>>> losses = [step.loss for step in training]
>>> losses[0] > 1.2 > losses[-1]
True
"""

from cs336_core.training.scalar.learning import Adam, Learned, loss_of, train
from cs336_core.training.scalar.model import GPT, Sizes
from cs336_core.training.scalar.sampling import sample
from cs336_core.training.scalar.value import Value, dot, total
from cs336_core.training.scalar.vocabulary import Vocabulary

__all__ = [
    "GPT",
    "Adam",
    "Learned",
    "Sizes",
    "Value",
    "Vocabulary",
    "dot",
    "loss_of",
    "sample",
    "total",
    "train",
]
