"""How probable a model finds a given text, per token and per byte."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference.generation import check_ids, run
from cs336_core.model.language_model import LanguageModel
from cs336_core.tokenization.protocol import Tokenizer, token_bytes


class TextScore(NamedTuple):
    """The surprise of a text: what each token but the first added, given all before it.

    Perplexities per token compare models with one tokenizer only: longer tokens are harder to
    predict. Bits per byte compare any two.

    Attributes:
        nats: the sum of -log p over the predicted tokens.
        n_tokens: how many tokens were predicted.
        n_bytes: how many bytes of UTF-8 these tokens have.

    >>> TextScore(nats=math.log(256), n_tokens=1, n_bytes=4).bits_per_byte
    2.0

    """

    nats: float
    n_tokens: int
    n_bytes: int

    @property
    def perplexity_per_token(self) -> float:
        """The number of equally probable tokens among which the model seems to guess."""
        return math.exp(self.nats / self.n_tokens)

    @property
    def perplexity_per_byte(self) -> float:
        """The same for bytes."""
        return math.exp(self.nats / self.n_bytes)

    @property
    def bits_per_byte(self) -> float:
        """The size to which the model could compress a byte of the text, in bits."""
        return self.nats / self.n_bytes / math.log(2)


def score_text(model: LanguageModel, tokenizer: Tokenizer, text: str) -> TextScore:
    """Return how surprising the model finds `text`, as `token_log_probs` does.

    Raises `InvalidValueError` for a text of less than two tokens.
    """
    ids = tokenizer.encode(text)
    nats = -float(token_log_probs(model, ids).double().sum())
    n_bytes = sum(len(token_bytes(tokenizer, token_id)) for token_id in ids[1:])
    return TextScore(nats, len(ids) - 1, n_bytes)


def token_log_probs(model: LanguageModel, ids: Sequence[int]) -> Float[Tensor, " predicted"]:
    """Return log p, in nats, of each token but the first, given the tokens before it.

    A text longer than the model's context is read in windows that overlap by half, so every token
    is predicted from at least half a context, or from all that there is before it.

    Raises `InvalidValueError` for less than two ids, or for one that is not in the vocabulary.
    """
    if len(ids) < 2:
        raise InvalidValueError(
            f"the text has {len(ids)} tokens; it must have 2 or more, since the first one is not "
            "predicted from anything"
        )
    check_ids("id", model, ids)
    context = model.config.context_length
    text, found, start, done = torch.tensor(ids), [], 0, 1
    while done < len(ids):
        end = min(start + context, len(ids) - 1)  # the last token predicts nothing
        log_probs = run(model, text[None, start:end])[0].log_softmax(-1)
        targets = text[start + 1 : end + 1].to(log_probs.device)
        right = log_probs.gather(-1, targets[:, None])[:, 0]
        found.append(right[done - start - 1 :])
        done = end + 1
        start = end - context // 2
    return torch.cat(found)
