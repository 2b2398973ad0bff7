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
# # Language modeling from scratch
#
# Build a language model yourself, from bytes to alignment, and watch every step run. A course site
# for anyone following Stanford's CS336.
#
# A model reads numbers, not letters. Here is how its tokenizer learns to turn text into numbers:
# press play, or type something of your own.

# %% tags=["remove-input"]
from cs336_core.widgets import BPETimeMachine

BPETimeMachine("the cat in the hat", num_merges=4, compact=True, key="hat")

# %% [markdown]
# <a class="start" href="../lectures/01_overview.html">Start with the overview</a>
#
# ## Lectures
#
# ```{lectures}
# ```
#
# Lectures on systems, scaling laws, data and alignment will follow. The {doc}`glossary
# </book/glossary>` defines each term of the course in one sentence, with its Chinese name. In the
# {doc}`Python playground </book/playground>`, you can step through programs of your own.
#
# ## Four ways to use this site
#
# Each lecture is one file that serves as a page, a notebook, a trace you can step through, and a
# test. Tested code computed the results on a page when the page was built, and every quoted number
# comes with its source.
#
# Read
# : The pages work on a phone and need no account. They load nothing from other servers, so you can
#   also read them offline, from a copy of the site's folder.
#
# Play
# : Explore the figures with a mouse, by touch or from the keyboard. *Copy link* gives you a link to
#   exactly what you see.
#
# Step through
# : Click *Step through* on a lecture's page. The <a href="../trace.html">trace viewer</a> then
#   runs the lecture line by line, forward and backward, with every variable in view.
#
# Run
# : You can download each lecture as a notebook. In a copy of the repository, `make lab` opens all
#   the notebooks in JupyterLab, with the same figures live: moving a slider changes a variable in
#   Python.
#
# This is an independent project, by learners and for learners. It is not an official Stanford site.
