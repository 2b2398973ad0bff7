"""Matplotlib figures in the site's style: vector graphics that follow the page's light or dark.

The figure is written as SVG inside the page. Its colours are the page's own variables and its
letters the page's own font, so that it changes with the theme and its text can be found and read
aloud. Needs matplotlib.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# What matplotlib draws with, and the page's variable that takes its place. Outside the site, where
# the variable is missing, the colour of the surrounding text or the one given here is used.
_INK, _QUIET, _LINE, _ACCENT = "#1b1f24", "#4b5563", "#d5dae1", "#1f5fbf"
COLORS = {
    _INK: "var(--cs336-ink, currentColor)",
    _QUIET: "var(--cs336-quiet, currentColor)",
    _LINE: "var(--cs336-line, #8a94a2)",
    _ACCENT: f"var(--cs336-accent, {_ACCENT})",
}

STYLE: dict[Any, Any] = {
    "figure.figsize": (7.0, 3.4),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "axes.facecolor": "none",
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _QUIET,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.prop_cycle": cycler(color=[_ACCENT, _QUIET], linestyle=["-", "--"]),
    "grid.color": _LINE,
    "lines.linewidth": 2.0,
    "text.color": _INK,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "ytick.left": False,
    "font.size": 10.5,
    "legend.frameon": False,
    "svg.fonttype": "none",
}


@dataclass(frozen=True)
class InlineFigure:
    """A figure as a notebook or page shows it; `svg` is an `<svg>` element."""

    svg: str

    def _repr_html_(self) -> str:
        return f'<figure class="cs336-plot">{self.svg}</figure>'


@contextmanager
def style() -> Iterator[None]:
    """Draw in the site's style inside the `with` block."""
    with mpl.rc_context(STYLE):
        yield


def inline(figure: Figure, alt: str) -> InlineFigure:
    """Return `figure` as SVG for a page, with `alt` telling what it shows to who cannot see it.

    Raises `ValueError` where `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("a figure needs alternative text: say what it shows")
    file = io.StringIO()
    # Ids differ between the figures of a page, and are the same each time it is built.
    with mpl.rc_context({**STYLE, "svg.hashsalt": alt}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = re.sub(r"^.*?(?=<svg)", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{html.escape(alt)}"', 1)
    svg = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", svg)
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    for drawn, shown in COLORS.items():
        svg = svg.replace(drawn, shown)
    return InlineFigure(svg.strip())
