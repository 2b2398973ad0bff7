"""A tiny model with random weights: its file, and what PyTorch computes with it."""

from __future__ import annotations

import random
from typing import Any

import torch
from torch import Tensor

from cs336_core.inference.packed import pack, unpack
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import causal_mask
from cs336_core.tokenization import BPEParams
from cs336_core.tokenization.formats.packed import pack as pack_vocabulary

DECIMALS = 6
CONFIG = ModelConfig(
    vocab_size=260,
    context_length=16,
    n_layers=2,
    d_model=12,
    n_heads=3,
    d_ff=10,
    tied_embeddings=True,
)
MERGES = [(b"t", b"h"), (b"th", b"e"), (b" ", b"the"), (b"a", b"t")]


def random_model() -> LanguageModel:
    """Return a model whose parameters, gains included, are the same on every machine."""
    rng = random.Random(336)
    model = LanguageModel(CONFIG)
    with torch.no_grad():
        for parameter in model.parameters():
            entries = [round(rng.gauss(parameter.ndim % 2, 0.5), 3) for _ in parameter.flatten()]
            parameter.copy_(torch.tensor(entries).reshape(parameter.shape))
    return model


def unpacked(packed: str) -> LanguageModel:
    """Return the model of a file in 64 bits, so that no rounding depends on the machine."""
    return unpack(packed)[0].double()


def rounded(x: Tensor) -> Any:
    """Return numbers with a few more digits than the test compares."""
    return [rounded(row) for row in x] if x.ndim else round(x.item(), DECIMALS) + 0.0


@torch.no_grad()
def passes(model: LanguageModel, ids: list[int]) -> dict[str, Any]:
    """Return the stream after each part, and the logits."""
    x, mask = model.embedding(torch.tensor([ids])), causal_mask(len(ids))
    stream = [x[0]]
    for block in model.blocks:
        for norm, part in (
            (block.attention_norm, lambda y, block=block: block.attention(y, mask)),
            (block.feed_forward_norm, block.feed_forward),
        ):
            x = x + part(norm(x))
            stream.append(x[0])
    logits = model(torch.tensor([ids]))[0]
    return {"ids": ids, "stream": rounded(torch.stack(stream)), "logits": rounded(logits)}


@torch.no_grad()
def without(packed: str, ids: list[int]) -> dict[str, Any]:
    """Return the last logits without each of some parts."""
    zeroed = {
        "mlp-2": ["blocks.1.feed_forward.down.weight"],
        "positions": [],
        "final-norm": [],
        "attention-norm-1": [],
        "mlp-norm-2": [],
    }
    results = {}
    for part, names in zeroed.items():
        model = unpacked(packed)
        for name in names:
            dict(model.named_parameters())[name].zero_()
        if part == "positions":
            for block in model.blocks:
                block.attention.rotary = None
        elif part == "final-norm":
            model.norm = None
        elif part == "attention-norm-1":
            model.blocks[0].attention_norm = torch.nn.Identity()
        elif part == "mlp-norm-2":
            model.blocks[1].feed_forward_norm = torch.nn.Identity()
        results[part] = rounded(model(torch.tensor([ids]))[0, -1])
    model = unpacked(packed)  # head 2 of block 1: the columns of the output matrix that it fills
    model.blocks[0].attention.output.weight[:, 4:8] = 0
    results["head-1-2"] = rounded(model(torch.tensor([ids]))[0, -1])
    return results


def golden_transformer() -> list[dict[str, Any]]:
    """Return the model's file with the passes of a few inputs, one of a single token."""
    params = BPEParams.trained(MERGES)
    about = {"vocabulary": pack_vocabulary(params), "pattern": "gpt2", "step": 7}
    packed = pack(random_model(), about)
    model = unpacked(packed)
    texts = [("at the cat", [259, 258, 32, 99, 259]), ("t", [116])]
    longest = random.Random(1).choices(range(260), k=CONFIG.context_length)
    return [
        {"packed": packed},
        *({"text": text, **passes(model, ids)} for text, ids in texts),
        passes(model, longest),
        {"ids": longest, "without": without(packed, longest)},
    ]
