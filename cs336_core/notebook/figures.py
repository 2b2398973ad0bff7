"""Matplotlib figures in the site's style: vector graphics that follow the page's light or dark.

The figure is written as SVG inside the page. Its colours are the page's own variables and its
letters the page's own font, so that it changes with the theme and its text can be found and read
aloud. Needs matplotlib.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from cycler import cycler

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What matplotlib draws with, and the page's variable that takes its place. Outside the site, where
# the variable is missing, the colour of the surrounding text or the one given here is used.
_INK, _QUIET, _LINE, _ACCENT = "#1b1f24", "#4b5563", "#d5dae1", "#1f5fbf"
# The two halves of a layer, in every figure of FLOPs. The MLP's blue looks like the accent's and is
# one step off, so that each finds its own variable.
ATTENTION, MLP = "#c8641e", "#1f5fbe"
# What lies behind text, so that no line of the grid runs through it.
_SURFACE = "#fefefd"
LABEL_BOX: dict[str, Any] = {"facecolor": _SURFACE, "edgecolor": "none", "pad": 1.5}
COLORS = {
    _INK: "var(--cs336-ink, currentColor)",
    _QUIET: "var(--cs336-quiet, currentColor)",
    _LINE: "var(--cs336-line, #8a94a2)",
    _ACCENT: f"var(--cs336-accent, {_ACCENT})",
    ATTENTION: f"var(--cs336-attention, {ATTENTION})",
    MLP: f"var(--cs336-mlp, {MLP})",
    _SURFACE: "var(--cs336-surface, var(--jp-layout-color0, #ffffff))",
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
    "legend.facecolor": _SURFACE,
    "legend.edgecolor": "none",
    "legend.framealpha": 1.0,
    "legend.fancybox": False,
    "svg.fonttype": "none",
}

_WIDEST = 44  # rem: what a figure of the usual width takes on a page

# How the series of a dot plot are told apart, by form as well as colour: the last is in front.
_DOTS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "color": _QUIET, "markerfacecolor": "none"},
    {"marker": "D", "color": _QUIET, "markersize": 4.5},
    {"marker": "o", "color": _ACCENT},
)

_APART = 0.2  # between the dots of a row, in rows


@dataclass(frozen=True)
class InlineFigure:
    """A figure as a notebook or page shows it.

    Attributes:
        svg: an `<svg>` element.
        width: how wide it was drawn, in inches. A narrow figure is not stretched: its letters are
            as large as those of others, and can still be read on a phone.

    """

    svg: str
    width: float = STYLE["figure.figsize"][0]

    def _repr_html_(self) -> str:
        widest = _WIDEST * self.width / STYLE["figure.figsize"][0]
        return f'<figure class="cs336-plot" style="max-width: {widest:.1f}rem">{self.svg}</figure>'


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
    return InlineFigure(svg.strip(), figure.get_figwidth())


def dot_plot(axes: Axes, series: Mapping[str, Mapping[str, float]]) -> None:
    """Draw a dot for each value of up to three series, in rows that are named by their keys.

    The rows are in the order of the first series, from the top, and a thin line leads from dot to
    dot. The dots of a row differ a little in height, so that equal values do not hide each other.
    Raises `ValueError` for no series, or more than there are forms of dots.
    """
    if not 1 <= len(series) <= len(_DOTS):
        raise ValueError(
            f"a dot plot can tell 1 to {len(_DOTS)} series apart, and was given {len(series)}"
        )
    rows = list(next(iter(series.values())))
    heights = range(len(rows))
    values = [[each[row] for each in series.values()] for row in rows]
    axes.hlines(heights, list(map(min, values)), list(map(max, values)), color=_LINE, linewidth=1.5)
    for i, (name, each) in enumerate(series.items()):
        apart = _APART * (i - (len(series) - 1) / 2)
        look = _DOTS[i - len(series)]
        along = [each[row] for row in rows]
        axes.plot(along, [y + apart for y in heights], linestyle="", label=name, **look)
    axes.set_yticks(heights, rows)
    axes.set_ylim(len(rows) - 0.25, -0.75)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)
