"""A book that is brought up to date is the same, byte for byte, as one that is written anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from book.builder import build, runs
from book.builder.cache import Cache
from book.builder.runs import Run
from book.builder.write_book import write_book
from tools.shell.paths import ROOT

CONTENTS = """\
format: jb-book
root: book/index
chapters:
  - file: lectures/one
  - file: lectures/two
  - file: lectures/three
  - file: book/glossary
"""
TERMS = """\
| Term | Also called | Definition | 中文 | Lecture |
|---|---|---|---|---|
| Byte pair encoding | BPE | Merges pairs. | 字节对编码 | one |
"""
PAGES = {
    "book/index": "# Front\n#\n# ```{lectures}\n# ```\n",
    "book/glossary": "# Glossary\n#\n# ```{terminology} terminology.md\n# ```\n",
    "lectures/one": "# The first\n#\n# About *BPE*.\n#\n# It takes long. It ends.\n",
    "lectures/two": "# The second\n#\n# About {doc}`one` {cite}`sennrich2016`.\n"
    "#\n# Many words: $x^2$, {eval}`n`.\n"
    "#\n# ```{bibliography}\n# :filter: docname in docnames\n# ```\n",
    "lectures/three": "# The third\n#\n# About {doc}`two`.\n",
}
CODE = "\n# %%\nn = {n}\nn\n"
BUILT = (
    *(f"assets/{name}" for name in ("site.css", "maths.css", "site.js")),
    *("static/viewer/trace.html", "viewer_traces/traces/list.js"),
)


class Book:
    """A small book with the settings and extensions of the real one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.staging = root / "_build" / "book"
        self.n = 3
        self.pages = dict(PAGES)
        self.read: dict[str, str] = {}
        shutil.copytree(ROOT / "book" / "theme", root / "book" / "theme")
        for name in ("_config.yml", "book/references.bib"):
            shutil.copyfile(ROOT / name, root / name)
        for name in BUILT:
            self.write(f"_build/{name}", '<meta charset="utf-8">' if "html" in name else "")
        self.write("book/_toc.yml", CONTENTS)
        self.write("book/terminology.md", TERMS)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:  # keep the time of an old file
            path.write_text(text, "utf-8")

    def update(self) -> list[str] | None:
        """Write the sources and update the book; return the pages to read, `None` for all."""
        for page, prose in self.pages.items():
            code = CODE.format(n=self.n) if page == "lectures/two" else ""
            text = f"# %% [markdown]\n# {prose}{code}"
            self.write(f"{page}.py", text)
            output = {"output_type": "stream", "name": "stdout", "text": f"{self.n}\n"}
            runs.save(text, Run([[output]], {"n": str(self.n)}, trace=""), [])
        before, self.read = self.read, build.inputs(self.root)
        changed = build.changed_pages(before, self.read)
        if changed is None:
            shutil.rmtree(self.staging, ignore_errors=True)
        assert write_book(self.root, self.staging, changed or ())
        return changed

    def files(self, staging: Path | None = None) -> dict[str, bytes]:
        html = (staging or self.staging) / "html"
        return {
            path.relative_to(html).as_posix(): path.read_bytes()
            for path in html.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setattr(runs, "CACHE", Cache(tmp_path / "_build" / "runs", tmp_path))
    return Book(tmp_path)


@pytest.mark.filterwarnings("ignore")  # those of Sphinx and its extensions
def test_an_updated_book_is_the_same_as_a_new_one(book: Book) -> None:
    assert book.update() is None
    first = book.files()
    # A title is in the contents of every page, and in links to it; prose is on its own page.
    edits = {"lectures/one": ("The first", "One"), "lectures/two": ("Many words", "A few words")}
    for page, (old, new) in edits.items():
        book.pages[page] = book.pages[page].replace(old, new)
        assert book.update() == [page]
    book.n += 1  # in the code, its output and the prose of one page
    assert book.update() == ["lectures/two"]
    assert book.update() == []  # as after an interruption before the site is replaced
    updated, anew = book.files(), book.root / "_build" / "anew"
    assert {name for name in first if first[name] != updated[name]} >= {"lectures/three.html"}
    assert write_book(book.root, anew)
    assert updated == book.files(anew)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lectures/four.py", "# %% [markdown]\n# # The fourth\n"),
        ("book/terminology.md", TERMS.replace("Merges", "Joins")),
        ("book/references.bib", ""),
        ("book/_toc.yml", CONTENTS.replace("  - file: lectures/three\n", "")),
        ("book/theme/site.css", ""),
        ("_config.yml", ""),
    ],
)
def test_any_other_change_writes_the_book_anew(book: Book, name: str, text: str) -> None:
    for page in PAGES:
        book.write(f"{page}.py", "")
    before = build.inputs(book.root)
    assert build.changed_pages(before, build.inputs(book.root)) == []
    book.write(name, text)
    assert build.changed_pages(before, build.inputs(book.root)) is None
    assert build.changed_pages({}, before) is None
