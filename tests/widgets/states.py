"""Reads the state of a widget from its HTML."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


def state_of(html: str) -> dict[str, Any]:
    """Return the JSON state in the script of a widget's HTML."""
    parser = ScriptParser()
    parser.feed(html)
    state: dict[str, Any] = json.loads(parser.text)
    return state


class ScriptParser(HTMLParser):
    """Collects the text of script elements."""

    inside, text = False, ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.text += data * self.inside
