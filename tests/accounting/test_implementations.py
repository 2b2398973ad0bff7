"""Activation estimates against what autograd holds: our modules and those of transformers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
import torch
from torch import nn

from cs336_core.accounting import AccountingError, activation_bytes
from cs336_core.accounting.implementations import SAVINGS, Implementation
from cs336_core.model.config import Activation, ModelConfig, Scales
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.saved_activations import saved_bytes
from tests.accounting.models import KINDS, config_of
from tests.model.reference import transformers

SHAPE: dict[str, Any] = {
    "vocab_size": 512, "context_length": 128, "n_layers": 2, "d_model": 128, "n_heads": 4,
    "d_ff": 344,
}  # fmt: skip
LLAMA = ModelConfig(**SHAPE, n_kv_heads=2)
GPT2 = ModelConfig(
    **SHAPE, activation="gelu_tanh", positions="learned", norm="layernorm", bias=True,
    tied_embeddings=True,
)  # fmt: skip
of_both_widths = pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
of_lengths = pytest.mark.parametrize("seq_len", [32, 128])
of_more_lengths = pytest.mark.parametrize("seq_len", [32, 128, 512])  # the last one in blocks


def body_bytes(config: ModelConfig, seq_len: int, dtype: torch.dtype) -> int:
    """Return what the blocks of our model hold."""
    blocks = LanguageModel(config).to(dtype).blocks
    x = torch.randn(2, seq_len, config.d_model, dtype=dtype, requires_grad=True)

    def run() -> torch.Tensor:
        y = x
        for block in blocks:
            y = block(y, causal=True)
        return y

    return saved_bytes(run, excluding=blocks.parameters())


@of_both_widths
@of_more_lengths
@pytest.mark.parametrize("config", [LLAMA, GPT2], ids=["llama", "gpt2"])
def test_our_blocks_hold_what_is_estimated(
    config: ModelConfig, seq_len: int, dtype: torch.dtype
) -> None:
    estimate = activation_bytes(
        config, 2, seq_len, fused_attention=False, bytes_per_value=dtype.itemsize,
        implementation="cs336_core",
    )  # fmt: skip
    assert estimate.layers == pytest.approx(body_bytes(config, seq_len, dtype), rel=0.05)


@of_both_widths
@pytest.mark.parametrize("activation", get_args(Activation))
def test_our_activations(activation: Activation, dtype: torch.dtype) -> None:
    config = ModelConfig(**SHAPE | {"d_ff": 2000, "activation": activation, "positions": "none"})
    estimate = activation_bytes(
        config, 2, 16, fused_attention=False, bytes_per_value=dtype.itemsize,
        implementation="cs336_core",
    )  # fmt: skip
    assert estimate.layers == pytest.approx(body_bytes(config, 16, dtype), rel=0.05)


# Caps of scores and norms without weights are estimated as if they were the usual ones.
ROUGH = {"Gemma": {"scales": Scales(embedding=4.0)}, "OPT, OLMo": {"norm_gain": "weight"}}


@pytest.mark.parametrize("kind", KINDS)
def test_our_models_of_every_kind(kind: str) -> None:
    """Within 5 %; experts, whose copies of tokens depend on the routing, within 15 %."""
    config = config_of(kind, **ROUGH.get(kind, {}))
    if "d_head" not in KINDS[kind]:
        config = replace(config, d_model=64, d_ff=160)
    model = LanguageModel(config)
    ids = torch.randint(config.vocab_size, (2, 24))
    held = saved_bytes(lambda: model(ids).sum(), excluding=model.parameters())
    estimate = activation_bytes(
        config, 2, 24, fused_attention=False, bytes_per_value=4, implementation="cs336_core"
    )
    of_loss = 4 * SAVINGS["cs336_core"].logits * ids.numel() * config.vocab_size
    has_experts = config.experts is not None and config.experts.n_dense_layers < config.n_layers
    assert estimate.total - of_loss == pytest.approx(held, rel=0.15 if has_experts else 0.05)


def of_transformers(config: ModelConfig, attention: str) -> nn.Module:
    """Build the model of a configuration with transformers."""
    if config.positions == "learned":
        return transformers.GPT2LMHeadModel(
            transformers.GPT2Config(
                vocab_size=512, n_positions=128, n_layer=2, n_embd=128, n_head=4, n_inner=344,
                resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, attn_implementation=attention,
                bos_token_id=0, eos_token_id=0,
            )
        )  # fmt: skip
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=512, max_position_embeddings=128, num_hidden_layers=2, hidden_size=128,
            num_attention_heads=4, num_key_value_heads=2, intermediate_size=344,
            attn_implementation=attention,
        )
    )  # fmt: skip


@of_both_widths
@of_lengths
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
@pytest.mark.parametrize("config", [LLAMA, GPT2], ids=["llama", "gpt2"])
def test_transformers_holds_what_is_estimated(
    config: ModelConfig, attention: str, seq_len: int, dtype: torch.dtype
) -> None:
    model = of_transformers(config, attention).to(dtype).train()
    ids = torch.randint(512, (2, seq_len))
    held = saved_bytes(lambda: model(ids, labels=ids).loss, excluding=model.parameters())
    estimate = activation_bytes(
        config, 2, seq_len, fused_attention=attention == "sdpa", bytes_per_value=dtype.itemsize,
        implementation="transformers" if config is LLAMA else "transformers-gpt2",
    )  # fmt: skip
    assert estimate.total == pytest.approx(held, rel=0.05)


def test_implementations_save_more_than_the_textbook() -> None:
    def plain(config: ModelConfig, name: Implementation) -> int:
        return activation_bytes(config, 1, 128, fused_attention=False, implementation=name).total

    textbook = plain(LLAMA, "textbook")
    assert textbook < plain(LLAMA, "transformers") < plain(LLAMA, "cs336_core") < 2.1 * textbook
    assert plain(GPT2, "textbook") < plain(GPT2, "transformers-gpt2") < plain(GPT2, "cs336_core")


def test_unknown_implementations_are_refused() -> None:
    with pytest.raises(AccountingError, match="implementation is 'jax'; it must be one of 'textb"):
        activation_bytes(LLAMA, 1, 1, implementation="jax")  # type: ignore[arg-type]
    with pytest.raises(AccountingError, match="'cs336_core', which has no fused attention; pass"):
        activation_bytes(LLAMA, 1, 1, implementation="cs336_core")
