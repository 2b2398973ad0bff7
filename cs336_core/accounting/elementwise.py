"""Elementwise operations, which papers leave out: norms, softmax, activations, sums.

Counted as the modules of `cs336_core.model` compute them: an addition, multiplication, division,
exponential, hyperbolic tangent, error function, square root or comparison is one operation. Signs,
masks and values that are computed once for all tokens are free, such as rotary angles and the
constants of an activation.
"""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.accounting.attention import head_widths
from cs336_core.accounting.feed_forward import layer_kinds
from cs336_core.accounting.operations import Group, Operation, Pass, layers_by_type
from cs336_core.model.config import Activation, Experts, Norm

# Operations per element of the hidden layer; a gate adds one multiplication.
ACTIVATIONS: dict[Activation, int] = {
    "relu": 1,
    "relu_squared": 2,
    "gelu": 5,  # division, error function, sum, two products
    "gelu_tanh": 9,  # cube (two), factor, sum, factor, tanh, sum, two products
    "quick_gelu": 5,  # factor, exponential, sum, division, product
    "silu": 4,  # exponential, sum, division, product
    "reglu": 2,
    "swiglu": 5,
    "geglu": 6,
    "geglu_tanh": 10,
}
ROTATION = 3  # two products and their sum per rotated element
SIGMOID = 3  # exponential, sum, division
CAP = 3  # division, tanh, product


def norm(kind: Norm, d: int, *, bias: bool = False, gain: bool = True) -> int:
    """Return the operations of the norm of one vector.

    The mean square takes 2 d, its root 2, the scale and the gain d each; a layer norm subtracts the
    mean first, which takes 2 d more, and may add a bias.

    >>> norm("rmsnorm", 8), norm("layernorm", 8, bias=True)
    (34, 58)
    """
    rms = (3 + gain) * d + 2
    return rms + 2 * d + bias * d if kind == "layernorm" else rms


def softmax(n_pairs: int, n_rows: int) -> int:
    """Return the operations of scaling and softmax for `n_pairs` scores in `n_rows` rows.

    Per score: scaling, subtracting the maximum, exponential and division. The maximum and the sum
    take one operation less than a row has scores.

    >>> softmax(n_pairs=4, n_rows=1)
    22
    """
    return 6 * n_pairs - 2 * n_rows


def elementwise(step: Pass) -> Iterator[Operation]:
    """Yield the elementwise operations without parameters; norms are counted with theirs.

    `moved` is what each operation reads and writes by itself, without fusion.
    """
    config, tokens, layers = step.config, step.tokens, step.config.n_layers
    heads = config.n_heads
    if config.positions == "rotary":
        kv_heads = config.kv_heads if config.latent is None else 1
        still = len({layer for layer in config.nope_layers if layer < layers})
        rotated = (layers - still) * tokens * (heads + kv_heads) * config.rotary_dim
        yield Operation(
            group="other",
            component="attention",
            name="rotary",
            elementwise=ROTATION * rotated,
            moved=2 * rotated,
        )
    yield from _scores(step)
    yield from _hidden(step)
    yield from _scales(step)
    yield Operation(
        group="other",
        component="norms",
        name="residual sums",
        elementwise=2 * layers * tokens * config.d_model,
        moved=3 * 2 * layers * tokens * config.d_model,
    )
    added = _biases(step)
    if added:
        yield Operation(
            group="other", component="attention", name="biases", elementwise=added, moved=2 * added
        )


def _scores(step: Pass) -> Iterator[Operation]:
    """Yield the softmax over the scores, and what happens to them before it."""
    config, layers, is_fused = step.config, step.config.n_layers, step.conventions.fused_attention
    rows = step.batch * config.n_heads * step.seq_len
    pairs = sum(
        n * step.batch * config.n_heads * step.n_pairs(kind)
        for kind, n in layers_by_type(config).items()
    )
    sinks = config.attention_sinks * layers * rows  # not scaled, and without a value
    yield Operation(
        group="scores",
        component="attention",
        name="softmax",
        elementwise=softmax(pairs, layers * rows) + 4 * sinks,
        moved=0 if is_fused else 2 * pairs,
    )
    changes = {
        "cap of scores": CAP * (config.scales.scores_cap is not None),
        "distances": int(config.positions == "alibi"),  # the slope times the distance is added
    }
    for name, times in changes.items():
        if times:
            yield Operation(
                group="scores",
                component="attention",
                name=name,
                elementwise=times * pairs,
                moved=0 if is_fused else 2 * pairs,
            )


