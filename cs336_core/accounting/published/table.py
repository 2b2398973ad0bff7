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
        lines += [f"**{source}.** Counted: {_conventions(found)}.", ""]
        lines += ["| quantity | published | computed |", "|---|--:|--:|"]
        for row in found:
            computed = format(row.computed, row.digits)
            cells = [row.what, format(row.published, row.digits)]
            cells.append(computed if row.agrees else f"**{computed}**")
            lines.append(f"| {' | '.join(cells)} |")
        lines += ["", *_differences(found)]
    return "\n".join(lines)


def _conventions(rows: list[Published]) -> str:
    """Return each convention once; from the second on, with the row where it begins."""
    first_rows: dict[str, int] = {}
    for i, row in enumerate(rows, start=1):
        first_rows.setdefault(row.convention, i)
    return "; ".join(
        convention if i == 1 else f"row {i}: {convention}" for convention, i in first_rows.items()
    )


def _differences(rows: list[Published]) -> list[str]:
    """Return a sentence for each reason, with the models that it is about if there are several."""
    models: dict[str, dict[str, None]] = {}
    for row in rows:
        if row.difference:
            models.setdefault(row.difference, {})[row.what.split(",")[0]] = None
    return [
        f"The difference{' for ' + ' and '.join(names) if len(rows) > 1 else ''}: {reason}.\n"
        for reason, names in models.items()
    ]
