"""The state of a widget, as a page holds it."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


def state_of(html: str) -> dict[str, Any]:
    """Return what the script in a widget's HTML holds."""
    parser = Script()
    parser.feed(html)
    state: dict[str, Any] = json.loads(parser.text)
    return state


class Script(HTMLParser):
    inside, text = False, ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data * self.inside
