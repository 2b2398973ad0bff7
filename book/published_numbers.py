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
from IPython.display import Markdown

from cs336_core.accounting.published import published_flops, published_runs, published_sizes
from cs336_core.accounting.published.table import published_markdown

# %% [markdown]
# ## FLOPs

# %% tags=["remove-input"]
Markdown(published_markdown(published_flops()))

# %% [markdown]
# ## Sizes

# %% tags=["remove-input"]
Markdown(published_markdown(published_sizes()))

# %% [markdown]
# ## Training runs

# %% tags=["remove-input"]
Markdown(published_markdown(published_runs()))
