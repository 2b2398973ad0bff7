"""Weights with Hugging Face's names against forward passes written from the definitions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset
from cs336_core.model.weight_names import WeightsError
from cs336_core.model.weights import load_weights
from tests.model.peers import close, normal

Weights = dict[str, Tensor]

GPT2 = replace(
    preset("gpt2-small"), vocab_size=11, context_length=7, n_layers=2, d_model=8, n_heads=2
)
LLAMA = replace(
    preset("llama-2-7b"), vocab_size=11, n_layers=2, d_model=16, n_heads=4, n_kv_heads=2, d_ff=12
)
LLAMAS: dict[str, dict[str, Any]] = {
    "grouped": {},
    "multi-head": {"n_kv_heads": 4},
    "multi-query": {"n_kv_heads": 1},
    "biased": {"qkv_bias": True},
    "tied": {"tied_embeddings": True},
    "wide heads": {"d_head": 6},
    "partly rotary": {"d_head": 8, "rotary_fraction": 0.5},
    "another base": {"rope_theta": 500.0},
}


def gpt2_weights(config: ModelConfig) -> Weights:
    """Return weights as Hugging Face names and shapes them: matrices are (inputs, outputs)."""
    d, weights = config.d_model, {}
    weights["wte.weight"] = normal(config.vocab_size, d)
    weights["wpe.weight"] = normal(config.context_length, d)
    for i in range(config.n_layers):
        for name, n_in, n_out in (
            ("attn.c_attn", d, 3 * d),
            ("attn.c_proj", d, d),
            ("mlp.c_fc", d, 4 * d),
            ("mlp.c_proj", 4 * d, d),
        ):
            weights[f"h.{i}.{name}.weight"] = normal(n_in, n_out)
            weights[f"h.{i}.{name}.bias"] = normal(n_out)
        for name in ("ln_1", "ln_2"):
            weights[f"h.{i}.{name}.weight"], weights[f"h.{i}.{name}.bias"] = normal(d), normal(d)
    weights["ln_f.weight"], weights["ln_f.bias"] = normal(d), normal(d)
    return weights


def gpt2(weights: Weights, ids: Tensor, n_heads: int) -> Tensor:
    """Return the logits of GPT-2, after OpenAI's gpt-2/src/model.py."""

    def norm(x: Tensor, name: str) -> Tensor:
        gain, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.layer_norm(x, x.shape[-1:], gain, bias, 1e-5)

    def conv1d(x: Tensor, name: str) -> Tensor:
        return x @ weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def split(x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], n_heads, -1).transpose(1, 2)

    seq = ids.shape[1]
    x = weights["wte.weight"][ids] + weights["wpe.weight"][:seq]
    hidden = torch.ones(seq, seq).triu(1).bool()
    for i in range(sum(name.endswith("ln_1.weight") for name in weights)):
        qkv = conv1d(norm(x, f"h.{i}.ln_1"), f"h.{i}.attn.c_attn")
        q, k, v = (split(part) for part in qkv.chunk(3, -1))
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
        weights_of_values = scores.masked_fill(hidden, -math.inf).softmax(-1)
        x = x + conv1d(
            (weights_of_values @ v).transpose(1, 2).reshape(x.shape), f"h.{i}.attn.c_proj"
        )
        up = conv1d(norm(x, f"h.{i}.ln_2"), f"h.{i}.mlp.c_fc")
        act = 0.5 * up * (1 + torch.tanh(math.sqrt(2 / math.pi) * (up + 0.044715 * up.pow(3))))
        x = x + conv1d(act, f"h.{i}.mlp.c_proj")
    return norm(x, "ln_f") @ weights["wte.weight"].T


