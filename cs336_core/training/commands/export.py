"""`export`: the model of a run as other libraries load it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.model.hugging_face.pretrained import save_pretrained
from cs336_core.tokenization import save
from cs336_core.training.errors import TrainingError
from cs336_core.training.runs.state import TOKENIZER, read_tokenizer, read_trained

EPILOG = """\
example:
  export run -o model

Hugging Face's transformers loads the folder:
  AutoModelForCausalLM.from_pretrained("model")
  PreTrainedTokenizerFast(tokenizer_file="model/tokenizer.json")

It has config.json, model.safetensors and tokenizer.json. The model is a Llama for them: what train
builds unless the options choose other positions, norms or activations."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "export",
        run,
        description="Write the best checkpoint of a run in Hugging Face's format.",
        epilog=EPILOG,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="the folder of the run")
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="FOLDER", help="new")
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def run(args: argparse.Namespace) -> None:
    """Export; raise `TrainingError` for an existing folder, `ConfigError` for another model."""
    if args.out.exists():
        raise TrainingError(f"{args.out} exists already; choose another folder or remove it")
    model, tokenizer = read_trained(args.run_folder).build_model(), read_tokenizer(args.run_folder)
    save_pretrained(model, args.out)
    save(tokenizer, args.out / TOKENIZER)
    files = sorted(path.name for path in args.out.iterdir())
    if args.json:
        write(json.dumps({"out": str(args.out), "files": files}) + "\n")
    else:
        write(f"{args.out}: {', '.join(files)}\n")
