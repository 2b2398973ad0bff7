"""Models of every kind, compiled into one graph: `python -m tests.model.compiled`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim

from cs336_core.model.causal_attention import causal_attention
from cs336_core.model.config import Experts, Latent, RopeScaling, Scales
from cs336_core.model.flash import flash_attention
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from tests.model.peers import TINY, close, normal, some_ids

EXPERTS = Experts(n_experts=3, n_active=2, d_ff=4, n_shared=1)
LATENT = Latent(kv_rank=4, q_rank=6, nope_head_dim=3, rope_head_dim=2, v_head_dim=3)
DYNAMIC = RopeScaling(kind="dynamic", factor=2.0, original_context=4)
KINDS: dict[str, dict[str, Any]] = {
    "GPT-2": {"positions": "learned", "activation": "gelu_tanh", "tied_embeddings": True},
    "Llama": {"positions": "rotary", "n_kv_heads": 1, "norm": "rmsnorm", "activation": "swiglu"},
    "DeepSeek": {"positions": "rotary", "latent": LATENT, "experts": EXPERTS},
    "Gemma": {
        "positions": "rotary", "window": 2, "layer_types": ("window", "full"), "qk_norm": "head",
        "norm_placement": "sandwich", "norm_gain": "1 + weight", "rope_scaling": DYNAMIC,
        "scales": Scales(embedding=3.0, scores_cap=2.0, logits_cap=4.0), "attention_sinks": True,
    },
    "BLOOM": {"positions": "alibi", "embedding_norm": True},
    "sinusoidal": {"positions": "sinusoidal", "norm_placement": "post"},
}  # fmt: skip

HARD_KINDS = ("GPT-2", "DeepSeek", "Gemma")  # which have what is hard in the others


def model(kind: str) -> LanguageModel:
    """Return a small model in 64 bits."""
    return LanguageModel(replace(TINY, **KINDS[kind])).double()


def loss(ours: nn.Module, ids: Tensor, mask: Tensor) -> Tensor:
    """Return the loss of a training step, with all of its options."""
    return cross_entropy(ours(ids[:, :-1]), ids[:, 1:], mask[:, 1:], z_loss=1e-3, ignore_index=0)


def train(kind: str) -> None:
    """Assert that a compiled training step has the gradients of the step itself."""
    ours, ids = model(kind), some_ids(2, 7).clamp_min(1)
    mask = torch.arange(14).view(2, 7) % 3 > 0
    params = [each for each in ours.parameters() if each.requires_grad]
    compiled = torch.compile(loss, fullgraph=True, backend="eager")
    by_graph, by_hand = (
        torch.autograd.grad(step(ours, ids, mask), params) for step in (compiled, loss)
    )
    for graph, hand in zip(by_graph, by_hand, strict=True):
        close(graph, hand)


def decode() -> None:
    """Assert that padded prompts and a step with their cache are one graph."""
    ours, prompts, step = model("Gemma"), some_ids(2, 4), some_ids(2, 1)
    lengths = torch.tensor([3, 4])

    def two_passes(prompts: Tensor, step: Tensor) -> Tensor:
        caches = ours.new_caches()
        ours(prompts, lengths=lengths, caches=caches)
        logits: Tensor = ours(step, caches=caches)
        return logits

    compiled = torch.compile(two_passes, fullgraph=True, backend="eager")
    close(compiled(prompts, step), two_passes(prompts, step))


def attend() -> None:
    """Assert that FlashAttention is one graph, with its gradients."""
    inputs = [normal(2, 7, 4, requires_grad=True) for _ in range(3)]

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return flash_attention(query, key, value, causal=True, tile=(4, 4))

    compiled = torch.compile(attention, fullgraph=True, backend="eager")
    by_graph, by_hand = (
        torch.autograd.grad(each(*inputs).square().sum(), inputs) for each in (compiled, attention)
    )
    for graph, hand in zip(by_graph, by_hand, strict=True):
        close(graph, hand)


def attend_in_blocks() -> None:
    """Assert that a long sequence is one graph, also where its length is not known."""
    compiled = torch.compile(causal_attention, fullgraph=True, dynamic=True, backend="eager")
    for n in (260, 300):
        inputs = [normal(2, n, 4) for _ in range(3)]
        close(compiled(*inputs), causal_attention(*inputs))


def export() -> None:
    """Assert that a graph exported for any length is right for long sequences, too."""
    ours, lengths = model("Llama").eval(), ({1: Dim("seq", min=2, max=1000)},)
    exported = torch.export.export(ours, (some_ids(1, 6),), dynamic_shapes=lengths).module()
    for n in (5, 300):
        ids = some_ids(1, n)
        close(exported(ids), ours(ids))


def main() -> None:
    """Compile them."""
    torch.manual_seed(0)
    for kind in HARD_KINDS[1:]:
        train(kind)
    decode()
    attend()
    attend_in_blocks()
    export()


if __name__ == "__main__":
    main()
