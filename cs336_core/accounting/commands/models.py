"""The options that name a model and a machine, for all commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from cs336_core.accounting.machine_files import EXAMPLE, load_machine
from cs336_core.accounting.machines import MACHINES, Machine, Precision, machine
from cs336_core.model.config import ModelConfig
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.hugging_face.files import read_json, read_json_stream
from cs336_core.model.presets import preset, preset_note

STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Chosen:
    """The model that the options name, with notes on it."""

    name: str
    config: ModelConfig
    notes: Sequence[str]


def command_parser(program: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a command, with the options for the model."""
    options = argparse.ArgumentParser(
        prog=program,
        usage="%(prog)s (MODEL | --config FILE) [options]",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    model = options.add_argument_group("the model")
    model.add_argument("model", nargs="?", metavar="MODEL", help="name of a published model")
    model.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="a Hugging Face config.json, a folder with one, or - for standard input",
    )
    model.add_argument(
        "--ignore", nargs="+", default=[], metavar="FIELD", help="fields of that file to skip"
    )
    model.add_argument(
        "--ignore-unknown", action="store_true", help="skip all unknown fields of that file"
    )
    return options


def add_machine(options: argparse.ArgumentParser) -> None:
    """Add options for the machine."""
    group = options.add_argument_group("the machine")
    group.add_argument("--hardware", metavar="NAME", help=f"{', '.join(MACHINES)} (h100)")
    group.add_argument(
        "--machine",
        type=Path,
        metavar="FILE",
        help=f"a machine of your own, as a JSON file: {EXAMPLE}",
    )
    group.add_argument(
        "--precision", choices=get_args(Precision), default="bf16", help="of matmuls (bf16)"
    )


def check_model(options: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Exit with status 2 unless the options name one model and at most one machine."""
    if (args.model is None) == (args.config is None):
        options.error("give the name of a model (see --list) or a file with --config")
    if (args.ignore or args.ignore_unknown) and args.config is None:
        options.error("--ignore and --ignore-unknown need --config")
    if args.hardware is not None and args.machine is not None:
        options.error("give --hardware or --machine, not both")


def chosen_model(args: argparse.Namespace) -> Chosen:
    """Return the model; raise as `preset`, `read_json` and `from_hugging_face` do."""
    if args.config is None:
        note = preset_note(args.model)
        notes = () if note is None else (f"{args.model}: {note}",)
        return Chosen(args.model, preset(args.model), notes)
    if args.config == STANDARD_INPUT:
        name = "standard input"
        fields = read_json_stream(sys.stdin.buffer, name)
    else:
        name = str(args.config)
        fields = read_json(args.config)
    loaded = from_hugging_face(fields, ignored=args.ignore, ignore_unknown=args.ignore_unknown)
    return Chosen(name, loaded.config, loaded.notes)


def chosen_machine(args: argparse.Namespace) -> Machine:
    """Return the machine; raise as `machine` and `load_machine` do."""
    if args.machine is not None:
        return load_machine(args.machine)
    return machine(args.hardware or "h100")
