"""The split of a model's FLOPs without JavaScript: two bars and a table."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from cs336_core.accounting import FlopRow, flops_by_group
from cs336_core.accounting.operations import Group
from cs336_core.accounting.units import count_text, flops_text, percent_text
from cs336_core.ui.html import table_html

# In the order of the bar, where the two halves of attention are neighbors
NAMES: dict[Group, str] = {
    "projections": "Projections",
    "scores": "Scores and values",
    "mlp": "MLP",
    "head": "LM head",
    "other": "Other",
}


def split_html(caption: str, rows: Sequence[FlopRow], unit: str) -> str:
    """Return the FLOPs and parameters of each group as two bars and a table."""
    flops = flops_by_group(rows)
    params = {group: sum(row.params for row in rows if row.group == group) for group in NAMES}
    lines = [
        f'<tr><th scope="row"><span class="cs336-flops-key cs336-flops-{group}"></span> {name}</th>'
        f"<td>{flops_text(flops[group], f'{unit}s')}</td><td>{_percent(flops, group)}</td>"
        f"<td>{count_text(params[group])}</td><td>{_percent(params, group)}</td></tr>"
        for group, name in NAMES.items()
    ]
    lines.append(
        f'<tr><th scope="row">Sum</th><td>{flops_text(sum(flops.values()), f"{unit}s")}</td>'
        f"<td></td><td>{count_text(sum(params.values()))}</td><td></td></tr>"
    )
    heads = ("Part", f"{unit}s", "Share", "Parameters", "Share")
    bars = f"{_bar(f'Where the {unit}s go', flops)}{_bar('Where the parameters are', params)}"
    return bars + table_html(html.escape(caption), heads, lines)


def _percent(sums: Mapping[Any, int], group: Group) -> str:
    """Return the percentage of the total that a group has."""
    return percent_text(sums[group] / (sum(sums.values()) or 1))


def _bar(name: str, sums: Mapping[Any, int]) -> str:
    """Return a bar that is split into the groups, below its name."""
    label = ", ".join(f"{part} {_percent(sums, group)}" for group, part in NAMES.items())
    whole = sum(sums.values()) or 1
    parts = "".join(
        f'<span class="cs336-flops-{group}" style="width: {100 * sums[group] / whole:.3f}%"></span>'
        for group in NAMES
    )
    return (
        f'<p class="cs336-flops-bar-name">{name}</p>'
        f'<div class="cs336-flops-bar" role="img" aria-label="{name}: {label}">{parts}</div>'
    )
