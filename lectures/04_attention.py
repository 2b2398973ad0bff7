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
# # Attention
#
# Read this: *The cat sat because it was tired.* What does *it* refer to? You look back through the
# sentence and find the cat. Attention is how a model does that: each token looks at the others,
# decides which of them matter to it, and collects information from those.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Arc

from cs336_core.notebook import figures

words = ["The", "cat", "sat", "because", "it", "was", "tired"]
scores_of_it = torch.tensor([0.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # computed below
arcs = torch.softmax(scores_of_it, 0).tolist()
centers, left = [], 0.0
for word in words:
    centers.append(left + len(word) / 2)
    left += len(word) + 2.2
with figures.style():
    figure, axes = plt.subplots(figsize=(4.6, 1.9))
    for word, center, weight in zip(words, centers, arcs, strict=True):
        strong = "bold" if word in {"cat", "it"} else "normal"
        axes.text(center, -0.1, word, ha="center", va="top", fontsize=12, fontweight=strong)
        axes.text(center, -0.6, f"{100 * weight:.0f}\u2009%", ha="center", va="top", fontsize=12)
        middle, distance = (center + centers[4]) / 2, abs(center - centers[4])
        size = (distance or 1.6, 0.14 * distance + 0.5)
        axes.add_patch(
            Arc((middle, 0), *size, theta2=180, color="C0", linewidth=max(1, 9 * weight))
        )
    axes.set(xlim=(-0.5, left - 1.7), ylim=(-1.1, 2.15))
    axes.axis("off")
    plt.close(figure)
figures.inline(
    figure,
    alt="The sentence, with an arc from the word it to each of the seven words. The arc to cat is "
    "thick and stands for 77 percent; the other six are thin, with 4 percent each.",
)

# %% [markdown]
# *How much “it” attends to each token: the thicker the arc, the larger the weight.*
#
# This page computes these seven numbers, and then builds what today's models use: masks, heads, the
# KV cache and FlashAttention. Reading it takes about half an hour, figures included. You need to
# know what a token is ({doc}`02_tokenization`) and how to multiply a vector by a matrix.

# %% [markdown]
# ## Queries, keys and values
#
# A Python dictionary looks up a *key* and returns its *value*. Either the key is there, or it is
# not. Attention is a softer lookup. A *query* is compared with every key, each key matches to some
# degree, and the result is a mixture of all the values, in which the values of the best-matching
# keys count most.
#
# Here is our sentence. In a real model, each token is a vector of hundreds or thousands of learned
# numbers. Ours has four, set by hand so that we can read them: how much of an animal, an action, a
# pronoun, or something else the token is.

# %%
torch.manual_seed(336)  # the same random numbers in every run
tokens = ["The", "cat", "sat", "because", "it", "was", "tired"]
x = torch.tensor(
    [
        [0.0, 0.0, 0.0, 1.0],  # The
        [1.0, 0.0, 0.0, 0.0],  # cat: an animal
        [0.0, 1.0, 0.0, 0.0],  # sat: an action
        [0.0, 0.0, 0.0, 1.0],  # because
        [0.0, 0.0, 1.0, 0.0],  # it: a pronoun
        [0.0, 1.0, 0.0, 0.5],  # was
        [0.0, 0.5, 0.0, 1.0],  # tired
    ]
)

# %% [markdown]
# Three matrices turn each token into its query, its key and its value. A real model learns these
# matrices, too; we write them by hand. Each row of a matrix determines what one feature of the
# token turns into. In the query matrix, the third row makes a pronoun look for animals, with a
# strength of 6. Every other feature looks for its own kind, with a strength of 1. A key announces
# what the token is. A value passes on everything except “something else”.

# %%
query_matrix = torch.eye(4)
query_matrix[2] = torch.tensor([6.0, 0.0, 0.0, 0.0])  # pronoun -> animal
key_matrix = torch.eye(4)
value_matrix = torch.diag(torch.tensor([1.0, 1.0, 1.0, 0.0]))

queries = x @ query_matrix
keys = x @ key_matrix
values = x @ value_matrix

# %% tags=["hide-input"]
from IPython.display import Markdown

lines = ["| token | query | key | value |", "|---|:-:|:-:|:-:|"]
for i, token in enumerate(tokens):
    vectors = [" ".join(f"{entry:g}" for entry in each[i]) for each in (queries, keys, values)]
    lines.append(f"| {' | '.join([token, *vectors])} |".replace("0.5", "½"))
Markdown("\n".join(lines))

# %% [markdown]
# The query of *it* asks: “Is there an animal?” The key of *cat* answers: “I am one.” **A query is
# what a token looks for, a key is what it is found by, and a value is what it passes on.**

# %% [markdown]
# ## Scores, weights, a mixture
#
# How well does a key match a query? Multiply the two vectors entry by entry and add up the
# products: this is their *dot product*. It is large if both are large in the same entries. A single
# matrix multiplication, $Q K^\top$, computes it for all pairs, with a row for each query and a
# column for each key:

# %%
scores = queries @ keys.T / 4**0.5

# %% tags=["hide-input"]
lines = [f"| query\u00a0↓ key\u00a0→ | {' | '.join(tokens)} |", "|---|" + "--:|" * 7]
for token, row in zip(tokens, scores.tolist(), strict=True):
    lines.append(f"| {token} | {' | '.join(f'{score:g}' for score in row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# (We also divided by the square root of 4, the dimension of a key. You will soon see why.)
#
# A score can be any number, but a mixture needs weights that are positive and add up to 1. The
# *softmax* turns scores into weights: take the exponential of each score, and divide by the sum.

# %%
from cs336_core.model.attention import softmax

weights = softmax(scores)  # @stepover
for token, weight in zip(tokens, weights[4].tolist(), strict=True):  # @stepover
    print(f"{token:8} {100 * weight:3.0f} %  {'#' * round(20 * weight)}")

# %% tags=["remove-cell"]
weight_of_cat = weights[4, 1].item()

# %% [markdown]
# For *it*, *cat* scores 3 and all others 0, so the weight of *cat* is $e^3 / (e^3 + 6)$, or
# {eval}`f"{100 * weight_of_cat:.0f} %"`. The others get a little each; no weight is exactly zero.
# These are the arcs from the top of the page. Now mix the values:

# %%
outputs = weights @ values
print("it:", *(f"{entry:.2f}" for entry in outputs[4].tolist()))

# %% [markdown]
# The output of *it* is mostly “animal”: the pronoun has found its noun. That is all there is to
# attention: three lines of arithmetic, or one formula {cite:p}`transformer2017`.
#
# $$\operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}} + M\right) V$$
#
# Here $d$ is the dimension of a key. $M$ is the mask, which comes later; so far it is zero. In
# `cs336_core` this is one function, and it returns the same output:

# %%
from cs336_core.model.attention import scaled_dot_product_attention

attended = scaled_dot_product_attention(queries, keys, values)  # @stepover
assert torch.allclose(attended, outputs)

# %% [markdown]
# **Attention is a weighted mean of values, and the weights come from comparing queries with keys.**

# %% [markdown]
# ## Where each number comes from
#
# The map below has a row for each query and a column for each key. Point at a cell, or move there
# with the arrow keys, to see how its number is computed. The map can show the scores, or the
# *attention weights* that the softmax turns them into.

# %% tags=["hide-input"]
from cs336_core.widgets import AttentionExplorer

names = ["animal", "action", "pronoun", "else"]
settings = {"features": names, "mask": "none", "cell": (4, 1)}
AttentionExplorer(tokens, queries, keys, values, **settings, key="sentence")

# %% tags=["remove-cell"]
colder = softmax(scores[4] / 0.5)[1].item()
hotter = softmax(scores[4] / 5)[1].item()

# %% [markdown]
# Things to try:
#
# - Follow the cell of *it* and *cat* from its {figure}`score <sentence.stage=scores>` to its
#   {figure}`weight <sentence.stage=weights>`. Then look along the row: does a score of 0 mean a
#   weight of 0?
# - {figure}`Lower the temperature <sentence.temperature=0.5>`, which divides all scores, to 0.5,
#   then {figure}`raise it <sentence.temperature=5>` to 5. What happens to the weights of *it*?
# - In all the other rows, such as {figure}`that of “sat” <sentence.row=2&sentence.column=2>`, the
#   largest weight is less than twice the smallest. Why?
#
# ```{dropdown} What you should see
# A score of 0 still gets a weight, because $e^0 = 1$. At a temperature of 0.5, *cat* gets
# {eval}`f"{100 * colder:.0f} %"`; at 5 it gets {eval}`f"{100 * hotter:.0f} %"`, and the weights are
# nearly even. In the other rows, the entries of the query are at most 1, where the query of *it*
# has a 6, so the scores in a row hardly differ.
# ```
#
# **A weight depends on its whole row: the softmax compares each score with all the others.**
#
# Here is the whole computation as a function. Step through it for the query of *it*:

# %%
from cs336_core.model.plain_attention import plain_attention

output_of_it = plain_attention(queries[4:5], keys, values)
assert torch.allclose(output_of_it, outputs[4:5])

# %% tags=["hide-input"]
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

TraceViewer(
    trace(plain_attention, queries[4:5], keys, values, inspect_all=True),
    key="call",
)

# %% [markdown]
# ## Why the square root?
#
# Fill queries and keys with random numbers of mean 0 and standard deviation 1. A dot product adds
# up $d$ products. Some are positive and some negative, so they partly cancel: the standard
# deviation of the sum grows with the square root of $d$. Measure it:

# %%
generator = torch.Generator().manual_seed(336)
deviations = {}
for d in [4, 16, 64, 256, 1024]:  # @stepover
    q, k = torch.randn(2, 4000, d, generator=generator)
    deviations[d] = (q * k).sum(-1).std().item()

# %% tags=["hide-input"]
lines = ["| *d* | standard deviation | √*d* |", "|--:|--:|--:|"]
for d, deviation in deviations.items():
    lines.append(f"| {d:,} | {deviation:.1f} | {d**0.5:.0f} |")
Markdown("\n".join(lines))

# %% [markdown]
# What is wrong with large scores? Suppose that a query is compared with ten keys, that $d$ is
# 1,024, and that the scores are random numbers with a standard deviation of 32, as in the last row
# of the table.

# %% tags=["remove-input"]
from cs336_core.widgets import Prediction

options = ["10 %, like any other", "about a third", "nearly all of it"]
question = "How much attention does the best of the ten keys get, on average?"
Prediction(question, options, options[-1], key="best-key")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
largest, gradient = {}, {}
lines = ["| *d* | as they are | divided by the root |", "|--:|--:|--:|"]
for d in [4, 64, 1024]:  # @stepover
    for scaled in [False, True]:
        deviation = 1 if scaled else d**0.5
        drawn = deviation * torch.randn(100_000, 10, generator=generator)
        p = softmax(drawn)
        largest[d, scaled] = p.amax(-1).mean().item()
        gradient[d, scaled] = (p * (1 - p)).mean().item()
    plain, divided = 100 * largest[d, False], 100 * largest[d, True]
    lines.append(f"| {d:,} | {plain:.0f} % | {divided:.0f} % |")
Markdown("\n".join(lines))

# %% [markdown]
# In high dimensions, without the division, the softmax puts nearly all of the weight on one key.
# Worse, such a layer hardly learns: where a weight is close to 0 or 1, changing the score changes
# almost nothing. The gradient of a weight $p$ with respect to its own score is $p (1 - p)$. At
# $d$ = 1,024, it is on average {eval}`f"{gradient[1024, True] / gradient[1024, False]:.0f}"` times
# smaller without the division than with it.
#
# **Dividing by $\sqrt{d}$ keeps the standard deviation of the scores at 1, whatever the
# dimension.** This assumes that the entries of queries and keys have standard deviation 1, which is
# roughly true at initialization.

# %% [markdown]
# ## Masks: which tokens can see which
#
# In training, a language model that reads “The cat” learns to predict *sat*. If it could look ahead
# and see *sat*, there would be nothing to learn. So a *causal mask* hides the future: it sets the
# scores of later tokens to minus infinity, whose exponential is 0. In the code, a mask is true,
# printed as 1, where the query (row) may attend to the key (column). In the formula, $M$ is 0 at
# these positions and minus infinity everywhere else.

# %%
from cs336_core.model.masks import causal_mask

mask = causal_mask(4)
print(mask.int())
print(torch.zeros(4, 4).masked_fill(~mask, -torch.inf))

# %% [markdown]
# Try it on our sentence. Hatched cells are hidden. Look at the scores *after the mask*, and then at
# the weights.

# %% tags=["hide-input"]
settings |= {"mask": "causal", "stage": "masked"}
AttentionExplorer(tokens, queries, keys, values, **settings, key="masks")

# %% [markdown]
# Things to try:
#
# - Choose {figure}`a sliding window of 3 <masks.mask=window&masks.window=3&masks.row=4>`. Does *it*
#   still find *cat*?
# - What does *The* attend to {figure}`under a causal mask <masks.stage=weights&masks.row=0>`?
# - Choose {figure}`a prefix of 3 <masks.mask=prefix&masks.prefix=3>`. What could such a mask be
#   good for?
#
# ```{dropdown} What you should see
# No: a window of 3 includes the token itself, so it reaches two tokens back, and *cat* is three
# tokens before *it*. *The* can attend only to itself. With a prefix mask, a model reads a question
# as a whole, in both directions, and then writes the answer token by token {cite:p}`t5`.
# ```
#
# Does the mask work? Replace the last token with something entirely different. The outputs before
# it must not change.

# %%
edited = x.clone()
edited[-1] = torch.tensor([9.0, -9.0, 9.0, -9.0])

q, k, v = edited @ query_matrix, edited @ key_matrix, edited @ value_matrix
visible = causal_mask(7)  # @stepover
before = plain_attention(queries, keys, values, visible)
after = plain_attention(q, k, v, visible)  # @stepover
changed = {"causal": (before != after).any(-1)}

before = plain_attention(queries, keys, values)  # @stepover
after = plain_attention(q, k, v)  # @stepover
changed["no mask"] = (before != after).any(-1)
for name, rows in changed.items():  # @stepover
    print(f"{name}:", *(tokens[i] for i in range(7) if rows[i]))

# %% [markdown]
# With the mask, only the last output changes. Without it, all of them do.
#
# A Transformer can contain three kinds of attention. They use the same formula, and differ only in
# the mask and in where the keys and values come from:
#
# | kind | queries from | keys and values from | masked |
# |---|---|---|---|
# | encoder self-attention | the text | the same text | nothing |
# | decoder self-attention | the text | the same text | the future |
# | cross-attention | the text being written | the text being read | nothing |
#
# BERT is an *encoder* {cite:p}`bert2018`. Nearly all of today's large language models are
# *decoders*. The first Transformer, a translation model, had both parts and all three kinds: its
# encoder read the source text, its decoder wrote the translation, and *cross-attention* let the
# tokens of the translation attend to those of the source.
#
# Here is cross-attention in such a model, made by hand again. The model writes two German words:
# *Katze* looks for an animal in our sentence, and *saß* looks for an action.

# %%
german = 6 * torch.eye(4)[:2]  # Katze -> animal, saß -> action
crossed = softmax(german @ keys.T / 4**0.5)  # @stepover

# %% tags=["hide-input"]
lines = [f"| query\u00a0↓ key\u00a0→ | {' | '.join(tokens)} |", "|---|" + "--:|" * 7]
for word, row in zip(["Katze", "saß"], crossed.tolist(), strict=True):
    lines.append(f"| {word} | {' | '.join(f'{100 * weight:.0f} %' for weight in row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# *Katze* finds *cat*, but *saß* cannot choose between *sat* and *was*, since both are actions.
#
# Sequences of different lengths fit into one tensor only if the shorter ones are extended with
# *padding*, which all three kinds of attention mask as well: {figure}`our sentence with its last
# token as padding <masks.padding=1>`. Two masks are combined with *and*:

# %%
from cs336_core.model.masks import padding_mask

lengths = torch.tensor([4, 2])
padding = padding_mask(lengths, 4)  # @stepover
both = causal_mask(4) & padding  # @stepover
print(both[1, 0].int())

# %% [markdown]
# The second sequence has only two tokens, so its last two columns are hidden from every query. Its
# last two rows still produce outputs, which the loss ignores.
#
# **The formula never changes: the mask decides which tokens can see which.**

# %% [markdown]
# ## Multiple heads
#
# Finding what *it* refers to is only one question. Who sat, and who was tired? To answer several
# questions at once, a layer runs several *heads* in parallel, each with its own query, key and
# value matrices. Let us add a head in which an action looks for a pronoun or, failing that, for an
# animal.

# %%
second_matrix = torch.eye(4)
second_matrix[1] = torch.tensor([6.0, 0.0, 9.0, 0.0])  # who did it?
two_heads = torch.stack([queries, x @ second_matrix])
two_keys = torch.stack([keys, keys])  # for simplicity, the same in both
two_values = torch.stack([values, values])

# %% tags=["hide-input"]
settings = {"features": names, "head": 1, "cell": (5, 4)}
AttentionExplorer(tokens, two_heads, two_keys, two_values, **settings, key="heads")

# %% [markdown]
# In the second head, *was* finds *it*, and {figure}`sat finds cat <heads.row=2&heads.column=1>`.
# {figure}`Remove the mask <heads.mask=none&heads.row=2&heads.column=4>`, and *sat* prefers *it*, a
# later token that the mask had hidden.
#
# The output of *was* is mostly “pronoun”. To find the animal, the model needs a second layer:
# there, *it* already carries the information that it collected from *cat*.
#
# In a real model, every head reads the whole vector of a token and projects it to a short query,
# key and value. In a model of width 512 with 8 heads, they have 64 entries each. The outputs of the
# heads are concatenated, and a fourth matrix mixes them. Here is such a layer, before training:

# %%
from cs336_core.model.multi_head import MultiHeadAttention

attention = MultiHeadAttention(d_model=512, n_heads=8)
hidden = torch.randn(1, 7, 512)  # one sequence of seven tokens
print(attention(hidden, causal_mask(7)).shape)  # @stepover
for name, parameter in attention.named_parameters():  # @stepover
    print(f"{name:14} {tuple(parameter.shape)}")

# %% [markdown]
# Eight heads can ask eight questions at once. What does that cost?

# %% tags=["remove-input"]
options = ["eight times as many", "as many", "an eighth as many"]
question = "How many parameters do eight heads have, compared with a single one of width 512?"
Prediction(question, options, options[1], key="cost-of-heads")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
one_head = MultiHeadAttention(d_model=512, n_heads=1)
counts = []
for each in [attention, one_head]:  # @stepover
    counts.append(sum(p.numel() for p in each.parameters()))
print(counts)
assert counts[0] == counts[1] == 4 * 512**2

# %% [markdown]
# **Heads are almost free.** They divide the same matrices into strips, so neither the number of
# parameters nor the number of operations in the matrix multiplications changes. Only the softmax
# has more scores to process.

# %% tags=["remove-cell"]
from cs336_core.training import small_model

small = small_model.CONFIG

# %% [markdown]
# ## Trained heads, and your sentence
#
# We wrote our two heads by hand. A real model learns its heads in training. The small Transformer
# in the figure below has {eval}`small.n_layers` layers, or *blocks*, of {eval}`small.n_heads` heads
# each. It was trained on simple stories and a few plays when this site was built. Type a sentence,
# and see what each head attends to: the percentages are its weights after the softmax.

# %% tags=["remove-input"]
from cs336_core.widgets import HeadExplorer

HeadExplorer(key="trained")

# %% [markdown]
# Things to try:
#
# - The sentence has two names, and one of them appears twice. Which name does the head shown attend
#   to from the last token? {figure}`Swap the names <trained.text=When Leo and Lucy went to the
#   market, Leo gave a ring to>`: does the attention follow?
# - Find the head that attends most to {figure}`the previous token <trained.target=previous>`. Does
#   this head do anything else?
# - Find the head for {figure}`capital letters <trained.target=capital>`, then try the same sentence
#   {figure}`in lowercase <trained.text=when leo and lucy went to the market, lucy gave a ring to>`.
#   What happens?
#
# ```{dropdown} What you should see
# The head attends to the name that appears twice, and its attention follows when you swap the
# names. That is useful: in the stories that the model was trained on, the giver is named twice, and
# the ring goes to the other person. The previous-token head puts only part of its weight on the
# previous token; in so small a model, each head does several things at once. Large models have
# heads that attend almost only to the previous token, and induction heads, which build on them to
# continue a pattern that appeared earlier in the text {cite:p}`induction2022`. In lowercase, no
# token has a capital letter, so the figure shows the head with the most concentrated weights
# instead. The names also split into smaller tokens that the model has hardly ever seen.
# ```
#
# **Nobody tells a head what to look for. It learns whatever helps to predict the next token.**

# %% [markdown]
# ## What a model has to remember
#
# Suppose that a model has written “The cat sat”. To write the next token, it needs the keys and
# values of these three, and later those of the fourth as well. Earlier keys and values never
# change, because no token can attend to a later one. So the model computes them once and stores
# them in a *KV cache*. Does it get the same result as when it processes all tokens at once?

# %%
from cs336_core.model.kv_cache import KVCache

with torch.no_grad():  # @stepover
    at_once = attention(hidden, causal_mask(7))
    cache = KVCache()
    one_by_one = []
    for i in range(7):
        one_by_one.append(attention(hidden[:, [i]], cache=cache))
difference = (at_once - torch.cat(one_by_one, 1)).abs().max().item()
print(f"{len(cache)} tokens cached, largest difference {difference:.0e}")
assert difference < 1e-5

# %% [markdown]
# It does, up to rounding error. But the cache is large. Each layer stores a key and a value for
# each head, at 2 bytes per number, so a token takes 2 · layers · heads · head width · 2 bytes.
# Llama 3 8B has 32 layers and 32 query heads of width 128.
#
# Heads can share keys and values. In *grouped-query attention* (GQA), each group of query heads
# uses the same keys and values {cite:p}`gqa2023`; in *multi-query attention* (MQA), all query heads
# do {cite:p}`mqa2019`. *Multi-head latent attention* (MLA) caches one short vector per token, from
# which each head computes its own key and value. It also caches one small key, shared by all heads,
# which encodes the position {cite:p}`deepseekv2`.
#
# How much memory does each variant need? Start with plain multi-head attention (MHA) in Llama 3 8B.

# %% tags=["remove-input"]
options = ["16 KiB", "128 KiB", "512 KiB", "2 MiB"]
question = "How much does the cache take per token, if all 32 heads have their own keys and values?"
Prediction(question, options, options[2], key="cache-per-token")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from dataclasses import replace

from cs336_core.accounting import kv_cache_bytes
from cs336_core.model.presets import preset

llama = preset("llama-3-8b")  # @stepover
deepseek = preset("deepseek-v3")  # @stepover
cached = {}
kv_heads = {"MHA, 32 heads": 32, "GQA, 8 heads": 8, "MQA, 1 head": 1}
for name, n_kv_heads in kv_heads.items():  # @stepover
    cached[name] = kv_cache_bytes(replace(llama, n_kv_heads=n_kv_heads))
cached["MLA of DeepSeek-V3"] = kv_cache_bytes(deepseek)  # @stepover
lines = ["| keys and values | per token | 8,192 tokens |", "|---|--:|--:|"]
for name, size in cached.items():  # @stepover
    per_token, in_all = size / 2**10, 8192 * size / 2**20
    lines.append(f"| {name} | {per_token:.1f} KiB | {in_all:,.0f} MiB |")
Markdown("\n".join(lines))

# %% [markdown]
# Llama 3 8B uses GQA: its 32 query heads share 8 key and value heads, so the cache takes a quarter
# of the memory. The authors of GQA found it nearly as good as full multi-head attention, and nearly
# as fast as MQA. DeepSeek-V3 is far larger, with {eval}`deepseek.n_layers` layers and
# {eval}`deepseek.n_heads` heads, yet it caches about half as much as Llama 3 8B: per token and
# layer, {eval}`deepseek.latent.kv_rank` numbers for the short vector and
# {eval}`deepseek.latent.rope_head_dim` for the shared key.
#
# **The KV cache trades memory for computation, and sharing keys and values makes it smaller.**

# %% [markdown]
# ## Attention does not know the order
#
# Shuffle the tokens. The outputs are the same, in the shuffled order:

# %%
shuffle = torch.randperm(7, generator=generator)
ordered = scaled_dot_product_attention(queries, keys, values)  # @stepover
shuffled = scaled_dot_product_attention(  # @stepover
    queries[shuffle],
    keys[shuffle],
    values[shuffle],
)
assert torch.allclose(ordered[shuffle], shuffled)
print("shuffled:", *(tokens[i] for i in shuffle))

# %% [markdown]
# **Without a mask, *dog bites man* and *man bites dog* are the same to attention.** So models
# encode the position of each token, and {doc}`05_transformer` shows how.

# %% [markdown]
# ## Long sequences
#
# Every token attends to every other, so a sequence twice as long has four times as many scores.
# There are three ways to deal with this.
#
# The first is to attend to fewer tokens. In *sliding-window attention*, a token attends only to the
# last few tokens {cite:p}`longformer2020`. It learns about earlier ones through the layers below:
# each layer reaches back by the window minus one, because the window includes the token itself.

# %%
from cs336_core.model.masks import window_mask

print(window_mask(6, 3).int())  # @stepover

# %% [markdown]
# The second is to drop the softmax. *Linear attention* replaces the exponential of a score with a
# dot product of two transformed vectors {cite:p}`linearattn2020`. Then a state of fixed size,
# essentially one matrix, summarizes everything read so far, and the cost per token stays the same,
# however long the text. But attention becomes less sharp, as the output of *it* shows:

# %%
from cs336_core.model.linear_attention import linear_attention

sharp = scaled_dot_product_attention(queries, keys, values)[4]  # @stepover
soft = linear_attention(queries, keys, values)[4]  # @stepover
print("softmax:", *(f"{entry:.2f}" for entry in sharp.tolist()))
print("linear: ", *(f"{entry:.2f}" for entry in soft.tolist()))

# %% [markdown]
# How large is that state, compared with the cached keys and values of 500 tokens, with 64 entries
# each?

# %%
from cs336_core.model.linear_attention import linear_attention_recurrent

q, k, v = torch.randn(3, 500, 64, generator=generator)
_, state = linear_attention_recurrent(q, k, v)  # @stepover
state_size = sum(each.numel() for each in state)
cache_size = k.numel() + v.numel()
print(f"state:           {state_size:6,} numbers")
print(f"keys and values: {cache_size:6,} numbers")

# %% [markdown]
# The third is to compute the same output while moving less data. That is *FlashAttention*
# {cite:p}`flashattention2022`. It is faster, needs less memory, and approximates nothing, so it has
# become the standard.
#
# **A window limits how far a token sees, linear attention blurs what it sees, and FlashAttention
# does neither.**

# %% [markdown]
# ## FlashAttention, tile by tile
#
# A GPU computes on data in a small, fast memory (SRAM) and stores everything else in a large, slow
# one (HBM). Plain attention writes all scores to HBM, reads them back for the softmax, writes the
# weights, and reads those back for the mixture. Most of the time is spent on this traffic, not on
# arithmetic.
#
# FlashAttention computes the scores of a few queries and a few keys at a time, one *tile* of the
# score matrix, and never writes a score to HBM. The difficulty is the softmax, which needs the sum
# over a whole row. The solution is an *online softmax*: keep a running sum, and scale it down
# whenever a larger score arrives. Watch it on the row of *it*, with one key per tile:

# %%
from cs336_core.model.flash import flash_steps

row = slice(4, 5)  # the query of "it"
options = {"causal": False, "scale": 4**-0.5, "tile": (1, 1)}
for step in flash_steps(queries[row], keys, values, **options):
    key_token = tokens[step.tile.columns][0]
    highest, total = step.highest.item(), step.total.item()
    print(f"after {key_token:8} largest {highest:.2f}, sum {total:.2f}")
result = step.output / step.total
assert torch.allclose(result, outputs[row])

# %% [markdown]
# Look at *cat*, on the second line. Its score of 3 is the largest so far, so the earlier sum of 1
# is multiplied by $e^{-3}$, and *cat* itself adds $e^0 = 1$. The sum of the weighted values is
# rescaled in the same way. At the end, it is divided by the sum of the exponentials, and the result
# is exactly the output of attention.
#
# The figure below does this for 16 × 16 scores. Tiles of queries, keys and values move from HBM
# into SRAM. Their scores are computed there, used, and discarded; only the output moves back. Step
# through a row of tiles, and watch the largest score and the sum of the selected row.

# %% tags=["hide-input"]
from cs336_core.widgets import FlashStepper

FlashStepper(step=6, key="tiles")

# %% tags=["remove-cell"]
from cs336_core.model import memory_io
from cs336_core.model.flash import tiles

by_height = [memory_io.flash_traffic(16, 16, 4, 4, tile=(height, 4)) for height in (4, 8)]
read_once = memory_io.flash_traffic(16, 16, 4, 4, tile=(16, 6))
square = memory_io.flash_traffic(16, 16, 4, 4, tile=(11, 11))
causal_tiles = len([*tiles(16, 16, (4, 4), causal=True)])

# %% [markdown]
# Things to try:
#
# - Put {figure}`more queries into a tile <tiles.query_tile=8>`. What happens to the traffic, and
#   why?
# - Give SRAM {figure}`room for 320 numbers
#   <tiles.capacity=320&tiles.query_tile=11&tiles.key_tile=11>`. The largest square tile has 11
#   queries and 11 keys. Can you find a better shape?
# - {figure}`Switch on the causal mask <tiles.causal=true&tiles.step=10>`. Which tiles are skipped?
#
# ```{dropdown} What you should see
# The traffic falls from {eval}`by_height[0]` numbers with 4 queries per tile to
# {eval}`by_height[1]` with 8: the keys and values are read once per row of tiles, and there are
# fewer rows. SRAM for 320 numbers also holds {figure}`all 16 queries and 6 keys
# <tiles.capacity=320&tiles.query_tile=16&tiles.key_tile=6>`. Then nothing is read twice:
# {eval}`read_once` numbers are moved instead of {eval}`square`, the output included. The causal
# mask skips the tiles that lie entirely in the future; {eval}`causal_tiles` of 16 remain.
# ```
#
# Now count the traffic at realistic sizes, for one head of width 64 and tiles of 128 × 128:

# %%
from cs336_core.model.memory_io import flash_traffic, plain_traffic

traffic, traffic_ratio = {}, {}
for n in [1024, 8192]:  # @stepover
    plain = plain_traffic(n, n, 64, 64)
    tiled = flash_traffic(n, n, 64, 64, tile=(128, 128))
    traffic[n] = plain, tiled
    traffic_ratio[n] = plain / tiled

# %% tags=["hide-input"]
lines = ["| tokens | plain | FlashAttention |", "|--:|--:|--:|"]
for n, (plain, tiled) in traffic.items():
    lines.append(f"| {n:,} | {plain / 1e6:.1f} million | {tiled / 1e6:.1f} million |")
Markdown("\n".join(lines))

# %% [markdown]
# For 8,192 tokens, plain attention moves {eval}`f"{traffic_ratio[8192]:.1f}"` times as many numbers
# as FlashAttention. FlashAttention performs a few more operations, for the rescaling, and its
# backward pass recomputes the scores. The output is the same up to rounding:

# %%
from cs336_core.model.flash import flash_attention

q, k, v = torch.randn(3, 1, 8, 200, 64, generator=generator)
visible = causal_mask(200)  # @stepover
tiled = flash_attention(q, k, v, causal=True)  # @stepover
untiled = scaled_dot_product_attention(q, k, v, visible)  # @stepover
assert torch.allclose(tiled, untiled, atol=1e-5)

# %% [markdown]
# What must be saved for the backward pass? Plain attention saves a matrix of attention weights,
# which grows with the square of the length. FlashAttention saves its inputs, its output, and one
# number per query:

# %%
from cs336_core.model.saved_activations import saved_elements

saved = {}
for n in [256, 1024, 4096]:  # @stepover
    q, k, v = torch.randn(3, 1, n, 64).unbind()
    saved[n] = [
        saved_elements(scaled_dot_product_attention, q, k, v),
        saved_elements(flash_attention, q, k, v),
    ]

# %% tags=["hide-input"]
lines = ["| tokens | plain | FlashAttention |", "|--:|--:|--:|"]
for n, (plain, tiled) in saved.items():
    lines.append(f"| {n:,} | {plain:,} | {tiled:,} |")
Markdown("\n".join(lines))

# %% [markdown]
# From 1,024 to 4,096 tokens, the memory for saved tensors grows by a factor of
# {eval}`f"{saved[4096][0] / saved[1024][0]:.0f}"` with plain attention, and of
# {eval}`f"{saved[4096][1] / saved[1024][1]:.0f}"` with FlashAttention. **FlashAttention is faster
# because it moves less data, not because it computes less.**

# %% tags=["remove-cell"]
uniform = softmax(torch.zeros(7))
all_masked = softmax(torch.full((3,), -torch.inf))
grouped = MultiHeadAttention(4096, 32, n_kv_heads=8)
parameters = sum(p.numel() for p in grouped.parameters())
reached = torch.linalg.matrix_power(window_mask(32, 3).double(), 4)[-1] > 0
furthest = 31 - int(reached.nonzero()[0])
torch.manual_seed(1)
full = MultiHeadAttention(512, 8, n_kv_heads=8)
torch.manual_seed(1)
usual = MultiHeadAttention(512, 8)
assert torch.equal(full(hidden), usual(hidden))

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** All scores of a row are equal. What does attention return? And what if you add 100 to every
# score?
#
# ```{dropdown} Answer
# The mean of the values: with seven keys, for example, each weight is
# {eval}`f"{uniform[0].item():.3f}"`. Adding 100 changes nothing: each exponential becomes $e^{100}$
# times as large, and so does their sum. That is why code can subtract the largest score first, so
# that no exponential overflows.
# ```
#
# **2.** A row of the mask hides every key. What should the output be?
#
# ```{dropdown} Answer
# Zeros: in our code, the weights of such a row add up to {eval}`f"{all_masked.sum().item():.0f}"`.
# A naive softmax divides 0 by 0, which is *not a number* (NaN). One such row turns gradients into
# NaN, and a single training step with such gradients ruins the whole model.
# ```
#
# **3.** How many parameters does attention have in one layer of Llama 3 8B, with a width of 4,096,
# 32 query heads and 8 key and value heads?
#
# ```{dropdown} Answer
# {eval}`f"{parameters:,}"`: two matrices of 4,096 × 4,096, for the queries and the output, and two
# of 4,096 × 1,024, for keys and values.
# ```
#
# **4.** How far back does the last token reach with a window of 3 and 4 layers?
#
# ```{dropdown} Answer
# {eval}`furthest` tokens, since each layer reaches back 2 more. The last token does not see the
# furthest one itself, only what the tokens in between took in from it.
# ```
#
# **5.** What do you call GQA if a model with 8 query heads also has 8 key and value heads?
#
# ```{dropdown} Answer
# Multi-head attention. With the same matrices, the two give the same output bit for bit, as a check
# confirms whenever this page is built.
# ```
#
# **6.** Does FlashAttention perform fewer operations than plain attention?
#
# ```{dropdown} Answer
# Not for the same scores: there it performs slightly more, because it rescales earlier sums. It is
# faster because it moves less data. Only with a causal mask can it save work: it skips the tiles
# that are masked completely, nearly half of them in a long sequence.
# ```

# %% [markdown]
# ## What comes next
#
# Attention lets tokens exchange information. {doc}`05_transformer` adds the rest of the model:
# positions, norms that keep the numbers at a standard size, and an MLP that works on each token
# separately. The [Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/) walks
# through the original paper line by line.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
