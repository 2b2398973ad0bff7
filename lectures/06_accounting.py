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
# Will it fit? How long will it take? What would make it faster? You can answer these questions
# before you rent a single GPU, by multiplying a handful of numbers.
#
# This page counts FLOPs, parameters and bytes, by hand and in code, and checks the counts against
# running programs. Reading it takes about three quarters of an hour. You should know the parts of a
# Transformer block; {doc}`05_transformer` builds one.

# %% [markdown]
# ## One matrix multiplication
#
# Multiply a $2 \times 3$ matrix by a $3 \times 4$ matrix. The result has 8 entries, and each is a
# sum of 3 products: 3 multiplications and 3 additions (the first one to zero). That makes
# 48 operations. In general, an $m \times k$ matrix times a $k \times n$ matrix takes
#
# $$2\, m\, k\, n \ \text{FLOPs},$$
#
# *floating-point operations*. PyTorch can count them while a program runs. Do the two counts agree?

# %%
import torch
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(336)  # the same random numbers in every run
m, k, n = 64, 512, 2048
left, right = torch.randn(m, k), torch.randn(k, n)
with FlopCounterMode(display=False) as counter:  # @stepover
    product = left @ right
print(f"by hand:  {2 * m * k * n:,}")
print(f"by torch: {counter.get_total_flops():,}")

# %% tags=["remove-cell"]
assert counter.get_total_flops() == 2 * m * k * n

# %% [markdown]
# Your turn: write the formula as a function.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("matmul_flops", key="write-matmul")  # @stepover

# %% [markdown]
# Two warnings about terminology. First, a multiplication together with its addition is called a
# *MAC* (multiply-accumulate), so a count in MACs is half the count in FLOPs; papers do not always
# say which they mean. Second, FLOPs are an amount of work, while FLOP/s, or FLOPS, is a speed.
#
# What about everything that isn't a matmul: norms, softmax, activations? These use each number only
# a few times; a matmul uses each thousands of times. When Llama 3 8B {cite:p}`llama3` reads 8,192
# tokens, these operations add:

# %%
from cs336_core.accounting import Conventions, count_flops, total_flops
from cs336_core.accounting.units import percent_text, scientific_text
from cs336_core.model.presets import preset

llama = preset("llama-3-8b")  # @stepover
matmuls = count_flops(llama, batch=1, seq_len=8192)  # @stepover
everything = count_flops(  # @stepover
    llama, batch=1, seq_len=8192, conventions=Conventions(elementwise=True)
)
more = total_flops(everything) / total_flops(matmuls) - 1  # @stepover
print(f"{100 * more:.2f} % more")

# %% [markdown]
# So **count the matmuls, and you have counted almost all of the FLOPs.** Papers and PyTorch do the
# same. (But operations with few FLOPs can still take a long time, as we will see.)

# %% [markdown]
# ## The parameters of a model
#
# Which has more parameters, a layer's attention or its MLP? Llama 3 8B has 32 layers and a width
# $d$ of 4,096. Its attention has 32 heads for queries and 8 for keys and values, each with 128
# dimensions; its MLP has three matrices between $d$ and 14,336. There are no biases. Guess first.

# %%
d, d_ff, layers, vocab = 4096, 14_336, 32, 128_256
heads, kv_heads = 32 * 128, 8 * 128

in_attention = d * heads + 2 * d * kv_heads + heads * d  # Q, K, V, output
in_mlp = 3 * d * d_ff  # gate, up, down
in_norms = 2 * d
in_tables = 2 * vocab * d  # embedding, LM head
by_hand = layers * (in_attention + in_mlp + in_norms) + d + in_tables

print(f"attention {in_attention:13,} per layer")
print(f"MLP       {in_mlp:13,} per layer")
print(f"in total  {by_hand:13,}")

# %% [markdown]
# The MLP has {eval}`f"{in_mlp / in_attention:.1f}"` times as many. The total matches the published
# count, 8,030,261,248, to the last digit. (The single $d$ in the sum is the norm after the last
# layer.)
#
# For a quick estimate, take a plain Transformer. Its attention has four $d \times d$ matrices, and
# the MLP has two, from $d$ to $4d$ and back. With $L$ layers, that is $12 L d^2$ parameters. How
# good is this rule for real models? (“Tables” are the embedding, learned positions if there are
# any, and the LM head if it is a matrix of its own.)

# %% tags=["hide-input"]
from IPython.display import Markdown

from cs336_core.accounting import count_parameters, count_text

lines = ["| model | parameters | 12 L d² | tables | per token |", "|---|--:|--:|--:|--:|"]
parameters, tables_of = {}, {}
for name in ["gpt3-175b", "gpt2-small", "qwen2.5-0.5b", "llama-3-8b", "mixtral-8x7b"]:
    config = preset(name)
    parameters[name] = counts = count_parameters(config)
    rule = 12 * config.n_layers * config.d_model**2 / counts.total
    tables_of[name] = tables = counts.embedding + counts.components["head"]
    row = [f"`{name}`", count_text(counts.total), f"{100 * rule:.0f} %"]
    row += [f"{100 * tables / counts.total:.1f} %", count_text(counts.active)]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
counted = parameters["llama-3-8b"]
assert by_hand == counted.total == 8_030_261_248

# %% [markdown]
# **In a large plain model such as GPT-3 {cite:p}`gpt3`, $12 L d^2$ covers nearly all parameters.**
# In a small model with a large vocabulary, about 30 % of the parameters are in the tables. In Llama
# 3 8B, shared keys and values make attention smaller than the rule says. Its MLP is larger: the
# hidden width is only {eval}`f"{d_ff / d:g}"` times the width of the model, but there are three
# matrices. The two errors partly cancel.
#
# Mixtral {cite:p}`mixtral` has eight experts per layer and sends each token to two of them. It
# stores {eval}`count_text(parameters["mixtral-8x7b"].total)` parameters, not eight times seven
# billion, because the experts share everything else. A token uses about
# {eval}`count_text(parameters["mixtral-8x7b"].active)` of them, its *active parameters*.

# %% [markdown]
# ## A forward pass
#
# How much work does one token take? Multiplying its vector by a $k \times n$ matrix takes $2 k n$
# FLOPs, two per parameter. For all $N$ parameters, that is $2N$ per token. (Biases, norms and the
# lookup in the embedding are not matmuls.)
#
# One kind of matmul has no parameters. In attention, each query is multiplied by the keys of all
# $T$ tokens, $2 T d$ FLOPs per layer, and the output is a weighted sum of $T$ values, another
# $2 T d$. So a token takes about
#
# $$2 N + 4 L T d \ \text{FLOPs}.$$
#
# Here is every matmul of Llama 3 8B on one sequence of 8,192 tokens.

# %%
rows = count_flops(
    llama,  # @stepinto count_flops forward_operations _multi_head _projection
    batch=1,  # @stepinto _attended _mlp _head
    seq_len=8192,
)
whole = total_flops(rows)  # @stepover
print(f"{whole:,} FLOPs")

# %% tags=["hide-input"]
import re

from cs336_core.accounting import flops_text

