"""Published numbers beside ours, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from cs336_core.accounting.published import Published


def published_markdown(rows: Iterable[Published]) -> str:
    """Return a table for each source; numbers that differ are bold, with the reason below."""
    lines = []
    for source, group in groupby(rows, key=lambda row: row.source):
        found = list(group)
        counted = "; ".join(dict.fromkeys(row.convention for row in found))
        lines += [f"**{source}.** Counted: {counted}.", ""]
        lines += ["| quantity | published | computed |", "|---|--:|--:|"]
        for row in found:
            computed = format(row.computed, row.digits)
            cells = [row.what, format(row.published, row.digits)]
            cells.append(computed if row.agrees else f"**{computed}**")
            lines.append(f"| {' | '.join(cells)} |")
        reasons = dict.fromkeys(row.difference for row in found if row.difference)
        lines += ["", *(f"The difference: {reason}.\n" for reason in reasons)]
    return "\n".join(lines)
