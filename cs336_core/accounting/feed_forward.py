"""The operations of the MLP, or of the experts that replace it."""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.accounting.operations import Component, Operation, Pass
from cs336_core.model.config import Experts, ModelConfig


def feed_forward(step: Pass) -> list[Operation]:
    """Return the matrix multiplications of MLPs and experts in all layers."""
    config = step.config
    dense, mixed = layer_kinds(config)
    operations: list[Operation] = []
    if dense:
        operations += _mlp(step, "MLP", "mlp", dense, config.mlp_width)
    if config.experts is not None and mixed:
        operations.append(_router(step, config.experts, mixed))
        operations += _experts(step, config.experts, mixed)
        if config.experts.n_shared:
            width = config.experts.shared_width
            operations += _mlp(step, "shared expert", "experts", mixed, width)
        if config.experts.shared_gate:
            operations.append(_shared_gate(step, mixed))
    return operations


def layer_kinds(config: ModelConfig) -> tuple[int, int]:
    """Return how many layers have an MLP, and how many have experts.

    >>> from cs336_core.model.presets import preset
    >>> layer_kinds(preset("deepseek-v3"))
    (3, 58)
    """
    if config.experts is None:
        return config.n_layers, 0
    first = min(config.experts.n_dense_layers, config.n_layers)
    further = {layer for layer in config.experts.dense_layers if first <= layer < config.n_layers}
    dense = first + len(further)
    return dense, config.n_layers - dense


def _matrices(config: ModelConfig) -> tuple[str, ...]:
    """Return the names of the matrices of an MLP."""
    return ("gate", "up", "down") if config.is_gated else ("up", "down")


def _mlp(
    step: Pass, owner: str, component: Component, layers: int, width: int
) -> Iterator[Operation]:
    """Yield an MLP that processes every token, in `layers` layers."""
    d = step.config.d_model
    for matrix in _matrices(step.config):
        stream, hidden = ("d", d), ("d_ff", width)
        before, after = (hidden, stream) if matrix == "down" else (stream, hidden)
        params = layers * (d * width + step.config.has_mlp_bias * after[1])
        yield Operation(
            group="mlp",
            component=component,
            name=f"{owner} {matrix}",
            factors=(("L", layers), ("B T", step.tokens), before, after),
            params=params,
            weights_read=params,
            moved=layers * step.tokens * (d + width),
        )


def _router(step: Pass, experts: Experts, layers: int) -> Operation:
    """Return the router, which computes a score per expert for every token."""
    d, n = step.config.d_model, experts.n_experts
    params = layers * (d * n + (experts.balancing_bias + experts.router_bias) * n)
    return Operation(
        group="mlp",
        component="router",
        name="router",
        factors=(("L", layers), ("B T", step.tokens), ("d", d), ("E", n)),
        params=params,
        weights_read=params,
        moved=layers * step.tokens * (d + n),
    )


def _shared_gate(step: Pass, layers: int) -> Operation:
    """Return the matrix that computes the weight of the shared experts' output."""
    d = step.config.d_model
    return Operation(
        group="mlp",
        component="experts",
        name="shared expert weight",
        factors=(("L", layers), ("B T", step.tokens), ("d", d)),
        params=layers * d,
        weights_read=layers * d,
        moved=layers * step.tokens * (d + 1),
    )


def _experts(step: Pass, experts: Experts, layers: int) -> Iterator[Operation]:
    """Yield experts, a few of which process each token.

    How many of them are read depends on the routing. The maximum is assumed: a different expert for
    each assignment until all are read.
    """
    d, width, n, chosen = step.config.d_model, experts.d_ff, experts.n_experts, experts.n_active
    n_read = min(n, step.tokens * chosen)
    for matrix in _matrices(step.config):
        stream, hidden = ("d", d), ("d_ff", width)
        before, after = (hidden, stream) if matrix == "down" else (stream, hidden)
        params = layers * (d * width + step.config.has_mlp_bias * after[1])
        yield Operation(
            group="mlp",
            component="experts",
            name=f"expert {matrix}",
            factors=(("L", layers), ("B T", step.tokens), ("E_a", chosen), before, after),
            params=n * params,
            idle=(n - chosen) * params,
            weights_read=n_read * params,
            moved=layers * step.tokens * chosen * (d + width),
        )
