"""Traces one lecture, in a process of its own that starts in the project's folder.

python -m book.builder.trace_lecture lectures/03_bpe.py FILE
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import partial
from pathlib import Path

from book.builder.citations import cite
from book.builder.documents import document, titles
from cs336_core.trace import TraceError, TraceWarning, dumps, trace_lecture
from tools.shell.errors import UserError, run_main


def main() -> int:
    """Write the trace of a lecture to a file; a trace that lacks something is an error."""
    root = Path.cwd()
    lecture, target = (root / argument for argument in sys.argv[1:])
    # As when the page is made: a lecture reads files, and imports, from where it lies.
    os.chdir(lecture.parent)
    sys.path.insert(0, str(lecture.parent))
    page = lecture.relative_to(root).with_suffix("").as_posix()
    with warnings.catch_warnings():
        warnings.simplefilter("error", TraceWarning)
        try:
            recorded = trace_lecture(
                lecture,
                root=root,
                page=f"{page}.html",
                cite=cite,
                document=partial(document, page=page, known=titles(root)),
            )
        except (TraceError, TraceWarning) as error:
            raise UserError(str(error)) from None
    target.write_text(dumps(recorded), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
