"""The text of hover cards, in pages and in traces: the `title` of a link, until a script shows it.

Without the script, a browser shows the same text.
"""

from __future__ import annotations

SEPARATOR = (
    " · "  # between the lines of a card; the first is its heading (see cs336_core/ui/card.js)
)


def described(heading: str, *lines: str) -> str:
    """Return the text of a card, without empty lines.

    >>> described("Token", "A piece of text.", "")
    'Token · A piece of text.'
    """
    return SEPARATOR.join(
        " ".join(line.replace(SEPARATOR, ", ").split()) for line in (heading, *lines) if line
    )
