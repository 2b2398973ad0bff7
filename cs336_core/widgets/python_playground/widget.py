"""A Python program that the reader edits, runs and steps through in the page."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import WidgetError

EXAMPLES = {
    "bpe_merges": "BPE merges",
    "encode": "Encode a text",
    "count_flops": "Count FLOPs",
    "attention": "Attention",
    "gpt": "A whole GPT",
    "recursion": "Recursion",
    "generators": "Generators",
    "exceptions": "Exceptions",
}
LONGEST_CODE = 100_000  # characters; browser/python/limits.js has the same
_FOLDER = Path(__file__).with_name("examples")


class PythonPlayground(CourseWidget):
    """An editor for a Python program, which runs in the page: no server and no kernel is involved.

    Args:
        code: the program shown at first, the first example unless given. Typing does not change it.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a program of more than 100,000 characters.

    """

    code = traitlets.Unicode().tag(sync=True)
    examples: traitlets.Dict[str, str] = traitlets.Dict(read_only=True).tag(sync=True)
    program = traitlets.Unicode().tag(sync=True, url=True)  # the reader's program, compressed

    def __init__(self, code: str | None = None, key: str | None = None) -> None:
        examples = {name: example_code(name) for name in EXAMPLES}
        first = next(iter(examples.values()))
        super().__init__(key=key, code=first if code is None else code, examples=examples)

    @traitlets.validate("code")
    def _check_code(self, proposal: Any) -> str:
        code: str = proposal["value"]
        if len(code) > LONGEST_CODE:
            raise WidgetError(
                f"the playground takes a program of up to {LONGEST_CODE:,} characters; this "
                f"program has {len(code):,}"
            )
        return code

    @classmethod
    def example(cls) -> Self:
        """Return a long program."""
        return cls("\n".join(f"x{i} = {i}" for i in range(1000)))

    def fallback_html(self) -> str:
        """Return the examples as a table, and where else they can run."""
        return table_html(
            "Without JavaScript, this page cannot run Python. In a copy of the project, "
            "<code>make lab</code> opens JupyterLab, which runs these programs too.",
            ("Example", "Program"),
            (
                f'<tr><th scope="row">{title}</th>'
                f"<td><pre>{html.escape(example_code(name))}</pre></td></tr>"
                for name, title in EXAMPLES.items()
            ),
        )


def example_code(name: str) -> str:
    """Return an example's program.

    >>> example_code("recursion").splitlines()[0]
    '# Recursion: the calls pile up, then return one by one.'
    """
    return (_FOLDER / f"{name}.py.txt").read_text("utf-8")
