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
# it prints. Where they do not, the last column says why, or that we do not know. The numbers were
# computed when this page was built, and a test holds them. {doc}`/lectures/06_accounting` explains
# the conventions.

# %% tags=["hide-input"]
from IPython.display import Markdown

from cs336_core.accounting.published import (
    Published,
    published_flops,
    published_runs,
    published_sizes,
)


def table(rows: list[Published]) -> Markdown:
    """Return the rows as a table; numbers that differ are bold."""
    lines = ["| source | what | published | computed | counted |", "|---|---|--:|--:|---|"]
    for row in rows:
        computed = format(row.computed, row.digits)
        if not row.agrees:
            computed = f"**{computed}**"
        counted = f"{row.convention}; {row.difference}" if row.difference else row.convention
        cells = [row.source, row.what, format(row.published, row.digits), computed, counted]
        lines.append(f"| {' | '.join(cells)} |")
    return Markdown("\n".join(lines))


# %% [markdown]
# ## FLOPs

# %% tags=["remove-input"]
table(published_flops())

# %% [markdown]
# ## Sizes

# %% tags=["remove-input"]
table(published_sizes())

# %% [markdown]
# ## Training runs

# %% tags=["remove-input"]
table(published_runs())
