"""Several documents in one sequence: none of them sees another."""

from __future__ import annotations

from jaxtyping import Bool, Float, Int
from torch import Tensor

from cs336_core.model.language_model import LanguageModel


def document_mask(documents: Int[Tensor, "batch seq"]) -> Bool[Tensor, "batch 1 seq seq"]:
    """Let each token attend to the tokens of its own document.

    The second dimension is that of the heads, so that `&` combines it with a causal mask.

    >>> import torch
    >>> document_mask(torch.tensor([[0, 0, 1]]))[0, 0].int()
    tensor([[1, 1, 0],
            [1, 1, 0],
            [0, 0, 1]], dtype=torch.int32)
    """
    return (documents[:, :, None] == documents[:, None, :])[:, None]


def packed_logits(
    model: LanguageModel, ids: Int[Tensor, "batch seq"], documents: Int[Tensor, "batch seq"]
) -> Float[Tensor, "batch seq vocab_size"]:
    """Return the logits of a model in which each document is read as if it were alone.

    Positions count from the start of the sequence. That makes no difference to rotary positions,
    whose scores depend on distances; with a table of positions, a document's logits depend on where
    in the sequence it is.
    """
    x, mask, positions = model.causal_inputs(ids, None, None)
    mask = mask & document_mask(documents)
    for block in model.blocks:
        x = block(x, mask, positions=positions)
    return model.logits(model.final_norm(x))
