"""Programs like those of the course run with only their import changed: one for each feature.

The stand-ins use what the lectures use: a `Reference` class of their own, helpers that call `link`,
and all that edtrace 0.1.20 exports.
"""

from __future__ import annotations

import base64
import contextlib
import inspect
import sys
from pathlib import Path

import pytest

import cs336_core.trace
from cs336_core.trace import Trace, TraceError, dumps, load, loads
from cs336_core.trace.commands.cli import main
from cs336_core.trace.file_util import download_file
from cs336_core.trace.media import MAX_BYTES
from cs336_core.trace.model import Rendering

# As edtrace 0.1.20 exports them, with the arguments of each.
EDTRACE = {
    "text": ["message", "style", "verbatim"],
    "image": ["url", "style", "width"],
    "video": ["url", "style", "width"],
    "link": ["target", "style"],  # edtrace calls the first one arg; lectures pass it by position
    "plot": ["spec"],
    "graph": ["spec", "style"],
    "make_graph": ["nodes", "edges", "layout", "stylesheet", "width", "height"],
    "note": ["message"],
    "system_text": ["command"],
    "url_reference": ["url"],
    "Reference": ["title", "authors", "organization", "date", "url", "description", "notes"],
}

REFERENCE = """\
from dataclasses import dataclass

@dataclass(frozen=True)
class Reference:
    title: str | None = None
    authors: list[str] | None = None
    organization: str | None = None
    date: str | None = None
    url: str | None = None
    description: str | None = None
    notes: str | None = None

    @property
    def label(self):
        return self.title

def join(*lines):
    return "\\n".join(lines)
"""
REFERENCES = """\
from reference import Reference, join

gpt_3 = Reference(
    title="Language Models are Few-Shot Learners",
    authors=["Tom B. Brown", "Benjamin Mann"],
    date="2020-05-28",
    url="https://arxiv.org/abs/2005.14165",
    notes=join("175B parameters", "300B tokens"),
)
llama_3 = Reference(title="Llama 3", organization="Meta", url="https://ai.meta.com/blog/llama-3/")
"""
LECTURE_UTIL = """\
from cs336_core.trace import link

def article_link(url):
    link(title=" [article]", url=url)

def blog_link(url):
    link(title=" [blog]", url=url)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the modules that the lectures share."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    modules = {"reference": REFERENCE, "references": REFERENCES, "lecture_util": LECTURE_UTIL}
    for name, text in modules.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


def run(program: str) -> Trace:
    Path("lecture_99.py").write_text(program, "utf-8")
    with contextlib.chdir(Path.cwd()):
        assert main(["run", "lecture_99.py"]) == 0
    for name in ("reference", "references", "lecture_util"):
        sys.modules.pop(name, None)
    return load("lecture_99.trace.json")


def renderings(recorded: Trace) -> list[Rendering]:
    return [rendering for step in recorded for rendering in step.renderings]


@pytest.mark.parametrize(("name", "arguments"), EDTRACE.items())
def test_everything_that_edtrace_exports_exists(name: str, arguments: list[str]) -> None:
    function = getattr(cs336_core.trace, name)
    ours = list(inspect.signature(function).parameters)
    assert ours[: len(arguments)] == arguments
    assert name in cs336_core.trace.__all__


def test_data_is_downloaded_once(folder: Path) -> None:
    recorded = run(
        "import pathlib\n"
        "from cs336_core.trace.file_util import download_file\n"
        "def main():\n"
        "    for word in ['first', 'second']:\n"
        "        download_file(f'data:,{word}', 'words.txt')\n"
        "    words = pathlib.Path('words.txt').read_text()  # @inspect words\n"
    )
    assert recorded.steps[-1].env == {"words": "first"}
    (folder / "secret").write_text("not to be read")
    with pytest.raises(TraceError, match="cannot be downloaded"):
        download_file((folder / "secret").as_uri(), "copy")


def test_references_of_the_course_are_links() -> None:
    recorded = run(
        "from cs336_core.trace import text, link\n"
        "from references import gpt_3, llama_3\n"
        "def main():\n"
        "    text('GPT-3'), link(gpt_3)\n"
        "    link(llama_3)\n"
    )
    _, gpt_3, llama_3 = renderings(recorded)
    assert (gpt_3.data, llama_3.data) == ("[Brown+ 2020]", "[Llama 3]")
    assert gpt_3.external_link is not None
    assert gpt_3.external_link.notes == "175B parameters\n300B tokens"


def test_links_by_address_get_the_cards_of_the_course_s_references() -> None:
    recorded = run(
        "from cs336_core.trace import link\n"
        "from references import *\n"
        "from lecture_util import article_link, blog_link\n"
        "def main():\n"
        "    link('https://arxiv.org/abs/2005.14165')\n"
        "    link('https://arxiv.org/abs/1602.02410'), article_link('https://a.b')\n"
        "    link(main)\n"
    )
    by_address, unknown, article, code = renderings(recorded)
    assert [by_address.data, unknown.data, article.data] == [
        "[Brown+ 2020]",
        "[arXiv:1602.02410]",
        "[article]",
    ]
    assert code.internal_link is not None
    assert (code.data, code.internal_link.path) == ("main", "lecture_99.py")


def test_graphs_are_recorded_as_edtrace_records_them() -> None:
    recorded = run(
        "from cs336_core.trace import graph, make_graph\n"
        "def main():\n"
        "    nodes = [{'id': 1, 'x': 0, 'y': 5}, {'id': 2, 'label': 'two', 'classes': 'big'}]\n"
        "    edges = [{'source': 1, 'target': 2, 'label': 'e', 'weight': 3}]\n"
        "    graph(make_graph(nodes, edges, layout='circle', height=90), style={'width': 300})\n"
        "    graph(None)\n"
    )
    assert loads(dumps(recorded, "edtrace")) == recorded
    (rendering,) = renderings(recorded)
    assert (rendering.type, rendering.style) == ("graph", {"width": 300})
    assert rendering.data == {
        "nodes": [
            {"position": {"x": 0, "y": 5}, "data": {"id": "1", "label": "1"}},
            {"classes": "big", "data": {"id": "2", "label": "two"}},
        ],
        "edges": [{"data": {"source": "1", "target": "2", "label": "e", "weight": 3}}],
        "layout": {"name": "circle"},
        "stylesheet": [],
        "width": 500,
        "height": 90,
    }


def test_directives_have_edtrace_s_meaning() -> None:
    recorded = run(
        "from cs336_core.trace import text\n"
        "def helper(n):\n"
        "    return n + 1\n"
        "def main():\n"
        "    x = helper(1)  # batch, hidden  @inspect x\n"
        "    y = helper(x)  # @inspect y, @stepover @clear x\n"
        "    text('done')  # @hide @clear y\n"
        "if __name__ == '__main__':\n"
        "    main()\n"
    )
    functions = [step.stack.frame.function for step in recorded]
    assert functions == ["main", "main", "helper", "helper", "main", "main", "main"]
    shown = [{name: str(value) for name, value in step.env.items()} for step in recorded]
    assert [env for env in shown if env] == [
        {"x": "2"},
        {"y": "3", "x": "CLEARED"},
        {"y": "CLEARED"},
    ]
    assert recorded.hidden["lecture_99.py"] == [7]


def test_everything_else_that_lectures_display() -> None:
    recorded = run(
        "from cs336_core.trace import note, plot, system_text, text\n"
        "def main():\n"
        "    text('One text th'), text('at is made up of two')\n"
        "    text('x = 1\\n  y', verbatim=True)\n"
        "    text('- a'), text('- b', style={'color': 'gray'})  # @animate\n"
        "    system_text(['printf', '\\\\033[31mred\\\\033[0m'])\n"
        "    plot({'mark': 'bar'})\n"
        "    note('say it slowly')  # @hide\n"
        "def not_called(required): pass\n"
    )
    found = renderings(recorded)
    assert [(item.type, item.data) for item in found] == [
        ("markdown", "One text th"),
        ("markdown", "at is made up of two"),
        ("markdown", "x = 1"),
        ("markdown", "  y"),
        ("markdown", "- a"),
        ("markdown", "- b"),
        ("markdown", "red"),
        ("plot", {"mark": "bar"}),
        ("note", "say it slowly"),
    ]
    assert [item.animate for item in found] == [False] * 4 + [True] * 2 + [False] * 3
    assert found[2].style == {"fontFamily": "monospace", "whiteSpace": "pre"}


PROCESSES = """\
import multiprocessing
import sys

