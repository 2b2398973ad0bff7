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
# # What a model costs
#
# Will it fit? How long will it take? What would make it faster? Whoever trains a model asks these
# before anything else, and the answers need no GPU. They need multiplication, and some care about
# what is multiplied.
#
# This page counts operations, parameters and bytes, first by hand and then by code, and holds each
# count against a program that really runs. It takes about an hour. You need to know what a block of
# a Transformer is made of: {doc}`05_transformer` builds one.

# %% [markdown]
# ## One product of matrices
#
# Nearly all the work of a model is products of matrices. Take one of $m$ rows and $k$ columns, and
# one of $k$ rows and $n$ columns. The result has $m n$ numbers. Each is a sum of $k$ products: $k$
# multiplications, and as many additions. So a product takes
#
# $$2\, m\, k\, n \ \text{FLOPs},$$
#
# *floating-point operations*. PyTorch can watch a program and count. Do we agree?

# %%
import torch
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(336)  # the random numbers below are the same each time
m, k, n = 64, 512, 2048
left, right = torch.randn(m, k), torch.randn(k, n)
with FlopCounterMode(display=False) as counter:  # @stepover
    product = left @ right
print("by hand: ", 2 * m * k * n)
print("by torch:", counter.get_total_flops())

# %% tags=["remove-cell"]
assert counter.get_total_flops() == 2 * m * k * n

# %% [markdown]
# Your turn: turn the formula into a function.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("matmul_flops", key="write-matmul")  # @stepover

# %% [markdown]
# Two warnings about words. A multiplication with its addition is also called one *MAC*
# (multiply-accumulate). A count in MACs is half of one in FLOPs, and papers do not always say which
# they mean. And FLOPs are an amount; FLOP/s, or FLOPS, is a speed.
#
# What about everything that isn't a matmul: norms, softmax, activations, sums? It touches each
# number a few times, where a product uses each of them thousands of times. Here is what it adds for
# Llama 3 8B {cite:p}`llama3` that reads 8,192 tokens.

# %%
from cs336_core.accounting import Conventions, count_flops, total_flops
from cs336_core.accounting.units import percent_text
from cs336_core.model.presets import preset

llama = preset("llama-3-8b")  # @stepover
products = count_flops(llama, batch=1, seq_len=8192)  # @stepover
everything = count_flops(  # @stepover
    llama, batch=1, seq_len=8192, conventions=Conventions(elementwise=True)
)
more = total_flops(everything) / total_flops(products) - 1  # @stepover
print(f"{100 * more:.2f} % more")

# %% [markdown]
# So we count products of matrices only, as papers and PyTorch do. (That the rest is small in FLOPs
# does not make it small in *time*. We come back to that.)

# %% [markdown]
# ## The parameters of a model
#
# Llama 3 8B has 32 layers and a width $d$ of 4,096. Attention has 32 heads of 128 numbers for
# queries, and 8 for keys and values. The MLP has three matrices between $d$ and 14,336. No matrix
# has a bias. Before you look: what is the larger part of a layer, attention or the MLP?

# %%
d, d_ff, layers, vocab = 4096, 14_336, 32, 128_256
heads, kv_heads = 32 * 128, 8 * 128

in_attention = d * heads + 2 * d * kv_heads + heads * d  # Q, K and V, O
in_mlp = 3 * d * d_ff  # gate, up, down
in_norms = 2 * d
in_tables = 2 * vocab * d  # embedding, LM head
by_hand = layers * (in_attention + in_mlp + in_norms) + d + in_tables

print(f"attention {in_attention:13,} per layer")
print(f"MLP       {in_mlp:13,} per layer")
print(f"in all    {by_hand:13,}")

# %% [markdown]
# The MLP has {eval}`f"{in_mlp / in_attention:.1f}"` times as many. The published number is
# 8,030,261,248, and the sum by hand comes to it exactly; the single $d$ is the norm after the last
# layer. ({doc}`05_transformer` has built the model and counted as many.) The package does it for
# any configuration, and tells where they are.

# %%
from cs336_core.accounting import count_parameters

counted = count_parameters(llama)  # @stepover
assert by_hand == counted.total == 8_030_261_248
for name, size in counted.components.items():  # @stepover
    if size:
        print(f"{name:10} {size:13,}")

# %% [markdown]
# For a quick estimate take the plain Transformer: four matrices of $d \times d$ in attention, and
# an MLP of two that is four times as wide, $2 \cdot 4 d^2$. With $L$ layers that is $12 L d^2$. How
# good is it? The *tables* are the embedding, the learned positions where a model has them, and the
# LM head where it is a matrix of its own.

# %% tags=["hide-input"]
from IPython.display import Markdown

from cs336_core.accounting import count_text

lines = ["| model | parameters | 12 L d² | tables | per token |", "|---|--:|--:|--:|--:|"]
parameters, tables_of = {}, {}
chosen = ["gpt3-175b", "gpt2-small", "qwen2.5-0.5b", "llama-3-8b", "mixtral-8x7b"]
for name in chosen:
    each = preset(name)
    parameters[name] = counts = count_parameters(each)
    rule = 12 * each.n_layers * each.d_model**2 / counts.total
    tables_of[name] = tables = counts.embedding + counts.components["head"]
    row = [f"`{name}`", count_text(counts.total), f"{100 * rule:.0f} %"]
    row += [f"{100 * tables / counts.total:.1f} %", count_text(counts.active)]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# For GPT-3 {cite:p}`gpt3` it is all there is. In a small model with a large vocabulary about a
# third of the parameters are in its tables. In Llama attention is smaller than in the rule, since
# keys and values are shared, and the MLP is larger: it is only {eval}`f"{d_ff / d:g}"` times as
# wide as the model, but has three matrices in place of two. The two errors partly cancel.
#
# Mixtral {cite:p}`mixtral` has eight experts in each layer, and a router sends a token to two of
# them. It has to *store* {eval}`count_text(parameters["mixtral-8x7b"].total)`, not eight times
# seven, since the experts share everything else. It *uses* the *active parameters* only, about
# {eval}`count_text(parameters["mixtral-8x7b"].active)` for each token. Which ones may differ from
# token to token and from layer to layer.

