"""References: papers, posts and pages that a lecture points to."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Reference:
    """What is known of a source; the fields are edtrace's.

    Attributes:
        title: its title.
        authors: their full names.
        organization: who published it.
        date: year first, such as "2020-05-28".
        url: where it is.
        description: what it says, in a few sentences.
        notes: what is to be noted of it.

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
        """A short name for it.

        >>> Reference(authors=["Ada Lovelace", "Charles Babbage"], date="1843-09-01").label
        '[Lovelace+ 1843]'
        >>> Reference(url="a.b/c").label
        '[a.b/c]'
        >>> Reference(title="[article]", url="a.b/c").label  # as the course's lectures have them
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
    """Return what a program calls a reference as one of ours; `None` for anything else.

    The course's lectures define a class of their own, and edtrace another, with these fields.
    """
    if isinstance(value, Reference):
        return value
    known = {each.name: getattr(value, each.name, None) for each in fields(Reference)}
    if isinstance(value, type) or not (hasattr(value, "title") and hasattr(value, "url")):
        return None
    authors = known.pop("authors")
    texts = {name: None if found is None else str(found) for name, found in known.items()}
    return Reference(authors=None if authors is None else list(map(str, authors)), **texts)


def join(*lines: str) -> str:
    r"""Return the notes of a reference, one in each line.

    >>> join("175B parameters", "300B tokens")
    '175B parameters\n300B tokens'
    """
    return "\n".join(lines)