def _scales(step: Pass) -> Iterator[Operation]:
    """Yield the factors and caps of embeddings, sublayers and logits."""
    config, scales, stream = step.config, step.config.scales, step.tokens * step.config.d_model
    logits = step.head_factor[1] * config.head_outputs if step.conventions.head else 0
    capped = (scales.logits != 1) + CAP * (scales.logits_cap is not None)
    kinds: tuple[tuple[Group, str, int, int], ...] = (
        ("other", "embedding scale", scales.embedding != 1, stream),
        ("other", "residual scale", scales.residual != 1, 2 * config.n_layers * stream),
        ("head", "logit scale", capped, logits),
    )
    for group, name, times, numbers in kinds:
        if times and numbers:
            yield Operation(
                group=group,
                component="head" if group == "head" else "embedding",
                name=name,
                elementwise=times * numbers,
                moved=2 * numbers,
                in_layers=name == "residual scale",
            )


def _hidden(step: Pass) -> Iterator[Operation]:
    """Yield the activations of MLPs and experts, and the weighted sum over the chosen experts."""
    config, tokens = step.config, step.tokens
    dense, mixed = layer_kinds(config)
    experts = config.experts
    hidden = dense * tokens * config.mlp_width
    if experts is not None:
        per_token = experts.n_active * experts.d_ff + bool(experts.n_shared) * experts.shared_width
        hidden += mixed * tokens * per_token
    yield Operation(
        group="mlp",
        component="mlp",
        name="activation",
        elementwise=ACTIVATIONS[config.activation] * hidden,
        moved=(3 if config.is_gated else 2) * hidden,
    )
    if experts is not None and mixed:
        chosen = experts.n_active
        # Each output is weighted and added to those of the other experts.
        summed = chosen - 1 + bool(experts.n_shared)
        per_token = _routing(experts) + (chosen + summed) * config.d_model
        per_token += experts.shared_gate * (SIGMOID + config.d_model)
        yield Operation(
            group="mlp",
            component="experts",
            name="expert weighing",
            elementwise=mixed * tokens * per_token,
            moved=mixed * tokens * (2 * chosen + 1) * config.d_model,
        )


def _routing(experts: Experts) -> int:
    """Count the operations that turn the outputs of the router into weights, for one token.

    Comparisons of scores are not counted.
    """
    n, chosen = experts.n_experts, experts.n_active
    counted = (experts.balancing_bias + experts.router_bias) * n
    if experts.balancing_bias and experts.n_groups > 1:
        counted += experts.n_groups  # the sum of the best two of each
    if experts.scores == "softmax":
        over = chosen if experts.normalized else n
        counted += softmax(over, 1) - over  # without scaling
    else:
        counted += SIGMOID * n + experts.normalized * (2 * chosen - 1)
    return counted + (experts.scale != 1) * chosen


def _biases(step: Pass) -> int:
    """Count the additions of biases, except those of norms."""
    config, latent, d, layers = (
        step.config,
        step.config.latent,
        step.config.d_model,
        step.config.n_layers,
    )
    if latent is None:
        qkv = (config.n_heads + 2 * config.kv_heads) * config.head_dim
    else:
        queries = config.n_heads * head_widths(step)[0] + (latent.q_rank or 0)
        qkv = queries + latent.kv_rank + latent.rope_head_dim
    per_token = layers * (config.has_qkv_bias * qkv + config.has_output_bias * d)
    if config.has_mlp_bias:
        into = 2 if config.is_gated else 1
        dense, mixed = layer_kinds(config)
        per_token += dense * (into * config.mlp_width + d)
        if config.experts is not None:
            experts = config.experts
            per_token += mixed * experts.n_active * (into * experts.d_ff + d)
            shared = into * experts.shared_width + d
            per_token += mixed * bool(experts.n_shared) * shared
    has_head_bias = config.head_bias and config.n_outputs is None and step.conventions.head
    return step.tokens * per_token + has_head_bias * step.head_factor[1] * config.vocab_size
