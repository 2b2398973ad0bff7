"""Shows a value in a trace as a notebook shows it.

Notebooks call methods of a value for its representations (`_repr_markdown_` and others). A trace
takes the one that its viewer shows best. Pictures become data URLs, so that a trace is one file.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping
from typing import Final

from cs336_core.trace.record.renderings import Figure, image, text, to_svg
from cs336_core.trace.record.texts import strip_address

_LONG: Final = 10_000  # characters of a value that has no other representation
_LINES: Final = 200
_SVG: Final = re.compile(r"<svg\b.*</svg>", re.DOTALL)
_ROOT: Final = re.compile(r"<svg\b[^>]*>")
_NAME: Final = re.compile(r"""\baria-label=(["'])(.*?)\1|<title>(.*?)</title>()""", re.DOTALL)
_NAMESPACE: Final = 'xmlns="http://www.w3.org/2000/svg"'


def display(value: object, address: str | None = None) -> None:
    """Show a value as a notebook does; `None` shows nothing.

    The course's interactive figures do not work in a trace. A link to `address`, where a page shows
    the figure, replaces them.
    """
    if value is not None:
        show(_representations(value), value, address)


def show(offered: Mapping[str, object], value: object, address: str | None = None) -> None:
    """Show the best of the representations of a value, by their MIME types."""
    page = _text(offered.get("text/html"))
    markdown = _text(offered.get("text/markdown"))
    svg = _text(offered.get("image/svg+xml")) or _within(page)
    if "data-widget" in page:
        text(on_the_page(address))
    elif markdown:
        text(markdown)
    elif svg:
        _show_picture("svg+xml", _standing_alone(svg).encode(), _name(svg, value))
    elif png := offered.get("image/png"):
        _show_picture("png", png, _name("", value))
    else:
        full = strip_address(repr(value))
        shown = "\n".join(full[:_LONG].split("\n")[:_LINES])
        text(shown if shown == full else f"{shown}\n...", verbatim=True)


def on_the_page(address: str | None) -> str:
    """Return the Markdown that replaces an interactive figure.

    >>> on_the_page("lectures/03_bpe.html#line-14")
    '*An interactive figure: [see it on the page](lectures/03_bpe.html#line-14).*'
    """
    see = "see it on the page"
    return f"*An interactive figure: {f'[{see}]({address})' if address else see}.*"


def _representations(value: object) -> dict[str, object]:
    """Return the representations of a value by their MIME types."""
    kind = type(value)
    if isinstance(value, type):  # a class's methods represent its instances
        return {}
    if isinstance(value, Figure):
        return {"image/svg+xml": to_svg(value).decode()}
    if hasattr(kind, "_repr_mimebundle_"):
        bundle = _first(value._repr_mimebundle_(include=None, exclude=None))  # type: ignore[attr-defined]
        if isinstance(bundle, Mapping):
            return dict(bundle)
    names = {
        "text/html": "_repr_html_",
        "text/markdown": "_repr_markdown_",
        "image/svg+xml": "_repr_svg_",
        "image/png": "_repr_png_",
    }
    return {
        mime: _first(getattr(value, name)()) for mime, name in names.items() if hasattr(kind, name)
    }


def _first(answer: object) -> object:
    """Return the data of a representation, without its optional metadata."""
    return answer[0] if isinstance(answer, tuple) and answer else answer


def _text(offered: object) -> str:
    return offered if isinstance(offered, str) else ""


def _within(page: str) -> str:
    """Return the first SVG element of HTML, "" if it has none."""
    found = _SVG.search(page)
    return found[0] if found else ""


def _name(svg: str, value: object) -> str:
    """Return the accessible name of a picture, or else the name of its type."""
    found = _NAME.search(svg)
    return html.unescape(found[2] or found[3]) if found else type(value).__name__


def _standing_alone(svg: str) -> str:
    """Return SVG as an image file: on white, since it cannot follow a dark page."""
    svg = svg[svg.index("<svg") :]
    root = _ROOT.match(svg)
    if root and not re.search(r"\sstyle=", root[0]):
        svg = svg.replace("<svg", '<svg style="background:#fff;font-family:sans-serif"', 1)
    if root and not re.search(r"\sxmlns=", root[0]):
        svg = svg.replace("<svg", f"<svg {_NAMESPACE}", 1)
    return svg


def _show_picture(kind: str, data: object, alt: str) -> None:
    """Show a picture, given as bytes or in Base64."""
    encoded = base64.b64encode(data).decode("ascii") if isinstance(data, bytes) else str(data)
    image(f"data:image/{kind};base64,{''.join(encoded.split())}", alt=" ".join(alt.split()))
