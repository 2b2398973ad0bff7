"""A link from the text to a figure names a figure of its page, and settings that it takes."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from book.builder import publish_traces, runs
from cs336_core.ui.state_schema import schema
from cs336_core.widgets import widget_classes
from tests.widgets.states import state_of
from tools.shell.paths import ROOT

LECTURES = sorted(ROOT.glob(publish_traces.LECTURES))
LINK = re.compile(r"\{figure\}`[^`<]+<([\w-]+)\.([^`<>]+)>`", re.DOTALL)
FIGURE = re.compile(
    r'<div class="cs336-widget" data-widget="(\w+)" data-key="([\w-]+)".*', re.DOTALL
)


def figures(text: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the figures of a lecture that has run, by key: the view, and the state."""
    run = runs.load(text)
    assert run is not None
    shown = [
        output["data"]["text/html"]
        for outputs in run.outputs
        for output in outputs
        if "text/html" in output.get("data", {})
    ]
    found = [FIGURE.search("".join(page)) for page in shown]
    return {match[2]: (match[1], state_of(match[0])) for match in found if match}


def read(value: str, kind: str) -> object:
    """Return a setting in an address as a value of its type."""
    return value if kind in ("string", "choice") else json.loads(value)


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_links_set_figures_that_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    known = figures(text)
    prose = "\n".join(line.removeprefix("# ") for line in text.splitlines())
    for key, settings in LINK.findall(prose):
        view, state = known[key]
        traits = schema(widget_classes()[view])
        query = f"{key}.{' '.join(html.unescape(settings).split())}"
        for name, value in parse_qsl(query, keep_blank_values=True, strict_parsing=True):
            prefix, _, trait = name.partition(".")
            assert prefix == key, f"{path.name}: {settings}"
            assert traits[trait]["url"]
            setting = read(value, traits[trait]["type"])
            if traits[trait]["type"] == "choice":
                assert setting in traits[trait]["choices"]
            assert type(setting) is type(state[trait]) or {type(setting), type(state[trait])} == {
                int,
                float,
            }
