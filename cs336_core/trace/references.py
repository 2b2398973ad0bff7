"""References: papers, posts and pages that a lecture points to."""

from __future__ import annotations

import re
from dataclasses import dataclass


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
        """
        if self.authors:
            first = self.authors[0]
            is_team = re.search(r"\bTeam\b", first)
            name = first if is_team else first.split()[-1]
            others = "+" if len(self.authors) > 1 and not is_team else ""
            return f"[{name}{others} {self.date[:4] if self.date else '?'}]"
        return f"[{self.title or self.url or '?'}]"
