"""Dot plots, with one row per key and one dot per series; and the width of figures."""

from __future__ import annotations

import matplotlib as mpl
import pytest

from cs336_core.notebook import figures

mpl.use("Agg")


def drawn(series: dict[str, dict[str, float]]) -> mpl.axes.Axes:
    from matplotlib.figure import Figure

    with figures.style():
        axes = Figure().subplots()
        figures.dot_plot(axes, series)
    return axes


def test_rows_are_in_the_order_of_the_first_series_from_the_top() -> None:
    axes = drawn({"one": {"b": 2, "a": 1}, "two": {"a": 4, "b": 3}})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a"]
    bottom, top = axes.get_ylim()
    assert bottom > top
    assert [list(line.get_xdata()) for line in axes.lines] == [[2, 1], [3, 4]]
    assert [line.get_label() for line in axes.lines] == ["one", "two"]


def test_series_differ_in_shape_and_the_last_has_the_accent() -> None:
    axes = drawn({name: {"a": 1} for name in ("one", "two", "three")})
    forms = {(line.get_marker(), line.get_markerfacecolor()) for line in axes.lines}
    assert len(forms) == 3
    assert axes.lines[-1].get_color() == drawn({"one": {"a": 1}}).lines[0].get_color()


def test_equal_values_do_not_hide_each_other() -> None:
    axes = drawn({name: {"a": 1, "b": 1} for name in ("one", "two", "three")})
    dots = [point for line in axes.lines for point in line.get_xydata().tolist()]
    assert len({tuple(point) for point in dots}) == 6
    assert all(abs(y - round(y)) < 0.3 for _, y in dots)


@pytest.mark.parametrize("count", [0, 4])
def test_the_number_of_series_is_limited(count: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 3 series; this one has {count}"):
        drawn({str(number): {"a": 1} for number in range(count)})


@pytest.mark.parametrize(("inches", "rem"), [(7.0, "44.0"), (3.5, "22.0")])
def test_a_narrow_figure_is_not_stretched(inches: float, rem: str) -> None:
    from matplotlib.figure import Figure

    shown = figures.inline(Figure(figsize=(inches, 2)), "Nothing")
    assert shown._repr_html_().startswith(
        f'<figure class="cs336-plot" style="max-width: {rem}rem">'
    )
