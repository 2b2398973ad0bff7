"""Links from the text to a figure that set it: {figure}`stop at merge 3 <hat.step=3>`.

The settings are those of a copied link, so the link works in any browser; on a page whose figures
are ready, they are set without loading it again (`cs336_core/ui/host.js`).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx

ROLE = re.compile(r"(?P<text>.+?)\s*<(?P<settings>(?P<key>[\w-]+)\.[^<>]+)>$", re.DOTALL)


def address(settings: str, key: str) -> str:
    """Return the address of a figure with settings, within its page.

    >>> address("hat.step=3&hat.new_text=a hat", "hat")
    '?hat.step=3&hat.new_text=a%20hat#hat'
    """
    return f"?{quote(settings, safe='=&.-_')}#{key}"


def figure_role(  # noqa: PLR0917  (the arguments of docutils)
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Return a link to a figure of the page."""
    found = ROLE.match(text)
    if found is None:
        message = f"{text!r} names no figure: write {{figure}}`text <key.setting=value>`"
        return [], [inliner.reporter.error(message, line=lineno)]
    target = address(re.sub(r"\s*\n\s*", " ", found["settings"]), found["key"])
    link = nodes.reference("", found["text"], refuri=target, internal=True)
    link["classes"].append("figure-link")
    return [link], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_role("figure", figure_role)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
