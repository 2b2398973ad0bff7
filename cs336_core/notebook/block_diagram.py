"""A decoder-only Transformer as a picture: the residual stream, and the branches that add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from cs336_core.notebook import figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPINE, _BRANCH = 2.0, 6.6  # where the stream and the branches are drawn
_SURFACE = figures.LABEL_BOX["facecolor"]
_INK, _QUIET = figures.STYLE["text.color"], figures.STYLE["xtick.color"]
_ALT = (
    "A Transformer, from the bottom up. T token ids become a stream of T rows of d numbers, by the "
    "embedding. In each of L blocks, two branches read the stream through a norm and add their "
    "output to it: attention, with h heads whose queries, keys and values are T by d/h, and an "
    "MLP, which widens the rows and narrows them again. A last norm and the LM head turn the "
    "stream into logits, T rows of V numbers."
)


def block_diagram() -> figures.InlineFigure:
    """Draw the stream upward, with the branches of one block beside it and a shape at each step."""
    with figures.style():
        figure, axes = plt.subplots(figsize=(3.9, 5.2))
        axes.set(xlim=(0.1, 9.9), ylim=(0.2, 13.6))
        axes.axis("off")
        _box(axes, 5.0, 6.85, "", width=9.6, height=7.7, color=_QUIET, linestyle="--")
        axes.text(9.5, 10.3, "L blocks", ha="right", va="center", color=_QUIET, fontsize=11)
        _arrow(axes, (_SPINE, 0.6), (_SPINE, 13.4), linewidth=3)
        _branch(axes, 3.35, "attention, h heads", "Q, K, V: T × d/h", figures.ATTENTION)
        _branch(axes, 7.0, "MLP", "T × d → wider → T × d", figures.MLP)
        for height, name in [(1.5, "embedding"), (11.3, "norm"), (12.3, "LM head")]:
            _box(axes, _SPINE, height, name)
        for height, shape in [(0.55, "token ids: T"), (2.4, "stream: T × d")]:
            axes.text(_SPINE + 0.4, height, shape, va="center", fontsize=11)
        axes.text(_SPINE + 0.4, 13.2, "logits: T × V", va="center", fontsize=11)
        plt.close(figure)
    return figures.inline(figure, alt=_ALT)


def _branch(axes: Axes, bottom: float, name: str, shapes: str, color: str) -> None:
    """Draw one branch: from the stream through a norm and a layer, and back to the sum."""
    norm, layer, top = bottom + 0.35, bottom + 1.8, bottom + 3.0
    _arrow(axes, (_SPINE, norm), (_BRANCH - 1.2, norm))
    _arrow(axes, (_BRANCH, norm), (_BRANCH, layer - 0.6))
    axes.plot([_BRANCH, _BRANCH], [layer, top], color=_INK, linewidth=1.5, linestyle="-")
    _arrow(axes, (_BRANCH, top), (_SPINE + 0.35, top))
    _box(axes, _BRANCH, norm, "norm", width=2.4)
    _box(axes, _BRANCH, layer, f"{name}\n{shapes}", width=5.8, height=1.4, color=color)
    axes.plot(_SPINE, top, "o", markersize=17, markerfacecolor=_SURFACE, color=_INK)
    axes.text(_SPINE, top - 0.02, "+", ha="center", va="center", fontsize=14)


def _box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    width: float = 3.0,
    height: float = 0.7,
    color: str = _INK,
    **look: Any,
) -> None:
    """Draw a box around its text; one without text is a frame, behind everything else."""
    face = "none" if not text else _SURFACE
    corner = (x - width / 2, y - height / 2)
    look = {"linewidth": 1.5, "zorder": 2 if text else 0, **look}
    axes.add_patch(Rectangle(corner, width, height, facecolor=face, edgecolor=color, **look))
    axes.text(x, y, text, ha="center", va="center", fontsize=11, linespacing=1.35, zorder=3)


def _arrow(
    axes: Axes, tail: tuple[float, float], tip: tuple[float, float], linewidth: float = 1.5
) -> None:
    look = {"arrowstyle": "-|>", "color": _INK, "linewidth": linewidth, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", tip, tail, arrowprops=look, zorder=1)
