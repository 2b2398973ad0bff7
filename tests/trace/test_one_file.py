"""A trace and the viewer as one HTML file: what is in it, and what it may load."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from cs336_core.trace import Trace, load, loads, note, plot, save, text, trace
from cs336_core.trace.commands import one_file, run
from cs336_core.trace.commands.cli import main
from cs336_core.trace.model import Rendering
from tests import command_lines
from tests.trace.programs import features

PAGE = Path(one_file.__file__).parents[2] / "viewer" / "page" / "page.html"
PNG = b"\x89PNG\r\n\x1a\n"
SCRIPT = 'x = "<!--<script></script>"; y = /<!--(-)/u'
failed = partial(command_lines.failed, main)


@pytest.fixture(autouse=True)
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The viewer's page with small assets, set as the one that is built."""
    monkeypatch.chdir(tmp_path)
    viewer = tmp_path / "viewer"
    assets = {
        "page.css": 'a { src: url("./fonts/a.woff2") } b { src: url("./fonts/b.woff2") }',
        "maths.css": 'm { src: url("./fonts/a.woff2") }',
        "fonts/a.woff2": "font a",
        "fonts/b.woff2": "font b",
        "favicon.svg": "<svg></svg>",
        "theme_boot.js": "theme",
        "page.js": SCRIPT,
        "libraries/maths.js": "maths",
        "libraries/plots.js": "plots",
    }
    for name, content in assets.items():
        path = viewer / "trace" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    (viewer / "trace.html").write_text(PAGE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(one_file, "VIEWER", viewer)
    monkeypatch.setattr(run, "VIEWER", viewer)
    return viewer


def written(recorded: Trace) -> str:
    one_file.write_page(recorded, "a.html", "<a>")
    return Path("a.html").read_text("utf-8")


def parts(page: str, element: str) -> list[str]:
    return re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)


def test_the_page_loads_nothing_and_runs_only_its_own_scripts() -> None:
    page = written(trace(features.calls))
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
    assert 'url("./' not in page
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)[0]
    assert "'self'" not in policy
    assert "unsafe" not in policy
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for element in ("script", "style"):
        hashes = [
            f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"
            for part in parts(page, element)
        ]
        assert directives[f"{element}-src"] == " ".join(hashes)
    assert directives["default-src"] == "'none'"
    assert page.count("data:font/woff2;base64,") == 2
    assert "<title>&lt;a&gt;</title>" in page


def test_scripts_and_traces_cannot_leave_their_elements() -> None:
    def evil() -> None:
        text("</script><script>alert(1)</script><!--")

    recorded = trace(evil)
    assert recorded.steps
    page = written(recorded)
    assert len(parts(page, "script")) == 2  # apart from the trace
    assert "<!--" not in page
    assert parts(page, "script")[-1].replace("\\x3c", "<") == SCRIPT
    (data,) = re.findall(r'id="cs336-trace">(.*?)</script>', page, re.DOTALL)
    assert "<" not in data
    assert loads(data) == recorded


@pytest.mark.parametrize(
    ("displayed", "libraries"),
    [
        (partial(text, "$5"), ["maths"]),
        (partial(note, r"\(x\)"), ["maths"]),
        (partial(plot, {"mark": "bar"}), ["plots"]),
        (partial(text, "no formula"), []),
    ],
)
def test_only_the_libraries_that_a_trace_needs_are_in_the_page(
    displayed: Callable[[], None], libraries: list[str]
) -> None:
    def program() -> None:
        displayed()

    page = written(trace(program))
    assert parts(page, "script")[1:-1] == libraries
    assert len(parts(page, "style")) == 1 + ("maths" in libraries)


def test_links_to_pages_of_a_site_are_left_out() -> None:
    recorded = trace(features.calls)
    recorded.links = {"a.py": {1: "lecture.html#line-1"}}
    assert "lecture.html" not in written(recorded)
    assert recorded.links


def test_run_writes_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text("x = 1  # @inspect x\n", "utf-8")
    assert main(["run", "a.py", "--self-contained"]) == 0
    assert capsys.readouterr().err == "a.trace.html: 1 step, finished. Open it in a browser\n"
    assert '"x"' in Path("a.trace.html").read_text("utf-8")
    assert main(["run", "a.py", "--self-contained", "-o", "-"]) == 0
    assert capsys.readouterr().out == Path("a.trace.html").read_text("utf-8")


def test_a_program_does_not_run_if_its_page_cannot_be_written(
    viewer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (viewer / "trace.html").unlink()
    Path("a.py").write_text("open('ran', 'w')\n", "utf-8")
    assert "`make site` builds it" in failed(["run", "a.py", "--self-contained"], capsys)
    assert not Path("ran").exists()


def test_convert_writes_a_page_with_the_images_that_view_would_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "course" / "var" / "traces").mkdir(parents=True)
    (tmp_path / "course" / "images").mkdir()
    (tmp_path / "course" / "images" / "a.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    recorded = trace(features.calls)
    names = ["images/a.png", "missing.png", "https://a.b/c.png", "../../../secret.png"]
    recorded.steps[0].renderings = [Rendering("image", name) for name in names]
    monkeypatch.chdir(tmp_path / "course")
    path = "var/traces/lecture_01.json"
    save(recorded, path, "edtrace")
    assert main(["convert", path, "--self-contained"]) == 0
    out, err = capsys.readouterr()
    assert out == f"lecture_01.trace.html: {len(recorded)} steps on a page of its own\n"
    assert err == (
        "warning: the page lacks missing.png: view finds no such file\n"
        "warning: the page lacks ../../../secret.png: view finds no such file\n"
    )
    page = Path("lecture_01.trace.html").read_text("utf-8")
    (data,) = re.findall(r'id="cs336-trace">(.*?)</script>', page, re.DOTALL)
    shown = [item.data for item in loads(data).steps[0].renderings]
    assert shown == [f"data:image/png;base64,{base64.b64encode(PNG).decode()}", *names[1:]]
    assert load(path).steps[0].renderings[0].data == "images/a.png"
