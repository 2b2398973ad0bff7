"""`python -m cs336_core.training`."""

import sys

from cs336_core.training.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
