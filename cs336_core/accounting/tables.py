"""Rows of a count as tables: for pandas, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from cs336_core.accounting.flops import FlopRow, total_flops
from cs336_core.accounting.units import bytes_text, count_text, flops_text, percent_text

HEADER = ("operation", "dimensions", "FLOPs", "share", "parameters", "moved")


def as_dicts(rows: Iterable[FlopRow]) -> list[dict[str, str | int]]:
    """Return the rows as dictionaries, for `pandas.DataFrame`.

    >>> from cs336_core.accounting.flops import count_flops
    >>> from cs336_core.model.presets import preset
    >>> sorted(as_dicts(count_flops(preset("gpt2-small"), 1, 1024))[0])
    ['bytes', 'dimensions', 'flops', 'formula', 'group', 'operation', 'params']
    """
    return [asdict(row) for row in rows]


def cells(rows: Sequence[FlopRow], unit: str = "FLOPs") -> list[tuple[str, ...]]:
    """Return the cells of a table, with a final row for the total."""
    total = total_flops(rows)
    lines = [
        (row.operation, row.dimensions, *_costs(row.flops, row.params, row.bytes, total, unit))
        for row in rows
    ]
    params, moved = sum(row.params for row in rows), sum(row.bytes for row in rows)
    return [*lines, ("total", "", *_costs(total, params, moved, total, unit))]


def markdown_table(rows: Sequence[FlopRow], unit: str = "FLOPs") -> str:
    """Return the rows as a Markdown table.

    >>> from cs336_core.accounting.flops import count_flops
    >>> from cs336_core.model.presets import preset
    >>> print(markdown_table(count_flops(preset("gpt2-small"), 1, 1024)[-1:]))
    | operation | dimensions | FLOPs | share | parameters | moved |
    |:--|:--|--:|--:|--:|--:|
    | LM head | 1024 × 768 × 50257 | 79 GFLOPs | 100.0 % |  | 173 MiB |
    | total |  | 79 GFLOPs | 100.0 % |  | 173 MiB |
    """
    lines = [f"| {' | '.join(line)} |" for line in (header(unit), *cells(rows, unit))]
    return "\n".join([lines[0], "|:--|:--|--:|--:|--:|--:|", *lines[1:]])


def latex_table(rows: Sequence[FlopRow], unit: str = "FLOPs") -> str:
    r"""Return the rows as a LaTeX `tabular` that uses the package booktabs.

    >>> from cs336_core.accounting.flops import count_flops
    >>> from cs336_core.model.presets import preset
    >>> print(latex_table(count_flops(preset("gpt2-small"), 1, 1024)[-1:]))
    \begin{tabular}{llrrrr}
    \toprule
    operation & dimensions & FLOPs & share & parameters & moved \\
    \midrule
    LM head & $1024 \times 768 \times 50257$ & 79 GFLOPs & 100.0 \% &  & 173 MiB \\
    \midrule
    total &  & 79 GFLOPs & 100.0 \% &  & 173 MiB \\
    \bottomrule
    \end{tabular}
    """
    *lines, total = (_latex_line(line) for line in cells(rows, unit))
    return "\n".join([
        r"\begin{tabular}{llrrrr}", r"\toprule", _latex_line(header(unit)), r"\midrule",
        *lines, r"\midrule", total, r"\bottomrule", r"\end{tabular}",
    ])  # fmt: skip


def header(unit: str) -> tuple[str, ...]:
    """Return the column names."""
    return tuple(unit if name == "FLOPs" else name for name in HEADER)


def _costs(flops: int, params: int, moved: int, total: int, unit: str) -> tuple[str, ...]:
    """Return the numeric cells of a row, empty for zero."""
    return (
        flops_text(flops, unit) if flops else "",
        percent_text(flops / total) if flops else "",
        count_text(params) if params else "",
        bytes_text(moved),
    )


def _latex_line(line: Sequence[str]) -> str:
    """Return a line of a `tabular`."""
    escaped = [cell.replace("%", r"\%").replace("×", r"\times") for cell in line]
    return " & ".join(f"${cell}$" if r"\times" in cell else cell for cell in escaped) + r" \\"
