"""A widget's state is declared once, as traits: what JavaScript gets, and what Python refuses."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.state_schema import Integer, Number, WidgetError, javascript, schema
from cs336_core.widgets import widget_classes


class Figure(CourseWidget):
    view = "figure"

    mask = traitlets.Enum(["none", "causal"], "causal").tag(sync=True, url=True)
    n = Integer(2, min=1, max=9000).tag(sync=True, url=True, unit="tokens")
    heat = Number(1.0, min=0.5).tag(sync=True)
    scaled = traitlets.Bool(True).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    own = traitlets.Int(7)

    @traitlets.validate("text")
    def _short(self, proposal: Any) -> str:
        text: str = proposal["value"]
        if len(text) > 3:
            raise ValueError(f"text has {len(text)} characters; it must have at most 3")
        return text


def test_the_schema_lists_the_traits_in_their_order() -> None:
    assert list(schema(Figure).items()) == [
        (
            "mask",
            {"type": "choice", "default": "causal", "choices": ["none", "causal"], "url": True},
        ),
        (
            "n",
            {"type": "integer", "default": 2, "min": 1, "max": 9000, "url": True, "unit": "tokens"},
        ),
        ("heat", {"type": "number", "default": 1.0, "min": 0.5}),
        ("scaled", {"type": "boolean", "default": True}),
        ("text", {"type": "string", "default": ""}),
        ("rows", {"type": "list"}),
        ("table", {"type": "object"}),
    ]


def test_node_reads_the_module(tmp_path: Path) -> None:
    module = tmp_path / "figure.mjs"
    module.write_text(javascript(Figure), "utf-8")
    code = (
        f"import {{ schema }} from {json.dumps(str(module))}; console.log(JSON.stringify(schema))"
    )
    command = ["node", "--input-type=module", "--eval", code]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed) == schema(Figure)
    assert '@property {"none" | "causal"} mask' in module.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("n", 0, "n is 0; it must be a whole number from 1 to 9,000"),
        ("n", 9001, "n is 9001; it must be a whole number from 1 to 9,000"),
        ("n", "many", "n is 'many'; it must be a whole number"),
        ("n", 2.0, "n is 2.0; it must be a whole number"),
        ("n", True, "n is True; it must be a whole number"),
        ("heat", 0.25, "heat is 0.25; it must be a number of 0.5 or more"),
        ("heat", math.nan, "heat is nan; it must be a number"),
        ("heat", math.inf, "heat is inf; it must be a number"),
        ("mask", "diagonal", "mask is 'diagonal'; it must be one of 'none', 'causal'"),
        ("scaled", "no", "scaled is 'no'; it must be True or False"),
        ("text", 7, "text is 7; it must be a string"),
        ("text", "long", "text has 4 characters; it must have at most 3"),
        ("rows", 7, "rows is 7; it must be a list"),
    ],
)
def test_a_wrong_value_is_the_same_kind_of_error(name: str, value: object, message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        Figure(**{name: value})
    if name == "rows":
        message = "rows is fixed"
    figure = Figure()
    before = getattr(figure, name)
    with pytest.raises(WidgetError, match=message):
        setattr(figure, name, value)
    assert getattr(figure, name) == before


def test_whole_numbers_of_any_library_are_taken() -> None:
    figure = Figure(n=np.int64(5), heat=3)
    assert (figure.n, type(figure.n), figure.heat, type(figure.heat)) == (5, int, 3.0, float)


def test_a_read_only_trait_is_set_once() -> None:
    assert Figure(rows=[1]).rows == [1]


def test_an_unknown_argument_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="Figure has no argument 'mass'; it has key, mask, n, heat"):
        Figure(mass=3)


@pytest.mark.parametrize("view", widget_classes())
def test_every_default_is_within_its_bounds(view: str) -> None:
    for name, trait in schema(widget_classes()[view]).items():
        default = trait.get("default")
        assert default in trait.get("choices", [default]), name
        if trait["type"] in ("integer", "number"):
            assert trait.get("min", default) <= default <= trait.get("max", default), name
