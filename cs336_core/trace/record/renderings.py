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
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CodeLocation, Rendering, Style
from cs336_core.trace.references import Reference, as_reference
from cs336_core.trace.repr_line import truncate

_ANSI = re.compile(r"\x1b\[[0-9;]*m")  # terminal colors
_VERBATIM: Style = {"fontFamily": "monospace", "whiteSpace": "pre"}


@runtime_checkable
class Figure(Protocol):
    """A matplotlib figure; matplotlib is not imported here."""

    def savefig(self, file: io.BytesIO, *, format: str) -> None:  # noqa: A002
        """Write the figure."""


_pending: list[Rendering] = []


def take() -> list[Rendering]:
    """Return and remove the renderings that are not part of a step yet."""
    pending = _pending.copy()
    del _pending[: len(pending)]  # leaves what another thread has added meanwhile
    return pending


def text(message: str, style: Style | None = None, verbatim: bool = False) -> None:
    """Display Markdown; with `verbatim`, plain text line by line."""
    style = (_VERBATIM if verbatim else {}) | (style or {})
    for line in message.split("\n") if verbatim else [message]:
        _pending.append(Rendering("markdown", line, style))


def note(message: str) -> None:
    """Display a note for the presenter."""
    _pending.append(Rendering("note", message))


def image(
    url: StrPath,
    style: Style | None = None,
    width: int | str | None = None,
    *,
    alt: str | None = None,
) -> None:
    """Display an image from a path or an address; nothing is downloaded.

    `alt` describes the image to readers who cannot see it.
    """
    description = None if alt is None else Reference(title=alt)
    _pending.append(
        Rendering("image", _checked(url), _with_width(style, width), external_link=description)
    )


def video(url: StrPath, style: Style | None = None, width: int | str | None = None) -> None:
    """Display a video from a path or an address; nothing is downloaded."""
    _pending.append(Rendering("video", _checked(url), _with_width(style, width)))


def _checked(url: StrPath) -> str:
    url = os.fspath(url)
    if not re.match(r"https?:|data:", url) and not Path(url).exists():
        raise TraceError(f"the file {url} does not exist")
    return url


def _with_width(style: Style | None, width: int | str | None) -> Style:
    return (style or {}) | ({} if width is None else {"width": width})


def link(  # noqa: PLR0913  (edtrace's arguments)
    target: object = None,
    style: Style | None = None,
    *,
    title: str | None = None,
    authors: list[str] | None = None,
    organization: str | None = None,
    date: str | None = None,
    url: str | None = None,
    description: str | None = None,
    notes: str | None = None,
) -> None:
    """Display a link to an address, a reference, or a function or class of the program.

    A reference is a `Reference` or an object with its attributes. Without a target, the other
    arguments describe the reference.
    """
    style = style or {}
    if target is None or isinstance(target, str):
        url = url if target is None else target
        target = Reference(title, authors, organization, date, url, description, notes)
    reference = as_reference(target)
    if reference:
        _pending.append(Rendering("link", reference.label, style, external_link=reference))
    elif callable(target):
        path, line = inspect.getsourcefile(target) or "?", inspect.getsourcelines(target)[1]
        name = getattr(target, "__name__", "?")
        _pending.append(Rendering("link", name, style, internal_link=CodeLocation(path, line)))
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
        _pending.append(Rendering("image", f"data:image/svg+xml;base64,{encoded}"))
    else:
        _pending.append(Rendering("plot", spec))


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
