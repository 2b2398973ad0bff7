"""Text from the model: read a token, draw the next one from its probabilities, read that."""

from __future__ import annotations

import random
from collections.abc import Iterator

from cs336_core.training.scalar.model import GPT, softmax
from cs336_core.training.scalar.vocabulary import Vocabulary


def sample(
    model: GPT, vocabulary: Vocabulary, rng: random.Random, *, temperature: float = 1.0
) -> Iterator[str]:
    """Yield the characters of a new text, until it ends or the context is full.

    A `temperature` below 1 prefers what is likely, and one above 1 what is not.
    """
    memory = model.new_memory()
    token = vocabulary.end
    for _ in range(model.sizes.context_length):
        logits = model.read(token, memory)
        probs = softmax([logit * (1 / temperature) for logit in logits])
        (token,) = rng.choices(range(len(vocabulary)), [prob.data for prob in probs])
        if token == vocabulary.end:
            return
        yield vocabulary.characters[token]
