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
# # Python playground
#
# Edit the program, run it, or step through it with every variable in view. Python runs inside this
# page: there is no server, and it works offline.

# %% tags=["remove-input"]
from cs336_core.widgets import PythonPlayground

PythonPlayground(key="python")

# %% [markdown]
# Each run starts afresh, with Python's standard library and the parts of `cs336_core` that need no
# other package: the tokenizers of the lectures, the accounting, and the tracer. A run ends after a
# minute, 100,000 characters of output or 512 MiB of memory, and a recorded one after 10,000 steps.
# Programs that need NumPy or PyTorch run in a notebook: `make lab` opens JupyterLab.