# %% [markdown]
# ## A forward pass
#
# A token that goes through a matrix of $k \times n$ takes $2 k n$ FLOPs: two for each parameter.
# For all matrices together that is $2N$ for each token. Biases, norms and the look-up in the
# embedding are no products.
#
# One thing has no parameters and costs all the same. In attention each token's query meets the keys
# of all $T$ tokens, $2 T d$, and mixes as many values, $2 T d$ again. So a token takes about
#
# $$2 N + 4 L T d \ \text{FLOPs}.$$
#
# Here is every product of Llama 3 8B, for one text of 8,192 tokens.

# %%
rows = count_flops(
    llama,  # @stepinto count_flops forward_operations _multi_head _projection
    batch=1,  # @stepinto _attended _mlp _head
    seq_len=8192,
)
whole = total_flops(rows)  # @stepover
print(f"{whole:,} FLOPs")

# %% tags=["hide-input"]
from cs336_core.accounting import flops_text

lines = ["| operation | product | FLOPs | share |", "|---|---|--:|--:|"]
for each in rows:
    if each.flops:
        cost = [flops_text(each.flops), percent_text(each.flops / whole)]
        lines.append(f"| {' | '.join([each.operation, each.dimensions, *cost])} |")
lines.append(f"| in all | | {flops_text(whole)} | |")
Markdown("\n".join(lines))

# %% [markdown]
# Read a row: the first number of a product is 32, the layers. In the *scores* it goes on with one
# sequence, 32 heads, 8,192 queries, as many keys, and the 128 numbers of a head.
#
# Can we trust it? Take a model that is small enough to run, with all that makes Llama, and let
# PyTorch count while it runs.

# %%
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel

small = ModelConfig(
    vocab_size=1024, context_length=512, n_layers=4, d_model=256,
    n_heads=4, n_kv_heads=2, d_ff=683,
)  # fmt: skip
model = LanguageModel(small)  # @stepover
ids = torch.randint(1024, (4, 257))  # four texts
read, following = ids[:, :-1], ids[:, 1:]

with FlopCounterMode(display=False) as counter:  # @stepover
    logits = model(read)
rows = count_flops(small, batch=4, seq_len=256)  # @stepover
forward = total_flops(rows)  # @stepover
print(f"by formula: {forward:,}")
print(f"by torch:   {counter.get_total_flops():,}")

# %% tags=["remove-cell"]
assert forward == counter.get_total_flops()

# %% [markdown]
# To the last FLOP. The package is tested like this for every kind of attention and of MLP.

# %% [markdown]
# ### Your turn: a block
#
# You have seen every matmul of a block. Add them up; the last test is a layer of Llama 3 8B.

# %% tags=["remove-input"]
YourTurn("block_flops", key="write-block")  # @stepover

# %% [markdown]
# ### Why published counts differ
#
# Two people count GPT-3 on 2,048 tokens and get different numbers. Both can be right. A causal mask
# hides about half of all pairs, but a program may well compute them all and mask them afterwards.
# The LM head has no part in the layers. Each line changes one thing.

# %%
gpt3 = preset("gpt3-175b")  # @stepover
conventions = {
    "forward": Conventions(),
    "counted in MACs": Conventions(unit="MAC"),
    "without the LM head": Conventions(head=False),
    "pairs that are seen": Conventions(pairs="attended"),
    "training": Conventions(work="training"),
    "layers made again": Conventions(work="training", recompute="full"),
}
for name, convention in conventions.items():  # @stepover
    rows = count_flops(gpt3, 1, 2048, convention)
    print(f"{name:20} {flops_text(total_flops(rows) / 2048)} per token")

# %% [markdown]
# The first line is what PyTorch's counter gives. The last two are the next section.

# %% [markdown]
# ## Backward, and 6 N D
#
# A layer computes $Y = X W$. In the backward pass it is given $\partial Y$, the gradient of the
# loss: in which direction each number of $Y$ would have to move for the loss to *grow*. (Training
# moves parameters against it.) From it the layer computes two more:
#
# $$\partial X = \partial Y\, W^\top \qquad \partial W = X^\top \partial Y$$
#
# Two products, each as large as the one of the way forward. So **backward costs twice as much as
# forward**, and both together three times. In attention's scores nothing is a parameter, but a
# product has two sides there, too.

# %%
from cs336_core.model.losses import cross_entropy

model.zero_grad()
with FlopCounterMode(display=False) as counter:  # @stepover
    cross_entropy(model(read), following).backward()
step = counter.get_total_flops()
print(f"{step:,}, {step / forward:.2f} times forward")

# %% [markdown]
# So training takes $2N$ forward and $4N$ backward for each token. For $D$ tokens:
#
# $$C \approx 6\,N D$$
#
# This is the most useful formula of the field {cite:p}`kaplan2020`. Some notes write $C = kND$ with
# a $k$ that depends on the design. It depends on what is *done*: $k$ is 2 to use a model, 6 to
# train it, and 8 if the way forward is computed a second time to save memory (*recomputation*).

# %%
from cs336_core.accounting import training_flops

flops = training_flops(params=8.03e9, tokens=15e12)  # @stepover
budget = flops_text(flops)  # @stepover
print(budget, "for Llama 3 8B on 15 trillion tokens")

# %% [markdown]
# ## When 6 N D fails
#
# The formula leaves something out, and puts something in that does not belong. Guess which of these
# models it gets most wrong, and in which direction. The last column is how much of the true count
# $6N$ makes, with $N$ all the parameters.

# %% tags=["hide-input"]
from cs336_core.accounting import training_flops_per_token

