"""Activation memory: bytes that a training step saves in the forward pass for the backward pass.

Counted as by Korthikanti et al. (2022, "Reducing Activation Recomputation in Large Transformer
Models", section 4): a matrix multiplication saves both operands (except weights); norms,
activations and gates save their inputs; a softmax saves its output, and dropout a mask of one byte
per element.

All values but the logits are assumed to take `bytes_per_value`, by default 16 bits. Modules that
compute norms and scores in 32 bits, as in transformers and in this package, save 1.2 to 1.9 times
as much, so "fits" is the best case.
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
    """Saved bytes by the part of the model that needs them, summed over all layers.

    Attributes:
        attention: inputs, queries, keys, values and outputs.
        scores: attention weights, quadratic in the sequence, or the log-sum-exp instead.
        mlp: of MLPs, or of routers and experts.
        norms: inputs of norms.
        layer_inputs: inputs of layers that are recomputed.
        head: after the last layer: the final norm, the LM head, and the logits in 32 bits.

    """

    attention: int
    scores: int
    mlp: int
    norms: int
    layer_inputs: int
    head: int

    @property
    def layers(self) -> int:
        """Everything inside the layers, which is what papers count."""
        return self.attention + self.scores + self.mlp + self.norms + self.layer_inputs

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return self.layers + self.head


def activation_bytes(  # noqa: PLR0913  (options are keywords)
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    recompute: Recompute = "none",
    fused_attention: bool = True,
    dropout: bool = False,
    bytes_per_value: int = 2,
) -> ActivationBytes:
    """Return the bytes that a training step of `batch` sequences of `seq_len` tokens saves.

    Fused attention saves one number per query, in 32 bits, instead of its attention weights.
    "selective" recomputation saves nothing of the scores, "full" only the input of each layer; the
    activations of the layer that is being recomputed are not counted. Parallelism over several
    chips reduces the bytes per chip.

    Raises `AccountingError` for invalid sizes and choices.

    >>> from cs336_core.model.presets import preset
    >>> saved = activation_bytes(preset("llama-3-8b"), batch=1, seq_len=8192)
    >>> f"{saved.layers / 2**30:.0f} GiB, {saved.head / 2**30:.1f} GiB"
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
    saved = ActivationBytes(
        attention=layers * tokens * (_attention(config) * bytes_per_value + dropout * d),
        scores=0,
        mlp=tokens * (_mlps(config) * bytes_per_value + layers * dropout * d),
        norms=layers * tokens * _norms(config) * bytes_per_value,
        layer_inputs=0,
        head=head,
    )
    if recompute == "selective":
        return saved
    heads = layers * config.n_heads
    if fused_attention:
        return replace(saved, scores=heads * tokens * 4)
    bytes_per_score = 2 * bytes_per_value + 1 if dropout else bytes_per_value
    return replace(saved, scores=heads * tokens * seq_len * bytes_per_score)


def _attention(config: ModelConfig) -> int:
    """Return the numbers per token that attention saves in one layer, except scores."""
    d, heads, latent = config.d_model, config.n_heads, config.latent
    if latent is None:
        return d + (2 * heads + 2 * config.kv_heads) * config.head_dim
    queries = heads * (latent.nope_head_dim + latent.rope_head_dim)
    narrow = latent.kv_rank + (latent.q_rank or 0)
    return d + narrow + 2 * queries + 2 * heads * latent.v_head_dim


def _norms(config: ModelConfig) -> int:
    """Return the numbers per token at the inputs of the norms of one layer."""
    latent = config.latent
    return 2 * config.d_model + (latent.kv_rank + (latent.q_rank or 0) if latent else 0)


def _mlps(config: ModelConfig) -> int:
    """Return the numbers per token that MLPs and experts save in all layers.

    A gate saves its input, its output and the value that it is multiplied with. An expert saves a
    copy of the token, and its output, which is weighted.
    """
    d, experts = config.d_model, config.experts
    dense, mixed = layer_kinds(config)
    hidden = 4 if config.is_gated else 2
    saved = dense * (d + hidden * config.mlp_width)
    if experts is not None:
        chosen = experts.n_active * (2 * d + hidden * experts.d_ff)
        shared = experts.n_shared * hidden * experts.d_ff
        saved += mixed * (d + experts.n_experts + chosen + shared)
    return saved
