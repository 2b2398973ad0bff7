"""Writes links to other pages of the site as the pages have them: titles that lead there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.run import title_or_target
from tools.shell.paths import ROOT

PAGES = ("book/*.py", "lectures/*.py")
_ROLE = re.compile(r"(?:(?P<title>.+?)\s*<(?P<named>[^<>]+)>|(?P<target>.+))$", re.DOTALL)


def title_of(text: str) -> str:
    r"""Return the title of a page: the Markdown of its first heading, "" where it has none.

    >>> title_of("# %% [markdown]\n# # Byte *pair* encoding\n#\n# Text.\n")
    'Byte *pair* encoding'
    """
    first = next((cell.text for cell in cells(text) if cell.kind == "markdown"), "")
    return first.partition("\n")[0].removeprefix("#").strip()


def titles(root: Path = ROOT) -> dict[str, str]:
    """Return the name of every page, such as "lectures/03_bpe" -> its title."""
    pages = (page for pattern in PAGES for page in sorted(root.glob(pattern)))
    return {
        page.relative_to(root).with_suffix("").as_posix(): title_of(page.read_text("utf-8"))
        for page in pages
    }


def document(text: str, page: str, known: Mapping[str, str]) -> str:
    """Return a `{doc}` role as Markdown; the name of an unknown page stays, and fails the book.

    Args:
        text: the text of the role.
        page: the name of the page that it is on.
        known: the titles of all pages.

    >>> document("03_bpe", "lectures/02_tokenization", {"lectures/03_bpe": "Byte pair encoding"})
    '[Byte pair encoding](lectures/03_bpe.html)'

    """
    title, name = title_and_name(text, page, known)
    return f"[{title}]({name}.html)" if name else title


def title_and_name(text: str, page: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Return what a `{doc}` role shows and the name of the page that it leads to, "" if unknown.

    Arguments are those of `document`.
    """
    found = _ROLE.match(text)
    target = (found["named"] or found["target"]).strip() if found else ""
    folder = page.rpartition("/")[0]
    name = target.removeprefix("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
    if found is None or name not in known:
        return title_or_target(text), ""
    return title_or_target(text) if found["title"] else known[name], name
