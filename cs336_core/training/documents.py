"""Several documents in one sequence: none of them sees another."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cs336_core.model.language_model import LanguageModel


def document_mask(documents: Int[Tensor, "batch seq"]) -> Bool[Tensor, "batch 1 seq seq"]:
    """Let each token attend to the tokens of its own document.

    The second dimension is that of the heads, so that `&` combines it with a causal mask.

    >>> document_mask(torch.tensor([[0, 0, 1]]))[0, 0].int()
    tensor([[1, 1, 0],
            [1, 1, 0],
            [0, 0, 1]], dtype=torch.int32)
    """
    return (documents[:, :, None] == documents[:, None, :])[:, None]


def document_positions(documents: Int[Tensor, "batch seq"]) -> Int[Tensor, "batch seq"]:
    """Count the positions of each document from 0; its tokens are next to each other.

    >>> document_positions(torch.tensor([[0, 0, 0, 1, 1, 2]]))
    tensor([[0, 1, 2, 0, 1, 0]])
    """
    index = torch.arange(documents.shape[1], device=documents.device).expand_as(documents)
    begins = torch.ones_like(documents, dtype=torch.bool)
    begins[:, 1:] = documents[:, 1:] != documents[:, :-1]
    return index - index.where(begins, 0).cummax(-1).values


def packed_logits(
    model: LanguageModel, ids: Int[Tensor, "batch seq"], documents: Int[Tensor, "batch seq"]
) -> Float[Tensor, "batch seq vocab_size"]:
    """Return the logits of a model that reads each document as if it were alone."""
    positions, mask = document_positions(documents), document_mask(documents)
    logits: Tensor = model(ids, positions=positions, mask=mask)
    return logits
