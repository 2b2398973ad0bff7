"""Run a target of the Makefile: python3 -m tools serve.

Old Pythons read this file too, to be told that they are too old. So nothing here is newer than
Python 2.7, and what is newer is imported below the check.
"""

import sys

from tools.oldest import complaint

problem = complaint(tuple(sys.version_info[:3]), sys.executable)
if problem:
    sys.stderr.write("error: " + problem + "\n")
    sys.exit(1)

from tools.commands import main  # noqa: E402
from tools.entry import guarded  # noqa: E402

sys.exit(guarded(lambda: main(sys.argv[1:])))