lines = ["| operation | FLOPs | share | dimensions |", "|---|--:|--:|---|"]
for each in rows:
    if each.flops:
        dimensions = re.sub(r"\d{4,}", lambda number: f"{int(number[0]):,}", each.dimensions)
        row = [flops_text(each.flops), percent_text(each.flops / whole), dimensions]
        lines.append(f"| {each.operation} | {' | '.join(row)} |")
lines.append(f"| total | {flops_text(whole)} | | |")
Markdown("\n".join(lines))

# %% [markdown]
# The scores, for example, take two FLOPs for each of 32 layers × 1 sequence × 32 heads × 8,192
# queries × 8,192 keys × 128 dimensions. Can we trust the count? Take a tiny model with the same
# parts as Llama, run it, and let PyTorch count.

# %%
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel

small = ModelConfig(
    vocab_size=1024, context_length=512, n_layers=4, d_model=256,
    n_heads=4, n_kv_heads=2, d_ff=683,
)  # fmt: skip
model = LanguageModel(small)  # @stepover
ids = torch.randint(1024, (8, 129))  # eight sequences
inputs, targets = ids[:, :-1], ids[:, 1:]

with FlopCounterMode(display=False) as counter:  # @stepover
    logits = model(inputs)
rows = count_flops(small, batch=8, seq_len=128)  # @stepover
forward = total_flops(rows)  # @stepover
print(f"by formula: {forward:,}")
print(f"by torch:   {counter.get_total_flops():,}")

# %% tags=["remove-cell"]
assert forward == counter.get_total_flops()

# %% [markdown]
# They agree to the last FLOP. **A forward pass takes 2 FLOPs per parameter and token, plus the
# attention scores and weighted sums.**

# %% [markdown]
# ### Your turn: a block
#
# You have seen every matmul of a block. Write a function that adds them up; the last test checks it
# on a layer of Llama 3 8B.

# %% tags=["remove-input"]
YourTurn("block_flops", key="write-block")  # @stepover

# %% [markdown]
# ### Why published counts differ
#
# Suppose two people count the FLOPs of GPT-3 at 2,048 tokens and get different numbers. Both can be
# right, under different conventions:

# %%
gpt3 = preset("gpt3-175b")  # @stepover
conventions = {
    "forward": Conventions(),
    "counted in MACs": Conventions(unit="MAC"),
    "without the LM head": Conventions(head=False),
    "attended pairs only": Conventions(pairs="attended"),
    "training": Conventions(work="training"),
    "with recomputation": Conventions(work="training", recompute="full"),
}
for name, convention in conventions.items():  # @stepover
    rows = count_flops(gpt3, 1, 2048, convention)
    print(f"{name:20} {flops_text(total_flops(rows) / 2048)} per token")

# %% [markdown]
# PyTorch's counter uses the first convention. The fourth leaves out the pairs of tokens that the
# causal mask hides, about half of them, though many programs compute all scores and mask them
# afterward. So does our model, up to 255 tokens. In longer sequences, it skips most of the hidden
# scores, and PyTorch counts fewer FLOPs. The next section explains the last two conventions. **A
# FLOP count means little without its conventions.**

# %% [markdown]
# ## Backward, and 6 N D
#
# Now add the backward pass of the small model. How many times the FLOPs of its forward pass will
# PyTorch count?

# %%
from cs336_core.model.losses import cross_entropy

model.zero_grad()
with FlopCounterMode(display=False) as counter:  # @stepover
    cross_entropy(model(inputs), targets).backward()
step = counter.get_total_flops()
print(f"{step:,}, {step / forward:.2f} times forward")

# %% [markdown]
# A training step takes three times the FLOPs of a forward pass. Here is why. In the forward pass, a
# layer computes $Y = X W$. In the backward pass, it receives $\partial Y$, the gradient of the
# loss: the direction in which $Y$ would have to change for the loss to *grow* fastest. (Training
# moves the parameters the opposite way.) From this, the layer computes two gradients:
#
# $$\partial X = \partial Y\, W^\top \qquad \partial W = X^\top \partial Y$$
#
# These are two matmuls, each as large as the one in the forward pass. (The attention scores involve
# no parameters, but both of their operands need a gradient, so there are also two.) **The backward
# pass costs twice as much as the forward pass.** Training takes $2N$ FLOPs per token forward and
# $4N$ backward, so for $D$ tokens
#
# $$C \approx 6\,N D$$
#
# This is the standard estimate of training compute {cite:p}`kaplan2020`. You may also see
# $C = kND$, where $k$ is 2 for inference, 6 for training, and 8 if training computes the forward
# pass a second time to save memory (*recomputation*). Here it is for Llama 3 8B, trained on 15
# trillion tokens:

# %%
from cs336_core.accounting import training_flops

flops = training_flops(params=8.03e9, tokens=15e12)  # @stepover
print(scientific_text(flops), "FLOPs")  # @stepover

# %% [markdown]
# ## When 6 N D fails
#
# Which of these models does $6N$ get most wrong, and in which direction? $N$ is all of a model's
# parameters here.

# %% tags=["hide-input"]
from cs336_core.accounting import training_flops_per_token

cases = [("gpt3-175b", 2048), ("llama-3-8b", 2048), ("llama-3-8b", 131_072)]
cases += [("gpt2-small", 1024), ("qwen2.5-0.5b", 32_768), ("mixtral-8x7b", 8192)]
lines = ["| model | tokens | 6N / counted | 6N | counted |", "|---|--:|--:|--:|--:|"]
ratios = {}
for name, length in cases:
    exact = training_flops_per_token(preset(name), length)
    rule = training_flops(count_parameters(preset(name)).total, 1)
    ratios[name, length] = ratio = rule / exact
    row = [f"`{name}`", f"{length:,}", f"{100 * ratio:.0f} %", flops_text(rule), flops_text(exact)]
    lines.append(f"| {' | '.join(row)} |")
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
# Do not be fooled by how well $6N$ fits Llama 3 8B at 2,048 tokens. It leaves out the scores and
# counts the embedding, which is never multiplied; at this length the two errors happen to cancel.
# $6N$ fails in four ways:
#
# - Long sequences: $6N$ leaves out the scores, and their FLOPs per token grow with $T$. At the
#   131,072 tokens of Llama 3.1 8B, which has the same shape, scores and values are
#   {eval}`percent_text(flops_fraction(long_llama, "scores"))` of the work.
# - Large vocabularies: The embedding is only looked up, so it does not belong in $N$; the LM
#   head is a matmul and does. GPT-2 uses one table for both {cite:p}`gpt2`, and the head is
#   {eval}`percent_text(flops_fraction(of_gpt2, "head"))` of its work. Without it, as
#   {cite:t}`kaplan2020` count, $6N$ is only {eval}`f"{100 * without_tables:.0f} %"` of the true
#   count.
# - Experts: A token uses only the active parameters. With these as $N$, the rule gives
#   {eval}`f"{100 * active:.0f} %"` for Mixtral.
# - Recomputation: The recomputed forward pass is real work, but not part of $6N$.
#
# **For an exact count, let $N$ be the number of entries in all matrices that a token is multiplied
# by, and add the scores:** $6N + 12 L T h d_h$ for $h$ heads of $d_h$ dimensions. PaLM's authors
# measure utilization with this formula {cite:p}`palm2022`. Does the formula agree with our count
# for Llama 3 8B?

