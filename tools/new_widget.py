"""Writes a new widget that works, as a start for your own: make new-widget NAME=my_widget."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path

from tools.shell.errors import UserError
from tools.shell.paths import ROOT

TEMPLATE = Path(__file__).with_name("widget_template")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST_NAME = 30

# Where each file of the template goes; the others go into the widget's folder.
TESTS = {
    "test_widget.py": "tests/widgets/test_{}.py",
    "widget.test.js": "tests/js/{}.test.js",
}


def main() -> int:
    """Write the widget that the variable NAME names, and print its files."""
    name = os.environ.get("NAME", "")
    files = new_widget(name)
    for file in files:
        print(file.relative_to(ROOT))
    print(
        f"To see it, put this into a cell of a lecture and run `make serve`:\n\n"
        f"    from cs336_core.widgets import {class_name(name)}\n\n"
        f"    {class_name(name)}()"
    )
    return 0


def new_widget(name: str, root: Path = ROOT) -> list[Path]:
    """Write a widget's folder and its tests below `root`; return the files.

    Raises `UserError` for a name that is not a name, or is taken.
    """
    if not name:
        raise UserError("The widget needs a name: make new-widget NAME=my_widget")
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        raise UserError(
            f"{name!r} cannot name a widget: use at most {LONGEST_NAME} lower-case letters, digits "
            "and underscores, as in NAME=my_widget"
        )
    texts = {_target(path.stem, name, root): path for path in sorted(TEMPLATE.glob("*.txt"))}
    folder = root / "cs336_core" / "widgets" / name
    taken = [path for path in (folder, *texts) if path.exists()]
    if taken or name == "trace_viewer":
        where = taken[0].relative_to(root) if taken else "cs336_core/viewer"
        raise UserError(f"The name {name!r} is taken by {where}: choose another one.")
    for target, path in texts.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_named(path.read_text("utf-8"), name), "utf-8")
    return list(texts)


def _target(file: str, name: str, root: Path) -> Path:
    """Return where a file of the template goes."""
    return root / TESTS.get(file, f"cs336_core/widgets/{{}}/{file}").format(name)


def class_name(name: str) -> str:
    """Return the class of a widget.

    >>> class_name("my_widget")
    'MyWidget'
    """
    return "".join(part.capitalize() for part in name.split("_"))


def _named(text: str, name: str) -> str:
    """Return a text of the template with the widget's name in place of the template's."""
    names = {
        "new_widget": name,
        "NewWidget": class_name(name),
        "new-widget": name.replace("_", "-"),
    }
    for old, new in names.items():
        text = text.replace(old, new)
    return text
