"""Options for the fields of a training configuration."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any, NamedTuple, get_args

from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import Initialization
from cs336_core.training.precision import Precision
from cs336_core.training.runs.config import (
    OptimizerName,
    TrainingConfig,
    config_from,
    read_config,
)
from cs336_core.training.schedules import ScheduleName


class _Option(NamedTuple):
    """A field of the configuration as an option."""

    name: str
    kind: Any  # what argparse converts with, or the choices
    description: str


_MODEL = [
    _Option("n_layers", int, "blocks (default: 4)"),
    _Option("d_model", int, "width of the residual stream (default: 256)"),
    _Option("n_heads", int, "attention heads, which divide d_model (default: 4)"),
    _Option("context_length", int, "tokens that the model sees at once (default: 256)"),
]
_RUN = [
    _Option("n_steps", int, "updates of the parameters (default: 1000)"),
    _Option("batch_size", int, "sequences per update (default: 32)"),
    _Option("accumulate", int, "compute a batch in this many parts, to save memory"),
    _Option("optimizer", get_args(OptimizerName), "(default: adamw)"),
    _Option(
        "learning_rate",
        float,
        "the highest rate (default: 1e-3). Small models take 1e-3 to 1e-2, large ones 1e-4. Too "
        "high diverges, too low wastes steps: try factors of 3",
    ),
    _Option("min_learning_rate", float, "the rate at the end (default: a tenth of the highest)"),
    _Option("schedule", get_args(ScheduleName), "of the rate after the warm-up (default: cosine)"),
    _Option("warmup", int, "steps until the highest rate (default: 0); 1 to 10 %% of n_steps help"),
    _Option("weight_decay", float, "how fast matrices shrink (default: 0.1)"),
    _Option("max_norm", float, "the norm to which gradients are clipped (default: 1)"),
    _Option("label_smoothing", float, "probability that goes to all tokens (default: 0)"),
    _Option("precision", get_args(Precision), "of matmuls (default: bf16 on GPUs, fp32 on CPUs)"),
    _Option("initialization", get_args(Initialization), "(default: gpt2)"),
    _Option("seed", int, "of parameters and batches (default: 0)"),
    _Option("device", str, "cpu, cuda ... (default: a GPU if there is one)"),
    _Option("eval_every", int, "steps between evaluations (default: 100)"),
    _Option("eval_batches", int, "batches in an evaluation (default: 20)"),
    _Option("patience", int, "stop after N evaluations without a new best (default: never)"),
    _Option("save_every", int, "steps between checkpoints (default: 100)"),
    _Option("machine", str, "h100, a100 ...: report the utilization of its peak"),
]


def add_config_options(parser: argparse.ArgumentParser, *, has_model: bool) -> None:
    """Add a file and an option for each field; `has_model` adds those of a new model."""
    parser.add_argument("--data", metavar="FOLDER", help="what `prepare` wrote")
    parser.add_argument("-o", "--out", metavar="FOLDER", help="the run's folder, a new one")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="fields in TOML; options replace them"
    )
    if has_model:
        _add(parser.add_argument_group("the model"), _MODEL)
    group = parser.add_argument_group("training")
    _add(group, _RUN)
    group.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="FIELD=VALUE",
        help="any other field, in TOML's notation: betas=[0.9,0.99] model.tied_embeddings=true",
    )
    parser.add_argument("--json", action="store_true", help="write each event as a line of JSON")


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
    if args.config is not None:
        return read_config(args.config, **given, model=model)
    for name, option in (("data", "--data"), ("out", "-o")):
        if name not in given:
            args.parser.error(f"pass {option} FOLDER, or a file with --config")
    return config_from({**defaults, **given, "model": model}, "the options")


def _add(group: argparse._ArgumentGroup, options: list[_Option]) -> None:
    """Add options of a group."""
    for option in options:
        name = f"--{option.name.replace('_', '-')}"
        if isinstance(option.kind, tuple):
            group.add_argument(name, choices=option.kind, help=option.description)
        else:
            metavar = {int: "N", float: "X", str: "NAME"}[option.kind]
            group.add_argument(name, type=option.kind, metavar=metavar, help=option.description)


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
