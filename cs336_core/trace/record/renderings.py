"""What a traced program displays: text, images, links, plots, notes.

Names and arguments are edtrace's, so a program written for edtrace only needs another import.
Outside a trace these functions check their arguments and do nothing else.
"""

from __future__ import annotations

import base64
import inspect
import io
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from cs336_core._shared.paths import StrPath
from cs336_core.trace.bibliography import complete
from cs336_core.trace.errors import TraceError
from cs336_core.trace.json_values import Json
from cs336_core.trace.media import embedded, is_address
from cs336_core.trace.model import CodeLocation, Kind, Rendering, Style
from cs336_core.trace.record.hook import INNERMOST
from cs336_core.trace.references import Reference, as_reference
from cs336_core.trace.repr_line import truncate

_ANSI = re.compile(r"\x1b\[[0-9;]*m")  # terminal colors
_VERBATIM: Style = {"fontFamily": "monospace", "whiteSpace": "pre"}


@runtime_checkable
class Figure(Protocol):
    """A matplotlib figure; matplotlib is not imported here."""

    def savefig(self, file: io.BytesIO, *, format: str) -> None:  # noqa: A002  (matplotlib's name)
        """Write the figure."""


_pending: list[Rendering] = []


def show(rendering: Rendering) -> None:
    """Display a rendering at the current step."""
    _pending.append(rendering)


def take() -> list[Rendering]:
    """Return and remove the renderings that are not part of a step yet."""
    pending = _pending.copy()
    del _pending[: len(pending)]  # leaves what another thread has added meanwhile
    return pending


def text(message: str, style: Style | None = None, verbatim: bool = False) -> None:
    """Display Markdown; with `verbatim`, plain text line by line."""
    style = (_VERBATIM if verbatim else {}) | (style or {})
    for line in message.split("\n") if verbatim else [message]:
        show(Rendering("markdown", line, style))


def note(message: str) -> None:
    """Display a note for the presenter."""
    show(Rendering("note", message))


def image(
    url: StrPath,
    style: Style | None = None,
    width: int | str | None = None,
    *,
    alt: str | None = None,
) -> None:
    """Display an image from a path or an address; nothing is downloaded.

    A file of up to 5 MB becomes part of the trace; of any other, a warning says why not. `alt`
    describes the image to readers who cannot see it.
    """
    _show_media("image", url, _with_width(style, width), alt)


def video(url: StrPath, style: Style | None = None, width: int | str | None = None) -> None:
    """Display a video from a path or an address, as `image` does."""
    _show_media("video", url, _with_width(style, width), None)


def _show_media(kind: Kind, url: StrPath, style: Style, label: str | None) -> None:
    url = os.fspath(url)
    path = Path(url)
    # Outside a trace, a file is not worth reading.
    if INNERMOST.tracer and not is_address(url) and (data := embedded(path, url)):
        url, label = data, label or path.name
    description = None if label is None else Reference(title=label)
    show(Rendering(kind, url, style, external_link=description))


def _with_width(style: Style | None, width: int | str | None) -> Style:
    return (style or {}) | ({} if width is None else {"width": width})


def url_reference(url: str, **known: Any) -> Reference:
    """Return the reference to an address; nothing is downloaded.

    `known` are fields of the reference. The others come from a bibliography beside the program:
    see `cs336_core.trace.bibliography`.
    """
    return complete(Reference(url=url, **known), sys._getframe(1))


def link(target: object = None, style: Style | None = None, **fields: Any) -> None:
    """Display a link to an address, a reference, or a function or class of the program.

    A reference is a `Reference` or an object with its attributes. Without a target, or with an
    address, `fields` are those of a `Reference`; a bibliography beside the program adds others, as
    `cs336_core.trace.bibliography` describes. Raises `TraceError` for any other target.
    """
    style = style or {}
    if target is None or isinstance(target, str):
        target = Reference(**(fields if target is None else {**fields, "url": target}))
    reference = as_reference(target)
    if reference:
        reference = complete(reference, sys._getframe(1))
        show(Rendering("link", reference.label, style, external_link=reference))
    elif callable(target):
        path, line = inspect.getsourcefile(target) or "?", inspect.getsourcelines(target)[1]
        name = getattr(target, "__name__", "?")
        show(Rendering("link", name, style, internal_link=CodeLocation(path, line)))
    else:
        raise TraceError(
            f"link() got {truncate(repr(target))}; "
            "expected an address, a Reference, a function or a class"
        )


def to_svg(figure: Figure) -> bytes:
    """Render a matplotlib figure as SVG."""
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def plot(spec: dict[str, Json] | Figure) -> None:
    """Display a plot: a Vega-Lite specification or a matplotlib figure."""
    if isinstance(spec, Figure):
        encoded = base64.b64encode(to_svg(spec)).decode("ascii")
        show(Rendering("image", f"data:image/svg+xml;base64,{encoded}"))
    else:
        show(Rendering("plot", spec))


def widget(view: str, key: str, state: dict[str, Json], address: str | None = None) -> None:
    """Display an interactive figure of the course's site.

    Args:
        view: the name of its view.
        key: its name on its page.
        state: what the view shows.
        address: where a page shows it.

    """
    data: Json = {"view": view, "key": key, "state": state}
    page = None if address is None else Reference(url=address)
    _pending.append(Rendering("widget", data, external_link=page))


def system_text(command: Sequence[str]) -> None:
    """Run a command and display its output; raise `CalledProcessError` if it fails."""
    output = subprocess.check_output(command, text=True)
    text(_ANSI.sub("", output), verbatim=True)
