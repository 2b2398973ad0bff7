"""The operations of the MLP, or of the experts in its place."""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.accounting.operations import Component, Operation, Pass
from cs336_core.model.config import Experts, ModelConfig


def feed_forward(step: Pass) -> list[Operation]:
    """Return the matrix products of the MLPs and experts of all layers, with their parameters."""
    config = step.config
    dense, mixed = layer_kinds(config)
    found: list[Operation] = []
    if dense:
        found += _mlp(step, "MLP", "mlp", dense, config.mlp_width)
    if config.experts is not None and mixed:
        found.append(_router(step, config.experts, mixed))
        found += _experts(step, config.experts, mixed)
        if config.experts.n_shared:
            width = config.experts.n_shared * config.experts.d_ff
            found += _mlp(step, "shared expert", "experts", mixed, width)
    return found


def layer_kinds(config: ModelConfig) -> tuple[int, int]:
    """Return how many layers have an MLP, and how many have experts.

    >>> from cs336_core.model.presets import preset
    >>> layer_kinds(preset("deepseek-v3"))
    (3, 58)
    """
    if config.experts is None:
        return config.n_layers, 0
    dense = min(config.experts.n_dense_layers, config.n_layers)
    return dense, config.n_layers - dense


def _matrices(config: ModelConfig) -> tuple[str, ...]:
    """Name the matrices of an MLP."""
    return ("gate", "up", "down") if config.is_gated else ("up", "down")


def _mlp(
    step: Pass, whose: str, component: Component, layers: int, width: int
) -> Iterator[Operation]:
    """Yield an MLP that every token goes through, in `layers` layers."""
    d = step.config.d_model
    for matrix in _matrices(step.config):
        stream, hidden = ("d", d), ("d_ff", width)
        before, after = (hidden, stream) if matrix == "down" else (stream, hidden)
        params = layers * (d * width + step.config.bias * after[1])
        yield Operation(
            group="mlp",
            component=component,
            name=f"{whose} {matrix}",
            factors=(("L", layers), ("B T", step.tokens), before, after),
            params=params,
            weights_read=params,
            moved=layers * step.tokens * (d + width),
        )


def _router(step: Pass, experts: Experts, layers: int) -> Operation:
    """Return what scores each expert for every token."""
    d, n = step.config.d_model, experts.n_experts
    params = layers * (d * n + experts.balancing_bias * n)
    return Operation(
        group="mlp",
        component="router",
        name="router",
        factors=(("L", layers), ("B T", step.tokens), ("d", d), ("E", n)),
        params=params,
        weights_read=params,
        moved=layers * step.tokens * (d + n),
    )


def _experts(step: Pass, experts: Experts, layers: int) -> Iterator[Operation]:
    """Yield experts, of which a few work on each token.

    How many of them are read depends on what the tokens choose: it is taken to be as many as can
    be, one for each choice until all are read.
    """
    d, width, n, chosen = step.config.d_model, experts.d_ff, experts.n_experts, experts.n_active
    busy = min(n, step.tokens * chosen)
    for matrix in _matrices(step.config):
        stream, hidden = ("d", d), ("d_ff", width)
        before, after = (hidden, stream) if matrix == "down" else (stream, hidden)
        each = layers * (d * width + step.config.bias * after[1])
        yield Operation(
            group="mlp",
            component="experts",
            name=f"expert {matrix}",
            factors=(("L", layers), ("B T", step.tokens), ("E_a", chosen), before, after),
            params=n * each,
            idle=(n - chosen) * each,
            weights_read=busy * each,
            moved=layers * step.tokens * chosen * (d + width),
        )
