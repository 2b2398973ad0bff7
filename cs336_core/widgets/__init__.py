"""Interactive figures: live in a notebook, static on the site. Needs anywidget.

Each folder beside this module is a widget, whose class is in the folder's `widget.py`:

    from cs336_core.widgets import Roofline
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from cs336_core.ui.course_widget import CourseWidget


def widget_classes() -> dict[str, type[CourseWidget]]:
    """Return the class of every widget by the name of its view: the trace viewer's, too.

    >>> widget_classes()["rotary_dial"].__name__
    'RotaryDial'
    """
    return {view: _widget_class(module) for view, module in _modules().items()}


def _modules() -> dict[str, str]:
    """Return the module of every widget's class by the name of its view."""
    files = sorted(Path(__file__).parent.glob("*/widget.py"))
    found = {file.parent.name: f"{__name__}.{file.parent.name}.widget" for file in files}
    return found | {"trace_viewer": "cs336_core.viewer.widget"}


def _widget_class(module: str) -> type[CourseWidget]:
    """Return the widget that a module defines."""
    return next(
        value
        for value in vars(import_module(module)).values()
        if isinstance(value, type)
        and issubclass(value, CourseWidget)
        and value.__module__ == module
    )


def __getattr__(name: str) -> Any:
    """Import a widget when it is first used: `RotaryDial` is in the folder `rotary_dial`."""
    if name == "__all__":
        return sorted(cls.__name__ for cls in widget_classes().values())
    for view, module in _modules().items():
        if view.replace("_", "") == name.lower():
            found = _widget_class(module)
            if found.__name__ == name:
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=None)


def __dir__() -> list[str]:
    return sorted([*globals(), *__getattr__("__all__")])
