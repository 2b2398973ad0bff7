"""Counts of `cs336_core.accounting` for the FLOPs explorer: every row, in every convention."""

from __future__ import annotations

import itertools
import random
from dataclasses import asdict, replace
from typing import Any, get_args

from cs336_core.accounting import (
    AccountingError,
    Conventions,
    FlopRow,
    count_flops,
    count_parameters,
    kv_cache_bytes,
)
from cs336_core.accounting.conventions import Logits, Pairs, Recompute, Unit, Work
from cs336_core.accounting.crossover import crossover
from cs336_core.accounting.operations import Group
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig
from cs336_core.model.config_json import config_to_json
from cs336_core.model.presets import preset, preset_names
from cs336_core.widgets.flops_explorer.settings import changed, reaching

SMALL = ModelConfig(vocab_size=97, context_length=40, n_layers=3, d_model=24, n_heads=6, d_ff=40)
EXPERTS = Experts(n_experts=7, n_active=2, d_ff=20)
LATENT = Latent(kv_rank=6, nope_head_dim=5, rope_head_dim=2, v_head_dim=3)
ODD = [
    replace(SMALL, n_kv_heads=2, window=5),
    replace(SMALL, n_kv_heads=1, d_head=10, activation="relu", positions="none"),
    replace(SMALL, d_ff=None, activation="gelu", norm="layernorm", bias=True, positions="learned"),
    replace(SMALL, qkv_bias=True, activation="geglu", norm_placement="post"),
    replace(SMALL, bias=True, qkv_bias=False, activation="geglu_tanh", positions="sinusoidal"),
    replace(SMALL, rotary_fraction=0.5, tied_embeddings=True, activation="silu", norm="layernorm"),
    replace(SMALL, latent=LATENT, window=3),
    replace(SMALL, latent=replace(LATENT, q_rank=7), bias=True, experts=EXPERTS),
    replace(SMALL, experts=replace(EXPERTS, n_shared=2, n_dense_layers=1, balancing_bias=True)),
    replace(SMALL, experts=replace(EXPERTS, n_shared=1, n_dense_layers=9), bias=True),
    replace(SMALL, experts=replace(EXPERTS, n_active=1), bias=True, activation="gelu_tanh"),
    replace(SMALL, n_outputs=3, tied_embeddings=True),
    replace(SMALL, n_outputs=0),
]
OVERTAKING: dict[str, list[Group]] = {
    "attention": ["projections", "scores"],
    "scores": ["scores"],
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "unit": get_args(Unit),
    "pairs": get_args(Pairs),
    "head": (True, False),
    "logits": get_args(Logits),
    "work": get_args(Work),
    "recompute": get_args(Recompute),
    "elementwise": (False, True),
    "fused_attention": (True, False),
}
LONG = 2**20  # its square, like most FLOPs, is not a safe integer in JavaScript


def all_conventions() -> list[Conventions]:
    """Return every valid combination."""
    valid = []
    for choices in itertools.product(*CHOICES.values()):
        try:
            valid.append(Conventions(**dict(zip(CHOICES, choices, strict=True))))
        except AccountingError:
            continue
    return valid


def sizes(config: ModelConfig, rng: random.Random) -> list[tuple[int, int, int]]:
    """Return batch sizes, new and cached tokens within the model's context length."""
    longest = config.context_length if config.positions == "learned" else LONG
    return [(1, longest, 0), (rng.randint(2, 9), rng.randint(1, min(longest, 4096)), 0)] + [
        (batch, 1, rng.randint(1, longest - 1)) for batch in (1, 3)
    ]


def model(config: ModelConfig) -> dict[str, Any]:
    """Return a configuration like the JSON of a preset, without default values."""
    return config_to_json(replace(config, unmodeled=()))  # no count depends on it


def as_json(row: FlopRow) -> list[Any]:
    """Return a row for JSON, with large numbers as strings, since JavaScript would round them."""
    numbers = (str(number) for number in (row.flops, row.params, row.bytes))
    return [row.group, row.operation, row.formula, row.dimensions, *numbers]


