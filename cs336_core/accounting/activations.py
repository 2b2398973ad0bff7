"""Bytes that a training step keeps from its forward pass for its backward pass.

By the rule of Korthikanti et al. (2022, "Reducing Activation Recomputation in Large Transformer
Models", section 4): a product keeps both of its sides (weights aside), a norm, an activation and a
gate what comes in, a softmax what comes out, dropout a mask of one byte a number.

All but the logits is taken to have 16 bits, or what `bytes_per_value` says. Modules that keep norms
and scores in 32 bits, as those of transformers and of this package do, hold 1.2 to 1.9 times as
much: "fits" is the best case.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from cs336_core._shared.validation import check_choice, check_size
from cs336_core.accounting.conventions import Recompute
from cs336_core.accounting.feed_forward import layer_kinds
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class ActivationBytes:
    """What is kept, by the part that needs it; all layers together.

    Attributes:
        attention: inputs, queries, keys, values and outputs.
        scores: what grows with the square of the sequence, or what takes its place.
        mlp: of MLPs, or of routers and experts.
        norms: what comes into norms.
        layer_inputs: all that is kept of a layer that is computed again.
        head: after the last layer: its norm, the LM head, and the logits in 32 bits.

    """

    attention: int
    scores: int
    mlp: int
    norms: int
    layer_inputs: int
    head: int

    @property
    def layers(self) -> int:
        """What the layers keep, which is what papers count."""
        return self.attention + self.scores + self.mlp + self.norms + self.layer_inputs

    @property
    def total(self) -> int:
        """All of it."""
        return self.layers + self.head


def activation_bytes(  # noqa: PLR0913  (each but three has a name)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    recompute: Recompute = "none",
    fused_attention: bool = True,
    dropout: bool = False,
    bytes_per_value: int = 2,
) -> ActivationBytes:
    """Return what a training step of `batch` sequences of `seq_len` tokens keeps.

    Fused attention keeps a number a query in place of its shares, in 32 bits. "selective"
    recomputation keeps nothing of the scores, "full" only what comes into each layer; the layer
    that is just computed again needs its own activations for a while, which are not counted.
    Chips that share the work keep less each.

    Raises `AccountingError` for sizes and choices that cannot be.

    >>> from cs336_core.model.presets import preset
    >>> kept = activation_bytes(preset("llama-3-8b"), batch=1, seq_len=8192)
    >>> f"{kept.layers / 2**30:.0f} GiB, {kept.head / 2**30:.1f} GiB"
    '41 GiB, 4.0 GiB'
    """
    check_config(config)
    batch = check_size("batch", batch)
    seq_len = check_size("seq_len", seq_len)
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    check_choice("recompute", recompute, get_args(Recompute))
    tokens, layers, d = batch * seq_len, config.n_layers, config.d_model
    is_pre = config.norm_placement == "pre"
    outputs = config.head_outputs
    inputs = (bool(outputs) + is_pre) * d  # of the head and of the norm before it
    head = tokens * (inputs * bytes_per_value + 4 * outputs + dropout * d)
    if recompute == "full":
        return ActivationBytes(0, 0, 0, 0, layers * tokens * d * bytes_per_value, head)
    kept = ActivationBytes(
        attention=layers * tokens * (_attention(config) * bytes_per_value + dropout * d),
        scores=0,
        mlp=tokens * (_mlps(config) * bytes_per_value + layers * dropout * d),
        norms=layers * tokens * _norms(config) * bytes_per_value,
        layer_inputs=0,
        head=head,
    )
    if recompute == "selective":
        return kept
    heads = layers * config.n_heads
    if fused_attention:
        return replace(kept, scores=heads * tokens * 4)
    each = 2 * bytes_per_value + 1 if dropout else bytes_per_value
    return replace(kept, scores=heads * tokens * seq_len * each)


def _attention(config: ModelConfig) -> int:
    """Return the numbers a token that attention keeps in one layer, scores aside."""
    d, heads, latent = config.d_model, config.n_heads, config.latent
    if latent is None:
        return d + (2 * heads + 2 * config.kv_heads) * config.head_dim
    queries = heads * (latent.nope_head_dim + latent.rope_head_dim)
    narrow = latent.kv_rank + (latent.q_rank or 0)
    return d + narrow + 2 * queries + 2 * heads * latent.v_head_dim


def _norms(config: ModelConfig) -> int:
    """Return the numbers a token that come into the norms of one layer."""
    latent = config.latent
    return 2 * config.d_model + (latent.kv_rank + (latent.q_rank or 0) if latent else 0)


def _mlps(config: ModelConfig) -> int:
    """Return the numbers a token that MLPs and experts keep in all layers.

    Of a gate, what comes in and what comes out is kept, and what it is multiplied by. An expert
    keeps a copy of the token, and what it makes of it, since that is weighed.
    """
    d, experts = config.d_model, config.experts
    dense, mixed = layer_kinds(config)
    hidden = 4 if config.is_gated else 2
    kept = dense * (d + hidden * config.mlp_width)
    if experts is not None:
        chosen = experts.n_active * (2 * d + hidden * experts.d_ff)
        shared = experts.n_shared * hidden * experts.d_ff
        kept += mixed * (d + experts.n_experts + chosen + shared)
    return kept
