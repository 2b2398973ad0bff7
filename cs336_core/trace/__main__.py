"""`python -m cs336_core.trace`."""

import sys

from cs336_core.trace.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
