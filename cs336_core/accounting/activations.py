"""Activation memory: bytes that a training step saves in the forward pass for the backward pass.

The textbook's rule is that of Korthikanti et al. (2022, "Reducing Activation Recomputation in Large
Transformer Models", section 4): a matrix multiplication saves both operands (except weights);
norms, activations and gates save their inputs; a softmax saves its output, and dropout a mask of
one byte per element. All values but the logits take the width of the activations.

Most real modules save more, up to 2.1 times as much; `implementation` selects what they save.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import get_args

from cs336_core._shared.validation import check_choice, check_size
from cs336_core.accounting.conventions import Conventions, Recompute
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.feed_forward import layer_kinds
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.implementations import (
    SAVINGS,
    Implementation,
    Saved,
    Saving,
    bytes_per_element,
)
from cs336_core.accounting.operations import Pass
from cs336_core.accounting.sizes import check_config
from cs336_core.model.causal_blocks import n_scores
from cs336_core.model.config import ModelConfig

OF_LATENTS = ("latent norms", "query norms")  # RMS norms in every model


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


def activation_bytes(
    config: ModelConfig,
    batch: int,
    seq_len: int,
    *,
    recompute: Recompute = "none",
    fused_attention: bool = True,
    dropout: bool = False,
    bytes_per_value: int = 2,
    implementation: Implementation = "textbook",
) -> ActivationBytes:
    """Return the bytes that a training step of `batch` sequences of `seq_len` tokens saves.

    With gradient accumulation, `batch` is that of one microbatch. Fused attention saves one number
    per query, in 32 bits, instead of its attention weights. "selective" recomputation saves nothing
    of the scores, "full" only the input of each layer; the activations of the layer that is being
    recomputed are not counted. Parallelism over several chips reduces the bytes per chip.

    `implementation` is "textbook" for fused kernels and 16 bits throughout; "transformers" for its
    modules of Llama and later models, with SDPA or, without `fused_attention`, eager attention;
    "transformers-gpt2" for those of GPT-2; and "cs336_core" for the modules of this package, whose
    attention is not fused, but leaves out most hidden scores of long sequences (`causal_blocks`).
    They agree with what autograd saves within 5 %; with experts, whose copies of tokens depend on
    the routing, within 15 %. Caps of scores, and what norms without weights save less, are left
    out.

    Raises `AccountingError` for invalid sizes and choices.

    >>> from cs336_core.model.presets import preset
    >>> saved = activation_bytes(preset("llama-3-8b"), batch=1, seq_len=8192)
    >>> f"{saved.layers / 2**30:.0f} GiB, {saved.head / 2**30:.1f} GiB"
    '41 GiB, 4.0 GiB'
    """
    check_config(config)
    batch = check_size("batch", batch)
    seq_len = check_size("seq_len", seq_len)
    width = check_size("bytes_per_value", bytes_per_value)
    check_choice("recompute", recompute, get_args(Recompute))
    saving = _saving(implementation, fused_attention=fused_attention)
    tokens, layers, d = batch * seq_len, config.n_layers, config.d_model
    inside, outside = _norm_bytes(config, saving, width)
    outputs = config.head_outputs
    into_head = outside + bool(outputs) * width * d
    head = tokens * (into_head + 4 * saving.logits * outputs + dropout * d)
    if recompute == "full":
        return ActivationBytes(
            attention=0,
            scores=0,
            mlp=0,
            norms=0,
            layer_inputs=layers * tokens * d * width,
            head=head,
        )
    is_plain = not fused_attention and recompute == "none"
    saved = ActivationBytes(
        attention=layers * tokens * (_attention(config, saving, width, is_plain) + dropout * d),
        scores=0,
        mlp=tokens * (_mlps(config, saving, width) + layers * dropout * d),
        norms=tokens * inside,
        layer_inputs=0,
        head=head,
    )
    if recompute == "selective":
        return saved
    heads = layers * config.n_heads
    if fused_attention:
        return replace(saved, scores=heads * tokens * 4)
    per_score = _score_bytes(saving.score, width) + (width + 1 if dropout else 0)
    scores = n_scores(seq_len, seq_len) if saving.in_blocks else seq_len * seq_len
    return replace(saved, scores=heads * batch * scores * per_score)


def _saving(implementation: Implementation, *, fused_attention: bool) -> Saving:
    """Return what an implementation saves; raise `AccountingError` if it has no such attention."""
    check_choice("implementation", implementation, get_args(Implementation))
    saving = SAVINGS[implementation]
    if fused_attention and not saving.has_fused_attention:
        raise AccountingError(
            f"implementation is {implementation!r}, which has no fused attention; pass "
            "fused_attention=False"
        )
    return saving


def _attention(config: ModelConfig, saving: Saving, width: int, is_plain: bool) -> int:
    """Return the bytes per token that attention saves in one layer, except scores."""
    d, heads, latent = config.d_model, config.n_heads, config.latent
    if latent is None:
        is_copied = is_plain and saving.copies_heads
        kv_heads = heads if is_copied else config.kv_heads
        narrow, output = 0, heads * config.head_dim
        extra = 0 if is_plain else saving.extra_heads * heads
        qkv = (heads + 2 * kv_heads + extra) * config.head_dim
    else:
        narrow = latent.kv_rank + (latent.q_rank or 0)
        output = heads * latent.v_head_dim
        qkv = 2 * heads * (latent.nope_head_dim + latent.rope_head_dim) + output
    wide = 4 if is_plain and saving.wide_heads else width
    return width * (d + narrow + output) + wide * qkv


def _score_bytes(score: Saved, width: int) -> int:
    """Return the bytes per score; weights in 32 bits need no copy if all activations have them."""
    wide, own = score
    return 4 * wide + width * (own if width < 4 or not wide else 0)


def _norm_bytes(config: ModelConfig, saving: Saving, width: int) -> tuple[int, int]:
    """Return the bytes per token of the norms in all layers, and of those before and after them."""
    every = Conventions(elementwise=True)
    sums = {True: 0, False: 0}
    for operation in forward_operations(Pass(config=config, batch=1, seq_len=1, conventions=every)):
        if operation.component == "norms" and "norm" in operation.name:
            is_layernorm = config.norm == "layernorm" and operation.name not in OF_LATENTS
            norm = saving.layernorm if is_layernorm else saving.rmsnorm
            values = operation.moved // 2  # each is read and written
            sums[operation.in_layers] += values * bytes_per_element(norm, width)
    return sums[True], sums[False]


def _mlps(config: ModelConfig, saving: Saving, width: int) -> int:
    """Return the bytes per token that MLPs and experts save in all layers.

    An expert saves a copy of the token, and its output, which is weighted.
    """
    d, experts = config.d_model, config.experts
    dense, mixed = layer_kinds(config)
    hidden = bytes_per_element(saving.hidden[config.activation], width)
    saved = dense * (width * d + hidden * config.mlp_width)
    if experts is not None:
        chosen = experts.n_active * (2 * width * d + hidden * experts.d_ff)
        shared = bool(experts.n_shared) * hidden * experts.shared_width
        saved += mixed * (width * (d + experts.n_experts) + chosen + shared)
    return saved