def counted(
    config: ModelConfig, size: tuple[int, int, int], conventions: Conventions
) -> dict[str, Any]:
    """Return the arguments of a count with all rows of the result."""
    batch, seq_len, cached = size
    bytes_per_value = 1 if conventions.head else 2
    rows = count_flops(
        config, batch, seq_len, conventions, cached=cached, bytes_per_value=bytes_per_value
    )
    return {
        "batch": batch,
        "seq_len": seq_len,
        "cached": cached,
        "conventions": asdict(conventions),
        "bytes_per_value": bytes_per_value,
        "rows": [as_json(row) for row in rows],
    }


def parameters(config: ModelConfig) -> dict[str, str]:
    """Return the parameter counts of a model."""
    count = count_parameters(config)
    names = ("total", "active", "embedding", "non_embedding", "in_matmuls")
    return {name: str(getattr(count, name)) for name in names}


def golden_flops() -> list[dict[str, Any]]:
    """Return every preset and many unusual models, each in a few conventions; all of them occur."""
    rng = random.Random(1706)
    combinations = all_conventions()
    rng.shuffle(combinations)
    next_conventions = itertools.cycle(combinations)
    results = []
    for config in [*map(preset, preset_names()), *ODD]:
        longest, *others = sizes(config, rng)
        chosen = [longest, *others] * 2 if config in ODD else [longest, rng.choice(others)]
        counts = [counted(config, size, next(next_conventions)) for size in chosen]
        cache = {tokens: str(kv_cache_bytes(config, tokens)) for tokens in (1, 3, 100_000)}
        case = {"config": model(config), "parameters": parameters(config), "kv_cache": cache}
        results.append(case | {"counts": counts})
    return results


def random_changes(rng: random.Random) -> dict[str, Any]:
    """Return changes that a reader might make: most of them empty, some of them invalid."""
    several: dict[str, list[Any]] = {
        "n_layers": [1, 7, 120],
        "d_model": [96, 1000, 8192],
        "n_heads": [1, 6, 7, 64],
        "n_kv_heads": [1, 3, 8],
        "d_ff": [100, 4096],
        "vocab_size": [256, 200_019],
        "n_experts": [1, 1, 2, 8, 64],
        "n_active": [1, 4, 16],
        "mlp": ["plain", "gated"],
    }
    return {
        name: rng.choice(values) if rng.random() < 0.3 else "" if name == "mlp" else 0
        for name, values in several.items()
    }


def resolved(config: ModelConfig) -> dict[str, Any]:
    """Return a configuration with defaults filled in."""
    fields = asdict(config)
    names = ("vocab_size", "context_length", "n_layers", "d_model", "n_heads", "positions")
    return {name: fields[name] for name in (*names, "norm", "bias", "window")} | {
        "n_kv_heads": config.kv_heads,
        "d_head": config.head_dim,
        "d_ff": config.mlp_width,
        "gated": config.is_gated,
        "qkv_bias": config.has_qkv_bias,
        "experts": _experts(config.experts),
    }


def _experts(experts: Experts | None) -> dict[str, Any] | None:
    """Return the fields of experts that change a count."""
    names = ("n_experts", "n_active", "d_ff", "n_shared", "n_dense_layers", "balancing_bias")
    return None if experts is None else {name: getattr(experts, name) for name in names}


def golden_flops_settings() -> list[dict[str, Any]]:
    """Return presets with changes, the resulting models, and where attention overtakes the MLP."""
    rng = random.Random(2001)
    results = []
    for name in preset_names() * 4:
        changes, n_tokens = random_changes(rng), rng.choice([1, 2048, 100_000])
        case = {"preset": name, "changes": changes, "tokens": n_tokens}
        try:
            config = reaching(changed(preset(name), changes), n_tokens)
        except ConfigError:
            results.append(case | {"config": None})
            continue
        decode, pairs = rng.random() < 0.3, rng.choice(["all", "attended"])
        crossovers = {
            kind: crossover(config, groups, ["mlp"], Conventions(pairs=pairs), decode=decode)
            for kind, groups in OVERTAKING.items()
        }
        options = {"decode": decode, "pairs": pairs, "crossovers": crossovers}
        results.append(case | {"config": resolved(config), **options})
    return results
