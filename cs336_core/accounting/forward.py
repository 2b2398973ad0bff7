"""All operations of a forward pass: embedding, attention, MLPs, norms and LM head."""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.accounting.attention import attention
from cs336_core.accounting.elementwise import elementwise, norm
from cs336_core.accounting.feed_forward import feed_forward
from cs336_core.accounting.operations import Operation, Pass
from cs336_core.model.config import Norm


def forward_operations(step: Pass) -> list[Operation]:
    """Return the operations of a forward pass, each with its parameters.

    If elementwise operations are not counted, they are assumed to be fused with the adjacent matrix
    multiplications: they cost no FLOPs and move only their own parameters.
    """
    config, tokens = step.config, step.tokens
    d = config.d_model
    table = config.vocab_size * d
    operations = [
        Operation(
            group="other",
            component="embedding",
            name="embedding",
            params=table,
            moved=2 * tokens * d,
            in_layers=False,
        ),
        *_positions(step),
        *attention(step),
        *feed_forward(step),
        *_norms(step),
    ]
    if step.conventions.elementwise:
        operations += elementwise(step)
    if step.conventions.head:
        operations += _head(step)
    return operations


def _head(step: Pass) -> Iterator[Operation]:
    """Yield the LM head or classifier; nothing for a model without a head."""
    config = step.config
    d, outputs = config.d_model, config.head_outputs
    tokens = step.head_factor
    is_lm = config.n_outputs is None
    if outputs:
        yield Operation(
            group="head",
            component="head",
            name="LM head" if is_lm else "classifier",
            factors=(tokens, ("d", d), ("V" if is_lm else "C", outputs)),
            params=0 if is_lm and config.tied_embeddings else outputs * d,
            weights_read=outputs * d,
            moved=tokens[1] * (d + outputs),
            in_layers=False,
        )


def _positions(step: Pass) -> Iterator[Operation]:
    """Yield the positional embeddings, which are added to those of tokens."""
    config, is_counted = step.config, step.conventions.elementwise
    is_learned = config.positions == "learned"
    if is_learned or (config.positions == "sinusoidal" and is_counted):
        added = step.tokens * config.d_model if is_counted else 0
        yield Operation(
            group="other",
            component="positions",
            name="positions",
            elementwise=added,
            params=config.context_length * config.d_model if is_learned else 0,
            moved=step.seq_len * config.d_model + 2 * added,
            in_layers=False,
        )


def _norms(step: Pass) -> Iterator[Operation]:
    """Yield two norms per layer, those of latents, and the final norm."""
    config, latent, layers = step.config, step.config.latent, step.config.n_layers
    norms: list[tuple[str, Norm, int, int]] = [("norms", config.norm, config.d_model, 2 * layers)]
    if latent is not None:
        norms.append(("latent norms", "rmsnorm", latent.kv_rank, layers))
        if latent.q_rank is not None:
            norms.append(("query norms", "rmsnorm", latent.q_rank, layers))
    if config.norm_placement == "pre":
        norms.append(("final norm", config.norm, config.d_model, 1))
    for name, kind, width, n in norms:
        bias = config.bias and kind == "layernorm"
        params = n * (width + bias * width)
        vectors = n * step.tokens if step.conventions.elementwise else 0
        yield Operation(
            group="other",
            component="norms",
            name=name,
            elementwise=vectors * norm(kind, width, bias=bias),
            params=params,
            weights_read=params,
            moved=2 * vectors * width,
            in_layers=name != "final norm",
        )
