"""Typesets mathematics at build time, so that a page needs no script for it.

One Node process runs KaTeX for the whole build. A formula that KaTeX rejects is a warning, which
the strict build turns into an error.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)
KATEX = Path(__file__).with_name("katex.cjs")

# Punctuation next to a formula, from which no line break may separate it.
OPENING = re.compile(r"[(\[“‘]+$")
CLOSING = re.compile(r"[-–\w)\]”’]*[.,;:!?)\]”’]+|[-–]\w+|\w+")
# The most characters of TeX in a sentence that stay on one line; a longer formula may break.
SHORT = 20


@lru_cache(1)
def _node() -> subprocess.Popen[str]:
    program = shutil.which("node")
    if program is None:
        raise RuntimeError("Node is not on the PATH; `make site` puts it there")
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [program, str(KATEX)], stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
    )


@lru_cache(None)
def _render(tex: str, display: bool) -> dict[str, str]:
    node = _node()
    if node.stdin is None or node.stdout is None:
        raise RuntimeError("the KaTeX process has no pipes")
    node.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    node.stdin.flush()
    answer = node.stdout.readline()
    if not answer:
        raise RuntimeError(f"KaTeX's process ended with status {node.wait()}")
    return cast("dict[str, str]", json.loads(answer))


def typeset(tex: str, display: bool, node: nodes.Element) -> str:
    """Return TeX as HTML with MathML inside; warn about invalid TeX and return it as code."""
    answer = _render(tex, display)
    if "error" in answer:
        log.warning("%s", answer["error"], location=node, type="katex")
        return f"<code>{escape(tex)}</code>"
    return answer["html"]


def visit_inline(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula in a sentence, a short one without line breaks."""
    tex = node.astext()
    html = typeset(tex, False, node)
    short = " short" if len(tex) <= SHORT else ""
    self.body.append(f'<span class="math notranslate nohighlight{short}">{html}</span>')
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a displayed equation, with its number if it has one."""
    tex = node.astext()
    if not node.get("nowrap") and "\\\\" in tex and "\\begin" not in tex:
        kind = "aligned" if "&" in tex else "gathered"
        tex = f"\\begin{{{kind}}}{tex}\\end{{{kind}}}"
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(typeset(tex, True, node) + "</div>\n")
    raise nodes.SkipNode


def bind(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Forbid line breaks between a formula in a sentence and the punctuation next to it."""
    for formula in list(doctree.findall(nodes.math)):
        parent = formula.parent
        at = parent.index(formula)
        bound = nodes.inline("", classes=["bound"])
        before, after = parent.children[at - 1 : at], parent.children[at + 1 : at + 2]
        opening = (
            OPENING.search(before[0]) if before and isinstance(before[0], nodes.Text) else None
        )
        closing = CLOSING.match(after[0]) if after and isinstance(after[0], nodes.Text) else None
        if not opening and not closing:
            continue
        parent.replace(formula, bound)
        if opening:
            bound += nodes.Text(opening[0])
            parent.replace(before[0], nodes.Text(before[0][: opening.start()]))
        bound += formula
        if closing:
            bound += nodes.Text(closing[0])
            parent.replace(after[0], nodes.Text(after[0][closing.end() :]))


def add_style(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Load KaTeX's style on pages that contain mathematics."""
    if 'class="katex' in (context.get("body") or ""):
        app.add_css_file("maths.css")


def end(app: Sphinx, error: Exception | None) -> None:
    """End the Node process, if one was started."""
    if _node.cache_info().currsize:
        _node().communicate()  # closes the pipes
        _node.cache_clear()
        _render.cache_clear()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_math_renderer(
        "katex", inline_renderers=(visit_inline, None), block_renderers=(visit_block, None)
    )
    app.connect("doctree-resolved", bind)
    app.connect("html-page-context", add_style, priority=900)
    app.connect("build-finished", end)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