# %%
from cs336_core.accounting import palm_training_flops

multiplied = count_parameters(llama).in_matmuls  # @stepover
closed = palm_training_flops(multiplied, 32, 32, 128, 8192)  # @stepover
exact = training_flops_per_token(llama, 8192)  # @stepover
print(f"PaLM's formula: {closed:,.0f}")
print(f"our count:      {exact:,.0f}")

# %% tags=["remove-cell"]
assert closed == exact

# %% [markdown]
# ## Where do the FLOPs go? Try it
#
# You have a week to make a model faster. Which part do you work on, attention or the MLP? Guess
# before you move anything: GPT-3 has a width of 12,288. At what sequence length does attention
# start to take more FLOPs than the MLP?

# %% tags=["remove-input"]
from cs336_core.widgets import FlopsExplorer

FlopsExplorer("gpt3-175b", seq_len=2048, key="flops")

# %% tags=["remove-cell"]
from dataclasses import replace

from cs336_core.accounting.crossover import crossover

attention = ["projections", "scores"]
grouped = crossover(llama, attention, ["mlp"])
ungrouped = crossover(replace(llama, n_kv_heads=32), attention, ["mlp"])
attended = crossover(gpt3, attention, ["mlp"], Conventions(pairs="attended"))

# %% [markdown]
# 1. Drag the line in the first plot to the point where the curves of attention and the MLP cross.
#    Then {figure}`count attended pairs only <flops.pairs=attended>`, one of the choices under “How
#    it is counted”. Where does the crossing move to?
# 2. {figure}`Choose Llama 3 8B <flops.preset=llama-3-8b&flops.seq_len=16384>`. The crossing is at
#    {eval}`f"{grouped:,}"` tokens, {eval}`f"{grouped / 4096:g}"` times the width. Now {figure}`give
#    every query head its own keys and
#    values <flops.preset=llama-3-8b&flops.seq_len=16384&flops.n_kv_heads=32>`. Does the crossing
#    move to the left or to the right?
# 3. {figure}`Count one new token <flops.preset=llama-3-8b&flops.seq_len=16384&flops.phase=decode>`
#    instead of a whole sequence. The total falls, but the percentages barely change. Why?
#
# ```{dropdown} Answers
# 1. To {eval}`f"{attended:,}"` tokens, twice as far: on average, a query is compared with half as
#    many keys.
# 2. To the left, to {eval}`f"{ungrouped:,}"` tokens, because the projections grow.
# 3. The new token is multiplied by the same matrices as every other token. With all pairs counted,
#    it is also compared with as many keys.
# ```
#
# **Longer sequences shift the work to attention, and wider models shift it to the MLP.**

# %% [markdown]
# ## Attention or the MLP?
#
# Now derive the crossing. Here are the FLOPs of a plain Transformer, for one token and one layer:
#
# | part | FLOPs |
# |---|--:|
# | projections: four matrices of $d \times d$ | $8 d^2$ |
# | scores and values, with all $T$ tokens | $4 T d$ |
# | MLP: two matrices of $d \times 4d$ | $16 d^2$ |
#
# Attention is the first two rows. It takes as many FLOPs as the MLP where
#
# $$8 d^2 + 4 T d = 16 d^2,$$
#
# that is, at $T = 2d$. Scores and values *alone* take as much as the MLP at $T = 4d$. With shorter
# sequences the MLP takes more than attention, but never more than twice as much, because the
# projections remain.
#
# Most published models are not this plain. Shared keys and values make the projections smaller, the
# gate makes the MLP larger, and both move the crossing to longer sequences:

