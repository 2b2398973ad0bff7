"""PyTorch modules with the weights of ours, and how close both must be."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.cross_block import CrossBlock
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.model.norms import LayerNorm
from cs336_core.model.stack import Stack

TINY = ModelConfig(
    vocab_size=11, context_length=12, n_layers=2, d_model=8, n_heads=2, d_ff=12, activation="relu",
    norm="layernorm", bias=True, positions="none",
)  # fmt: skip

KINDS: dict[str, dict[str, Any]] = {
    "none": {},
    "learned": {"positions": "learned"},
    "sinusoidal": {"positions": "sinusoidal", "norm_placement": "post"},
    "rotary": {"positions": "rotary", "n_kv_heads": 1, "activation": "swiglu", "norm": "rmsnorm"},
}


def some_ids(*shape: int) -> Tensor:
    """Return ids of the tiny vocabulary."""
    return torch.randint(TINY.vocab_size, shape)


def close(ours: Tensor, theirs: Tensor) -> None:
    """Assert equality up to the rounding of some hundred sums in 64 bits."""
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def rows_stand_alone(ours: nn.Module, lengths: list[int]) -> None:
    """Assert that padding a row does not change its outputs."""
    ids = some_ids(len(lengths), 6)
    together = ours(ids, lengths=torch.tensor(lengths))
    for row, (length, logits) in enumerate(zip(lengths, together, strict=True)):
        close(logits[:length], ours(ids[row : row + 1, :length])[0])


def normal(*shape: int, requires_grad: bool = False) -> Tensor:
    """Return normal numbers in 64 bits."""
    return torch.randn(*shape, dtype=torch.float64, requires_grad=requires_grad)


def unsettled(module: nn.Module) -> Any:
    """Return it in 64 bits with random gains and biases, so that each affects the output."""
    module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(torch.randn_like(parameter), alpha=0.3)
    return module


def copy(theirs: nn.Module, ours: nn.Module) -> None:
    """Copy the weights of a norm or a linear layer to PyTorch's."""
    theirs.load_state_dict(ours.state_dict())


def torch_norm(ours: LayerNorm) -> nn.LayerNorm:
    theirs = nn.LayerNorm(len(ours.weight), eps=ours.eps, dtype=torch.float64)
    copy(theirs, ours)
    return theirs


def torch_attention(ours: MultiHeadAttention) -> nn.MultiheadAttention:
    """Return `nn.MultiheadAttention` with the weights of ours, which must not share keys."""
    d_model = ours.output.weight.shape[0]
    has_bias = ours.output.bias is not None
    theirs = nn.MultiheadAttention(
        d_model, ours.n_heads, bias=has_bias, batch_first=True, dtype=torch.float64
    )
    copy_attention(theirs, ours)
    return theirs


def copy_attention(theirs: nn.MultiheadAttention, ours: MultiHeadAttention) -> None:
    parts = [ours.query, ours.key, ours.value]
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        if ours.output.bias is not None:
            theirs.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
    copy(theirs.out_proj, ours.output)


def torch_encoder_layer(ours: Block, config: ModelConfig) -> nn.TransformerEncoderLayer:
    """Return `nn.TransformerEncoderLayer` with the weights of ours."""
    theirs = nn.TransformerEncoderLayer(
        config.d_model, config.n_heads, config.mlp_width, dropout=0.0,
        activation=config.activation, layer_norm_eps=config.norm_eps, batch_first=True,
        norm_first=config.norm_placement == "pre", dtype=torch.float64,
    )  # fmt: skip
    copy_attention(theirs.self_attn, ours.attention)
    copy(theirs.norm1, ours.attention_norm)
    copy(theirs.norm2, ours.feed_forward_norm)
    copy(theirs.linear1, ours.feed_forward.up)
    copy(theirs.linear2, ours.feed_forward.down)
    return theirs


def torch_decoder_layer(ours: CrossBlock, config: ModelConfig) -> nn.TransformerDecoderLayer:
    """Return `nn.TransformerDecoderLayer` with the weights of ours."""
    theirs = nn.TransformerDecoderLayer(
        config.d_model, config.n_heads, config.mlp_width, dropout=0.0,
        activation=config.activation, layer_norm_eps=config.norm_eps, batch_first=True,
        norm_first=config.norm_placement == "pre", dtype=torch.float64,
    )  # fmt: skip
    copy_attention(theirs.self_attn, ours.attention)
    copy_attention(theirs.multihead_attn, ours.cross_attention)
    copy(theirs.norm1, ours.attention_norm)
    copy(theirs.norm2, ours.cross_attention_norm)
    copy(theirs.norm3, ours.feed_forward_norm)
    copy(theirs.linear1, ours.feed_forward.up)
    copy(theirs.linear2, ours.feed_forward.down)
    return theirs


def torch_encoder(ours: Stack) -> nn.TransformerEncoder:
    """Return `nn.TransformerEncoder` with the weights of the blocks and the norm of ours."""
    layers = [torch_encoder_layer(block, ours.config) for block in ours.blocks]
    norm = None if ours.norm is None else torch_norm(ours.norm)
    theirs = nn.TransformerEncoder(layers[0], len(layers), norm, enable_nested_tensor=False)
    theirs.layers = nn.ModuleList(layers)
    return theirs


def torch_decoder(ours: Stack) -> nn.TransformerDecoder:
    """Return `nn.TransformerDecoder` with the weights of the blocks and the norm of ours."""
    layers = [torch_decoder_layer(block, ours.config) for block in ours.blocks]
    norm = None if ours.norm is None else torch_norm(ours.norm)
    theirs = nn.TransformerDecoder(layers[0], len(layers), norm)
    theirs.layers = nn.ModuleList(layers)
    return theirs
