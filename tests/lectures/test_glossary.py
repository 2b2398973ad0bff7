"""The glossary leads to where a term is told."""

from __future__ import annotations

import re

from tools.paths import ROOT


def test_the_lecture_that_an_entry_names_has_the_term() -> None:
    text = re.sub(r"(?m)^# ?", "", (ROOT / "book" / "glossary.py").read_text("utf-8"))
    entries = re.findall(r"((?:^\S.*\n)+)((?:^  .*\n)+)", text.partition(":sorted:")[2], re.M)
    assert len(entries) > 30
    unsaid = []
    for names, told in entries:
        lecture = re.search(r"\{doc\}`/(.+?)`\n$", told)
        assert lecture is not None, names
        page = (ROOT / f"{lecture[1]}.py").read_text("utf-8")
        prose = " ".join(re.findall(r"(?m)^# (.*)$", page)).replace("*", "").lower()
        if not any(re.search(stem(name), prose) for name in names.splitlines()):
            unsaid.append(f"{lecture[1]}: {names.splitlines()[0]}")
    assert unsaid == []


def stem(name: str) -> str:
    """The term as it is written in the middle of a sentence, in the singular or another form."""
    return re.escape(name.lower().removesuffix("r").removesuffix("e"))