def main():
    start(work, 2, base=10)
    done = True  # @inspect done

def work(rank, size, base):
    value = base + rank  # @inspect value
    print(f"{rank} of {size} has {value}", flush=True)

def start(function, size, base):
    if TRACED:
        function(0, size, base)
        return
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=function, args=(i, size, base)) for i in range(size)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

if __name__ == "__main__":
    main()
"""


def test_a_program_that_asks_whether_it_is_traced_stays_in_one_process() -> None:
    recorded = run(PROCESSES.replace("TRACED", "sys.gettrace()"))
    assert [step.env for step in recorded if step.env] == [{"value": 10}, {"done": True}]
    assert "".join(step.stdout for step in recorded) == "0 of 2 has 10\n"


def test_what_the_processes_of_a_program_write_is_in_its_trace() -> None:
    recorded = run(PROCESSES.replace("TRACED", "False"))
    assert [step.env for step in recorded if step.env] == [{"done": True}]
    written = [
        (step.stack.frame.function, line) for step in recorded for line in step.stdout.splitlines()
    ]
    assert sorted(line for _, line in written) == ["0 of 2 has 10", "1 of 2 has 11"]
    assert {function for function, _ in written} == {"start"}


def test_an_unusable_link_is_one_short_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lecture_99.py").write_text(
        "from cs336_core.trace import link\ndef main():\n    link(['x' * 100] * 1000)\n", "utf-8"
    )
    assert main(["run", "lecture_99.py"]) == 1
    report = capsys.readouterr().err.splitlines()[-2]
    assert "expected an address, a Reference, a function or a class" in report
    assert len(report) < 500


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_local_images_become_part_of_the_trace(folder: Path) -> None:
    (folder / "images").mkdir()
    for name in ("images/a.png", "images/image-https_example_org_a_png", "film.webm"):
        (folder / name).write_bytes(PNG if name.startswith("i") else b"\x1a\x45\xdf\xa3")
    recorded = run(
        "import os, pathlib\n"
        "from cs336_core.trace import image, video\n"
        "def main():\n"
        "    image('images/a.png', width=200), image(pathlib.Path('images/a.png'), alt='A dot')\n"
        "    image('images/image-https_example_org_a_png')\n"
        "    video('film.webm')\n"
        "    image('https://example.org/b.png')\n"
        "    os.chdir('images')\n"
        "    image('a.png', style={'width': '50%'})\n"
        "    pathlib.Path('a.png').unlink()\n"
    )
    found = renderings(recorded)
    data = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    assert [item.data for item in found] == [
        *[data] * 3,
        "data:video/webm;base64,GkXfow==",
        "https://example.org/b.png",
        data,
    ]
    assert [item.external_link and item.external_link.title for item in found] == [
        "a.png",
        "A dot",
        "image-https_example_org_a_png",
        "film.webm",
        None,
        "a.png",
    ]
    assert (found[0].style, found[-1].style) == ({"width": 200}, {"width": "50%"})


def test_images_that_cannot_be_part_of_the_trace_are_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "large.png").write_bytes(PNG + bytes(MAX_BYTES))
    (folder / "notes").write_text("secret")
    names = ["missing.png", "large.png", "notes"]
    recorded = run(
        f"from cs336_core.trace import image\ndef main():\n    for name in {names}: image(name)\n"
    )
    assert [item.data for item in renderings(recorded)] == names
    errors = capsys.readouterr().err
    assert "warning: the file missing.png does not exist" in errors
    assert "warning: large.png takes 5.0 MB; only files up to 5 MB become part" in errors
    assert "warning: notes is neither an image nor a video" in errors
