"""Matplotlib figures in the style of the site: vector graphics that follow its light or dark theme.

A figure is SVG inside the page. It uses the page's colors and font, so it changes with the theme,
and its text can be searched and read aloud. Needs matplotlib.
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

from cs336_core.notebook.theme import COLORS, css_color

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The colors that matplotlib draws with. Each has to differ from the others, since the SVG's colors
# are replaced by the page's variables: so the MLP's blue is one step off the accent's.
_INK, _QUIET, _LINE, _ACCENT = (COLORS[name] for name in ("ink", "quiet", "line", "accent"))
ATTENTION, MLP = COLORS["attention"], "#1f5fbe"  # the two halves of a layer
_SURFACE = "#fefefd"
# A background for text, so that no line of the grid runs through it.
LABEL_BOX: dict[str, Any] = {"facecolor": _SURFACE, "edgecolor": "none", "pad": 1.5}
# Color drawn -> color on the page. Outside the site, text takes the color of the text around it.
PAGE_COLORS = {
    _INK: css_color("ink", "currentColor"),
    _QUIET: css_color("quiet", "currentColor"),
    _LINE: css_color("line", "#8a94a2"),
    _ACCENT: css_color("accent"),
    ATTENTION: css_color("attention"),
    MLP: css_color("mlp"),
    _SURFACE: css_color("surface", "var(--jp-layout-color0, #ffffff)"),
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

_MAX_WIDTH = 44  # rem: the width on a page of a figure of the usual size

# The series of a dot plot differ in shape as well as color; the last is in front.
_DOTS: tuple[dict[str, Any], ...] = (
    {"marker": "o", "color": _QUIET, "markerfacecolor": "none"},
    {"marker": "D", "color": _QUIET, "markersize": 4.5},
    {"marker": "o", "color": _ACCENT},
)

_DOT_GAP = 0.2  # between the dots of a row, in rows


@dataclass(frozen=True)
class InlineFigure:
    """A figure as a notebook or page shows it.

    Attributes:
        svg: an `<svg>` element.
        width: the drawn width in inches. A narrow figure is not stretched, so its text is as large
            as in other figures and legible on a phone.

    """

    svg: str
    width: float = STYLE["figure.figsize"][0]

    def _repr_html_(self) -> str:
        max_width = _MAX_WIDTH * self.width / STYLE["figure.figsize"][0]
        return (
            f'<figure class="cs336-plot" style="max-width: {max_width:.1f}rem">{self.svg}</figure>'
        )


@contextmanager
def style() -> Iterator[None]:
    """Draw in the style of the site inside the `with` block."""
    with mpl.rc_context(STYLE):
        yield


def inline(figure: Figure, alt: str) -> InlineFigure:
    """Return `figure` as SVG for a page; `alt` describes it to readers who cannot see it.

    Raises `ValueError` if `alt` is empty.
    """
    if not alt.strip():
        raise ValueError("a figure needs alternative text that describes what it shows")
    file = io.StringIO()
    # The salt makes ids differ between the figures of a page, but not between two builds.
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
    for drawn, on_page in PAGE_COLORS.items():
        svg = svg.replace(drawn, on_page)
    return InlineFigure(svg.strip(), figure.get_figwidth())


def dot_plot(axes: Axes, series: Mapping[str, Mapping[str, float]]) -> None:
    """Draw up to three series as dots: one row per key, one dot per series.

    The rows are in the order of the first series, from the top, and a thin line connects the dots
    of a row. The dots differ a little in height, so that equal values do not hide each other.
    Raises `ValueError` unless there are one to three series.
    """
    if not 1 <= len(series) <= len(_DOTS):
        raise ValueError(
            f"a dot plot can distinguish 1 to {len(_DOTS)} series; this one has {len(series)}"
        )
    rows = list(next(iter(series.values())))
    heights = range(len(rows))
    values = [[dots[row] for dots in series.values()] for row in rows]
    axes.hlines(heights, list(map(min, values)), list(map(max, values)), color=_LINE, linewidth=1.5)
    for i, (name, dots) in enumerate(series.items()):
        shift = _DOT_GAP * (i - (len(series) - 1) / 2)
        look = _DOTS[i - len(series)]
        xs, ys = [dots[row] for row in rows], [y + shift for y in heights]
        axes.plot(xs, ys, linestyle="", label=name, **look)
    axes.set_yticks(heights, rows)
    axes.set_ylim(len(rows) - 0.25, -0.75)
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_axisbelow(True)
