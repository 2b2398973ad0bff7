"""`resume`: continue a run that was stopped or killed."""

from __future__ import annotations

import argparse

from cs336_core._shared.command_line import Commands, command_parser
from cs336_core.training.commands.report import show
from cs336_core.training.parallel import joined_workers
from cs336_core.training.runs import resume

EPILOG = """\
examples:
  resume run
  resume run --n-steps 2000      longer than planned

The run continues from its newest checkpoint. Steps after it are computed once more, with the same
results: the checkpoint has the optimizer's averages, the position in the data and the state of the
random generators. With --n-steps, a cosine or linear schedule jumps to the rate that it would have
at this step of the longer run; "constant" and "wsd" are made to be continued."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands, "resume", run, description="Continue a run where it stopped.", epilog=EPILOG
    )
    parser.add_argument("run_folder", metavar="RUN", help="the folder of the run")
    parser.add_argument("--n-steps", type=int, metavar="N", help="the number of steps in all")
    parser.add_argument("--json", action="store_true", help="write each event as a line of JSON")


def run(args: argparse.Namespace) -> int:
    """Continue; raise as `cs336_core.training.runs.resume` does."""
    with joined_workers() as workers:
        events = resume(args.run_folder, n_steps=args.n_steps, workers=workers)
        return show(events, args.run_folder, workers, as_json=args.json)
