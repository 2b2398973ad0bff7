"""Matplotlib figures as the pages hold them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from cs336_core.notebook import figures

mpl.use("Agg")


def drawn(alt: str) -> str:
    from matplotlib.figure import Figure

    with figures.style():
        figure = Figure()
        axes = figure.subplots()
        axes.plot([1, 2, 3], label="a < b")
        axes.legend()
    return figures.inline(figure, alt).svg


def test_the_figure_is_well_formed_and_has_its_text() -> None:
    svg = drawn('A line that "rises" & ends')
    root = ET.fromstring(svg)
    assert root.get("aria-label") == 'A line that "rises" & ends'
    assert root.get("width") is None
    assert "a < b" in {element.text for element in root.iter() if element.tag.endswith("text")}


def test_the_figure_follows_the_page() -> None:
    svg = drawn("A line")
    assert "var(--cs336-accent" in svg
    assert "var(--cs336-quiet" in svg
    assert "DejaVu" not in svg
    for color in figures.PAGE_COLORS:
        assert f"{color};" not in svg


def test_no_line_runs_through_a_legend() -> None:
    legend = drawn("A line").split('id="legend_1"')[1].split("</g>")[0]
    assert "fill: var(--cs336-surface" in legend


def test_the_same_figure_is_the_same_text() -> None:
    assert drawn("A line") == drawn("A line")


def test_two_figures_share_no_ids() -> None:
    one, two = (
        {e.get("id") for e in ET.fromstring(drawn(alt)).iter() if e.tag.endswith("clipPath")}
        for alt in ("one", "two")
    )
    assert one
    assert not one & two


def test_alternative_text_is_required() -> None:
    with pytest.raises(ValueError, match="alternative text"):
        drawn(" ")
