"""`python -m cs336_core.accounting`."""

import sys

from cs336_core.accounting.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
