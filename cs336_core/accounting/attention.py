"""The operations of attention: multi-head, grouped-query and latent."""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.accounting.operations import Operation, Pass, layers_by_type
from cs336_core.model.config import Latent

Side = tuple[str, int]


def attention(step: Pass) -> list[Operation]:
    """Return the matrix multiplications of attention in all layers, with their parameters."""
    config = step.config
    if config.latent is not None:
        return list(_latent(step, config.latent))
    operations = list(_multi_head(step))
    if config.attention_sinks:
        sinks = config.n_layers * config.n_heads
        operations.append(
            Operation(
                group="scores",
                component="attention",
                name="sinks",
                params=sinks,
                weights_read=sinks,
            )
        )
    return operations


def head_widths(step: Pass) -> tuple[int, int]:
    """Return the dimensions of a head's queries and keys, and of its values."""
    latent = step.config.latent
    if latent is None:
        return step.config.head_dim, step.config.head_dim
    return latent.nope_head_dim + latent.rope_head_dim, latent.v_head_dim


def _multi_head(step: Pass) -> Iterator[Operation]:
    """Yield multi-head attention; groups of heads may share keys and values."""
    config = step.config
    d, d_head, n, n_kv = config.d_model, config.head_dim, config.n_heads, config.kv_heads
    stream, heads, kv_heads = ("d", d), ("h d_h", n * d_head), ("h_kv d_h", n_kv * d_head)
    qkv = config.has_qkv_bias
    yield _projection(step, "query", stream, heads, bias=qkv)
    yield _projection(step, "key", stream, kv_heads, bias=qkv)
    yield _projection(step, "value", stream, kv_heads, bias=qkv)
    yield from _attended(step, ("d_h", d_head), ("d_h", d_head), read=(n_kv * d_head,) * 2)
    yield _projection(step, "output", heads, stream, bias=config.has_output_bias)


def _latent(step: Pass, latent: Latent) -> Iterator[Operation]:
    """Yield multi-head latent attention (DeepSeek-V2, section 2.1).

    Without a cache, the keys and values of every head are projected from the latents (the plain
    form). With one, these projections are applied to queries and outputs instead (the absorbed
    form), which takes as many multiplications per new token, and none for cached ones.
    """
    config = step.config
    n, rank, nope, rope = config.n_heads, latent.kv_rank, latent.nope_head_dim, latent.rope_head_dim
    v = latent.v_head_dim
    stream: Side = ("d", config.d_model)
    query_input: Side = stream
    bias = config.has_qkv_bias
    if latent.q_rank is not None:
        query_input = ("r_q", latent.q_rank)
        yield _projection(step, "query down", stream, query_input, bias=bias)
    yield _projection(step, "query", query_input, ("h (d_n+d_r)", n * (nope + rope)), bias=bias)
    yield _projection(step, "latent", stream, ("r", rank), bias=bias)
    yield _projection(step, "rotary key", stream, ("d_r", rope), bias=bias)
    if step.cached:
        yield _absorbed(step, "key, absorbed", ("d_n", nope), ("r", rank))
        yield from _attended(step, ("(r+d_r)", rank + rope), ("r", rank), read=(rank + rope, 0))
        yield _absorbed(step, "value, absorbed", ("r", rank), ("d_v", v))
    else:
        yield _projection(step, "key", ("r", rank), ("h d_n", n * nope))
        yield _projection(step, "value", ("r", rank), ("h d_v", n * v))
        score = ("(d_n+d_r)", nope + rope)
        yield from _attended(step, score, ("d_v", v), read=(n * (nope + rope), n * v))
    yield _projection(step, "output", ("h d_v", n * v), stream, bias=config.has_output_bias)


def _projection(
    step: Pass, name: str, before: Side, after: Side, *, bias: bool = False
) -> Operation:
    """Return a matrix that every token is multiplied by, in every layer."""
    layers, (_, m), (_, n) = step.config.n_layers, before, after
    params = layers * (m * n + bias * n)
    return Operation(
        group="projections",
        component="attention",
        name=name,
        factors=(("L", layers), ("B T", step.tokens), before, after),
        params=params,
        weights_read=params,
        moved=layers * step.tokens * (m + n),
    )


def _absorbed(step: Pass, name: str, before: Side, after: Side) -> Operation:
    """Return a matrix per head, multiplied by the vectors of that head."""
    layers, heads, (_, m), (_, n) = step.config.n_layers, step.config.n_heads, before, after
    return Operation(
        group="projections",
        component="attention",
        name=name,
        factors=(("L", layers), ("B T", step.tokens), ("h", heads), before, after),
        params=layers * heads * m * n,
        weights_read=layers * heads * m * n,
        moved=layers * step.tokens * heads * (m + n),
    )


def _attended(step: Pass, score: Side, value: Side, read: tuple[int, int]) -> Iterator[Operation]:
    """Yield the scores of all pairs, and the weighted sums of values.

    `read` is how many numbers are read per key: for the scores, and for the values. Layers of
    different types, such as with and without a window, have rows of their own.
    """
    heads = step.config.n_heads
    kinds = layers_by_type(step.config)
    for kind, layers in kinds.items():
        factors = (("L", layers), ("B", step.batch), ("h", heads), *step.pair_factors(kind))
        scores = 0 if step.conventions.fused_attention else step.batch * heads * step.n_pairs(kind)
        for name, (letter, width), numbers in zip(
            ("scores", "values"), (score, value), read, strict=True
        ):
            own = step.tokens * heads * width  # queries or outputs
            cached = step.batch * step.keys(kind) * numbers
            yield Operation(
                group="scores",
                component="attention",
                name=name if len(kinds) == 1 else f"{name}, {kind}",
                factors=(*factors, (letter, width)),
                moved=layers * (own + cached + scores),
            )
