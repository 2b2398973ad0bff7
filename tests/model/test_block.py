"""One block against PyTorch's encoder layer, pre-norm and post-norm."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from cs336_core.model.block import Block
from cs336_core.model.config import Activation, NormPlacement
from cs336_core.model.masks import causal_mask, padding_mask
from cs336_core.model.norms import RMSNorm
from cs336_core.model.positions import Rotary
from tests.model.peers import TINY, close, normal, torch_encoder_layer, unsettled


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_block_equals_torchs_encoder_layer(
    placement: NormPlacement, activation: Activation
) -> None:
    config = replace(TINY, norm_placement=placement, activation=activation)
    ours = unsettled(Block(config))
    theirs = torch_encoder_layer(ours, config)
    x = normal(2, 5, 8, requires_grad=True)
    close(ours(x), theirs(x))
    causal, padding = causal_mask(5), padding_mask(torch.tensor([3, 5]), 5)
    close(
        ours(x, causal & padding),
        theirs(x, src_mask=~causal, src_key_padding_mask=~padding[:, 0, 0]),
    )
    gradients = [torch.autograd.grad(block(x).square().sum(), x)[0] for block in (ours, theirs)]
    close(*gradients)


@pytest.mark.parametrize("placement", ["pre", "post"])
def test_gradients_of_a_block(placement: NormPlacement) -> None:
    config = replace(TINY, norm_placement=placement, norm="rmsnorm", activation="swiglu", d_ff=2)
    config = replace(config, d_model=4, n_heads=1)
    ours = unsettled(Block(config, Rotary(4)))

    def forward(x: Tensor, *_weights: Tensor) -> Tensor:
        return ours(x, causal_mask(2))

    inputs = (normal(1, 2, 4, requires_grad=True), *ours.parameters())
    assert torch.autograd.gradcheck(forward, inputs)


def test_zero_weights_leave_the_residual_stream_unchanged() -> None:
    ours, x = Block(TINY).double(), normal(2, 5, 8)
    with torch.no_grad():
        ours.attention.output.weight.zero_()
        ours.feed_forward.down.weight.zero_()
    assert ours(x).equal(x)


def test_a_block_follows_its_configuration() -> None:
    ours = Block(replace(TINY, norm="rmsnorm", bias=False, qkv_bias=True, norm_eps=1e-3))
    assert isinstance(ours.attention_norm, RMSNorm)
    assert ours.feed_forward_norm.eps == 1e-3
    assert ours.attention.key.bias is not None
    assert ours.attention.output.bias is None
    assert ours.feed_forward.up.bias is None
