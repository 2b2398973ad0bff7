"""What a traced program shows to its reader: text, images, links, plots, notes.

The names and arguments are those of edtrace, so that a program written for it runs unchanged but
for its import. Outside a trace these functions check their arguments and do nothing else.
"""

from __future__ import annotations

import base64
import inspect
import io
import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.record.references import Reference, as_reference
from cs336_core.trace.record.values import Json
from cs336_core.trace.repr_line import cut

Kind = Literal["markdown", "image", "video", "link", "plot", "graph", "note"]
Style: TypeAlias = dict[str, str | int | float]

_ANSI = re.compile(r"\x1b\[[0-9;]*m")  # what colors a terminal
_VERBATIM: Style = {"fontFamily": "monospace", "whiteSpace": "pre"}


@dataclass(frozen=True)
class CodeLocation:
    """A line of code."""

    path: str
    line_number: int


@dataclass(frozen=True)
class Rendering:
    """Something to look at in place of the line that made it.

    Attributes:
        type: what it is.
        data: the text, the path of an image, the specification of a plot.
        style: CSS properties, named as in JavaScript.
        external_link: where a link leads, outside; of an image, its title is what it shows.
        internal_link: where it leads, in the program.
        animate: whether the renderings of this line come one by one.

    """

    type: Kind
    data: Json = None
    style: Style = field(default_factory=dict)
    external_link: Reference | None = None
    internal_link: CodeLocation | None = None
    animate: bool = False


@runtime_checkable
class Figure(Protocol):
    """A figure of matplotlib, which is not imported here."""

    def savefig(self, file: io.BytesIO, *, format: str) -> None:  # noqa: A002
        """Write the figure."""


_shown: list[Rendering] = []


def take() -> list[Rendering]:
    """Return what was shown since this was asked last."""
    taken = _shown.copy()
    del _shown[: len(taken)]  # and nothing that another thread has shown since
    return taken


def text(message: str, style: Style | None = None, verbatim: bool = False) -> None:
    """Show Markdown; with `verbatim`, every line as it is."""
    style = (_VERBATIM if verbatim else {}) | (style or {})
    for line in message.split("\n") if verbatim else [message]:
        _shown.append(Rendering("markdown", line, style))


def note(message: str) -> None:
    """Show a note for the one who presents."""
    _shown.append(Rendering("note", message))


def image(
    url: StrPath,
    style: Style | None = None,
    width: int | str | None = None,
    *,
    alt: str | None = None,
) -> None:
    """Show an image: a path, or an address, which stays what it is: nothing is downloaded.

    `alt` tells what it shows to who cannot see it.
    """
    told = None if alt is None else Reference(title=alt)
    _shown.append(Rendering("image", _existing(url), _sized(style, width), external_link=told))


def video(url: StrPath, style: Style | None = None, width: int | str | None = None) -> None:
    """Show a video, as `image` shows an image."""
    _shown.append(Rendering("video", _existing(url), _sized(style, width)))


def _existing(url: StrPath) -> str:
    url = os.fspath(url)
    if not re.match(r"https?:|data:", url) and not Path(url).exists():
        raise TraceError(f"there is no file {url}")
    return url


def _sized(style: Style | None, width: int | str | None) -> Style:
    return (style or {}) | ({} if width is None else {"width": width})


def link(  # noqa: PLR0913  (edtrace's)
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
    """Show a link: to an address, a reference, a function or a class of the program.

    A reference is a `Reference`, or an object with its attributes. Without a target, it is made of
    the other arguments.
    """
    style = style or {}
    if target is None or isinstance(target, str):
        url = url if target is None else target
        target = Reference(title, authors, organization, date, url, description, notes)
    reference = as_reference(target)
    if reference:
        _shown.append(Rendering("link", reference.label, style, external_link=reference))
    elif callable(target):
        path, line = inspect.getsourcefile(target) or "?", inspect.getsourcelines(target)[1]
        name = getattr(target, "__name__", "?")
        _shown.append(Rendering("link", name, style, internal_link=CodeLocation(path, line)))
    else:
        raise TraceError(
            f"link() got {cut(repr(target))}; "
            "it takes an address, a Reference, a function or a class"
        )


def drawn(figure: Figure) -> bytes:
    """Return a figure as SVG."""
    file = io.BytesIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


def plot(spec: dict[str, Json] | Figure) -> None:
    """Show a plot: a Vega-Lite specification, or a figure of matplotlib."""
    if isinstance(spec, Figure):
        encoded = base64.b64encode(drawn(spec)).decode("ascii")
        _shown.append(Rendering("image", f"data:image/svg+xml;base64,{encoded}"))
    else:
        _shown.append(Rendering("plot", spec))


def system_text(command: Sequence[str]) -> None:
    """Run a command and show what it writes; raise `CalledProcessError` where it fails."""
    output = subprocess.check_output(command, text=True)
    text(_ANSI.sub("", output), verbatim=True)
