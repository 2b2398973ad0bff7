"""The trace viewer: a widget, the `%%trace` magic, and a page that opens trace files."""

from IPython.core.interactiveshell import InteractiveShell

from cs336_core.viewer.magic import TraceMagics
from cs336_core.viewer.widget import TraceViewer

__all__ = ["TraceViewer"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Bring `%%trace` into a notebook; IPython calls this for `%load_ext cs336_core.viewer`."""
    shell.register_magics(TraceMagics)
