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
# Build a language model yourself, from bytes to alignment, and watch every step run. Notes and
# experiments for learners of Stanford's CS336.
#
# Each lecture is a program. Read it as a page, move its figures, or run it as a notebook on your
# own machine: it is the same file. The results on a page were computed by tested code when the page
# was built, and every quoted number comes with its source. Start right here: press play, or move
# the slider, and watch a tokenizer learn its vocabulary.

# %% tags=["remove-input"]
from cs336_core.widgets import BPETimeMachine

BPETimeMachine("the cat in the hat", num_merges=4, compact=True, key="hat")

# %% [markdown]
# ## Lectures
#
# ```{lectures}
# ```
#
# The {doc}`glossary </book/glossary>` has the terms of the course, in one sentence each, with their
# Chinese names.
#
# The other lectures of the course follow: systems, scaling laws, data, and alignment.
#
# ## Four ways to use this site
#
# Read
# : The pages work on a phone, without an account. They load nothing from other servers, and a
#   copy of the site's folder can be read from disk.
#
# Play
# : Move a figure by mouse, finger or keyboard. *Copy link* gives you the address of exactly what
#   you see.
#
# Step through
# : A lecture runs line by line in the <a href="../trace.html">trace viewer</a>, forward and
#   backward, with every variable in view. Follow *Step through* on a lecture's page.
#
# Run
# : Each lecture's page offers its notebook for download. In a copy of the project, `make lab` opens
#   all of them in JupyterLab, with the same figures live: moving a slider changes a variable in
#   Python.
#
# This is an independent project, by learners and for learners. It is not an official page of the
# course.