def llama_weights(config: ModelConfig) -> Weights:
    """Return weights as Hugging Face names them."""
    d, q = config.d_model, config.n_heads * config.head_dim
    kv = config.kv_heads * config.head_dim
    weights = {"model.embed_tokens.weight": normal(config.vocab_size, d)}
    for i in range(config.n_layers):
        layer = f"model.layers.{i}"
        for name, n_out, n_in in (
            ("self_attn.q_proj", q, d),
            ("self_attn.k_proj", kv, d),
            ("self_attn.v_proj", kv, d),
            ("self_attn.o_proj", d, q),
            ("mlp.gate_proj", config.mlp_width, d),
            ("mlp.up_proj", config.mlp_width, d),
            ("mlp.down_proj", d, config.mlp_width),
        ):
            weights[f"{layer}.{name}.weight"] = normal(n_out, n_in)
            if config.has_qkv_bias and name[10:] in ("q_proj", "k_proj", "v_proj"):
                weights[f"{layer}.{name}.bias"] = normal(n_out)
        for name in ("input_layernorm", "post_attention_layernorm"):
            weights[f"{layer}.{name}.weight"] = normal(d)
    weights["model.norm.weight"] = normal(d)
    if not config.tied_embeddings:
        weights["lm_head.weight"] = normal(config.vocab_size, d)
    return weights


