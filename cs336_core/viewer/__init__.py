"""The trace viewer: a widget, the `%%trace` magic, and a web page that opens trace files.

In Python, `widget.py` is the widget and `magic.py` runs notebook cells. In JavaScript, start with

1. `trace/types.js`, what a trace is;
2. `trace/trace_index.js`, built once per trace so that any step can be shown immediately;
3. `viewer.jsx`, the component that puts source, variables, output and timeline together;
4. `source/source_view.js`, which scrolls and marks the source without drawing it anew.

`read/` turns a file from anyone into a trace, `renderings/` draws what a program displays (safely:
the file may be hostile), `values/` draws variables, `page/` is the web page around the viewer.
"""

from IPython.core.interactiveshell import InteractiveShell

from cs336_core.viewer.magic import TraceMagics
from cs336_core.viewer.widget import TraceViewer

__all__ = ["TraceViewer"]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%%trace`; IPython calls this for `%load_ext cs336_core.viewer`."""
    shell.register_magics(TraceMagics)
