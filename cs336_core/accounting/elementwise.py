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
from cs336_core.accounting.operations import Operation, Pass
from cs336_core.model.config import Activation, Norm

# Operations per element of the hidden layer; a gate adds one multiplication.
ACTIVATIONS: dict[Activation, int] = {
    "relu": 1,
    "gelu": 5,  # division, error function, sum, two products
    "gelu_tanh": 9,  # cube (two), factor, sum, factor, tanh, sum, two products
    "silu": 4,  # exponential, sum, division, product
    "swiglu": 5,
    "geglu": 6,
    "geglu_tanh": 10,
}
ROTATION = 3  # two products and their sum per rotated element


def norm(kind: Norm, d: int, *, bias: bool = False) -> int:
    """Return the operations of the norm of one vector.

    The mean square takes 2 d, its root 2, the scale and the gain d each; a layer norm subtracts the
    mean first, which takes 2 d more, and may add a bias.

    >>> norm("rmsnorm", 8), norm("layernorm", 8, bias=True)
    (34, 58)
    """
    rms = 4 * d + 2
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
        rotated = layers * tokens * (heads + kv_heads) * config.rotary_dim
        yield Operation(
            group="other",
            component="attention",
            name="rotary",
            elementwise=ROTATION * rotated,
            moved=2 * rotated,
        )
    rows = step.batch * heads * step.seq_len
    pairs = step.batch * heads * step.n_pairs
    yield Operation(
        group="scores",
        component="attention",
        name="softmax",
        elementwise=layers * softmax(pairs, rows),
        moved=0 if step.conventions.fused_attention else 2 * layers * pairs,
    )
    yield from _hidden(step)
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


def _hidden(step: Pass) -> Iterator[Operation]:
    """Yield the activations of MLPs and experts, and the weighted sum over the chosen experts."""
    config, tokens = step.config, step.tokens
    dense, mixed = layer_kinds(config)
    experts = config.experts
    hidden = dense * tokens * config.mlp_width
    if experts is not None:
        hidden += mixed * tokens * (experts.n_active + experts.n_shared) * experts.d_ff
    yield Operation(
        group="mlp",
        component="mlp",
        name="activation",
        elementwise=ACTIVATIONS[config.activation] * hidden,
        moved=(3 if config.is_gated else 2) * hidden,
    )
    if experts is not None and mixed:
        chosen = experts.n_active
        # The balancing bias is added to the scores; the softmax over the chosen ones has no
        # scaling; each output is weighted and added to those of the other experts.
        summed = chosen - 1 + bool(experts.n_shared)
        per_token = experts.balancing_bias * experts.n_experts + softmax(chosen, 1) - chosen
        per_token += (chosen + summed) * config.d_model
        yield Operation(
            group="mlp",
            component="experts",
            name="expert weighing",
            elementwise=mixed * tokens * per_token,
            moved=mixed * tokens * (2 * chosen + 1) * config.d_model,
        )


def _biases(step: Pass) -> int:
    """Count the additions of biases, except those of norms."""
    config, latent, d = step.config, step.config.latent, step.config.d_model
    per_token = 0
    if latent is None:
        qkv = (config.n_heads + 2 * config.kv_heads) * config.head_dim
        per_token += config.n_layers * (config.has_qkv_bias * qkv + config.bias * d)
    elif config.bias:
        queries = config.n_heads * head_widths(step)[0] + (latent.q_rank or 0)
        per_token += config.n_layers * (queries + latent.kv_rank + latent.rope_head_dim + d)
    if config.bias:
        into = 2 if config.is_gated else 1
        dense, mixed = layer_kinds(config)
        per_token += dense * (into * config.mlp_width + d)
        if config.experts is not None:
            experts = config.experts
            per_token += mixed * experts.n_active * (into * experts.d_ff + d)
            shared = into * experts.n_shared * experts.d_ff + d
            per_token += mixed * bool(experts.n_shared) * shared
    return step.tokens * per_token
