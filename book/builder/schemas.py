"""Writes the schema of every widget's state for JavaScript: python -m book.builder.schemas.

Every widget gets a module `_build/schema/NAME.js`, which its view imports as `#schema/NAME`.
"""

from __future__ import annotations

from cs336_core.ui.state_schema import javascript
from cs336_core.widgets import widget_classes
from tools.shell.paths import BUILD

SCHEMAS = BUILD / "schema"


def write_schemas() -> None:
    """Write the schemas that changed, and remove those of widgets that no longer exist."""
    modules = {SCHEMAS / f"{view}.js": javascript(cls) for view, cls in widget_classes().items()}
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    for path in set(SCHEMAS.iterdir()) - modules.keys():
        path.unlink()
    for path, text in modules.items():
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


if __name__ == "__main__":
    write_schemas()
