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
# Edit the program, run it, or step through it with every variable in view. Python runs in your
# browser: the page needs no server and works offline.

# %% tags=["remove-input"]
from cs336_core.widgets import PythonPlayground

PythonPlayground(key="python")

# %% [markdown]
# Each run starts from scratch. You can import Python's standard library and the parts of
# `cs336_core` that need no other package, such as the tokenizers from the lectures, the accounting,
# the GPT in plain Python and the tracer. A run is stopped after a minute, 100,000 characters of
# output, or 512 MiB of memory. “Step through” stops after 10,000 steps. For programs that need
# NumPy or PyTorch, use a notebook: `make lab` opens JupyterLab.
