"""A packed document has the logits that it has alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training.documents import packed_logits

CONFIG = ModelConfig(vocab_size=11, context_length=16, n_layers=2, d_model=16, n_heads=2)


@pytest.mark.parametrize("positions", ["rotary", "learned"])
def test_documents_do_not_see_each_other(positions: str) -> None:
    torch.manual_seed(336)
    model = LanguageModel(replace(CONFIG, positions=positions)).double()
    ids = torch.randint(11, (2, 9))
    documents = torch.tensor([[0, 0, 0, 0, 1, 1, 2, 2, 2], [0, 1, 1, 1, 1, 1, 1, 1, 1]])
    packed = packed_logits(model, ids, documents)
    for row in range(2):
        for document in documents[row].unique():
            here = documents[row] == document
            alone = model(ids[row, here][None])[0]
            torch.testing.assert_close(packed[row, here], alone, rtol=1e-9, atol=1e-12)


def test_one_document_is_the_usual_case() -> None:
    model = LanguageModel(CONFIG)
    ids = torch.randint(11, (2, 7))
    torch.testing.assert_close(packed_logits(model, ids, torch.zeros_like(ids)), model(ids))
