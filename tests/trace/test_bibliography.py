"""What links show about works whose address alone the program gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cs336_core.trace import Reference, TraceWarning, trace
from cs336_core.trace.bibtex import parse_bibtex

BIBTEX = r"""
% A comment with @ in it.
@string{acl = "Proceedings of the ACL"}
@inproceedings{sennrich2016,
  title     = {Neural Machine Translation of Rare Words with {Subword} Units},
  author    = {Sennrich, Rico and {\v{S}}im\'{a}nek, Ji{\v r}{\'\i} and {La Malfa}, Emanuele},
  booktitle = acl,
  year      = 2016, month = aug,
  url       = {https://arxiv.org/abs/1508.07909},
}
@misc{kimi, title = "Kimi " # "K2", author = {{Kimi Team}}, date = {2025-07-28},
  eprint = {2507.20534}, note = {50\% of the cost --- on one node}}
@article{hu, title={A~B}, author={Hu, others and others}, year={1999}, doi={10.1/x}, month={4}}
"""
SENNRICH = "Neural Machine Translation of Rare Words with Subword Units"


def test_bibtex_is_read() -> None:
    assert parse_bibtex(BIBTEX) == [
        Reference(
            SENNRICH,
            ["Rico Sennrich", "Ji\u0159\u00ed \u0160im\u00e1nek", "Emanuele La Malfa"],
            date="2016-08",
            url="https://arxiv.org/abs/1508.07909",
        ),
        Reference(
            "Kimi K2",
            ["Kimi Team"],
            date="2025-07-28",
            url="https://arxiv.org/abs/2507.20534",
            notes="50% of the cost \u2014 on one node",
        ),
        Reference("A B", ["others Hu", "others"], date="1999-04", url="https://doi.org/10.1/x"),
    ]


def test_the_bibliography_of_the_course_is_read() -> None:
    pybtex = pytest.importorskip("pybtex.database")
    path = Path(__file__).parents[2] / "book" / "references.bib"
    entries = pybtex.parse_file(str(path)).entries.values()
    read = parse_bibtex(path.read_text("utf-8"))
    assert [work.url for work in read] == [entry.fields.get("url") for entry in entries]
    assert [len(work.authors or ()) for work in read] == [
        len(entry.persons["author"]) for entry in entries
    ]
    assert not any(set("{}\\") & set(f"{work.title}{work.authors}") for work in read)


def references(folder: Path, program: str) -> list[tuple[str, Reference]]:
    """Return the label and the reference of each link that a program in a folder shows."""
    path = folder / "program.py"
    path.write_text(f"from cs336_core.trace import *\ndef main():\n    {program}\n", "utf-8")
    variables: dict[str, Any] = {"__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), variables)
    main: Callable[[], None] = variables["main"]
    found = [rendering for step in trace(main) for rendering in step.renderings]
    return [(str(item.data), item.external_link) for item in found if item.external_link]


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org/abs/1508.07909",
        "http://arxiv.org/pdf/1508.07909v5",
        "https://www.arxiv.org/pdf/1508.07909.pdf#page=3",
    ],
)
def test_a_bibliography_beside_the_program_describes_addresses(
    tmp_path: Path, address: str
) -> None:
    (tmp_path / "references.bib").write_text(BIBTEX, "utf-8")
    ((label, reference),) = references(tmp_path, f"link({address!r})")
    assert (label, reference.title, reference.url) == ("[Sennrich+ 2016]", SENNRICH, address)


def test_a_json_file_describes_addresses_too(tmp_path: Path) -> None:
    work = {"title": "Attention", "authors": ["A. Vaswani"], "date": "2017", "url": "a.b/c/"}
    (tmp_path / "references.json").write_text(json.dumps([work]), "utf-8")
    program = "link('https://a.b/c'); link(url='http://www.a.b/c', date='2018')"
    assert [label for label, _ in references(tmp_path, program)] == [
        "[Vaswani 2017]",
        "[Vaswani 2018]",
    ]


def test_the_references_of_the_program_describe_addresses(tmp_path: Path) -> None:
    address = "'https://arxiv.org/abs/2005.14165'"
    program = (
        "global gpt3\n"
        "    gpt3 = Reference('GPT-3', ['Tom Brown'], None, '2020', 'arxiv.org/pdf/2005.14165')\n"
        f"    link({address}), link(url_reference({address}))"
    )
    assert [label for label, _ in references(tmp_path, program)] == ["[Brown 2020]"] * 2


@pytest.mark.parametrize(
    ("address", "label", "date"),
    [
        ("https://arxiv.org/abs/1602.02410", "[arXiv:1602.02410]", "2016-02"),
        ("https://arxiv.org/pdf/cs/9902001", "[arXiv:cs/9902001]", "1999-02"),
        ("https://arxiv.org/abs/cs/0112017v1", "[arXiv:cs/0112017]", "2001-12"),
        ("https://example.org/1602.02410", "[https://example.org/1602.02410]", None),
        ("https://arxiv.org/list/cs.CL/recent", "[https://arxiv.org/list/cs.CL/recent]", None),
    ],
)
def test_of_an_unknown_paper_its_number_and_month_are_shown(
    tmp_path: Path, address: str, label: str, date: str | None
) -> None:
    ((shown, reference),) = references(tmp_path, f"link({address!r})")
    assert (shown, reference.date, reference.url) == (label, date, address)


def test_what_the_program_says_comes_first(tmp_path: Path) -> None:
    (tmp_path / "references.bib").write_text(BIBTEX, "utf-8")
    program = (
        "link('https://arxiv.org/abs/1508.07909', title='[BPE]', notes='n')\n"
        "    link('https://arxiv.org/abs/1602.02410', title='[language models]')"
    )
    first, second = references(tmp_path, program)
    assert (first[1].title, first[1].notes) == ("[BPE]", "n")
    assert first[0] == "[Sennrich+ 2016]"
    assert second[0] == "[language models]"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("references.json", "{"),
        ("references.json", '[{"titel": "x"}]'),
        ("references.json", "[3]"),
        ("references.bib", "@misc{a, title = {x"),
        ("references.bib", "@misc{a, title = }"),
    ],
)
def test_an_unreadable_bibliography_is_reported(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.warns(TraceWarning, match=rf"references\.{name[11:]} cannot be read: "):
        ((label, _),) = references(tmp_path, "link('https://a.b')")
    assert label == "[https://a.b]"
