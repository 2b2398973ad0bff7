"""The base of every widget: one view, live in a notebook and static on a page.

A widget is a class with synced traits and a view in JavaScript. In JupyterLab, anywidget mounts the
view and keeps the traits on both sides in sync. The built site has no Python: the widget's HTML
carries its state, and the page's host mounts the same view. Without JavaScript, the reader sees
what `fallback_html` returns.
"""

from __future__ import annotations

import html
import json
from typing import Any, ClassVar, Self

import anywidget

from cs336_core._shared import built
from cs336_core.ui.state_schema import WidgetError, refusals, schema

_NOT_BUILT = """
export default { render({ el }) {
  el.textContent = "The view %s is not built yet: run `make site` or `make lab` once.";
} };
"""


class CourseWidget(anywidget.AnyWidget):
    """A widget of the course.

    A widget is a folder: its class is in `widget.py` and its view in `view.jsx`, with an optional
    `style.css`. The class declares synced traits, which are also the keyword arguments of its
    constructor. It returns a static figure from `fallback_html`, and from `example` an instance for
    tests and benchmarks.

    Attributes:
        view: the name of the view: its folder's, unless the class sets another.
        key: the widget's name on its page: its id, at which a copied link opens, and the prefix of
            its settings in the page's URL. The page numbers widgets that have the same key.

    Raises:
        WidgetError: for a value that a trait does not take, whenever it is set.
        TypeError: for an argument that is not a trait.

    """

    view: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # anywidget subclasses the class of each instance once more, which inherits all of this.
        if not hasattr(cls, "view"):
            cls.view = cls.__module__.rpartition(".")[0].rpartition(".")[2]
        if "view" in cls.__dict__:
            script, style = (built.STATIC / f"{cls.view}{suffix}" for suffix in (".js", ".css"))
            cls._esm = script if script.is_file() else _NOT_BUILT % cls.view
            cls._css = style if style.is_file() else ""
        super().__init_subclass__(**kwargs)

    def __init__(self, *, key: str | None = None, **state: Any) -> None:
        """Set traits by their names; a read-only one can be set here and never again."""
        traits = self.traits()
        if unknown := state.keys() - traits.keys():
            names = ", ".join(["key", *schema(type(self))])
            raise TypeError(
                f"{type(self).__name__} has no argument {min(unknown)!r}; it has {names}"
            )
        for name in [name for name in state if traits[name].read_only]:
            value = state.pop(name)
            with refusals(self, name, value):
                self.set_trait(name, value)
        with refusals():
            super().__init__(**state)
        self.key = key or self.view.replace("_", "-")

    def __setattr__(self, name: str, value: Any) -> None:
        """Set an attribute; raise `WidgetError` for a value that its trait does not take."""
        if getattr(getattr(type(self), name, None), "read_only", False):
            raise WidgetError(f"{name} is fixed; create another widget to change it")
        with refusals(self, name, value):
            super().__setattr__(name, value)

    @classmethod
    def example(cls) -> Self:
        """Return the widget in the heaviest state that a page would show."""
        raise NotImplementedError

    def fallback_html(self) -> str:
        """Return the figure for a reader without JavaScript, for example as a table."""
        raise NotImplementedError

    @property
    def form(self) -> str:
        """The variant of the figure that its style sheet distinguishes; "" if there is only one."""
        return ""

    def static_state(self) -> dict[str, Any]:
        """Return the synced traits that the view reads, without those that need a kernel."""
        return {
            name: getattr(self, name)
            for name, entry in sorted(schema(type(self)).items())
            if not entry.get("live")
        }

    def static_html(self) -> str:
        """Return the widget for a static page: its state, its fallback, the name of its view."""
        state = json.dumps(
            self.static_state(), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).replace("<", "\\u003c")
        form = f'data-form="{html.escape(self.form)}" ' if self.form else ""
        return (
            f'<div class="cs336-widget" data-widget="{html.escape(self.view)}" '
            f'data-key="{html.escape(self.key)}" {form}id="{html.escape(self.key)}">'
            f'<script type="application/json">{state}</script>'
            f'<div class="cs336-fallback">{self.fallback_html()}</div></div>'
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.static_html()}, metadata
