# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Published numbers, recomputed
#
# What papers and model cards state about the cost of models, and what `cs336_core.accounting`
# computes for the same models. Where a paper says how it counts, the two agree in every digit that
# it prints. Where they do not, a sentence says why, or that we do not know. The numbers were
# computed when this page was built, and a test checks them. {doc}`/lectures/06_accounting` explains
# the conventions.

# %% tags=["hide-input"]
from itertools import groupby

from IPython.display import Markdown

from cs336_core.accounting.published import (
    Published,
    published_flops,
    published_runs,
    published_sizes,
)


def tables(rows: list[Published]) -> Markdown:
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
    return Markdown("\n".join(lines))


# %% [markdown]
# ## FLOPs

# %% tags=["remove-input"]
tables(published_flops())

# %% [markdown]
# ## Sizes

# %% tags=["remove-input"]
tables(published_sizes())

# %% [markdown]
# ## Training runs

# %% tags=["remove-input"]
tables(published_runs())
