"""The tested core of the course: every number on its pages is computed here.

The package is the syllabus. `cs336_core.tokenization` turns text into tokens; `cs336_core.trace`
records programs step by step; `cs336_core.widgets` shows what the other parts compute. Importing
`cs336_core` alone imports nothing else. In a notebook, `%load_ext cs336_core` brings `%%trace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__version__ = "0.1.0"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring `%%trace` into a notebook; IPython calls this for `%load_ext cs336_core`."""
    from cs336_core.widgets.magics import TraceMagics  # noqa: PLC0415  (it needs IPython)

    shell.register_magics(TraceMagics)
