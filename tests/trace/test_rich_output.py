"""A trace shows of a value what a notebook shows."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

mpl.use("agg")  # before pyplot

import matplotlib.pyplot as plt

from cs336_core.notebook import figures
from cs336_core.trace.lectures.rich_output import display
from cs336_core.trace.record import renderings
from cs336_core.trace.references import Reference
from cs336_core.widgets import BPETimeMachine


class Offers:
    """Something that looks like what its methods say."""

    def __init__(self, **looks: object) -> None:
        for name, look in looks.items():
            setattr(type(self), f"_repr_{name}_", lambda self, look=look, **_: look)


def shown(value: object) -> list[object]:
    renderings.take()
    display(value)
    return [(rendering.type, rendering.data) for rendering in renderings.take()]


def offering(**looks: object) -> object:
    return type("Thing", (Offers,), {})(**looks)


def picture(value: object, kind: str) -> tuple[str, bytes]:
    """The name and the bytes of the picture that is shown."""
    renderings.take()
    display(value)
    (found,) = renderings.take()
    assert found.type == "image"
    assert found.external_link is not None
    address, _, data = str(found.data).partition(",")
    assert address == f"data:image/{kind};base64"
    return str(found.external_link.title), base64.b64decode(data, validate=True)


def test_none_shows_nothing() -> None:
    assert shown(None) == []


def test_plain_values_are_shown_line_by_line_as_they_are() -> None:
    assert shown([1, "a"]) == [("markdown", "[1, 'a']")]
    display("x")
    assert renderings.take()[0].style["whiteSpace"] == "pre"
    two = type("Two", (), {"__repr__": lambda self: "a\n  b"})()
    assert shown(two) == [("markdown", "a"), ("markdown", "  b")]
    assert shown(object()) == [("markdown", "<object object>")]
    assert shown(Offers) == [("markdown", repr(Offers))]


def test_long_values_are_cut() -> None:
    ((_, text), (_, end)) = shown("a" * 100_000)
    assert (len(str(text)), end) == (10_000, "...")
    lines = type("Lines", (), {"__repr__": lambda self: "a\n" * 1000})()
    assert len(shown(lines)) == 201


def test_markdown_is_shown_as_markdown() -> None:
    assert shown(offering(markdown="**a**", html="<b>a</b>")) == [("markdown", "**a**")]
    assert shown(offering(markdown=("**a**", {}))) == [("markdown", "**a**")]
    bundle = {"text/markdown": "*a*", "text/plain": "a"}
    assert shown(offering(mimebundle=(bundle, {}))) == [("markdown", "*a*")]
    assert shown(offering(mimebundle=None, markdown="*b*")) == [("markdown", "*b*")]


def test_of_a_widget_the_view_and_the_state_are_recorded() -> None:
    widget = BPETimeMachine('a <b> "c"', 1, key="pairs")
    ((kind, data),) = shown(widget)
    assert kind == "widget"
    assert data == {"view": "bpe_time_machine", "key": "pairs", "state": widget.static_state()}
    display(widget, "lectures/03_bpe.html#line-14")
    (rendering,) = renderings.take()
    assert rendering.external_link == Reference(url="lectures/03_bpe.html#line-14")


def test_a_figure_is_an_image_with_its_alternative_text() -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plt.close(figure)
    inline = figures.inline(figure, alt='a [curve] & "more"')
    display(inline)
    assert renderings.take()[0].style == {"maxWidth": "40.2rem"}
    name, svg = picture(inline, "svg+xml")
    assert name == 'a [curve] & "more"'
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "background:#fff" in root.attrib["style"]
    name, svg = picture(figure, "svg+xml")
    assert name == "Figure"
    assert ET.fromstring(svg).tag.endswith("svg")


def test_pictures_are_images() -> None:
    name, svg = picture(offering(svg="<svg><title>a\nb</title></svg>"), "svg+xml")
    assert name == "a b"
    assert ET.fromstring(svg)[0].text == "a\nb"
    for png in (b"PNG", (b"PNG", {"width": 3}), base64.encodebytes(b"PNG").decode()):
        assert picture(offering(png=png), "png") == ("Thing", b"PNG")


def test_exceptions_of_a_representation_propagate() -> None:
    class Raises:
        def _repr_markdown_(self) -> str:
            raise LookupError

    with pytest.raises(LookupError):
        display(Raises())