cases = [("gpt3-175b", 2048), ("llama-3-8b", 2048), ("llama-3-8b", 131_072)]
cases += [("gpt2-small", 1024), ("qwen2.5-0.5b", 32_768), ("mixtral-8x7b", 8192)]
lines = ["| model | tokens | 6N | counted | 6N makes |", "|---|--:|--:|--:|--:|"]
ratios = {}
for name, length in cases:
    exact = training_flops_per_token(preset(name), length)
    rule = training_flops(count_parameters(preset(name)).total, 1)
    ratios[name, length] = ratio = rule / exact
    row = [f"`{name}`", f"{length:,}", flops_text(rule), flops_text(exact)]
    lines.append(f"| {' | '.join(row)} | {100 * ratio:.0f} % |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
from cs336_core.accounting import flops_fraction

gpt2, mixtral = preset("gpt2-small"), parameters["mixtral-8x7b"]
of_gpt2 = count_flops(gpt2, 1, 1024)
true_gpt2 = training_flops_per_token(gpt2, 1024)
without_tables = 6 * parameters["gpt2-small"].non_embedding / true_gpt2
active = 6 * mixtral.active / training_flops_per_token(preset("mixtral-8x7b"), 8192)
long_llama = count_flops(llama, 1, 131_072)

# %% [markdown]
# Do not trust the row of Llama 3 8B with 2,048 tokens. Its scores are left out, and its embedding,
# which multiplies nothing, is put in. At this length the two errors cancel by chance; at 131,072
# they do not.
#
# Four reasons, and for each a remedy.
#
# - **Long texts.** $4 L T d$ grows with $T$, and $6N$ knows nothing of it. With 131,072 tokens, as
#   Llama 3.1 can read, {eval}`percent_text(flops_fraction(long_llama, "scores"))` of the work of
#   the model with 8 billion parameters is scores and values. (Its shape is that of Llama 3 8B.)
# - **Large vocabularies.** A look-up in the embedding is no product, so its parameters do not
#   belong in $N$. The LM head is one, and does. GPT-2 uses the same table for both {cite:p}`gpt2`,
#   and the head is {eval}`percent_text(flops_fraction(of_gpt2, "head"))` of its work.
#   {cite:t}`kaplan2020` leave the tables out of $N$; then $6N$ makes
#   {eval}`f"{100 * without_tables:.0f} %"` of the true count.
# - **Experts.** Only the active parameters work on a token. With these in place of all, $6N$ makes
#   {eval}`f"{100 * active:.0f} %"` for Mixtral.
# - **Whatever is computed twice.** Recomputation is real work, and no part of $6N$.
#
# For an exact count, let $N$ be the entries of every matrix that a token is multiplied by, and add
# the scores: $6N + 12 L T h d_h$, with $h$ heads of $d_h$ numbers. This is what PaLM's authors
# divide by {cite:p}`palm2022`.

# %%
from cs336_core.accounting import palm_training_flops

multiplied = count_parameters(llama).in_matmuls  # @stepover
closed = palm_training_flops(multiplied, 32, 32, 128, 8192)  # @stepover
exact = training_flops_per_token(llama, 8192)  # @stepover
print(f"{closed:,.0f}")
print(f"{exact:,.0f}")

# %% tags=["remove-cell"]
assert closed == exact

# %% [markdown]
# ## Attention or the MLP?
#
# You have a week to make a model faster. Which half do you work on? Count the plain Transformer,
# for one token and one layer:
#
# | part | FLOPs |
# |---|--:|
# | projections: four matrices of $d \times d$ | $8 d^2$ |
# | scores and values, with all $T$ tokens | $4 T d$ |
# | MLP: two matrices of $d \times 4d$ | $16 d^2$ |
#
# Attention is the first two. It takes as much as the MLP where
#
# $$8 d^2 + 4 T d = 16 d^2, \quad \text{so at} \quad T = 2d,$$
#
# and scores and values *alone* take as much as the MLP where $4 T d = 16 d^2$, at $T = 4d$. With
# shorter texts the MLP is ahead. It is never ahead by more than two to one, since $16 d^2$ is twice
# $8 d^2$ however short the text.
#
# Published models are not plain. Shared keys make the projections smaller, and a third matrix in
# the MLP makes it larger. Both move the point out. The package finds it by counting.

# %% tags=["hide-input"]
from cs336_core.accounting.crossover import crossover

compared = ["gpt2-small", "gpt3-175b", "llama-3-8b", "llama-3-70b"]
compared += ["mixtral-8x7b", "deepseek-v3"]
attention = ["projections", "scores"]
lines = ["| model | width | attention = MLP | scores = MLP |", "|---|--:|--:|--:|"]
crossings = {}
for name in compared:
    each = preset(name)
    both = crossover(each, attention, ["mlp"])
    alone = crossover(each, ["scores"], ["mlp"])
    crossings[name] = both, alone
    row = [f"`{name}`", f"{each.d_model:,}", f"{both:,}", f"{alone:,}"]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# The first two are $2d$ and $4d$, as derived. For its width DeepSeek-V3 {cite:p}`deepseekv3` gets
# there earliest: it has many heads, and few of its experts are active. If only the pairs are
# counted that the mask leaves, each of these lengths doubles, since each token then sees half as
# many others on average.
#
# **Small models, large models, long texts.** At a fixed length, a wider model spends less on
# scores: their share falls as $T / d$. At a fixed width, a longer text spends more on them. So "the
# MLP dominates in large models" is half of the story. *The MLP dominates where the text is short
# against the width.*

# %% [markdown]
# ### The table that made it famous
#
# In 2022 {cite:t}`roller2022` posted how the work of the OPT models {cite:p}`opt2022` is divided.
# It is told ever since that the MLP takes 44 % of a small model and 80 % of the largest. Beside
# each posted percentage stands our count, by the same conventions: training, all pairs, the LM
# head, and all layers computed again.

# %% tags=["hide-input"]
from cs336_core.accounting import posted_rows, recount_flops

posted = posted_rows()
recounts = [recount_flops(each.config) for each in posted]
printed = {"projections": 0, "scores": 1, "mlp": 0, "head": 1}  # digits in the post
lines = ["| model | projections | scores | MLP | head |", "|---|--:|--:|--:|--:|"]
for each, rows in zip(posted, recounts, strict=True):
    row = [
        f"{each.percent[group]:.{digits}f}\u00a0→\u00a0{100 * flops_fraction(rows, group):.1f}"
        for group, digits in printed.items()
    ]
    lines.append(f"| {each.name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# Look at the column of the MLP. In our count it is always twice that of the projections, as it must
# be with an MLP four times as wide, and it cannot pass two thirds. In the post it goes to 80.
#
# The post gives no formula. Is there one that gives *its* numbers? There is. Count everything as we
# do, but give the four matrices of a layer $d^2 + 4sd$ numbers in place of $4d^2$, with $s$ = 2,048
# the length of a text. Then every number of the table comes out.

# %%
from cs336_core.accounting import flops_by_group, posted_projection_flops

slip, correct, work = [], [], []
for each, rows in zip(posted, recounts, strict=True):  # @stepover
    groups = flops_by_group(rows)
    as_posted = posted_projection_flops(each.config)
    with_slip = groups | {"projections": as_posted}
    for group, percent in each.percent.items():
        part = 100 * with_slip[group] / sum(with_slip.values())
        slip.append(abs(part - percent))
        correct.append(abs(100 * flops_fraction(rows, group) - percent))
    texts = each.tokens_per_update / 2048
    work.append(texts * sum(with_slip.values()) / each.flops)
print(f"off by at most {max(slip):.2f} points with the slip")
print(f"off by up to {max(correct):.1f} points without it")
print(f"FLOPs of a step: {min(work):.3f} to {max(work):.3f} of the posted")

# %% [markdown]
# The table prints two columns in whole percents and two in tenths. Rounded like that, each of the
# {eval}`len(slip)` shares comes out as printed. So the table very probably has a slip: a length
# where a width belongs. That is inferred, not told. But the number of entries of a matrix does not
# depend on how long a text is, and the OPT team's own total, 4.30e23 FLOPs {cite:p}`optfinal2022`,
# agrees with the count without the slip:

# %%
per_token = total_flops(recounts[-1]) / 2048  # @stepover
print(f"{300e9 * per_token:.2e} FLOPs for 300 billion tokens")

# %% [markdown]
# What stays true? Larger models do spend a larger part in the MLP, here from
# {eval}`percent_text(flops_fraction(recounts[0], "mlp"))` to
# {eval}`percent_text(flops_fraction(recounts[-1], "mlp"))`. It comes from the scores, which fall
# from {eval}`percent_text(flops_fraction(recounts[0], "scores"))` to
# {eval}`percent_text(flops_fraction(recounts[-1], "scores"))`, and from the LM head. Not from the
# projections.
#
# And 80 % is about right today, since models have changed: shared keys and values made the
# projections smaller, and the gate made the MLP larger. Here are four newer models, at 2,048 tokens
# in all, forward.

# %% tags=["hide-input"]
modern = ["llama-3-8b", "llama-3-70b", "llama-3.1-405b", "qwen2.5-32b"]
lines = ["| model | projections | scores | MLP | head |", "|---|--:|--:|--:|--:|"]
of_mlp = {}
for name in modern:
    rows = count_flops(preset(name), 1, 2048)
    of_mlp[name] = flops_fraction(rows, "mlp")
    row = [percent_text(flops_fraction(rows, group)) for group in printed]
    lines.append(f"| `{name}` | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
gated = ModelConfig(vocab_size=9, context_length=64, n_layers=1, d_model=64, n_heads=4, d_ff=256)
dominant = crossover(gated, ["scores"], ["projections", "mlp"])
assert dominant == 8 * 64

# %% [markdown]
# You may also meet the rule that attention dominates once $T > 8d$ {cite:p}`scalingbook2025`. It
# asks for more than our $2d$ and $4d$: scores and values have to take as much as projections and
# MLP together, $4 T d = 8 d^2 + 24 d^2$ with an MLP of three matrices of $d \times 4d$.

# %% [markdown]
# ## Where do the FLOPs go? Try it
#
# Before you move anything: GPT-3 has a width of 12,288. At which length will attention overtake the
# MLP?

# %%
from cs336_core.widgets import FlopsExplorer

FlopsExplorer("gpt3-175b", seq_len=2048, key="flops")

# %% tags=["remove-cell"]
grouped = crossings["llama-3-8b"][0]

# %% [markdown]
# Things to try:
#
# - Drag the line of the first curve to where the two colours are level. It is twice the width. Now
#   count attended pairs only: where does it go?
# - Choose Llama 3 8B. The crossing is at {eval}`f"{grouped:,}"` tokens,
#   {eval}`f"{grouped / 4096:g}"` times the width. Give every query head its own keys and values:
#   does it come earlier or later?
# - Choose *writing one token*. The shares are those of a token at the end of the text. Why?
# - Find the settings that explain a published number of yours: MACs, no LM head, training.

# %% [markdown]
# ## Memory: what fills a GPU
#
# A number takes 4 bytes in 32 bits, 2 in 16. What is lost with the other half? A floating-point
# number has some bits for its *exponent*, how large it is, and some for its *digits*. The two kinds
# with 16 bits divide them differently.

# %% tags=["hide-input"]
kinds = [torch.float32, torch.bfloat16, torch.float16, torch.float8_e4m3fn]
kind_lines = ["| kind | bytes | largest | smallest normal | next after 1 |"]
kind_lines.append("|---|--:|--:|--:|--:|")
for kind in kinds:
    info = torch.finfo(kind)
    largest_text = f"{info.max:,.0f}" if info.max < 1e6 else f"{info.max:.2e}"
    row = [largest_text, f"{info.smallest_normal:.3g}", f"1 + {info.eps:.3g}"]
    name = str(kind).removeprefix("torch.")
    kind_lines.append(f"| `{name}` | {info.bits // 8} | {' | '.join(row)} |")
Markdown("\n".join(kind_lines))

# %% [markdown]
# `bfloat16` reaches as far as 32 bits, with two or three digits. `float16` has more digits, and
# ends early in both directions: small gradients vanish in it, unless the loss is made larger
# beforehand, and large numbers overflow. Numbers of eight bits are kept with a scale beside them.

# %%
tiny, huge = torch.tensor(1e-8), torch.tensor(70_000.0)
print("float16: ", tiny.half().item(), huge.half().item())
print("bfloat16:", tiny.bfloat16().item(), huge.bfloat16().item())

# %% [markdown]
# The digits matter where small steps add up, and training is exactly that. Take a weight of 1 and
# add 0.001 to it a thousand times. It should become 2.

# %%
steps_taken = {}
for kind in [torch.float32, torch.bfloat16]:  # @stepover
    weight = torch.tensor(1.0, dtype=kind)
    for _ in range(1000):
        weight = weight + 0.001
    steps_taken[kind] = weight.item()
    print(f"{kind}: {weight.item():.3f}")

# %% [markdown]
# In `bfloat16` it never moves: the step is smaller than half of the gap to the next number, and
# each sum is rounded back. Hence *mixed precision* {cite:p}`mixedprecision2017`. Products are made
# of 16-bit numbers, and the weights also exist in 32 bits, as *master weights* that take the steps.
# Adam keeps two running averages for each parameter as well. These are the bytes of one parameter.

# %% tags=["hide-input"]
from cs336_core.accounting import RECIPES

lines = ["| recipe | weights | gradients | master | Adam | sum |", "|---|--:|--:|--:|--:|--:|"]
for name, each in RECIPES.items():
    row = [each.weights, each.gradients, each.master_weights, each.optimizer, each.total]
    lines.append(f"| {name} | {' | '.join(str(size) for size in row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# **Sixteen bytes per parameter** {cite:p}`zero2019`, in mixed precision as well as in 32 bits: what
# mixed precision saves is time, and activations. Averages of eight bits {cite:p}`adam8bit2021`, or
# no master weights, save more, at a risk. Does a real optimizer keep as much? Ours is in 32 bits.

# %%
from cs336_core.accounting import bytes_text, training_bytes

optimizer = torch.optim.AdamW(model.parameters())
optimizer.step()  # @stepover

n_params = sum(p.numel() for p in model.parameters())
averages = sum(  # @stepover
    each.nbytes
    for state in optimizer.state.values()
    for name, each in state.items()
    if name != "step"
)
expected = training_bytes(n_params, "fp32")  # @stepover
print(f"{n_params:,} parameters")
print("averages:", bytes_text(averages))  # @stepover
print("expected:", bytes_text(expected.optimizer))  # @stepover

# %% tags=["remove-cell"]
assert averages == expected.optimizer
gradients = sum(p.grad.nbytes for p in model.parameters())
assert gradients == expected.gradients

# %% [markdown]
# ### What the backward pass needs
#
# The gradient of $W$ is $X^\top \partial Y$, so $X$ has to be saved until the backward pass comes
# to it. These are *activations*, and they are what surprises people. They grow with the batch and
# with the length, and parameters do not.
#
# {cite:t}`korthikanti2022` counted them for a plain layer in 16 bits, with dropout:
# $s b h\,(34 + 5 a s / h)$ bytes for $b$ sequences of $s$ tokens, a width of $h$ and $a$ heads. The
# second term is the table of scores. By the same rule, a matmul saves what comes in, and so do a
# norm, an activation and a gate, and a softmax saves what comes out.
#
# Our layers are not plain. They have no dropout, shared keys and a gated MLP, and all is in 32
# bits. The rule then gives $6h + 2h_{kv} + 4f + a s$ numbers per token and layer, where keys have a
# width of $h_{kv}$ and the MLP one of $f$, and at the end $2h + V$ more for the last norm, the LM
# head and the logits. PyTorch reports what it really saves, so we can compare. The parameters of
# our small model are {eval}`bytes_text(expected.weights)`. How much does it save for one sequence?

# %%
from cs336_core.accounting import activation_bytes
from cs336_core.model.saved_activations import saved_bytes

text = torch.randint(1024, (1, 513))
h, h_kv, f, a = 256, 2 * 64, 683, 4
kept, rule = {}, {}
for s in [128, 256, 512]:  # @stepover
    kept[s] = saved_bytes(
        lambda n: cross_entropy(model(text[:, :n]), text[:, 1 : n + 1]),
        s,
        excluding=model.parameters(),
    )
    in_layer = 6 * h + 2 * h_kv + 4 * f + a * s
    rule[s] = 4 * s * (4 * in_layer + 2 * h + 1024)  # 4 bytes, 4 layers
for s, size in kept.items():  # @stepover
    by_rule = f"{bytes_text(rule[s])} by the rule"
    print(f"{s} tokens: {bytes_text(size)} saved, {by_rule}")

# %% tags=["remove-cell"]
ours = {"fused_attention": False, "bytes_per_value": 4}
assert rule == {s: activation_bytes(small, 1, s, **ours).total for s in rule}
llama_kept = activation_bytes(llama, 1, 8192)
llama_again = activation_bytes(llama, 1, 8192, recompute="full")
unfused = {"fused_attention": False}
llama_scores = activation_bytes(llama, 1, 8192, **unfused).scores
llama_dropout = activation_bytes(llama, 1, 8192, dropout=True, **unfused).scores
assert kept[256] > 2 * kept[128]

# %% [markdown]
# One sequence of 512 tokens fills more than the whole model, and twice the length takes more than
# twice the memory, since the scores grow with the square. Our code saves
# {eval}`f"{kept[512] / rule[512]:.1f}"` times what the rule says: it is written to be read, and
# saves what lies between two steps of a norm or a softmax. A fused program does not.
#
# There are two ways to save less.
#
# - **FlashAttention** never writes the table of scores. For Llama 3 8B and 8,192 tokens that table
#   would be {eval}`bytes_text(llama_scores)`, with two bytes for each score, $2 a s^2$ per layer.
#   (With dropout there are three such tables, one of them of single bytes: the $5 a s^2$ of the
#   formula, {eval}`bytes_text(llama_dropout)`.) FlashAttention saves
#   {eval}`bytes_text(llama_kept.scores)` in its place.
# - **Recomputation**, also called checkpointing {cite:p}`checkpointing2016`. Keep only what comes
#   into each layer, and compute the layer again in the backward pass: about one more forward pass.
#   *Selective* recomputation does so for the scores alone.
#
# Here is what training Llama 3 8B on one sequence of 8,192 tokens takes. Will it fit into the 80 GB
# of an H100?

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.accounting import H100
from cs336_core.notebook import figures

state = training_bytes(counted.total)
always = {
    "weights": state.weights,
    "gradients": state.gradients,
    "master weights": state.master_weights,
    "Adam's averages": state.optimizer,
}
ways = {
    "plain attention": activation_bytes(llama, 1, 8192, fused_attention=False),
    "FlashAttention": llama_kept,
    "and recomputation": llama_again,
}
shades = dict(zip(always, [0.9, 0.65, 0.45, 0.25], strict=True))
room = H100.memory_bytes / 2**30
with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 4.2))
    for place, (way, each) in enumerate(ways.items()):
        rest = each.norms + each.layer_inputs + each.head
        parts = {name: ("C1", shade, always[name]) for name, shade in shades.items()}
        parts["attention"] = (figures.ATTENTION, 1, each.attention + each.scores)
        parts["MLP"] = (figures.MLP, 1, each.mlp)
        parts["the rest"] = ("C1", 0.1, rest)
        left = 0
        for name, (color, alpha, size) in parts.items():
            axes.barh(
                place, size / 2**30, left=left, color=color, alpha=alpha, height=0.5,
                label=name if place == 0 else None,
            )  # fmt: skip
            left += size / 2**30
        axes.text(0, place - 0.32, f"{way}: {left:.0f} GiB")
        axes.vlines(room, place - 0.25, place + 0.25, color=plt.rcParams["text.color"], lw=1.2)
    axes.text(room, 2.45, "one H100", ha="center", va="center")
    axes.set(xlabel="GiB", xlim=(0, 300), ylim=(2.7, -2.3))
    axes.set_yticks([])
    axes.legend(loc="upper left", ncols=2)
    axes.grid(visible=False)
    plt.close(figure)
sums = {way: state.total + each.total for way, each in ways.items()}
figures.inline(
    figure,
    alt="Memory of training Llama 3 8B on one sequence of 8,192 tokens: "
    + ", ".join(f"{name} {bytes_text(size)}" for name, size in always.items())
    + "; with "
    + ", ".join(f"{way} {bytes_text(size)} in all" for way, size in sums.items())
    + ".",
)

# %% [markdown]
# *The four grey parts are the same in each bar. What is left of the colours in the last one?*
#
# It does not fit, whatever is done about activations: the sixteen bytes alone are
# {eval}`bytes_text(state.total)`, and the 80 GB of an H100, which its maker counts in powers of
# 1,000, are {eval}`bytes_text(H100.memory_bytes)`. They have to be spread over several GPUs
# (*sharded*), or made smaller.

# %% [markdown]
# ## Two speeds: the roofline
#
# A chip has two speeds. It computes so many FLOPs in a second, and it moves so many bytes between
# its large memory and where it computes: the *bandwidth*. Their ratio is the number to remember:
# how many FLOPs it can make in the time that one byte takes. These are the makers' numbers for
# dense products, with two bytes per number where the chip can do that. The last line is a CPU of a
# size that servers have; they differ several times over.

# %% tags=["hide-input"]
from cs336_core.accounting import MACHINES

lines = ["| machine | peak | memory | bandwidth | FLOPs per byte |", "|---|--:|--:|--:|--:|"]
for each in MACHINES.values():
    precision = next(kind for kind in ["bf16", "fp16", "fp32"] if kind in each.flops_per_second)
    peak = flops_text(each.peak(precision), "FLOP/s")
    row = [f"{peak} {precision}", f"{each.memory_bytes / 1e9:.0f} GB"]
    row += [flops_text(each.bytes_per_second, "B/s"), f"{each.ridge_point(precision):.0f}"]
    lines.append(f"| {each.name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# An operation has such a number, too: the FLOPs that it makes for each byte that it moves, its
# *arithmetic intensity*. If it is above that of the machine, the chip computes all the time, and
# the operation is *compute-bound*. If it is below, the chip waits for bytes: *memory-bound*. That
# is the *roofline* model {cite:p}`roofline2009`. (Bytes come from the GPU's own memory here. That
# the CPU brings new texts too slowly happens as well, but it is another problem.)
#
# How intense is one product? Take $B$ tokens that go through a matrix of 4,096 by 4,096. It moves
# the matrix once, and $B$ rows on either side.

# %%
from cs336_core.accounting import roofline

for tokens in [1, 16, 256, 4096]:  # @stepover
    made = 2 * tokens * 4096 * 4096
    moved = 2 * (4096 * 4096 + 2 * tokens * 4096)  # two bytes each
    found = roofline(made, moved, H100)
    intensity = f"{found.intensity:6.1f} FLOPs per byte"
    print(f"{tokens:5,} tokens: {intensity}, bound by {found.bound}")

# %% tags=["remove-cell"]
enough = H100.ridge_point() / (1 - 2 * H100.ridge_point() / 4096)

# %% [markdown]
# The intensity is about the number of tokens, as long as there are few: each weight has two bytes,
# and each token uses it for two FLOPs. So **tokens in one pass are what makes a chip busy**. With
# the rows that go in and out, the intensity is $B / (1 + 2B / 4096)$. It reaches the
# {eval}`f"{H100.ridge_point():.0f}"` FLOPs per byte of an H100 at {eval}`f"{enough:.0f}"` tokens.
#
# Everything else fares worse. A norm reads a number, touches it a few times and writes it back. Of
# the FLOPs of our 8,192 tokens, such operations are a fraction of a percent. But look at the bytes,
# if each of them is a program of its own.

# %%
with_products = {each.operation for each in products if each.flops}
alone = [each for each in everything if each.operation not in with_products]
made = total_flops(everything)  # @stepover
moved = sum(each.bytes for each in everything)
few = sum(each.flops for each in alone)
many = sum(each.bytes for each in alone)
print(f"{100 * few / made:.2f} % of the FLOPs")
print(f"{100 * many / moved:.0f} % of the bytes")

# %% [markdown]
# This is why such operations are *fused*: done together with the product before or after them,
# while the numbers are at hand.

# %% [markdown]
# ## Prefill and decode
#
# A model is used in two phases. *Prefill* reads the question, all tokens in one pass. *Decode*
# writes the answer, one token per pass. Both go through the same matrices, so by what has just been
# said you know how they differ. Here is the least time that Llama 3 8B takes for both, with the
# chip at its peak, and with only those pairs of tokens that the mask leaves.

# %%
from cs336_core.accounting import decode, prefill

reading = prefill(llama, batch=1, seq_len=2048, machine=H100)  # @stepover
writing = decode(llama, batch=1, context=2048, machine=H100)  # @stepover
for name, each in [("prefill", reading), ("decode", writing)]:  # @stepover
    print(
        f"{name:8} {each.tokens:5,} tokens, {1000 * each.seconds:5.1f} ms,",
        f"{each.roofline.intensity:6.1f} FLOPs per byte:",
        each.roofline.bound,
    )

# %% tags=["remove-cell"]
all_pairs = total_flops(long_llama) / H100.peak("bf16")

# %% [markdown]
# Prefill is *compute-bound*. Decode is *memory-bound*: to write one token, the chip fetches every
# weight that a token is multiplied by, and the cache of keys and values. (Of the embedding it needs
# one row.) Do not read "compute-bound" as "quick". A prompt of 131,072 tokens keeps an H100 busy
# for at least {eval}`f"{prefill(llama, 1, 131_072, H100).seconds:.1f}"` seconds before the first
# word, and for {eval}`f"{all_pairs:.1f}"` if all pairs and all logits are computed, as the tables
# above count them.
#
# In the figure each part of the model stands under the roof of a machine. The parts run one after
# another, so their times add up.

# %%
from cs336_core.widgets import Roofline

Roofline("llama-3-8b", "h100", batch=8, context=2048, key="roofline")

# %% [markdown]
# - Raise the number of sequences in decode. Which parts move to the right, and which one stays?
# - Take an older machine, such as the T4. At how many sequences does its MLP become compute-bound?
# - Count the scores as moved, which FlashAttention avoids. Which part of prefill becomes
#   memory-bound, and how much longer does the whole pass take?
#
# The part that stays is scores and values. Sequences share the weights, but each has a cache of its
# own. So batching makes the matrices cheaper, but not attention. How far does it help?

# %% tags=["hide-input"]
lines = ["| at once | per pass | tokens per second | memory | fits in an H100 |"]
lines.append("|--:|--:|--:|--:|---|")
served = {}
for batch in [1, 4, 16, 64, 256]:
    served[batch] = each = decode(llama, batch, 8192, H100)
    row = [str(batch), f"{1000 * each.seconds:.1f} ms", f"{each.tokens_per_second:,.0f}"]
    row += [bytes_text(each.memory_bytes), "yes" if each.fits else "no"]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# These are texts of 8,192 tokens. From 1 to 16 at once the machine writes
# {eval}`f"{served[16].tokens_per_second / served[1].tokens_per_second:.1f}"` times as much in all,
# while each reader waits {eval}`f"{served[16].seconds / served[1].seconds:.1f}"` times as long for
# a word. Beyond that the caches take over, and then the memory is full.

# %% [markdown]
# ## The KV cache, and what sharing saves
#
# For each token, each layer caches a key and a value for each head that has its own. Several query
# heads can share one (GQA), or all of them (MQA); MLA caches one short vector, from which each head
# computes its key and value, and one rotated key that all heads share. (Sharing is not the same as
# making matrices of low rank. MLA does the second.) Here is Llama 3 8B as it is and in three other
# forms, texts of 8,192 tokens.

# %% tags=["hide-input"]
from dataclasses import replace

from cs336_core.accounting import kv_cache_bytes, weight_bytes
from cs336_core.model.config import Latent

latent = Latent(kv_rank=512, nope_head_dim=128, rope_head_dim=64, v_head_dim=128)
forms = {
    "MHA, 32 heads": replace(llama, n_kv_heads=32),
    "GQA, 8 heads": llama,
    "MQA, 1 head": replace(llama, n_kv_heads=1),
    "MLA": replace(llama, n_kv_heads=None, latent=latent),
}
lines = ["| attention | per token | texts that fit | tokens per second | scores |"]
lines.append("|---|--:|--:|--:|--:|")
fit, rate, scoring, cached = {}, {}, {}, {}
for name, each in forms.items():
    cached[name] = kv_cache_bytes(each)
    room = H100.memory_bytes - weight_bytes(each)
    fit[name] = int(room // (8192 * cached[name]))
    rate[name] = decode(each, fit[name], 8191, H100).tokens_per_second
    scoring[name] = flops_by_group(count_flops(each, 1, 1, cached=8191))["scores"]
    row = [bytes_text(cached[name]), str(fit[name]), f"{rate[name]:,.0f}"]
    lines.append(f"| {name} | {' | '.join(row)} | {flops_text(scoring[name])} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
mha, gqa, mqa, mla = forms
windowed = replace(llama, window=4096)
whole_cache, window_cache = (kv_cache_bytes(each, 131_072) for each in (llama, windowed))

# %% [markdown]
# The last column is the FLOPs of scores and values for one new token. Sharing does not change them:
# every query still meets every key. It changes what has to be fetched, and for a memory-bound step
# that is all that counts. MLA makes {eval}`f"{scoring[mla] / scoring[gqa]:.1f}"` times as many
# FLOPs, with a cache that is {eval}`f"{cached[gqa] / cached[mla]:.1f}"` times smaller than that of
# GQA. It trades what there is plenty of for what is short.
#
# A sliding window is another way: what no token can see any more is thrown away. With a window of
# 4,096 and a text of 131,072 tokens {eval}`bytes_text(window_cache)` are left of
# {eval}`bytes_text(whole_cache)`. The model can no longer look back at the rest.

# %% [markdown]
# ## How long would it take?
#
# Divide. The FLOPs of the run, by the number of chips, by what one of them does in a second, by the
# part of this that is reached:
#
# $$\text{seconds} = \frac{6\,N D}{\text{chips} \times \text{peak} \times \text{MFU}}$$
#
# MFU is *model FLOPs utilization* {cite:p}`palm2022`. It counts the FLOPs that the model needs.
# What is computed a second time is not among them; count it as well and you have *hardware FLOPs
# utilization*, HFU. PaLM reported 46.2 % and 57.8 % for the same run. The same authors put GPT-3 at
# 21.3 % MFU and Gopher at 32.5 %, and Llama 3 reports 38 to 43 {cite:p}`llama3`. It is known after
# the run and not before.

# %%
from cs336_core.accounting import seconds_text, training_run

flops = training_flops(params=70e9, tokens=15e12)  # @stepover
run = training_run(flops, H100, 1024, mfu=0.5)  # @stepover
answer = f"{flops_text(flops)}: {seconds_text(run.seconds)}"  # @stepover
print(answer, "on 1,024 H100s")

# %% [markdown]
# The calculator has every assumption in sight. The price is one of them; put in your own.

# %%
from cs336_core.widgets import TrainingCalculator

assumed = {"n_machines": 1024, "mfu": 0.4}
TrainingCalculator("llama-3-8b", tokens=15e12, **assumed, key="run")

# %% [markdown]
# - What can you train in a week on one GPU, at 20 tokens for each parameter?
# - Choose DeepSeek-V3. Which of its two numbers of parameters decides the time, and which the
#   memory?
# - Make the run twice as long by moving one slider. Which of them would be the cheapest to be wrong
#   about?

# %% [markdown]
# ## Measured
#
# All of this was counted. Now run it. The small model from above, on the machine that made this
# page, on one core: how long does it take, and how many of the FLOPs that we counted is that in a
# second? The first line is a large product by itself, so about the best that this machine does.
#
# Say first: how many times longer than forward should a training step take? And how long should one
# token of decode take, next to the 256 of a prefill?

# %% tags=["hide-input"]
from torch.utils.benchmark import Timer

from cs336_core.model.multi_head import KVCache

square = torch.randn(1024, 1024)
caches = [KVCache() for _ in model.blocks]
with torch.no_grad():
    model(read[:1, :255], caches=caches)
names = {"square": square, "model": model, "read": read, "following": following}
names |= {"caches": caches, "torch": torch, "cross_entropy": cross_entropy}
quiet = "with torch.no_grad(): "
training = count_flops(small, 4, 256, Conventions(work="training"))
one_more = count_flops(small, 1, 1, cached=255)
todo = {
    "one product": ("square @ square", 2 * 1024**3),
    "forward, 4 × 256": (quiet + "model(read)", forward),
    "training, 4 × 256": (
        "cross_entropy(model(read), following).backward()",
        total_flops(training),
    ),
    "prefill, 1 × 256": (quiet + "model(read[:1])", forward // 4),
    "decode, 1 after 255": (
        quiet + "model(read[:1, 255:], caches=[copy(each) for each in caches])",
        total_flops(one_more),
    ),
}
lines = ["| what | counted | measured | speed | of the product |", "|---|--:|--:|--:|--:|"]
measured, speeds = {}, {}
for name, (program, work) in todo.items():
    timer = Timer(program, "from copy import copy", globals=names)
    measured[name] = timer.blocked_autorange(min_run_time=0.4).median
    speeds[name] = work / measured[name]
    part = speeds[name] / speeds["one product"]
    row = [flops_text(work), seconds_text(measured[name])]
    row += [flops_text(speeds[name], "FLOP/s"), f"{100 * part:.0f} %"]
    lines.append(f"| {name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# Times differ from machine to machine and from run to run; the second column never does. Three
# things to look for, here or on your own machine:
#
# - **Training against forward.** The counts differ by three. Do the times?
# - **The whole model against one product.** The last column is like an MFU, with a measured speed
#   in place of the promised one. What is missing went into norms, softmax and masks, into moving
#   bytes, and into starting small operations.
# - **Decode against prefill.** One token is {eval}`f"{forward / 4 / total_flops(one_more):.0f}"`
#   times less work than 256. Is it as much less time?

# %% tags=["remove-cell"]
from cs336_core.accounting import forward_seconds, training_tokens

exercise = 2 * 512 * 1024 * 2048
card = MACHINES["rtx-4090"]
seven = count_parameters(preset("llama-2-7b")).total
written_at_most = 1 / forward_seconds(seven, 1, card)
a_day = 24 * 3600 * 0.4 * H100.peak("bf16")
read_in_a_day = training_tokens(a_day, 1e9)
half_shared = replace(llama, n_kv_heads=4)
less_cache = kv_cache_bytes(llama) / kv_cache_bytes(half_shared)
fewer = counted.total - count_parameters(half_shared).total
long_mlp = 6 * d * d_ff
by_pencil = (long_mlp - 4 * d * d - 4 * d * kv_heads) // (4 * d)
assert by_pencil == crossings["llama-3-8b"][0]

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** A matrix of 512 by 1,024 is multiplied by one of 1,024 by 2,048. How many FLOPs, and how
# many MACs?
#
# ```{dropdown} Answer
# {eval}`f"{exercise:,}"` FLOPs, two for each of {eval}`f"{exercise // 2:,}"` MACs.
# ```
#
# **2.** A model has 40 layers and a width of 5,120, and an MLP of two matrices that is four times
# as wide. About how many parameters?
#
# ```{dropdown} Answer
# $12 L d^2$ is {eval}`count_text(12 * 40 * 5120**2)`, without the tables. It is the shape of OPT
# 13B. (Llama 2 13B comes to the same size in another way: its MLP has three matrices, of 5,120 by
# {eval}`preset("llama-2-13b").d_ff`.)
# ```
#
# **3.** Derive the length at which attention takes as much as the MLP in Llama 3 8B. It has three
# matrices in its MLP, and keys and values of 1,024 numbers.
#
# ```{dropdown} Answer
# For a token and a layer: the MLP takes $6 \cdot 4096 \cdot 14336$. Queries and output take
# $4 \cdot 4096^2$, keys and values $4 \cdot 4096 \cdot 1024$, scores and values $4 \cdot 4096\, T$.
# They are level at $T$ = {eval}`f"{by_pencil:,}"`.
# ```
#
# **4.** You have $6ND$ for Mixtral 8x7B, with $N$ all of its parameters. How many times too large
# is it, attention's scores aside?
#
# ```{dropdown} Answer
# {eval}`f"{mixtral.total / mixtral.active:.1f}"` times: only {eval}`count_text(mixtral.active)` of
# {eval}`count_text(mixtral.total)` work on a token.
# ```
#
# **5.** How large a model can be trained in mixed precision on one GPU of 80 GB, if activations
# took nothing? And on one of 24 GB?
#
# ```{dropdown} Answer
# At 16 bytes for each parameter, {eval}`count_text(80e9 / training_bytes(1).total)` and
# {eval}`count_text(24e9 / training_bytes(1).total)`.
# ```
#
# **6.** Llama 2 7B is in the memory of an RTX 4090, in 16 bits. It moves 1.008 TB a second. How
# many tokens per second can it write for one reader, at most?
#
# ```{dropdown} Answer
# Each token fetches {eval}`f"{2 * seven / 1e9:.1f}"` GB of weights, so at most
# {eval}`f"{written_at_most:.0f}"`. The cache makes it less. With 8 bits in place of 16 it would be
# twice as many.
# ```
#
# **7.** You have one H100 for one day, at an MFU of 0.4. On how many tokens can you train a model
# of one billion parameters?
#
# ```{dropdown} Answer
# {eval}`count_text(read_in_a_day)`: the day has {eval}`flops_text(a_day)`, and a token takes 6
# billion.
# ```
#
# **8.** A run computes all layers a second time and reaches an MFU of 0.42. What is its HFU, scores
# and the LM head aside?
#
# ```{dropdown} Answer
# {eval}`f"{0.42 * 8 / 6:.2f}"`: eight products are made for every six that count.
# ```
#
# **9.** Llama 3 8B with 4 heads of keys and values in place of 8: what becomes of its cache, its
# parameters, and the FLOPs of its scores?
#
# ```{dropdown} Answer
# The cache is {eval}`f"{less_cache:.0f}"` times smaller, there are {eval}`count_text(fewer)` fewer
# parameters, and the scores take as many FLOPs as before.
# ```

# %% [markdown]
# ## What comes next
#
# You can now tell on paper what a model needs. How a chip is made to reach more of its peak, and
# how many chips share the work, are the systems part of the course. {doc}`04_attention` looks back
# at FlashAttention, and {doc}`/book/glossary` explains every term.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
