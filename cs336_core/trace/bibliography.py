"""Bibliographies: what is known, without a network, about the addresses a program links to.

Beside the program, `references.bib` (BibTeX) or `references.json` (a list of objects with the
fields of `Reference`) describe works by their addresses; so do the `Reference`s among the program's
variables. An address on arXiv contains the month itself.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields, replace
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Final

from cs336_core.trace.bibtex import parse_bibtex
from cs336_core.trace.errors import TraceWarning
from cs336_core.trace.references import Reference, as_reference

_ARXIV: Final = re.compile(
    r"arxiv\.org/(?:abs|pdf|html)/(?P<id>\d{4}\.\d{4,5}|[a-z.-]+/\d{7})(?:v\d+)?(?:\.pdf)?/?$",
    re.IGNORECASE,
)
_FIRST_YEAR: Final = 91  # of arXiv, in the last century


def complete(reference: Reference, frame: FrameType) -> Reference:
    """Add what is known about the address of a reference where a frame's code mentions it.

    Warns (`TraceWarning`) of a bibliography that cannot be read.
    """
    if not reference.url or reference.authors:
        return reference
    key = address_key(reference.url)
    for known in _known(frame):
        if known.url and address_key(known.url) == key:
            return _filled(reference, known)
    arxiv = _arxiv(reference.url)
    return _filled(reference, arxiv) if arxiv and not reference.title else reference


def _filled(reference: Reference, known: Reference) -> Reference:
    missing = {name: value for name, value in asdict(reference).items() if value is None}
    return replace(reference, **{name: getattr(known, name) for name in missing})


def _known(frame: FrameType) -> Iterator[Reference]:
    """Yield the references in the variables of a frame's module, then those in its folder."""
    for value in list(frame.f_globals.values()):
        if type(value).__name__ == Reference.__name__ and (found := as_reference(value)):
            yield found
    folder = Path(frame.f_globals.get("__file__") or "x").parent
    for name in ("references.bib", "references.json"):
        path = folder / name
        if path.is_file():
            yield from _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, modified: int) -> list[Reference]:
    """Return the references in a file `modified` at this time."""
    try:
        text = path.read_text("utf-8")
        return parse_bibtex(text) if path.suffix == ".bib" else list(_from_json(json.loads(text)))
    except (ValueError, TypeError, AttributeError) as error:
        warnings.warn(f"{path.name} cannot be read: {error}", TraceWarning, stacklevel=5)
        return []


def _from_json(entries: Iterable[dict[str, object]]) -> Iterator[Reference]:
    names = {field.name for field in fields(Reference)}
    for entry in entries:
        if unknown := entry.keys() - names:
            known = ", ".join(field.name for field in fields(Reference))
            raise ValueError(f"a reference has no {min(unknown)!r}; expected {known}")
        yield Reference(**entry)  # type: ignore[arg-type]


def address_key(url: str) -> str:
    """Return what equal addresses have in common.

    >>> address_key("http://arxiv.org/pdf/1706.03762v7.pdf")
    'arxiv:1706.03762'
    >>> address_key("https://www.example.org/a/")
    'example.org/a'
    """
    url = url.partition("#")[0].strip()
    if found := _ARXIV.search(url):
        return f"arxiv:{found['id'].lower()}"
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", url).rstrip("/")


def _arxiv(url: str) -> Reference | None:
    """Return what the address of a paper on arXiv says about it."""
    found = _ARXIV.search(url)
    if found is None:
        return None
    year, month = re.findall(r"\d\d", found["id"])[:2]
    century = "19" if "/" in found["id"] and int(year) >= _FIRST_YEAR else "20"
    return Reference(f"arXiv:{found['id']}", organization="arXiv", date=f"{century}{year}-{month}")