def rotate_half(x: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return torch.cat([-x[..., half:], x[..., :half]], -1)


def llama(weights: Weights, ids: Tensor, config: ModelConfig) -> Tensor:
    """Return the logits of a Llama, as Hugging Face computes them: heads are rotated in halves."""

    def norm(x: Tensor, name: str) -> Tensor:
        size = x.pow(2).mean(-1, keepdim=True).add(config.norm_eps).sqrt()
        return x / size * weights[f"{name}.weight"]

    def linear(x: Tensor, name: str) -> Tensor:
        return functional.linear(x, weights[f"{name}.weight"], weights.get(f"{name}.bias"))

    dim, seq = int(config.head_dim * config.rotary_fraction), ids.shape[1]
    speeds = 1 / config.rope_theta ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angles = torch.outer(torch.arange(seq, dtype=torch.float64), speeds).repeat(1, 2)

    def heads(x: Tensor, *, rotated: bool) -> Tensor:
        x = x.view(*x.shape[:2], -1, config.head_dim).transpose(1, 2)
        if rotated:
            turned = x[..., :dim] * angles.cos() + rotate_half(x[..., :dim]) * angles.sin()
            x = torch.cat([turned, x[..., dim:]], -1)
        return x.repeat_interleave(config.n_heads // x.shape[1], 1)

    x = weights["model.embed_tokens.weight"][ids]
    hidden = torch.ones(seq, seq).triu(1).bool()
    for i in range(config.n_layers):
        layer = f"model.layers.{i}"
        y = norm(x, f"{layer}.input_layernorm")
        q, k, v = (
            heads(linear(y, f"{layer}.self_attn.{name}_proj"), rotated=name != "v")
            for name in "qkv"
        )
        scores = q @ k.transpose(2, 3) / math.sqrt(config.head_dim)
        attended = scores.masked_fill(hidden, -math.inf).softmax(-1) @ v
        x = x + linear(attended.transpose(1, 2).flatten(2), f"{layer}.self_attn.o_proj")
        y = norm(x, f"{layer}.post_attention_layernorm")
        gate = functional.silu(linear(y, f"{layer}.mlp.gate_proj"))
        x = x + linear(gate * linear(y, f"{layer}.mlp.up_proj"), f"{layer}.mlp.down_proj")
    head = weights.get("lm_head.weight", weights["model.embed_tokens.weight"])
    return norm(x, "model.norm") @ head.T


@pytest.mark.parametrize("prefix", ["", "transformer."])
def test_a_loaded_gpt2_has_the_original_logits(prefix: str) -> None:
    weights, ids = gpt2_weights(GPT2), torch.randint(11, (2, 7))
    named = {prefix + name: tensor for name, tensor in weights.items()}
    # Files also contain the mask of each block, its masked score and the head.
    for i in range(2):
        named[f"{prefix}h.{i}.attn.bias"] = torch.ones(1, 1, 7, 7).tril()
        named[f"{prefix}h.{i}.attn.masked_bias"] = torch.tensor(-1e4)
    named["lm_head.weight"] = weights["wte.weight"]
    model = LanguageModel(GPT2).double()
    load_weights(model, named, "gpt2")
    close(model(ids), gpt2(weights, ids, GPT2.n_heads))


@pytest.mark.parametrize("kind", LLAMAS)
def test_a_loaded_llama_has_the_original_logits(kind: str) -> None:
    config = replace(LLAMA, **LLAMAS[kind])
    weights, ids = llama_weights(config), torch.randint(11, (2, 9))
    expected = llama(weights, ids, config)
    weights["model.layers.0.self_attn.rotary_emb.inv_freq"] = normal(2)
    model = LanguageModel(config).double()
    load_weights(model, weights, "llama")
    close(model(ids), expected)
    if config.tied_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
        load_weights(model, weights, "llama")


def test_weights_are_copied_into_the_parameters() -> None:
    model = LanguageModel(GPT2)
    load_weights(
        model, {name: weight.half() for name, weight in gpt2_weights(GPT2).items()}, "gpt2"
    )
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_without_rotary_positions_rows_keep_their_order() -> None:
    config = replace(LLAMA, positions="none", d_head=3)
    weights, model = llama_weights(config), LanguageModel(config).double()
    load_weights(model, weights, "llama")
    query = weights["model.layers.0.self_attn.q_proj.weight"]
    assert model.blocks[0].attention.query.weight.equal(query)


def changed(weights: Weights, change: dict[str, Tensor | None]) -> Weights:
    """Return weights with some replaced, added or, for `None`, removed."""
    both = weights | change
    return {name: tensor for name, tensor in both.items() if tensor is not None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wpe.weight": None}, "the weights lack wpe.weight"),
        (
            {"wte.weight": None, "ln_f.bias": None, "h.0.ln_1.bias": None, "h.1.ln_2.bias": None},
            "the weights lack h.0.ln_1.bias, h.1.ln_2.bias, ln_f.bias and 1 more",
        ),
        ({"h.2.ln_1.bias": normal(8)}, "the model has no parameter for h.2.ln_1.bias"),
        (
            {"wpe.weight": normal(6, 8)},
            r"wpe.weight has shape \(6, 8\); the model's configuration needs \(7, 8\)",
        ),
        (
            {"h.1.attn.c_attn.weight": normal(24, 8)},
            r"h.1.attn.c_attn.weight has shape \(24, 8\); .* needs \(8, 24\)",
        ),
        ({"h.0.mlp.c_fc.bias": normal(8)}, r"c_fc.bias has shape \(8,\); .* needs \(32,\)"),
        ({"lm_head.weight": normal(11, 8)}, "lm_head.weight differs from wte.weight"),
    ],
)
def test_weights_that_do_not_match_are_named(
    change: dict[str, Tensor | None], message: str
) -> None:
    model = LanguageModel(GPT2)
    before = [parameter.clone() for parameter in model.parameters()]
    with pytest.raises(WeightsError, match=message):
        load_weights(model, changed(gpt2_weights(GPT2), change), "gpt2")
    for parameter, was in zip(model.parameters(), before, strict=True):
        assert parameter.equal(was)


def test_llama_weights_that_do_not_match_are_named() -> None:
    weights, model = llama_weights(LLAMA), LanguageModel(LLAMA)
    bias = "model.layers.0.self_attn.q_proj.bias"
    with pytest.raises(WeightsError, match=f"the model has no parameter for {bias}"):
        load_weights(model, changed(weights, {bias: normal(16)}), "llama")
    with pytest.raises(WeightsError, match=r"the weights lack lm_head.weight"):
        load_weights(model, changed(weights, {"lm_head.weight": None}), "llama")
    key = "model.layers.1.self_attn.k_proj.weight"
    message = rf"{key} has shape \(16, 16\); the model's configuration needs \(8, 16\)"
    with pytest.raises(WeightsError, match=message):
        load_weights(model, changed(weights, {key: normal(16, 16)}), "llama")


def test_weights_of_another_architecture_raise() -> None:
    message = "weights of this kind have no positions.table.weight, which the model needs"
    with pytest.raises(WeightsError, match=message):
        load_weights(
            LanguageModel(replace(LLAMA, positions="learned")), llama_weights(LLAMA), "llama"
        )
    gated = LanguageModel(replace(GPT2, activation="swiglu"))
    message = r"no blocks.0.feed_forward.gate.bias, .* and 1 more, which the model needs"
    with pytest.raises(WeightsError, match=message):
        load_weights(gated, gpt2_weights(GPT2), "gpt2")
