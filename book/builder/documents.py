"""The pages of the book, and links between them as a trace and a notebook show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.prose import title_or_target
from tools.shell.paths import ROOT

PAGES = ("book/*.py", "lectures/*.py")
_ROLE = re.compile(r"(?:(?P<title>.+?)\s*<(?P<named>[^<>]+)>|(?P<target>.+))$", re.DOTALL)


def title_of(text: str) -> str:
    r"""Return the title of a page: the Markdown of its first heading, "" if it has none.

    >>> title_of("# %% [markdown]\n# # Byte *pair* encoding\n#\n# Text.\n")
    'Byte *pair* encoding'
    """
    first = next((cell.text for cell in cells(text) if cell.kind == "markdown"), "")
    return first.partition("\n")[0].removeprefix("#").strip()


def pages(root: Path = ROOT) -> list[Path]:
    """Return the source of every page: the front page, the glossary, the lectures."""
    return [page for pattern in PAGES for page in sorted(root.glob(pattern))]


def titles(root: Path = ROOT) -> dict[str, str]:
    """Return the name of every page, such as "lectures/03_bpe" -> its title."""
    return {page_name(page, root): title_of(page.read_text("utf-8")) for page in pages(root)}


def page_name(page: Path, root: Path = ROOT) -> str:
    """Return the name of a page.

    >>> page_name(ROOT / "lectures" / "03_bpe.py")
    'lectures/03_bpe'
    """
    return page.relative_to(root).with_suffix("").as_posix()


def document(text: str, page: str, known: Mapping[str, str]) -> str:
    """Return a `{doc}` role as Markdown: a link, or the target as it is if the page is unknown.

    (An unknown page fails the build of the book.)

    Args:
        text: the text of the role.
        page: the name of the page that contains it.
        known: the titles of all pages.

    >>> document("03_bpe", "lectures/02_tokenization", {"lectures/03_bpe": "Byte pair encoding"})
    '[Byte pair encoding](lectures/03_bpe.html)'

    """
    title, name = title_and_name(text, page, known)
    return f"[{title}]({name}.html)" if name else title


def title_and_name(text: str, page: str, known: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of a `{doc}` role and the name of the page it links to, "" if unknown.

    The arguments are those of `document`.
    """
    found = _ROLE.match(text)
    target = (found["named"] or found["target"]).strip() if found else ""
    folder = page.rpartition("/")[0]
    name = target.removeprefix("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
    if found is None or name not in known:
        return title_or_target(text), ""
    return title_or_target(text) if found["title"] else known[name], name
