"""The encoder-decoder against PyTorch's Transformer, and which tokens may attend to which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cs336_core.model.config import Activation, ModelConfig, NormPlacement
from cs336_core.model.cross_block import CrossBlock
from cs336_core.model.encoder_decoder import EncoderDecoder
from cs336_core.model.kv_cache import KVCache
from cs336_core.model.masks import causal_mask, padding_mask
from cs336_core.model.positions import sinusoidal_positions
from tests.model.peers import (
    KINDS,
    TINY,
    close,
    normal,
    some_ids,
    torch_decoder,
    torch_decoder_layer,
    torch_encoder,
    unsettled,
)

of_each_kind = pytest.mark.parametrize("kind", KINDS)


def model(kind: str = "none", **changed: Any) -> EncoderDecoder:
    config = replace(TINY, **(KINDS[kind] | changed))
    ours: EncoderDecoder = unsettled(EncoderDecoder(config, n_encoder_layers=3))
    return ours


def torch_transformer(ours: EncoderDecoder) -> nn.Transformer:
    """Return `nn.Transformer` with the weights of ours."""
    config, nothing = ours.decoder.config, nn.Identity()
    theirs = nn.Transformer(
        config.d_model,
        config.n_heads,
        custom_encoder=nothing,
        custom_decoder=nothing,
        batch_first=True,
    )
    theirs.encoder = torch_encoder(ours.encoder)
    theirs.decoder = torch_decoder(ours.decoder)
    return theirs


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_block_equals_torchs_decoder_layer(
    placement: NormPlacement, activation: Activation
) -> None:
    config = replace(TINY, norm_placement=placement, activation=activation)
    ours = unsettled(CrossBlock(config))
    theirs = torch_decoder_layer(ours, config)
    x, context = normal(2, 5, 8, requires_grad=True), normal(2, 4, 8, requires_grad=True)
    close(ours(x, context=context), theirs(x, context))
    causal, padding = causal_mask(5), padding_mask(torch.tensor([3, 4]), 4)
    y = ours(x, causal, context=context, context_mask=padding)
    z = theirs(x, context, tgt_mask=~causal, memory_key_padding_mask=~padding[:, 0, 0])
    close(y, z)
    gradients = [torch.autograd.grad(output.square().sum(), [x, context]) for output in (y, z)]
    for of_ours, of_theirs in zip(*gradients, strict=True):
        close(of_ours, of_theirs)


@pytest.mark.parametrize("placement", ["pre", "post"])
@pytest.mark.parametrize("positions", ["none", "sinusoidal"])
@pytest.mark.parametrize("tied", [False, True])
def test_the_model_equals_torchs_transformer(
    placement: NormPlacement, positions: str, tied: bool
) -> None:
    ours = model(norm_placement=placement, positions=positions, tied_embeddings=tied)
    theirs = torch_transformer(ours)
    source, target = some_ids(2, 6), some_ids(2, 4)
    inputs = []
    for half, ids in ((ours.encoder, source), (ours.decoder, target)):
        x = functional.embedding(ids, half.embedding.weight)
        if positions == "sinusoidal":
            x = x + sinusoidal_positions(ids.shape[1], 8, dtype=torch.float64)
        inputs.append(x)
    head = ours.encoder.embedding if tied else ours.decoder.lm_head
    causal = ~causal_mask(4)
    close(ours(source, target), functional.linear(theirs(*inputs, tgt_mask=causal), head.weight))
    lengths = torch.tensor([4, 6]), torch.tensor([4, 2])
    hidden = [torch.arange(n) >= length[:, None] for n, length in zip((6, 4), lengths, strict=True)]
    read = theirs(
        *inputs,
        tgt_mask=causal,
        src_key_padding_mask=hidden[0],
        memory_key_padding_mask=hidden[0],
        tgt_key_padding_mask=hidden[1],
    )
    close(
        ours(source, target, source_lengths=lengths[0], target_lengths=lengths[1]),
        functional.linear(read, head.weight),
    )


@of_each_kind
@settings(max_examples=5)
@given(st.integers(1, 4))
def test_the_target_is_causal(kind: str, changed: int) -> None:
    ours, source, target = model(kind), some_ids(2, 6), some_ids(2, 5)
    other = target.clone()
    other[:, changed] = (other[:, changed] + 1) % TINY.vocab_size
    before, after = ours(source, target), ours(source, other)
    assert before[:, :changed].equal(after[:, :changed])
    assert not before[:, changed].allclose(after[:, changed])


@of_each_kind
@settings(max_examples=5)
@given(st.integers(0, 5))
def test_every_source_token_affects_every_target_token(kind: str, changed: int) -> None:
    ours, source, target = model(kind), some_ids(2, 6), some_ids(2, 5)
    other = source.clone()
    other[:, changed] = (other[:, changed] + 1) % TINY.vocab_size
    before, after = ours(source, target), ours(other, target)
    for position in range(5):
        assert not before[:, position].allclose(after[:, position])


@of_each_kind
@settings(max_examples=5)
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=3))
def test_padding_changes_no_output(kind: str, lengths: list[tuple[int, int]]) -> None:
    ours, n = model(kind), len(lengths)
    source, target = some_ids(n, 6), some_ids(n, 4)
    of_source, of_target = torch.tensor(lengths).T
    together = ours(source, target, source_lengths=of_source, target_lengths=of_target)
    for row, (m, n) in enumerate(lengths):
        alone = ours(source[row : row + 1, :m], target[row : row + 1, :n])
        close(together[row, :n], alone[0])


@of_each_kind
def test_decoding_with_a_cache_equals_one_pass(kind: str) -> None:
    ours, source, target = model(kind), some_ids(2, 6), some_ids(2, 5)
    lengths = torch.tensor([3, 6])
    context, caches = ours.encoder(source, lengths=lengths), [KVCache() for _ in range(2)]
    written = [
        ours.decoder(token, context, context_lengths=lengths, caches=caches)
        for token in target.split(1, 1)
    ]
    close(torch.cat(written, 1), ours(source, target, source_lengths=lengths))


def test_an_empty_source_works() -> None:
    ours, target = model(), some_ids(2, 4)
    nothing = ours(some_ids(2, 0), target)
    close(nothing, ours(some_ids(2, 3), target, source_lengths=torch.tensor([0, 0])))
    assert nothing.isfinite().all()


def test_every_weight_affects_the_output() -> None:
    ours = model()
    ours(some_ids(2, 6), some_ids(2, 5)).log_softmax(-1).square().sum().backward()
    for name, parameter in ours.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


def test_encoder_and_decoder_may_differ_in_depth() -> None:
    config = ModelConfig(vocab_size=5, context_length=4, n_layers=2, d_model=4, n_heads=1)
    assert [len(half.blocks) for half in (model().encoder, model().decoder)] == [3, 2]
    assert len(EncoderDecoder(config).encoder.blocks) == 2
    tied = dict(EncoderDecoder(replace(config, tied_embeddings=True)).named_parameters())
    assert [name for name in tied if "embedding" in name or "head" in name] == [
        "encoder.embedding.weight"
    ]
    apart = dict(EncoderDecoder(config).named_parameters())
    assert {"decoder.embedding.weight", "decoder.lm_head.weight"} < set(apart)


def test_invalid_inputs_raise() -> None:
    ours, source, target = model("learned"), some_ids(1, 6), some_ids(1, 4)
    with pytest.raises(IndexError, match="id 11 is not in the table"):
        ours(source, torch.tensor([[11]]))
    with pytest.raises(
        ValueError, match="reaches position 12, but the table of positions ends at 11"
    ):
        ours(source, some_ids(1, 13))
    with pytest.raises(
        ValueError, match=r"lengths range from 7 to 7; .* number of keys, which is 6"
    ):
        ours(source, target, source_lengths=torch.tensor([7]))
    with pytest.raises(ValueError, match=r"caches has 0 entries; .* one for each of the 2 blocks"):
        ours.decoder(target, ours.encoder(source), caches=[])
