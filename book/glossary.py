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
# # Glossary
#
# The terms of the course, each with its definition, its Chinese name, and the lecture that explains
# it.
#
# ```{terminology} terminology.md
# ```