# %% tags=["hide-input"]
compared = ["gpt2-small", "gpt3-175b", "llama-3-8b", "llama-3-70b"]
compared += ["mixtral-8x7b", "deepseek-v3"]
lines = ["| model | width | attention = MLP | scores = MLP |", "|---|--:|--:|--:|"]
crossings = {}
for name in compared:
    config = preset(name)
    both = crossover(config, attention, ["mlp"])
    alone = crossover(config, ["scores"], ["mlp"])
    crossings[name] = both, alone
    lines.append(f"| `{name}` | {config.d_model:,} | {both:,} | {alone:,} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
gated = ModelConfig(vocab_size=9, context_length=64, n_layers=1, d_model=64, n_heads=4, d_ff=256)
dominant = crossover(gated, ["scores"], ["projections", "mlp"])
assert dominant == 8 * 64

# %% [markdown]
# In the first two models, the crossings are at $2d$ and $4d$, as derived. Relative to its width,
# DeepSeek-V3 {cite:p}`deepseekv3` reaches its crossings earliest: it has many heads, and few of its
# experts are active.
#
# You may also meet the rule that attention dominates once $T > 8d$ {cite:p}`scalingbook2025`. It
# sets a higher bar: scores and values must take as much as projections and MLP together, and the
# MLP is gated, with three matrices: $4 T d = 8 d^2 + 24 d^2$.
#
# Does the MLP dominate in large models, as is often claimed? The ratio of scores to the rest of a
# layer is proportional to $T / d$: a wider model lowers it, and a longer sequence raises it. So
# **the MLP dominates where the sequence is short compared with the width.**

# %% [markdown]
# ### The table behind the claim
#
# In 2022, {cite:t}`roller2022` posted a table that shows where the FLOPs of the OPT models
# {cite:p}`opt2022` go. It has been quoted ever since: according to it, the MLP takes 44 % of the
# FLOPs in the smallest model and 80 % in the largest. Below, an arrow leads from each posted
# percentage to our count, under the same conventions: training with all layers recomputed, all
# pairs, and the LM head. Which column of posted numbers is impossible?

# %% tags=["hide-input"]
from cs336_core.accounting import posted_rows, recount_flops

posted = posted_rows()
recounts = [recount_flops(each.config) for each in posted]
printed = {"projections": 0, "mlp": 0, "scores": 1, "head": 1}  # decimals in the post
lines = ["| model | projections, % | MLP, % | scores, % | LM head, % |", "|---|--:|--:|--:|--:|"]
for each, rows in zip(posted, recounts, strict=True):
    row = [
        f"{each.percent[group]:.{digits}f}\u00a0→\u00a0{100 * flops_fraction(rows, group):.1f}"
        for group, digits in printed.items()
    ]
    lines.append(f"| {each.name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# The MLP column: OPT's MLPs are four times as wide as the model, so they take exactly twice the
# FLOPs of the projections. They can never exceed two thirds of the total, but in the post they
# reach 80 %.
#
# The post gives no formula. Can we find one that reproduces its numbers? Count as we do, but let
# the four projections of a layer have $d^2 + 4 s d$ parameters instead of $4 d^2$, where $s = 2048$
# is the sequence length. How far off are the percentages now?

# %% tags=["hide-input"]
from cs336_core.accounting import flops_by_group, posted_projection_flops

slip, correct, updates = [], [], []
for each, rows in zip(posted, recounts, strict=True):
    with_slip = flops_by_group(rows) | {"projections": posted_projection_flops(each.config)}
    for group, percent in each.percent.items():
        part = 100 * with_slip[group] / sum(with_slip.values())
        slip.append(abs(part - percent))
        correct.append(abs(100 * flops_fraction(rows, group) - percent))
    sequences = each.tokens_per_update / 2048
    updates.append(sequences * sum(with_slip.values()) / each.flops)
print(f"with the slip:    {max(slip):4.1f} points at most")
print(f"without the slip: {max(correct):4.1f} points at most")

# %% [markdown]
# All {eval}`len(slip)` percentages now round to the posted ones, and so do the FLOPs per update.
# But the size of a matrix cannot depend on the length of a sequence. So the table very probably
# contains a slip: a sequence length stands where a width belongs. This is our inference; as far as
# we know, nobody has confirmed it.
#
# There is independent evidence, though. The OPT team reported the total for its largest model,
# trained on 300 billion tokens: about 4.30 × 10²³ FLOPs {cite:p}`optfinal2022`. Here are both
# counts of that run:

# %%
per_token = total_flops(recounts[-1]) / 2048  # @stepover
slip_per_token = sum(with_slip.values()) / 2048
print(f"without the slip: {scientific_text(300e9 * per_token)} FLOPs")  # @stepover
print(f"with the slip:    {scientific_text(300e9 * slip_per_token)} FLOPs")  # @stepover

# %% [markdown]
# The count without the slip agrees with the reported total. So what remains true? The MLP does take
# a larger share of the FLOPs in larger models: it rises from
# {eval}`percent_text(flops_fraction(recounts[0], "mlp"))` to
# {eval}`percent_text(flops_fraction(recounts[-1], "mlp"))`. But that is because the share of the
# scores shrinks, from {eval}`percent_text(flops_fraction(recounts[0], "scores"))` to
# {eval}`percent_text(flops_fraction(recounts[-1], "scores"))`, and that of the LM head with it. The
# share of the projections does not shrink.
#
# And for today's models 80 % is about right, because the architecture has changed: sharing keys and
# values has shrunk the projections, and the gate has enlarged the MLP. Here are four newer models,
# in a forward pass of 2,048 tokens:

# %% tags=["hide-input"]
modern = ["llama-3-8b", "llama-3-70b", "llama-3.1-405b", "qwen2.5-32b"]
lines = ["| model | MLP | projections | scores | LM head |", "|---|--:|--:|--:|--:|"]
of_mlp = {}
for name in modern:
    rows = count_flops(preset(name), 1, 2048)
    of_mlp[name] = flops_fraction(rows, "mlp")
    groups = ["mlp", "projections", "scores", "head"]
    row = [percent_text(flops_fraction(rows, group)) for group in groups]
    lines.append(f"| `{name}` | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# **When someone quotes such a number, ask for the model, the sequence length and the conventions.**

# %% [markdown]
# ## Memory: what fills a GPU
#
# A number in 32 bits takes 4 bytes, and one in 16 bits takes 2. What do you lose with the other two
# bytes? Start with a weight of 1, and add 0.001 a thousand times. It should become 2.

# %%
results = {}
for dtype in [torch.float32, torch.bfloat16]:  # @stepover
    weight = torch.tensor(1.0, dtype=dtype)
    for _ in range(1000):
        weight = weight + 0.001
    results[dtype] = weight.item()
    print(f"{dtype}: {weight.item():.3f}")

# %% [markdown]
# In `bfloat16` the weight never moves: each step is less than half the gap to the next number, so
# every sum is rounded back to 1. A floating-point number spends some bits on the *exponent*, which
# sets its range, and the rest on its digits:

# %% tags=["hide-input"]
kind_lines = ["| format | bytes | largest | smallest normal | next after 1 |"]
kind_lines.append("|---|--:|--:|--:|--:|")
for dtype in [torch.float32, torch.bfloat16, torch.float16, torch.float8_e4m3fn]:
    info = torch.finfo(dtype)
    largest_text = f"{info.max:,.0f}" if info.max < 1e6 else scientific_text(info.max)
    smallest, gap = (
        f"{each:.3g}" if each > 1e-3 else scientific_text(each)
        for each in (info.smallest_normal, info.eps)
    )
    row = [largest_text, smallest, f"1 + {gap}"]
    name = str(dtype).removeprefix("torch.")
    kind_lines.append(f"| `{name}` | {info.bits // 8} | {' | '.join(row)} |")
Markdown("\n".join(kind_lines))

# %% [markdown]
# `bfloat16` has the range of `float32`, but only two or three decimal digits. `float16` has more
# digits and a narrow range: large numbers overflow, and small gradients underflow to zero unless
# the loss is scaled up. An 8-bit format has little of either, so its numbers are stored with a
# scale factor.
#
# Hence *mixed precision* {cite:p}`mixedprecision2017`: multiply in 16 bits, but add the updates to
# a 32-bit copy of the weights, the *master weights*. Adam also stores two running averages per
# parameter. Here is what each recipe takes, in bytes per parameter:

# %% tags=["hide-input"]
from cs336_core.accounting import RECIPES

lines = ["| recipe | sum | weights | gradients | master | Adam |", "|---|--:|--:|--:|--:|--:|"]
for name, each in RECIPES.items():
    row = [each.total, each.weights, each.gradients, each.master_weights, each.optimizer]
    lines.append(f"| {name} | {' | '.join(str(size) for size in row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# **Training with Adam takes 16 bytes per parameter** {cite:p}`zero2019`, in mixed precision as well
# as in 32 bits; mixed precision saves time, and memory for activations. Storing the averages in 8
# bits {cite:p}`adam8bit2021`, or dropping the master weights, saves more, at some risk to the run.
# Does a real optimizer store that much? Our small model trains in 32 bits. (We give memory in
# powers of 1,024: 1 GiB is 1,024 MiB.)

# %%
from cs336_core.accounting import bytes_text, training_bytes

optimizer = torch.optim.AdamW(model.parameters())
optimizer.step()  # @stepover

n_params = sum(p.numel() for p in model.parameters())
averages = sum(  # @stepover
    tensor.nbytes
    for state in optimizer.state.values()
    for name, tensor in state.items()
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
# The weights of our small model take {eval}`bytes_text(expected.weights)`. To train it on one
# sequence of 512 tokens, the forward pass has to save tensors for the backward pass. Do these take
# less memory than the weights, or more?
#
# The gradient of $W$ is $X^\top \partial Y$, so $X$ has to be saved until the backward pass reaches
# the layer. Such saved tensors are called *activations*, and they grow with the batch and the
# sequence. {cite:t}`korthikanti2022` counted them for a plain layer in 16 bits, with dropout:
# $s b h\,(34 + 5 a s / h)$ bytes for $b$ sequences of $s$ tokens, width $h$ and $a$ heads. The
# second term comes from the attention scores. The rule behind this formula: matmuls, norms,
# activation functions and gates save their inputs, and a softmax saves its output.
#
# Our layers differ: they have no dropout, but shared keys and values, a gated MLP and 32-bit
# numbers. By the same rule, they save $6h + 2h_{kv} + 4f + a s$ numbers per token, with keys of
# width $h_{kv}$ and an MLP of width $f$. The last norm, the LM head and the loss add $2h + V$.
# PyTorch reports what it actually saves:

# %%
from cs336_core.accounting import activation_bytes
from cs336_core.model.saved_activations import saved_bytes

text = torch.randint(1024, (1, 513))
h, h_kv, f, a = 256, 2 * 64, 683, 4
saved, rule = {}, {}
for s in [128, 256, 512]:  # @stepover
    saved[s] = saved_bytes(
        lambda n: cross_entropy(model(text[:, :n]), text[:, 1 : n + 1]),
        s,
        excluding=model.parameters(),
    )
    in_layer = 6 * h + 2 * h_kv + 4 * f + a * s
    rule[s] = 4 * s * (4 * in_layer + 2 * h + 1024)  # 4 bytes, 4 layers
for s, size in saved.items():  # @stepover
    pytorch, by_rule = bytes_text(size), bytes_text(rule[s])
    print(f"{s} tokens: {pytorch}, by the rule {by_rule}")

# %% tags=["remove-cell"]
ours = {"fused_attention": False, "bytes_per_value": 4}
assert rule == {s: activation_bytes(small, 1, s, **ours).total for s in rule}
llama_saved = activation_bytes(llama, 1, 8192)
llama_recomputed = activation_bytes(llama, 1, 8192, recompute="full")
unfused = {"fused_attention": False}
llama_scores = activation_bytes(llama, 1, 8192, **unfused).scores
llama_dropout = activation_bytes(llama, 1, 8192, dropout=True, **unfused).scores
assert saved[256] > 2 * saved[128]

# %% [markdown]
# **The activations of one sequence can take more memory than the model**, and twice the length
# takes more than twice the memory, because the scores grow with the square of the length. For 128
# tokens, our code saves {eval}`f"{saved[128] / rule[128]:.1f}"` times what the rule says: it is
# written to be read, in small steps, so PyTorch also saves the intermediate results of norms and
# activation functions. For 512, it is {eval}`f"{saved[512] / rule[512]:.1f}"` times, since our
# model then skips most of the scores that the mask hides. There are two ways to save less:
#
# - *FlashAttention* never writes the scores to memory. For Llama 3 8B and 8,192 tokens they would
#   take {eval}`bytes_text(llama_scores)`: two bytes per score, $2 a s^2$ per layer. (With dropout,
#   $5 a s^2$: {eval}`bytes_text(llama_dropout)`.) FlashAttention saves
#   {eval}`bytes_text(llama_saved.scores)` in their place.
# - *Recomputation*, also called checkpointing {cite:p}`checkpointing2016`, saves only the input
#   of each layer and runs the layer again in the backward pass, at the price of about one more
#   forward pass. *Selective* recomputation does so for the scores alone.
#
# Can you train Llama 3 8B on a single H100, one sequence of 8,192 tokens at a time?

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.accounting import H100
from cs336_core.notebook import figures

state = training_bytes(counted.total)
state_parts = {
    "weights": state.weights,
    "gradients": state.gradients,
    "master weights": state.master_weights,
    "Adam's averages": state.optimizer,
}
variants = {
    "plain attention": activation_bytes(llama, 1, 8192, fused_attention=False),
    "FlashAttention": llama_saved,
    "and recomputation": llama_recomputed,
}
shades = dict(zip(state_parts, [0.9, 0.65, 0.45, 0.25], strict=True))
capacity = H100.memory_bytes / 2**30
with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 4.2))
    for y, (variant, each) in enumerate(variants.items()):
        rest = each.norms + each.layer_inputs + each.head
        parts = {name: ("C1", shade, state_parts[name]) for name, shade in shades.items()}
        parts["attention"] = (figures.ATTENTION, 1, each.attention + each.scores)
        parts["MLP"] = (figures.MLP, 1, each.mlp)
        parts["the rest"] = ("C1", 0.1, rest)
        left = 0
        for name, (color, alpha, size) in parts.items():
            axes.barh(
                y, size / 2**30, left=left, color=color, alpha=alpha, height=0.5,
                label=name if y == 0 else None,
            )  # fmt: skip
            left += size / 2**30
        axes.text(0, y - 0.32, f"{variant}: {left:.0f} GiB")
        axes.vlines(capacity, y - 0.25, y + 0.25, color=plt.rcParams["text.color"], lw=1.2)
    axes.text(capacity, 2.45, "one H100", ha="center", va="center")
    axes.set(xlabel="GiB", xlim=(0, 300), ylim=(2.7, -2.3))
    axes.set_yticks([])
    axes.legend(loc="upper left", ncols=2)
    axes.grid(visible=False)
    plt.close(figure)
reported = 81_559 * 2**20  # by nvidia-smi
totals = {variant: state.total + each.total for variant, each in variants.items()}
figures.inline(
    figure,
    alt="Memory for training Llama 3 8B on one sequence of 8,192 tokens: "
    + ", ".join(f"{name} {bytes_text(size)}" for name, size in state_parts.items())
    + "; in total "
    + ", ".join(f"{bytes_text(size)} with {variant}" for variant, size in totals.items())
    + ".",
)

# %% [markdown]
# *The training state, in four shades of gray, is the same in every bar. The activations of
# attention and the MLP are in color: how much of them is left in the last bar?*
#
# It does not fit, whatever you do about activations. The 16 bytes per parameter alone take
# {eval}`bytes_text(state.total)`, and the 80 GB on the data sheet of an H100 are
# {eval}`bytes_text(H100.memory_bytes)`. (The chip itself reports {eval}`bytes_text(reported)`; the
# answer stays the same.) The training state has to be *sharded* over several GPUs, or made smaller.

# %% [markdown]
# ## Two speeds: the roofline
#
# A chip has two speeds: the FLOPs that it performs per second, and the bytes that it moves per
# second between its memory and its compute units, its *bandwidth*. Their ratio is the number to
# remember: how many FLOPs can the chip perform in the time that it takes to move one byte? Guess
# the ratio for an H100.

# %% tags=["hide-input"]
from cs336_core.accounting import MACHINES

lines = ["| machine | FLOPs/byte | peak | bandwidth | memory |", "|---|--:|--:|--:|--:|"]
for name in ["a100", "h100", "h200", "b200", "rtx-4090", "t4", "cpu"]:
    each = MACHINES[name]
    precision = next(name for name in ["bf16", "fp16", "fp32"] if name in each.flops_per_second)
    peak = flops_text(each.peak(precision), "FLOP/s")
    row = [f"{each.ridge_point(precision):.0f}", f"{peak} {precision}"]
    row += [flops_text(each.bytes_per_second, "B/s"), bytes_text(each.memory_bytes)]
    lines.append(f"| {each.name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# (The numbers are the manufacturers', for dense matmuls, in 16 bits where possible; the CPU is a
# typical one in a server.)
#
# An operation has such a ratio, too: its FLOPs per byte moved, the *arithmetic intensity*. Above
# the chip's ratio, the chip computes all the time, and the operation is *compute-bound*. Below, the
# chip waits for bytes, and the operation is *memory-bound*. This is the *roofline* model
# {cite:p}`roofline2009`.
#
# What is the arithmetic intensity of a matmul? Send $T$ tokens through a $4096 \times 4096$ matrix.
# The chip moves the matrix once, $T$ rows in, and $T$ rows out.

# %%
from cs336_core.accounting import roofline

for tokens in [1, 16, 256, 4096]:  # @stepover
    n_flops = 2 * tokens * 4096 * 4096
    n_bytes = 2 * (4096 * 4096 + 2 * tokens * 4096)  # two bytes each
    found = roofline(n_flops, n_bytes, H100)
    intensity = f"{found.intensity:7,.1f} FLOPs/byte"
    print(f"T = {tokens:5,}: {intensity}, {found.bound}-bound")

# %% tags=["remove-cell"]
enough = H100.ridge_point() / (1 - 2 * H100.ridge_point() / 4096)

# %% [markdown]
# With few tokens, the intensity is about equal to the number of tokens: a weight takes two bytes,
# and each token needs two FLOPs per weight. So **it takes many tokens per pass to keep a chip
# busy.** If we include the rows that go in and out, the intensity is $T / (1 + 2T / 4096)$, and it
# reaches the {eval}`f"{H100.ridge_point():.0f}"` FLOPs per byte of an H100 at
# {eval}`f"{enough:.0f}"` tokens.
#
# Everything that isn't a matmul has a much lower intensity: a norm reads a number, performs a few
# operations on it, and writes it back. Here is the share of such operations for our 8,192 tokens,
# if each runs as its own kernel (a program on the GPU):

# %%
in_matmuls = {each.operation for each in matmuls if each.flops}
others = [each for each in everything if each.operation not in in_matmuls]
all_flops = total_flops(everything)  # @stepover
all_bytes = sum(each.bytes for each in everything)
other_flops = sum(each.flops for each in others)
other_bytes = sum(each.bytes for each in others)
print(f"{100 * other_flops / all_flops:.2f} % of the FLOPs")
print(f"{100 * other_bytes / all_bytes:.0f} % of the bytes")

# %% [markdown]
# This is why such operations are often *fused* with each other or with a neighboring matmul: they
# run while the numbers are still on the chip.

# %% [markdown]
# ## Prefill and decode
#
# A model generates text in two phases. *Prefill* reads the prompt, all tokens in one pass. *Decode*
# writes the answer, one token per pass. Both use the same matrices. Which phase keeps the chip
# waiting for bytes? Here is the roofline of an H100, with each part of Llama 3 8B as a circle in
# prefill and as a square in decode. The parts run one after another, so their times add up.

# %% tags=["remove-input"]
from cs336_core.widgets import Roofline

Roofline("llama-3-8b", "h100", batch=8, context=2048, key="roofline")

# %% tags=["remove-cell"]
from math import ceil

from cs336_core.accounting.roofline_points import roofline_points

t4_batch = ceil(MACHINES["t4"].ridge_point("fp16"))
points = {
    moved: {
        point.kind: point.roofline
        for point in roofline_points(llama, 8, 2048, H100, moved=moved)
        if point.phase == "prefill"
    }
    for moved in ("weights", "scores")
}
scores_again = points["scores"]["whole"].seconds / points["weights"]["whole"].seconds - 1

# %% [markdown]
# 1. {figure}`Raise the number of sequences <roofline.batch=64>`, and watch decode. Which parts move
#    to the right, and which one stays?
# 2. {figure}`Choose the T4 <roofline.machine=t4&roofline.precision=fp16>`, an older machine. At how
#    many sequences does the MLP become compute-bound?
# 3. {figure}`Count the scores as moved <roofline.moved=scores&roofline.phase=prefill>`, as without
#    FlashAttention. Which part of prefill becomes memory-bound, and how much longer does the pass
#    take?
#
# ```{dropdown} Answers
# 1. Scores and values stay. Sequences share the weights, but each has a cache of its own.
# 2. At {eval}`t4_batch`: each sequence adds one FLOP per byte, and the T4's ratio is just above
#    {eval}`f"{MACHINES['t4'].ridge_point('fp16'):.0f}"`.
# 3. Scores and values; the pass takes {eval}`f"{100 * scores_again:.0f} %"` longer.
# ```
#
# In numbers, here is the minimum time of each phase for a single sequence, with the chip at its
# peak and only attended pairs counted:

# %%
from cs336_core.accounting import decode, prefill

reading = prefill(llama, batch=1, seq_len=2048, machine=H100)  # @stepover
writing = decode(llama, batch=1, context=2048, machine=H100)  # @stepover
for name, each in [("prefill", reading), ("decode", writing)]:  # @stepover
    found, ms = each.roofline, 1e3 * each.seconds
    intensity = f"{found.intensity:5,.0f} FLOPs/byte"
    print(f"{name:7} {ms:4.1f} ms, {intensity}, {found.bound}-bound")

# %% tags=["remove-cell"]
all_pairs = total_flops(long_llama) / H100.peak("bf16")

# %% [markdown]
# **Prefill is compute-bound, and decode is memory-bound.** To write one token, the chip reads every
# matrix that multiplies the token, and the whole cache of keys and values. (Of the embedding table,
# it reads a single row.)
#
# But compute-bound does not mean fast. A prompt of 131,072 tokens keeps an H100 busy for at least
# {eval}`f"{prefill(llama, 1, 131_072, H100).seconds:.1f}"` seconds before the first word of the
# answer, and for at least {eval}`f"{all_pairs:.1f}"` if it computes all pairs and all logits, as
# our tables count them.
#
# Batching makes the matrices cheaper per token, but not attention, as the figure shows. How much
# does it help? Here are the time per pass, the speed and the memory for several sequences of 8,192
# tokens on one H100:

# %% tags=["hide-input"]
lines = ["| sequences | time | tokens/s | memory | fits |"]
lines.append("|--:|--:|--:|--:|---|")
served = {}
for batch in [1, 4, 16, 64, 256]:
    served[batch] = each = decode(llama, batch, 8192, H100)
    row = [str(batch), f"{1000 * each.seconds:.1f} ms", f"{each.tokens_per_second:,.0f}"]
    row += [bytes_text(each.memory_bytes), "yes" if each.fits else "no"]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# With 16 sequences of 8,192 tokens instead of 1, the machine writes
# {eval}`f"{served[16].tokens_per_second / served[1].tokens_per_second:.1f}"` times as many tokens,
# while each user waits {eval}`f"{served[16].seconds / served[1].seconds:.1f}"` times as long for
# the next one. With more sequences, reading their caches takes most of the time, and the memory
# soon fills up.

# %% [markdown]
# ## The KV cache, and what sharing saves
#
# In Llama 3 8B, four query heads share each key and value (GQA). How much faster would it generate
# text if all heads shared one (MQA)? Or if it cached one short vector per token, from which each
# head computes its key and value, and one rotated key for all heads (MLA)? {doc}`04_attention`
# explains all three. In the table, each form decodes as many sequences of 8,192 tokens at once as
# fit in an H100's memory:

# %% tags=["hide-input"]
from cs336_core.accounting import kv_cache_bytes, weight_bytes
from cs336_core.model.config import Latent

latent = Latent(kv_rank=512, nope_head_dim=128, rope_head_dim=64, v_head_dim=128)
forms = {
    "MHA, 32 heads": replace(llama, n_kv_heads=32),
    "GQA, 8 heads": llama,
    "MQA, 1 head": replace(llama, n_kv_heads=1),
    "MLA": replace(llama, n_kv_heads=None, latent=latent),
}
lines = ["| attention | tokens/s | cache per token | sequences | FLOPs of scores |"]
lines.append("|---|--:|--:|--:|--:|")
fit, rate, scoring, cached = {}, {}, {}, {}
for name, config in forms.items():
    cached[name] = kv_cache_bytes(config)
    free = H100.memory_bytes - weight_bytes(config)
    fit[name] = int(free // (8192 * cached[name]))
    rate[name] = decode(config, fit[name], 8191, H100).tokens_per_second
    scoring[name] = flops_by_group(count_flops(config, 1, 1, cached=8191))["scores"]
    row = [f"{rate[name]:,.0f}", bytes_text(cached[name]), str(fit[name])]
    lines.append(f"| {name} | {' | '.join(row)} | {flops_text(scoring[name])} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
mha, gqa, mqa, mla = forms
windowed = replace(llama, window=4096)
whole_cache, window_cache = (kv_cache_bytes(each, 131_072) for each in (llama, windowed))

# %% [markdown]
# The last column counts scores and values for one new token. Sharing does not change their FLOPs,
# since every query is still compared with every key. **Sharing reduces the bytes, and in a
# memory-bound step only bytes matter.** MLA does {eval}`f"{scoring[mla] / scoring[gqa]:.1f}"` times
# as many FLOPs as GQA, with a cache that is {eval}`f"{cached[gqa] / cached[mla]:.1f}"` times
# smaller: it spends compute, which is plentiful here, to save bandwidth, which is scarce.
#
# With a sliding window, the cache drops the keys and values that no later token can attend to. With
# a window of 4,096 and a sequence of 131,072 tokens, {eval}`bytes_text(window_cache)` of
# {eval}`bytes_text(whole_cache)` remain, and no new token can attend directly to the rest.

# %% [markdown]
# ## How long would it take?
#
# How long do 1,024 H100s take to train a model with 70 billion parameters on 15 trillion tokens?
# Divide the FLOPs of the run by the FLOPs per second that the chips actually deliver:
#
# $$\text{seconds} = \frac{6\,N D}{\text{chips} \times \text{peak} \times \text{MFU}}$$

# %%
from cs336_core.accounting import seconds_text, training_run

flops = training_flops(params=70e9, tokens=15e12)  # @stepover
run = training_run(flops, H100, 1024, mfu=0.5)  # @stepover
answer = f"{seconds_text(run.seconds)} on 1,024 H100s"  # @stepover
print(f"{scientific_text(flops)} FLOPs: {answer}")  # @stepover

# %% [markdown]
# MFU, *model FLOPs utilization* {cite:p}`palm2022`, is the fraction of the peak that goes into the
# model's FLOPs. If you include recomputation, you get *hardware FLOPs utilization*, HFU: PaLM's
# authors report 46.2 % and 57.8 % for the same run. They put GPT-3 at 21.3 % MFU, and Gopher at
# 32.5 %; the authors of Llama 3 report 38 to 43 % {cite:p}`llama3`. You learn a run's MFU only by
# running it.
#
# How good is such an estimate? Meta published how many H100 hours its Llama 3.1 models took on 15
# trillion tokens (15.6 trillion for the largest) {cite:p}`llama31card,llama3`. The implied MFU is
# the MFU at which the formula gives exactly these hours.

# %% tags=["hide-input"]
from cs336_core.accounting import reported_runs

lines = ["| model | implied MFU | H100 hours | 6ND |", "|---|--:|--:|--:|"]
implied = {}
for name in ["llama-3-8b", "llama-3-70b", "llama-3.1-405b"]:
    each = reported_runs()[name]
    implied[name] = each.implied_mfu
    row = [f"`{name}`", percent_text(implied[name]), f"{each.machine_hours / 1e6:.2f} million"]
    lines.append(f"| {' | '.join(row)} | {scientific_text(each.flops)} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
too_short = {name: 0.4 / mfu for name, mfu in implied.items()}
scores_in_8b = flops_fraction(count_flops(llama, 1, 8192), "scores")

# %% [markdown]
# With an MFU of 40 %, our estimate would be too low by a factor of
# {eval}`f"{too_short['llama-3-8b']:.1f}"` for the smallest model, and of
# {eval}`f"{too_short['llama-3.1-405b']:.1f}"` for the largest. The model card does not say why. We
# left out the scores, which are {eval}`percent_text(scores_in_8b)` of the smallest model's FLOPs at
# 8,192 tokens; the card says “15T+” tokens; and the hours may include restarts and waiting. **Read
# such an estimate as a lower bound.** The calculator below lists all its assumptions. The price is
# one of them: enter your own.

# %% tags=["remove-input"]
from cs336_core.widgets import TrainingCalculator

TrainingCalculator("llama-3-8b", tokens=15e12, n_machines=1024, mfu=0.4, key="run")

# %% tags=["remove-cell"]
week = 7 * 24 * 3600 * 0.4 * H100.peak("bf16")
in_a_week = (week / (6 * 20)) ** 0.5

# %% [markdown]
# 1. How large a model can you train in a week on one H100, at 20 tokens per parameter? Start
#    {figure}`with one billion
#    parameters <run.model=&run.billion_params=1&run.billion_tokens=20&run.n_machines=1>`.
# 2. {figure}`Choose DeepSeek-V3 <run.model=deepseek-v3>`. It has two parameter counts, total and
#    active. Which determines the time, and which the memory?
# 3. Which settings can double the time without changing the cost?
#
# ```{dropdown} Answers
# 1. At an MFU of 40 %, about {eval}`count_text(in_a_week)` parameters on
#    {eval}`count_text(20 * in_a_week)` tokens.
# 2. The active parameters determine the time. The memory depends on the total, since all parameters
#    are stored.
# 3. Only the number of machines: {figure}`half as many <run.n_machines=512>` take twice as long,
#    for the same machine-hours.
# ```

# %% [markdown]
# ### Many chips
#
# A calculator that divides by the number of chips assumes that they never wait for each other. In a
# real run, they do. You can give each chip a part of the batch (data parallelism), of every matrix
# (tensor parallelism), of the layers (pipeline parallelism) or of each sequence (context
# parallelism). Each of these ways sends different data between the chips, at different times. How
# should 512 H100s train Llama 3 70B on 512 sequences per step? The search below tries every way to
# divide the work, rejects those that do not fit in memory, and ranks the others by the estimated
# time per step. It assumes that matmuls reach 60 % of the peak. Here are the best division, one
# from the middle of the ranking, and the worst:

# %%
from cs336_core.accounting.parallel import StepPlan, best_meshes

plan = StepPlan(config=preset("llama-3-70b"), seq_len=8192, batch=512)  # @stepover
times = {  # @stepover
    str(each.mesh): each.time and (each.time.seconds, each.time.mfu)
    for each in best_meshes(plan, H100, 512, efficiency=0.6)
}
working = [mesh for mesh, time in times.items() if time is not None]
print(f"{len(working)} of {len(times)} fit")
for mesh in [working[0], working[len(working) // 2], working[-1]]:  # @stepover
    seconds, mfu = times[mesh]
    print(f"{mesh}: {seconds:.1f} s, MFU {percent_text(mfu)}")

# %% tags=["remove-cell"]
fastest, slowest = times[working[0]][0], times[working[-1]][0]

# %% [markdown]
# **On the same chips, the best division of the work is {eval}`f"{slowest / fastest:.0f}"` times as
# fast as the worst.** The systems part of the course explains why. {doc}`/book/published_numbers`
# checks this page's formulas against the numbers of more than a dozen papers and model cards.

# %% [markdown]
# ## Measured times
#
# So far we have counted; now we measure. The small model ran on one core of the machine that built
# this page. The first row is a large matmul, about the best that this core can do.
#
# Predict first: how many times as long as a forward pass does a training step take? And how long
# does one token of decode take, compared with a prefill of 128 tokens?

# %% tags=["hide-input"]
from torch.utils.benchmark import Timer

from cs336_core.model.kv_cache import KVCache

square = torch.randn(1024, 1024)
caches = [KVCache() for _ in model.blocks]
with torch.no_grad():
    model(inputs[:1, :127], caches=caches)
names = {"square": square, "model": model, "inputs": inputs, "targets": targets}
names |= {"caches": caches, "torch": torch, "cross_entropy": cross_entropy}
no_grad = "with torch.no_grad(): "
training = count_flops(small, 8, 128, Conventions(work="training"))
one_more = count_flops(small, 1, 1, cached=127)
timings = {
    "one matmul": ("square @ square", 2 * 1024**3),
    "forward, 8 × 128": (no_grad + "model(inputs)", forward),
    "training, 8 × 128": (
        "cross_entropy(model(inputs), targets).backward()",
        total_flops(training),
    ),
    "prefill, 1 × 128": (no_grad + "model(inputs[:1])", forward // 8),
    "decode, 1 after 127": (
        no_grad + "model(inputs[:1, 127:], caches=[copy(each) for each in caches])",
        total_flops(one_more),
    ),
}
lines = ["| program | measured | counted | speed | of the matmul's |", "|---|--:|--:|--:|--:|"]
measured, speeds = {}, {}
for name, (program, work) in timings.items():
    timer = Timer(program, "from copy import copy", globals=names)
    measured[name] = timer.blocked_autorange(min_run_time=0.4).median
    speeds[name] = work / measured[name]
    part = speeds[name] / speeds["one matmul"]
    row = [seconds_text(measured[name]), flops_text(work)]
    row += [flops_text(speeds[name], "FLOP/s"), f"{100 * part:.0f} %"]
    lines.append(f"| {name} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# **The counts are the same everywhere; the times differ from machine to machine and from run to
# run.** Compare, here or on your own machine:
#
# - Training and forward. The counts differ by a factor of three. Do the times?
# - The model and one matmul. The last column is like an MFU, but relative to the measured speed of
#   the matmul. The rest of the time is spent on norms, softmax and masks, on moving bytes, and on
#   launching small operations.
# - Decode and prefill. Reading 128 tokens is {eval}`f"{forward / 8 / total_flops(one_more):.0f}"`
#   times the work of writing one. Does prefill take that much longer than decode?

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
# Think first, then open the answer. Every result in the answers was computed when this page was
# built.
#
# **1.** You multiply a 512 × 1,024 matrix by a 1,024 × 2,048 matrix. How many FLOPs is that, and
# how many MACs?
#
# ```{dropdown} Answer
# {eval}`f"{exercise:,}"` FLOPs, two for each of {eval}`f"{exercise // 2:,}"` MACs.
# ```
#
# **2.** A plain model has 40 layers, a width of 5,120, and an MLP of two matrices with a hidden
# width of four times that. About how many parameters does it have?
#
# ```{dropdown} Answer
# $12 L d^2$ is {eval}`count_text(12 * 40 * 5120**2)`, without the embedding. This is the shape of
# OPT 13B. (Llama 2 13B reaches about the same size in another way: its MLP has three matrices
# between 5,120 and {eval}`preset("llama-2-13b").d_ff`.)
# ```
#
# **3.** Derive the sequence length at which attention takes as many FLOPs as the MLP in Llama 3 8B.
# The width is 4,096, the MLP has three matrices between it and 14,336, and keys and values each
# have 1,024 dimensions.
#
# ```{dropdown} Answer
# Per token and layer, the MLP takes $6 \cdot 4096 \cdot 14336$ FLOPs. Queries and output take
# $4 \cdot 4096^2$, keys and values $4 \cdot 4096 \cdot 1024$, scores and values $4 \cdot 4096\, T$.
# They are equal at $T$ = {eval}`f"{by_pencil:,}"`.
# ```
#
# **4.** Someone computes $6ND$ for Mixtral 8x7B with all of its parameters as $N$. By what factor
# is the result too large, if you ignore the attention scores?
#
# ```{dropdown} Answer
# By a factor of {eval}`f"{mixtral.total / mixtral.active:.1f}"`: a token uses only
# {eval}`count_text(mixtral.active)` of {eval}`count_text(mixtral.total)` parameters.
# ```
#
# **5.** How large a model could you train with Adam in mixed precision on one GPU with 80 GB, if
# activations took no memory? And on one with 24 GB?
#
# ```{dropdown} Answer
# At 16 bytes per parameter, {eval}`count_text(80e9 / training_bytes(1).total)` and
# {eval}`count_text(24e9 / training_bytes(1).total)` parameters.
# ```
#
# **6.** Llama 2 7B sits in the memory of an RTX 4090, in 16 bits. The card reads 1.008 TB per
# second. How many tokens per second can it generate for one user, at most?
#
# ```{dropdown} Answer
# For each token it reads two bytes for each of {eval}`count_text(seven)` parameters, so it
# generates at most {eval}`f"{written_at_most:.0f}"` tokens per second. Reading the cache as well
# makes it slower, and weights in 8 bits would make it twice as fast.
# ```
#
# **7.** You have one H100 for one day, at an MFU of 40 %. On how many tokens can you train a model
# with one billion parameters?
#
# ```{dropdown} Answer
# {eval}`count_text(read_in_a_day)`: in a day, the H100 delivers {eval}`scientific_text(a_day)`
# FLOPs, and each token takes 6 billion.
# ```
#
# **8.** A run recomputes all layers and reaches an MFU of 42 %. What is its HFU, if you ignore the
# scores and the LM head?
#
# ```{dropdown} Answer
# {eval}`f"{100 * 0.42 * 8 / 6:.0f} %"`: the hardware performs 8 FLOPs for every 6 that the MFU
# counts.
# ```
#
# **9.** Suppose that Llama 3 8B had four key and value heads instead of eight. What would happen to
# its cache, its parameters, and the FLOPs of its scores?
#
# ```{dropdown} Answer
# The cache would be {eval}`f"{less_cache:.0f}"` times smaller, there would be
# {eval}`count_text(fewer)` fewer parameters, and the scores would take as many FLOPs as before.
# ```

# %% [markdown]
# ## What comes next
#
# You can now work out on paper what a model needs. In {doc}`07_training` you spend that compute,
# and train a model on a text until it can write. The {doc}`/book/glossary` explains every term.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
