"""The viewer's widget: state, limits, and the fallback for a page without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import traitlets

from cs336_core._shared import built
from cs336_core.trace import Trace, dumps, loads, plot, save, text, trace
from cs336_core.trace.model import CallStack, Frame, Step
from cs336_core.trace.record.directives import NAMES
from cs336_core.viewer import widget
from cs336_core.viewer.widget import MAX_STEPS, truncate_trace
from cs336_core.widgets import TraceViewer


def program() -> None:
    text("**Bold** <b>")
    n = 2  # @inspect n
    words = ["<script>", n]  # @inspect words @clear n
    print("written", words)


def formula() -> None:
    text("$x^2$")


def figure() -> None:
    plot({"mark": "bar"})


def fails() -> None:
    _ = 1 / 0


def long(steps: int) -> Trace:
    stack = CallStack(None, Frame("a.py", 1, "main"))
    return Trace({"a.py": "x = 1\n"}, {"a.py": []}, [Step(stack) for _ in range(steps)])


def test_the_state_of_the_view() -> None:
    recorded = trace(program)
    widget = TraceViewer(recorded, step=2)
    assert widget.static_state() == {"trace": dumps(recorded), "step": 2}
    assert loads(widget.trace) == recorded
    assert widget.libraries == {}


@pytest.mark.parametrize("form", ["cs336", "edtrace"])
def test_a_file_of_any_format_is_shown_as_ours(tmp_path: Path, form: str) -> None:
    recorded = trace(program)
    save(recorded, tmp_path / "a.json", form)  # type: ignore[arg-type]
    assert TraceViewer(tmp_path / "a.json").trace == dumps(recorded)
    assert TraceViewer(str(tmp_path / "a.json")).trace == dumps(recorded)


def test_a_step_out_of_range_is_clamped() -> None:
    widget = TraceViewer(trace(program), step=99)
    assert widget.step == 4
    widget.step = -5
    assert widget.step == 0
    assert TraceViewer(Trace(), step=3).step == 0


def test_the_trace_cannot_be_changed() -> None:
    widget = TraceViewer(trace(program))
    for name in ("trace", "libraries"):
        with pytest.raises(traitlets.TraitError):
            setattr(widget, name, "")


def test_libraries_are_included_only_where_they_are_needed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(built, "STATIC", tmp_path)
    assert TraceViewer(trace(formula)).libraries == {}  # nothing is built
    (tmp_path / "libraries").mkdir()
    for name in ("maths", "plots"):
        (tmp_path / "libraries" / f"{name}.js").write_text(f"// {name}", "utf-8")
    assert TraceViewer(trace(program)).libraries == {}
    assert TraceViewer(trace(formula)).libraries == {"maths": "// maths"}
    widget = TraceViewer(trace(figure))
    assert widget.libraries == {"plots": "// plots"}
    assert widget.static_state().keys() == {"trace", "step"}


def test_a_trace_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    message = r"at most 20,000 steps and 5 MB.*has 20,001 steps.*python -m cs336_core\.trace view"
    with pytest.raises(ValueError, match=message):
        TraceViewer(long(MAX_STEPS + 1))
    assert len(truncate_trace(long(MAX_STEPS + 1))) == MAX_STEPS
    assert truncate_trace(long(3)) == long(3)
    recorded = long(100)
    monkeypatch.setattr(widget, "MAX_BYTES", 400)
    with pytest.raises(ValueError, match="has 100 steps"):
        TraceViewer(recorded)
    part = truncate_trace(recorded)
    assert (len(part), part.ending) == (50, "max_steps")
    assert TraceViewer(part).step == 0
    monkeypatch.setattr(widget, "MAX_BYTES", 10)
    assert len(truncate_trace(recorded)) == 0


def test_a_file_that_is_not_a_trace_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="has no 'files'"):
        TraceViewer(tmp_path / "a.json")
    with pytest.raises(FileNotFoundError):
        TraceViewer(tmp_path / "b.json")


def test_the_fallback_lists_the_steps() -> None:
    html = TraceViewer(trace(program)).fallback_html()
    assert "<caption>Steps of tests/viewer/test_widget.py: 5.</caption>" in html
    assert html.count("<tr>") == 6
    assert "<code>n = 2</code>" in html
    assert "<code>n no longer shown</code>" in html
    assert "<code>words = [&#x27;&lt;script&gt;&#x27;, 2]</code>" in html
    assert "<code>**Bold** &lt;b&gt;</code>" in html
    assert "<code>written [&#x27;&lt;script&gt;&#x27;, 2]</code>" in html
    assert "<script>" not in html


def test_the_fallback_names_the_exception() -> None:
    html = TraceViewer(trace(fails)).fallback_html()
    assert "<code>ZeroDivisionError: division by zero</code>" in html


def test_the_fallback_of_a_long_trace_reports_how_much_it_shows() -> None:
    html = TraceViewer(long(1234)).fallback_html()
    assert "Steps of a.py: the first 50 of 1,234." in html
    assert html.count("<tr>") == 51


def test_the_fallback_omits_hidden_lines() -> None:
    recorded = long(1)
    recorded.hidden["a.py"] = [1]
    assert "x = 1" not in TraceViewer(recorded).fallback_html()
    recorded.steps = [Step(CallStack(None, Frame("b.py", 7, "<main>")))]
    assert "<td>7</td>" in TraceViewer(recorded).fallback_html()


def test_hostile_values_are_truncated_and_escaped() -> None:
    deep: object = "<img src=x>"
    for _ in range(300):
        deep = [deep, deep]
    recorded = long(1)
    recorded.files = {"<svg onload=x>.py": ""}
    recorded.steps[0].env = {"<i>": deep, "odd": {"type": 5, "items": "no"}, "none": {}}  # type: ignore[dict-item]
    html = TraceViewer.fallback_html(Bare(recorded))  # type: ignore[arg-type]
    assert len(html) < 2_000
    assert "<i>" not in html
    assert "<svg" not in html
    assert "<img" not in html


def test_a_lone_surrogate_can_be_sent() -> None:
    recorded = long(1)
    recorded.steps[0].env["surrogate"] = recorded.steps[0].stdout = "\ud83d"
    widget = TraceViewer(recorded)
    widget.static_html().encode()
    assert loads(widget.trace) == recorded


class Bare:
    """Only what the fallback reads: a value this large does not fit into a viewer."""

    def __init__(self, recorded: Trace) -> None:
        self._trace = recorded


def test_a_notebook_gets_the_live_view_and_a_page_the_static_one() -> None:
    data, _ = TraceViewer(trace(program))._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'data-widget="trace_viewer"' in data["text/html"]
    assert 'data-key="trace-viewer"' in data["text/html"]


def test_the_viewer_leaves_every_directive_out_of_the_source() -> None:
    source = (Path(widget.__file__).parent / "source" / "line.js").read_text("utf-8")
    left_out = re.search(r"@\(\?:([a-z|]+)\)", source)
    assert left_out is not None
    assert {f"@{name}" for name in left_out[1].split("|")} == set(NAMES)
