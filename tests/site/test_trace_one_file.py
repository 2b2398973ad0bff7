"""A trace and the viewer in one HTML file, opened from disk without a network."""

from __future__ import annotations

import base64
import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cs336_core.trace.commands.cli import main
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PROGRAM = """\
from cs336_core.trace import graph, image, link, make_graph, plot, text

def main():
    text("A formula: $a^2 + b^2$, </script><script>globalThis.harmed = 1</script><!--")
    image("dot.png", width=40)
    link("https://arxiv.org/abs/1706.03762")
    plot({"mark": "bar", "data": {"values": [{"a": "x", "b": 3}]},
          "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}}})
    nodes = [{"id": name} for name in ("query", "key", "scores", "weights")]
    edges = [{"source": "query", "target": "scores"}, {"source": "key", "target": "scores"},
             {"source": "scores", "target": "weights", "label": "softmax"}]
    graph(make_graph(nodes, edges, layout="breadthfirst"))
    x = "</script>"  # @inspect x
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with the trace of a program, alone in a folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    Path("dot.png").write_bytes(PNG)
    Path("program.py").write_text(PROGRAM, "utf-8")
    alone = tmp_path / "alone"
    alone.mkdir()
    assert main(["run", "program.py", "--self-contained", "-o", "alone/my trace.html"]) == 0
    return alone / "my trace.html"


def test_one_file_has_all_that_a_trace_shows(page: Path, open_page: OpenPage) -> None:
    shown, watch = open_page(page.as_uri(), offline=True)
    expect(shown.get_by_role("heading", name="program", exact=True)).to_be_visible()
    assert shown.title() == "program, step by step"
    source = shown.get_by_role("region", name=re.compile("Source of"))
    expect(source.locator(".katex").first).to_be_visible()
    expect(source.locator("a", has_text="[arXiv:1706.03762]")).to_be_visible()
    picture = source.get_by_role("img", name="dot.png")
    expect(picture).to_be_visible()
    assert picture.evaluate("e => e.naturalWidth") == 1
    expect(source.locator(".cs336-plot-drawn svg")).to_be_visible()
    name = "Graph of query, key, scores, weights. Edges: query to scores; key to scores; "
    expect(source.get_by_role("img", name=name)).to_be_visible()
    shown.keyboard.press("End")
    expect(shown.get_by_role("region", name="Variables and output")).to_contain_text("</script>")
    assert shown.evaluate("globalThis.harmed") is None
    assert shown.get_by_role("link", name="Language modeling from scratch").count() == 0
    assert shown.get_by_role("button", name="Open…").count() == 0
    assert watch.console == []
    assert watch.foreign("file://") == []
    assert [url for url in watch.requests if url.startswith("file://")] == [page.as_uri()]
    assert violations_in_both_themes(shown) == []


def test_a_graph_fits_into_a_narrow_page(page: Path, open_page: OpenPage) -> None:
    shown, _ = open_page(page.as_uri(), width=360)
    graph = shown.locator(".cs336-graph")
    expect(graph).to_be_visible()
    assert graph.evaluate("e => e.getBoundingClientRect().right") <= 360
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360
