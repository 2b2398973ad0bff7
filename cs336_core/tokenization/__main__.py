"""`python -m cs336_core.tokenization`."""

import sys

from cs336_core.tokenization.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
