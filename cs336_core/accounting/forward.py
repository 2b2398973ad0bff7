"""All operations of a forward pass: embedding, attention, MLPs, norms and LM head."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cs336_core.accounting.attention import attention
from cs336_core.accounting.elementwise import elementwise, norm
from cs336_core.accounting.feed_forward import feed_forward
from cs336_core.accounting.operations import Operation, Pass
from cs336_core.model.config import ModelConfig, Norm


def forward_operations(step: Pass) -> list[Operation]:
    """Return the operations of a forward pass, each with its parameters.

    If elementwise operations are not counted, they are assumed to be fused with the adjacent matrix
    multiplications: they cost no FLOPs and move only their own parameters.
    """
    operations = [
        *_embedding(step),
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


def _embedding(step: Pass) -> Iterator[Operation]:
    """Yield the table of token embeddings, and the matrix that makes them wider, if any."""
    config, tokens = step.config, step.tokens
    width = config.embedding_width or config.d_model
    yield Operation(
        group="other",
        component="embedding",
        name="embedding",
        params=config.vocab_size * width,
        moved=2 * tokens * width,
        in_layers=False,
    )
    if config.embedding_width is not None:
        yield _between(step, "embedding projection", ("d_e", width), ("d", config.d_model))


def _head(step: Pass) -> Iterator[Operation]:
    """Yield the LM head or classifier; nothing for a model without a head."""
    config = step.config
    outputs = config.head_outputs
    tokens = step.head_factor
    is_lm = config.n_outputs is None
    width = (config.embedding_width if is_lm else None) or config.d_model
    bias = (is_lm and config.head_bias) * outputs
    if is_lm and config.embedding_width is not None:
        yield _between(step, "head projection", ("d", config.d_model), ("d_e", width))
    if outputs:
        yield Operation(
            group="head",
            component="head",
            name="LM head" if is_lm else "classifier",
            factors=(
                tokens,
                ("d" if width == config.d_model else "d_e", width),
                ("V" if is_lm else "C", outputs),
            ),
            params=bias if is_lm and config.tied_embeddings else outputs * width + bias,
            weights_read=outputs * width + bias,
            moved=tokens[1] * (width + outputs),
            in_layers=False,
        )


def _between(step: Pass, name: str, before: tuple[str, int], after: tuple[str, int]) -> Operation:
    """Return a matrix between embeddings and a wider residual stream (OPT 350M)."""
    is_head = before[0] == "d"
    tokens = step.head_factor if is_head else ("B T", step.tokens)
    return Operation(
        group="head" if is_head else "other",
        component="head" if is_head else "embedding",
        name=name,
        factors=(tokens, before, after),
        params=before[1] * after[1],
        weights_read=before[1] * after[1],
        moved=tokens[1] * (before[1] + after[1]),
        in_layers=False,
    )


def _positions(step: Pass) -> Iterator[Operation]:
    """Yield the positional embeddings, which are added to those of tokens."""
    config, is_counted = step.config, step.conventions.elementwise
    is_learned = config.positions == "learned"
    rows = config.context_length + config.unused_positions
    if is_learned or (config.positions == "sinusoidal" and is_counted):
        added = step.tokens * config.d_model if is_counted else 0
        yield Operation(
            group="other",
            component="positions",
            name="positions",
            elementwise=added,
            params=rows * config.d_model if is_learned else 0,
            moved=step.seq_len * config.d_model + 2 * added,
            in_layers=False,
        )


@dataclass(frozen=True)
class _Norms:
    """Norms of one kind in all layers, each of `vectors` vectors per token that share a weight.

    `weights` is the number of weights where each vector has its own.
    """

    name: str
    kind: Norm
    width: int
    n: int
    vectors: int = 1
    weights: int = 1
    has_bias: bool = False


def _norms(step: Pass) -> Iterator[Operation]:
    """Yield the norms of layers, latents, queries and keys, and the first and last norm."""
    config = step.config
    for norms in _kinds_of_norms(config):
        has_gain = config.norm_gain != "none"
        per_norm = (has_gain + norms.has_bias) * norms.width * norms.weights
        params = norms.n * per_norm
        vectors = norms.n * norms.vectors * step.tokens if step.conventions.elementwise else 0
        yield Operation(
            group="other",
            component="norms",
            name=norms.name,
            elementwise=vectors * norm(norms.kind, norms.width, bias=norms.has_bias, gain=has_gain),
            params=params,
            weights_read=params,
            moved=2 * vectors * norms.width,
            in_layers=norms.name not in ("embedding norm", "final norm"),
        )


def _kinds_of_norms(config: ModelConfig) -> Iterator[_Norms]:
    """Yield the norms of a model, kind by kind."""
    d, layers, bias = config.d_model, config.n_layers, config.has_norm_bias
    per_layer = config.parallel_norms or (4 if config.norm_placement == "sandwich" else 2)
    if config.embedding_norm:
        yield _Norms("embedding norm", config.norm, d, 1, has_bias=bias)
    yield _Norms("norms", config.norm, d, per_layer * layers, has_bias=bias)
    if config.latent is not None:
        yield _Norms("latent norms", "rmsnorm", config.latent.kv_rank, layers)
        if config.latent.q_rank is not None:
            yield _Norms("query norms", "rmsnorm", config.latent.q_rank, layers)
    if config.qk_norm is not None:
        for name, heads in (("queries", config.n_heads), ("keys", config.kv_heads)):
            is_one = config.qk_norm == "all heads"
            width = config.head_dim * (heads if is_one else 1)
            weights = heads if config.qk_norm == "each head" else 1
            vectors = 1 if is_one else heads
            yield _Norms(f"norms of {name}", config.norm, width, layers, vectors, weights)
    if config.norm_placement != "post":
        yield _Norms("final norm", config.norm, d, 1, has_bias=bias)
