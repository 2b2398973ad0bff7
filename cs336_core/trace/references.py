"""References: papers, posts and web pages that a lecture cites."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Reference:
    """A cited source; the fields are edtrace's.

    Attributes:
        title: its title.
        authors: their full names.
        organization: the publisher.
        date: year first, such as "2020-05-28".
        url: its address.
        description: a summary in a few sentences.
        notes: remarks, one per line.

    """

    title: str | None = None
    authors: list[str] | None = None
    organization: str | None = None
    date: str | None = None
    url: str | None = None
    description: str | None = None
    notes: str | None = None

    @property
    def label(self) -> str:
        """A short label for the source.

        >>> Reference(authors=["Ada Lovelace", "Charles Babbage"], date="1843-09-01").label
        '[Lovelace+ 1843]'
        >>> Reference(url="a.b/c").label
        '[a.b/c]'
        >>> Reference(title="[article]", url="a.b/c").label  # as in the course's lectures
        '[article]'
        """
        if self.authors:
            first = self.authors[0]
            is_team = re.search(r"\bTeam\b", first)
            name = first if is_team else first.split()[-1]
            others = "+" if len(self.authors) > 1 and not is_team else ""
            return f"[{name}{others} {self.date[:4] if self.date else '?'}]"
        name = (self.title or self.url or "?").strip()
        return name if name.startswith("[") and name.endswith("]") else f"[{name}]"


def as_reference(value: object) -> Reference | None:
    """Convert an object with the fields of a reference; `None` for anything else.

    The course's lectures define a class of their own with these fields, and so does edtrace.
    """
    if isinstance(value, Reference):
        return value
    values = {field.name: getattr(value, field.name, None) for field in fields(Reference)}
    if isinstance(value, type) or not (hasattr(value, "title") and hasattr(value, "url")):
        return None
    authors = values.pop("authors")
    texts = {name: None if found is None else str(found) for name, found in values.items()}
    return Reference(authors=None if authors is None else list(map(str, authors)), **texts)


def join(*lines: str) -> str:
    r"""Return the notes of a reference, one per line.

    >>> join("175B parameters", "300B tokens")
    '175B parameters\n300B tokens'
    """
    return "\n".join(lines)
