"""Reads the parts of BibTeX that bibliographies consist of: entries, names and accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from cs336_core.trace.references import Reference

_ENTRY: Final = re.compile(r"@(\w+)\s*\{\s*[^,\s{}]*\s*,")
_FIELD: Final = re.compile(r"\s*,?\s*([\w-]+)\s*=\s*")
_BARE: Final = re.compile(r"[^\s,{}#\"]+")
_CONCATENATION: Final = re.compile(r"\s*#\s*")
_AND: Final = re.compile(r"\s+and\s+(?![^{]*\})")  # not inside braces
_WHOLE: Final = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}")
_MONTHS: Final = "janfebmaraprmayjunjulaugsepoctnovdec"
_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327",
    "k": "\u0328",
}  # fmt: skip
_ACCENTED: Final = re.compile(r"""\\([`'^~=."]|[urHvck](?=[\s{]))\s*\{?\s*(\\?[A-Za-z])\s*\}?""")
_LETTERS: Final = {
    "ss": "\u00df", "o": "\u00f8", "O": "\u00d8", "l": "\u0142", "L": "\u0141", "ae": "\u00e6",
    "AE": "\u00c6", "aa": "\u00e5", "AA": "\u00c5", "oe": "\u0153", "OE": "\u0152",
}  # fmt: skip
_LETTER: Final = re.compile(rf"\\({'|'.join(sorted(_LETTERS, key=len, reverse=True))})(?![A-Za-z])")


def parse_bibtex(text: str) -> list[Reference]:
    r"""Return the works in a BibTeX file.

    >>> parse_bibtex(r'''@article{gpt2, title = {{GPT}-2}, author = {G{\"o}del, Kurt},
    ...                          year = 2019, url = "https://a.b/c"}''')[0].label
    '[Gödel 2019]'
    """
    works = []
    for entry in _ENTRY.finditer(text):
        if entry[1].lower() not in ("comment", "preamble", "string"):
            works.append(_reference(dict(_fields(text, entry.end()))))
    return works


def _fields(text: str, position: int) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry, from the position behind its key."""
    while found := _FIELD.match(text, position):
        value, position = _value(text, found.end())
        while more := _CONCATENATION.match(text, position):
            part, position = _value(text, more.end())
            value += part
        yield found[1].lower(), value


def _value(text: str, start: int) -> tuple[str, int]:
    """Return the value that begins at a position, and the position behind it."""
    if text[start : start + 1] not in ("{", '"'):
        found = _BARE.match(text, start)
        if found is None:
            raise ValueError(f"line {text.count(chr(10), 0, start) + 1}: expected a value")
        return found[0], found.end()
    quoted = text[start] == '"'
    depth = 0
    for end in range(start + quoted, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0 and text[end] == ('"' if quoted else "}"):
            return text[start + 1 : end], end + 1
    raise ValueError(f"line {text.count(chr(10), 0, start) + 1}: the value is not closed")


def _reference(entry: dict[str, str]) -> Reference:
    plain = {name: _plain(value) for name, value in entry.items()}
    url = plain.get("url")
    if not url and "eprint" in plain:
        url = f"https://arxiv.org/abs/{plain['eprint']}"
    if not url and "doi" in plain:
        url = f"https://doi.org/{plain['doi']}"
    names = _AND.split(entry["author"].strip()) if entry.get("author") else []
    return Reference(
        title=plain.get("title"),
        authors=[_name(name) for name in names] or None,
        organization=plain.get("institution") or plain.get("organization"),
        date=plain.get("date") or _date(plain.get("year"), plain.get("month")),
        url=url,
        description=plain.get("abstract"),
        notes=plain.get("note"),
    )


def _date(year: str | None, month: str | None) -> str | None:
    if not (year and month):
        return year
    number = int(month) if month.isdigit() else _MONTHS.find(month[:3].lower()) // 3 + 1
    return f"{year}-{number:02}" if number else year


def _name(name: str) -> str:
    """Return a name with the last name last; one in braces, such as that of a team, unchanged.

    >>> _name("van Rossum, Guido"), _name("{Kimi Team}"), _name("Ada Lovelace")
    ('Guido van Rossum', 'Kimi Team', 'Ada Lovelace')
    """
    last, comma, first = ("", "", "") if _WHOLE.fullmatch(name) else name.partition(",")
    return _plain(f"{first.rpartition(',')[2]} {last}" if comma else name)


def _plain(value: str) -> str:
    """Return a value without LaTeX's markup."""
    value = _ACCENTED.sub(
        lambda found: unicodedata.normalize("NFC", found[2].lstrip("\\") + _ACCENTS[found[1]]),
        value,
    )
    value = _LETTER.sub(lambda found: _LETTERS[found[1]], value)
    value = re.sub(r"\\([&%$#_])", r"\1", value)
    value = value.replace("---", "\u2014").replace("--", "\u2013").replace("~", " ")
    return " ".join(re.sub(r"\\[A-Za-z]+\s*|[{}]", "", value).split())
