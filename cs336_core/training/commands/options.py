"""Options for the fields of a training configuration."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import Initialization
from cs336_core.training.precision import Precision
from cs336_core.training.runs.config import (
    MODEL,
    OptimizerName,
    TrainingConfig,
    config_from,
    read_config,
)
from cs336_core.training.schedules import ScheduleName


class _Option(NamedTuple):
    """A field of the configuration as an option.

    Attributes:
        name: of the field.
        kind: the type that argparse converts to, or the choices.
        description: its help.
        default: what happens without it, where that is not the default of the field.

    """

    name: str
    kind: Any
    description: str
    default: str | None = None


_MODEL = [
    _Option("n_layers", int, "blocks"),
    _Option("d_model", int, "width of the residual stream"),
    _Option("n_heads", int, "attention heads, which divide d_model"),
    _Option("context_length", int, "tokens that the model sees at once"),
]
_RUN = [
    _Option("n_steps", int, "updates of the parameters"),
    _Option("batch_size", int, "sequences per update"),
    _Option("accumulate", int, "parts in which a batch is computed, to save memory"),
    _Option(
        "optimizer", get_args(OptimizerName), "muon takes adamw for what is not a hidden matrix"
    ),
    _Option(
        "learning_rate",
        float,
        "the highest rate. Small models take 1e-3 to 1e-2, large ones 1e-4. Too high diverges, too "
        "low wastes steps: try factors of 3",
    ),
    _Option("min_learning_rate", float, "the rate at the end", "a tenth of the highest"),
    _Option("schedule", get_args(ScheduleName), "of the rate after the warm-up"),
    _Option("warmup", int, "steps until the highest rate; 1 to 10 %% of n_steps help"),
    _Option("weight_decay", float, "how fast matrices shrink"),
    _Option("max_norm", float, "the norm to which gradients are clipped"),
    _Option("dropout", float, "probability that an activation becomes 0 in training"),
    _Option("label_smoothing", float, "probability that goes to all tokens"),
    _Option("precision", get_args(Precision), "of matmuls", "bf16 on GPUs, fp32 on CPUs"),
    _Option("initialization", get_args(Initialization), "of the parameters"),
    _Option("seed", int, "of parameters and batches"),
    _Option("device", str, "cpu, cuda ...", "a GPU if there is one"),
    _Option("eval_every", int, "steps between evaluations"),
    _Option("eval_batches", int, "batches in an evaluation"),
    _Option("patience", int, "stop after N evaluations without a new best", "never"),
    _Option("save_every", int, "steps between checkpoints"),
    _Option("machine", str, "h100 ...: compare with its peak", "with a matmul, timed here"),
]


def add_config_options(
    parser: argparse.ArgumentParser,
    *,
    data: str,
    has_model: bool,
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Add a file and an option for each field.

    `data` describes the data, `has_model` adds the sizes of a new model, and `defaults` are those
    of the command where they differ from `TrainingConfig`'s.
    """
    parser.add_argument("--data", metavar="DATA", help=data)
    parser.add_argument("-o", "--out", metavar="FOLDER", help="the run's folder, a new one")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="fields in TOML; options replace them"
    )
    if has_model:
        _add(parser.add_argument_group("the model"), _MODEL, MODEL)
    group = parser.add_argument_group("training")
    _add(group, _RUN, {**_field_defaults(), **defaults})
    group.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=VALUE",
        help="any other field, in TOML's notation: betas=[0.9,0.99] model.tied_embeddings=true",
    )
    parser.add_argument("--json", action="store_true", help="write each event as a line of JSON")


def _field_defaults() -> dict[str, Any]:
    """Return the defaults of a configuration's fields."""
    return {field.name: field.default for field in fields(TrainingConfig)}


def config_of(args: argparse.Namespace, **defaults: Any) -> TrainingConfig:
    """Return the configuration of the options; raise `TrainingError` for unusable ones."""
    given = {
        name: value
        for name in ("data", "out", *(option.name for option in _RUN))
        if (value := getattr(args, name)) is not None
    }
    model = {
        option.name: value
        for option in _MODEL
        if (value := getattr(args, option.name, None)) is not None
    }
    for assignment in args.set:
        name, value = _assigned(assignment)
        if name.startswith("model."):
            model[name.removeprefix("model.")] = value
        else:
            given[name] = value
    given["model"] = model
    if args.config is not None:
        return read_config(args.config, given, defaults)
    for name, option in (("data", "--data"), ("out", "-o")):
        if name not in given:
            args.parser.error(f"pass {option}, or a file with --config")
    return config_from({**defaults, **given}, "the options")


def _add(
    group: argparse._ArgumentGroup, options: list[_Option], defaults: Mapping[str, Any]
) -> None:
    """Add options to a group; their help shows the defaults."""
    for option in options:
        name = f"--{option.name.replace('_', '-')}"
        default = option.default or defaults[option.name]
        description = f"{option.description} (default: {default})"
        if isinstance(option.kind, tuple):
            group.add_argument(name, choices=option.kind, help=description)
        else:
            metavar = {int: "N", float: "X", str: "NAME"}[option.kind]
            group.add_argument(name, type=option.kind, metavar=metavar, help=description)


def _assigned(assignment: str) -> tuple[str, Any]:
    """Return the name and the value of FIELD=VALUE."""
    name, equals, value = assignment.partition("=")
    try:
        if not equals:
            raise ValueError
        return name, tomllib.loads(f"value = {value}")["value"]
    except ValueError:
        raise TrainingError(
            f"--set {assignment} is not FIELD=VALUE in TOML's notation, in which texts have quotes"
        ) from None
