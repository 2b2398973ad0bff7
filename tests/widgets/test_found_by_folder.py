"""Widgets are found by their folders, and each has an example."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cs336_core import widgets
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.widgets import TraceViewer, widget_classes
from tests.widgets.states import state_of

FOLDER = Path(widgets.__file__).parent


def test_every_folder_with_a_view_is_a_widget() -> None:
    folders = {view.parent.name for view in FOLDER.glob("*/view.jsx")}
    classes = widget_classes()
    assert set(classes) == folders | {"trace_viewer"}
    assert all(cls.view == view for view, cls in classes.items())
    assert classes["trace_viewer"] is TraceViewer


def test_widgets_are_attributes_of_the_package() -> None:
    names = [cls.__name__ for cls in widget_classes().values()]
    assert sorted(widgets.__all__) == sorted(names)
    assert set(names) < set(dir(widgets))
    for name in names:
        assert getattr(widgets, name).__name__ == name
    imported: dict[str, object] = {}
    exec("from cs336_core.widgets import *", imported)
    assert set(names) <= set(imported)


@pytest.mark.parametrize("name", ["Nothing", "ROOFLINE", "CourseWidgets", "points"])
def test_an_unknown_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'"):
        getattr(widgets, name)


def test_a_widget_is_imported_when_it_is_used() -> None:
    code = (
        "import sys, cs336_core.widgets as widgets; widgets.Roofline;"
        "assert 'cs336_core.widgets.roofline.widget' in sys.modules;"
        "assert 'cs336_core.widgets.playground.widget' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_subclass_of_a_widget_has_the_same_view() -> None:
    class Wider(widgets.RotaryDial):
        pass

    assert Wider.view == "rotary_dial"
    assert Wider().static_state() == widgets.RotaryDial().static_state()


@pytest.mark.parametrize("view", widget_classes())
def test_every_widget_has_an_example(view: str) -> None:
    example = widget_classes()[view].example()
    assert isinstance(example, CourseWidget)
    html = example.static_html()
    assert f'data-widget="{view}"' in html
    assert state_of(html).keys() == example.static_state().keys()
