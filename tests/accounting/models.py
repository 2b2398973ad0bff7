"""Small models of every kind, and their FLOPs by PyTorch's counter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from math import prod
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.accounting import FlopRow
from cs336_core.model.config import Experts, Latent, ModelConfig, Scales
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.language_model import LanguageModel

SMALL = ModelConfig(vocab_size=50, context_length=24, n_layers=3, d_model=16, n_heads=4, d_ff=40)
LATENT = Latent(kv_rank=6, nope_head_dim=5, rope_head_dim=2, v_head_dim=3)
EXPERTS = Experts(n_experts=4, n_active=2, d_ff=12)
KINDS: dict[str, dict[str, Any]] = {
    "multi-head": {},
    "grouped-query": {"n_kv_heads": 2},
    "multi-query, wide heads": {"n_kv_heads": 1, "d_head": 6},
    "GPT-2": {
        "activation": "gelu_tanh", "positions": "learned", "norm": "layernorm", "bias": True,
        "tied_embeddings": True, "d_ff": None,
    },
    "biases of queries, keys and values": {"qkv_bias": True, "activation": "geglu"},
    "biases everywhere else": {"bias": True, "qkv_bias": False, "norm_placement": "post"},
    "sinusoidal, layer norm without biases": {"positions": "sinusoidal", "norm": "layernorm"},
    "window": {"window": 5, "activation": "relu", "positions": "none"},
    "half rotary, tied": {"rotary_fraction": 0.5, "tied_embeddings": True, "activation": "silu"},
    "latent": {"latent": LATENT},
    "latent of queries, biases": {"latent": replace(LATENT, q_rank=7), "bias": True},
    "experts": {"experts": EXPERTS},
    "experts, shared and dense": {
        "experts": replace(EXPERTS, n_shared=2, n_dense_layers=1, balancing_bias=True),
        "bias": True, "activation": "gelu",
    },
    "DeepSeek": {
        "latent": replace(LATENT, q_rank=7), "norm_placement": "pre",
        "experts": Experts(n_experts=5, n_active=3, d_ff=8, n_shared=1, n_dense_layers=2),
    },
    "dense layers only": {"experts": replace(EXPERTS, n_dense_layers=3)},
    "Gemma": {
        "window": 5, "layer_types": ("window", "full"), "qk_norm": "head", "n_kv_heads": 2,
        "norm_placement": "sandwich", "norm_gain": "1 + weight", "rope_theta_window": 100.0,
        "scales": Scales(embedding=4.0, scores_cap=50.0, logits_cap=30.0),
    },
    "experts of Llama 4, gpt-oss, Qwen 2 MoE": {
        "window": 3, "layer_types": ("chunk", "full", "full"), "nope_layers": (1,),
        "attention_sinks": True, "activation": "reglu", "scales": Scales(residual=0.5),
        "experts": replace(
            EXPERTS, n_shared=1, shared_d_ff=7, shared_gate=True, router_bias=True,
            dense_layers=(1,), normalized=False, scale=2.0,
        ),
    },
    "Falcon, Phi, Command R": {
        "norm": "layernorm", "parallel_norms": 2, "qk_norm": "each head", "positions": "alibi",
        "n_kv_heads": 2, "head_bias": True, "norm_bias": True, "mlp_bias": True,
        "embedding_norm": True, "activation": "relu_squared",
    },
    "OPT, OLMo": {
        "norm": "layernorm", "norm_gain": "none", "bias": True, "output_bias": False,
        "positions": "learned", "unused_positions": 2,
        "norm_placement": "output", "qk_norm": "all heads", "activation": "quick_gelu",
    },
}  # fmt: skip

# row -> the submodule that computes it
PARTS = {
    "query down": "query_down", "query": "query", "latent": "latent", "rotary key": "rotary_key",
    "key": "key", "value": "value", "output": "output", "MLP gate": "gate", "MLP up": "up",
    "MLP down": "down", "router": "router.scores", "expert gate": "experts.gate",
    "expert up": "experts.up", "expert down": "experts.down",
    "shared expert gate": "shared.gate", "shared expert up": "shared.up",
    "shared expert down": "shared.down", "shared expert weight": "shared_gate",
}  # fmt: skip
# Computed by the attention module itself; logits by the model or its last matrix.
WHOLE = {
    "scores": "attention", "values": "attention", "scores, full": "attention",
    "values, full": "attention", "scores, window": "attention", "values, window": "attention",
    "scores, chunk": "attention", "values, chunk": "attention", "key, absorbed": "attention",
    "value, absorbed": "attention", "LM head": "head",
}  # fmt: skip


def config_of(kind: str, **changed: Any) -> ModelConfig:
    return replace(SMALL, **(KINDS[kind] | changed))


def by_part(rows: list[FlopRow]) -> dict[str, int]:
    """Sum rows by the submodule that computes them."""
    parts: Counter[str] = Counter()
    for row in rows:
        if row.flops:
            parts[PARTS.get(row.operation) or WHOLE[row.operation]] += row.flops
    return dict(parts)


def counted_by_torch(
    config: ModelConfig, batch: int, seq_len: int, *, cached: int = 0
) -> dict[str, int]:
    """Run a model under PyTorch's counter; return FLOPs by submodule."""
    torch.manual_seed(0)
    model = LanguageModel(config)
    caches = [KVCache() for _ in model.blocks] if cached else None
    if cached:
        with torch.no_grad():
            model(torch.randint(config.vocab_size, (batch, cached)), caches=caches)
    ids = torch.randint(config.vocab_size, (batch, seq_len))
    counter = FlopCounterMode(display=False)
    with counter:
        model(ids, caches=caches)
    return _parts(counter)


