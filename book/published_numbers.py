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
# This page compares what papers and model cards report about the cost of their models with what
# `cs336_core.accounting` computes for the same models. Most of the numbers agree in every digit
# that was published. Where they differ, our number is bold, and the sentence below the table gives
# the reason, or says that we do not know it. “Counted” says which convention we used; $N$ is the
# number of parameters and $D$ the number of tokens. The numbers were computed when this page was
# built, and a test checks them. {doc}`/lectures/06_accounting` explains the conventions.

# %% tags=["remove-input"]
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
