"""Writes a trace and the viewer as one HTML file, which opens from disk without a network."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Final

from cs336_core._shared.atomic import write_files
from cs336_core._shared.command_line import write
from cs336_core._shared.static_server import TYPES
from cs336_core.trace.commands.trace_files import STANDARD_OUTPUT
from cs336_core.trace.commands.viewer_server import VIEWER, TraceFiles, check_viewer
from cs336_core.trace.errors import TraceWarning
from cs336_core.trace.formats.files import to_bytes
from cs336_core.trace.media import embedded, is_address
from cs336_core.trace.model import Rendering, Trace

_URL: Final = re.compile(r'url\("\./([^"]+)"\)')
_HOME: Final = re.compile(r'<a href="index\.html">.*?</a>')  # there is no other page
_POLICY: Final = re.compile(r'(http-equiv="Content-Security-Policy" content=")[^"]*')
_MEDIA: Final = ("image", "video")


def write_page(trace: Trace, output: str, title: str) -> None:
    """Write a trace and the viewer as one HTML file, or to standard output."""
    page = one_file(trace, title, VIEWER)
    if output == STANDARD_OUTPUT:
        write(page.decode())
    else:
        write_files({Path(output): page})


def one_file(trace: Trace, title: str, viewer: Path) -> bytes:
    """Return the HTML file for a trace; `viewer` is the folder of the viewer's page.

    Raises `TraceError` if the viewer is not built.
    """
    check_viewer(viewer)
    assets = viewer / "trace"
    styles = [_style(assets / "page.css")]
    libraries = []
    if _uses_formulas(trace):
        styles.append(_style(assets / "maths.css"))
        libraries.append(_script(assets / "libraries" / "maths.js"))
    if any(rendering.type == "plot" for rendering in _renderings(trace)):
        libraries.append(_script(assets / "libraries" / "plots.js"))
    first = _script(assets / "theme_boot.js")
    scripts = [*libraries, _script(assets / "page.js")]
    policy = (
        f"default-src 'none'; script-src {_hashes([first, *scripts])}; "
        f"style-src {_hashes(styles)}; img-src data: blob:; media-src data: blob:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    page = (viewer / "trace.html").read_text("utf-8")
    page = _HOME.sub("", _POLICY.sub(lambda found: found[1] + policy, page))
    head = "\n".join(
        [
            f'<link rel="icon" href="{_data(assets / "favicon.svg")}">',
            *(f"<style>{style}</style>" for style in styles),
            f"<script>{first}</script>",
        ]
    )
    body = "\n".join(
        [
            f'<script type="application/json" id="cs336-trace">{_json(trace)}</script>',
            *(f"<script>{script}</script>" for script in scripts),
        ]
    )
    before, _, after = page.partition('<link rel="icon"')
    rest = after[after.index("</head>") :].replace("</body>", f"{body}\n</body>")
    before = re.sub(r"<title>.*?</title>", f"<title>{html.escape(title)}</title>", before)
    return f"{before}{head}\n{rest}".encode()


def with_media(trace: Trace, path: Path) -> Trace:
    """Return the trace in a file with the images and videos that `view` would find for it."""
    files = TraceFiles(VIEWER, path)

    def embed(rendering: Rendering) -> Rendering:
        name = rendering.data
        if rendering.type not in _MEDIA or not isinstance(name, str) or is_address(name):
            return rendering
        found = files.media(name)
        if found is None:
            message = f"the page lacks {name}: view finds no such file"
            warnings.warn(message, TraceWarning, stacklevel=3)
            return rendering
        return replace(rendering, data=embedded(found, name) or name)

    steps = [replace(step, renderings=list(map(embed, step.renderings))) for step in trace]
    return replace(trace, steps=steps)


def _renderings(trace: Trace) -> list[Rendering]:
    return [rendering for step in trace for rendering in step.renderings]


def _uses_formulas(trace: Trace) -> bool:
    return any(
        rendering.type in ("markdown", "note")
        and isinstance(rendering.data, str)
        and re.search(r"\$|\\[(\[]", rendering.data)
        for rendering in _renderings(trace)
    )


def _json(trace: Trace) -> str:
    alone = replace(trace, links={})  # the pages that explain a lecture are not here
    # In a string, where every "<" of a trace is, JSON may write it as an escape.
    return to_bytes(alone).decode().replace("<", "\\u003c")


def _script(path: Path) -> str:
    """Return a script that cannot end the element it is in."""
    text = path.read_text("utf-8")
    return re.sub(r"<(?=!--|/script)", r"\\x3c", text, flags=re.IGNORECASE)


def _style(path: Path) -> str:
    """Return a style sheet with its fonts."""
    return _URL.sub(
        lambda found: f'url("{_data(path.parent / found[1])}")', path.read_text("utf-8")
    )


def _data(path: Path) -> str:
    kind = TYPES[path.suffix]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def _hashes(texts: list[str]) -> str:
    """Return the sources of a content security policy that allow exactly these texts."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