class Products(TorchDispatchMode):
    """Counts the FLOPs of matrix multiplications by their dimensions, in sorted order.

    PyTorch's own counter attributes the backward pass to the wrong modules.
    """

    def __init__(self) -> None:
        super().__init__()
        self.flops: Counter[tuple[int, ...]] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Count a product, and do it."""
        if func._overloadpacket in (torch.ops.aten.mm, torch.ops.aten.bmm):
            sides = (*args[0].shape, args[1].shape[-1])
            self.flops[tuple(sorted(sides))] += 2 * prod(sides)
        return func(*args, **kwargs or {})


def products_of(rows: list[FlopRow]) -> dict[tuple[int, ...], int]:
    """Sum rows by their dimensions, as `Products` does."""
    sums: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        if row.flops:
            sides = [int(side) for side in row.dimensions.split(" × ")]
            if row.group == "scores":  # one matmul per head and sequence
                sides = [0, sides[1] * sides[2], *sides[3:]]
            sums[tuple(sorted(sides[row.group != "head" :]))] += row.flops  # not the layers
    return dict(sums)


def forward_and_backward(config: ModelConfig, batch: int, seq_len: int) -> tuple[Products, int]:
    """Run forward and backward pass; return the products, and PyTorch's own total."""
    torch.manual_seed(0)
    model = LanguageModel(config)
    ids = torch.randint(config.vocab_size, (batch, seq_len))
    counter, products = FlopCounterMode(display=False), Products()
    with counter, products:
        model(ids).logsumexp(-1).sum().backward()
    return products, counter.get_total_flops()


def _parts(counter: FlopCounterMode) -> dict[str, int]:
    """Sum the counter's numbers by submodule."""
    parts: Counter[str] = Counter()
    blocks = 0
    for name, operations in counter.get_flop_counts().items():
        flops = sum(operations.values())
        if re.fullmatch(r"LanguageModel\.blocks\.\d+", name):
            blocks += flops
        elif name.endswith(".attention"):
            parts["attention"] += flops
        elif found := re.search(r"\.attention\.(query|query_down|latent|rotary_key|key|value|output)$", name):  # fmt: skip # noqa: E501
            parts[found[1]] += flops
            parts["attention"] -= flops
        elif found := re.search(r"\.feed_forward\.(.+)$", name):
            part = re.sub(r"experts\.\d+", "experts", found[1])
            if re.search(r"(gate|up|down|router\.scores)$", part):
                parts[part] += flops
    parts["head"] = counter.get_total_flops() - blocks
    return {name: flops for name, flops in parts.items() if flops}


def counted_on_meta(config: ModelConfig, batch: int, seq_len: int) -> tuple[int, int]:
    """Count a model with equal layers on the meta device: forward, and forward with backward.

    Each further layer adds as much as the second one, so models of one and two layers are run.
    """
    one, two = (
        _counted_on_meta(replace(config, n_layers=n_layers), batch, seq_len) for n_layers in (1, 2)
    )
    forward, both = (
        first + (config.n_layers - 1) * (second - first)
        for first, second in zip(one, two, strict=True)
    )
    return forward, both


def _counted_on_meta(config: ModelConfig, batch: int, seq_len: int) -> tuple[int, int]:
    """Count a model on the meta device."""
    with torch.device("meta"):
        model = LanguageModel(config)
        ids = torch.zeros(batch, seq_len, dtype=torch.long)
    counter = FlopCounterMode(display=False)
    with counter:
        logits = model(ids)
        forward = counter.get_total_flops()
        logits.sum().backward()
    return forward, counter.get_total_flops()
