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
# Read this: *The cat sat, because it was tired.* What does *it* stand for? To answer, you look back
# through the sentence and pick what fits. Attention is how a model does that: each token looks at
# the others, decides which of them matter to it, and takes in what they have to say.
#
# This page computes it step by step, on a sentence, until nothing about it is a secret. It takes
# about forty minutes. You need to know what a token is ({doc}`02_tokenization`), and how a matrix
# is multiplied with a vector. The model around it is the next lecture's.

# %% [markdown]
# ## A look-up that is never quite sure
#
# A Python dictionary looks up a *key* and returns its *value*. Either the key is there, or it is
# not. Attention is a look-up in which every key fits a little. What asks is called a *query*. Each
# key is compared with it, and the answer is a mixture of all values, most of it from the keys that
# fit best.
#
# Here is our sentence. In a model each token is a vector of hundreds of numbers, found in training.
# We make do with four, and write them by hand, so that we can read them: is it an animal, is it an
# action, is it a pronoun, is it something else?

# %%
import torch

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
# Three matrices make a query, a key and a value of each token. They are what training finds; the
# sentence can be any. Ours say: a *pronoun asks for an animal*, everything else asks for nothing
# much, and each token offers what it is, as its key and as its value.

# %%
query_matrix = torch.eye(4)
query_matrix[2] = torch.tensor([6.0, 0.0, 0.0, 0.0])  # a pronoun asks for an animal

queries = x @ query_matrix
keys = x
values = x
print("it asks for", queries[4].tolist())
print("cat offers ", keys[1].tolist())

# %% [markdown]
# ## Scores, shares, a mixture
#
# How well does a key fit a query? Multiply number by number, and add up: the *dot product*. It is
# large where both are large in the same places. All pairs at once are one product of matrices,
# $Q K^\top$: a row for each query, a column for each key.

# %%
scores = queries @ keys.T / 4**0.5
for name, row in zip(tokens, scores.tolist(), strict=True):
    print(f"{name:8}", *(f"{score:5.2f}" for score in row))

# %% [markdown]
# (We have divided by the square root of 4, the number of numbers in a key. Why, we shall see.)
#
# Scores can be any numbers. A mixture needs shares that are positive and add up to 1. That is what
# *softmax* makes of them: take the exponential of each, and divide by their sum.

# %%
from cs336_core.model.attention import softmax

shares = softmax(scores)
for name, share in zip(tokens, shares[4].tolist(), strict=True):
    print(f"{name:8} {share:4.0%}  {'#' * round(40 * share)}")

# %% tags=["remove-cell"]
share_of_cat = shares[4, 1].item()

# %% [markdown]
# *it* gives {eval}`f"{share_of_cat:.0%}"` of its attention to *cat*. The rest is spread thinly: no
# share is ever quite zero. Then the values are mixed in these shares, and what comes out for *it*
# is mostly an animal. The pronoun has found its noun.

# %%
mixed = shares @ values
print(f"it: {[round(number, 2) for number in mixed[4].tolist()]}")

# %% [markdown]
# That is all. Three lines of arithmetic, and one formula {cite:p}`transformer2017`:
#
# $$\operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}} + M\right) V$$
#
# $M$ is the mask, which comes next. `cs336_core` has it as one function, and it agrees.

# %%
from cs336_core.model.attention import scaled_dot_product_attention

attended = scaled_dot_product_attention(queries, keys, values)
assert torch.allclose(attended, mixed)

# %% [markdown]
# ## Look into every number
#
# Here is the whole of it. A row is a token that looks, a column one that is looked at. Point at a
# cell, or go there with the arrow keys: below the map you see its dot product being formed, number
# by number. The switch above the map goes from scores to weights, as the shares are called.

# %%
from cs336_core.widgets import AttentionExplorer

names = ["animal", "action", "pronoun", "else"]
AttentionExplorer(
    tokens, queries, keys, values, features=names, mask="none", cell=(4, 1), key="sentence"
)

# %% [markdown]
# Things to try:
#
# - Follow the cell of *it* and *cat* from its score to its weight. Then look along the row: a score
#   of 0 is no weight of 0.
# - Lower the temperature, which divides all scores. The weights of *it* go to one token alone.
#   Raise it, and they become equal.
# - Find a row in which all weights are nearly the same. What does this token ask for?

# %% [markdown]
# This is the function as it stands in the package, and here is a call of it, line by line, with
# every tensor in view.

# %% tags=["hide-input"]
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

run = trace(scaled_dot_product_attention, queries[4:5], keys, values, inspect_all=True)  # @stepover
TraceViewer(run, key="call")  # @stepover

# %% [markdown]
# ## Why the square root?
#
# Take queries and keys of random numbers with a spread of 1. A dot product adds up $d$ products, so
# its spread grows with the square root of $d$. Measure it.

# %%
generator = torch.Generator().manual_seed(336)
spreads = {}
for d in [4, 16, 64, 256, 1024]:
    q, k = torch.randn(2, 4000, d, generator=generator)
    spreads[d] = (q * k).sum(-1).std().item()
    print(f"d = {d:4}: spread {spreads[d]:5.1f}, square root of d {d**0.5:4.1f}")

# %% [markdown]
# And what is wrong with large scores? Ten keys, scores of that spread: how much does the best of
# them get? Say a number first, for d = 4 and for d = 1,024.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
best_share, learns = {}, {}
for d in [4, 64, 1024]:
    for divided in [False, True]:
        drawn = torch.randn(2000, 10, generator=generator) * (1 if divided else d**0.5)
        drawn_shares = softmax(drawn)
        best_share[d, divided] = drawn_shares.amax(-1).mean().item()
        learns[d, divided] = (drawn_shares * (1 - drawn_shares)).mean().item()
    told = [f"{best_share[d, divided]:.0%}" for divided in [False, True]]
    print(f"d = {d:4}: the best gets {told[0]}, divided by the root {told[1]}")

# %% [markdown]
# Without the root, softmax of a wide model picks one key and ignores the others. That is not only
# stubborn. It cannot learn: where a share is nearly 0 or 1, moving the score moves nothing. The
# slope of a share is $p (1 - p)$, and at $d$ = 1,024 it is
# {eval}`f"{learns[1024, True] / learns[1024, False]:.0f}"` times smaller without the root than
# with it. Dividing by $\sqrt{d}$ keeps the spread of the scores at 1, however wide the heads are.

# %% [markdown]
# ## Who may look at whom
#
# A language model predicts the next token. If it could look at the next token, there would be
# nothing to predict. So the future is hidden: its scores are set to minus infinity, the exponential
# of which is 0. This is a *causal mask*. True means that the query, the row, may look at the key.

# %%
from cs336_core.model.masks import causal_mask

mask = causal_mask(4)
print(mask.int())

# %% [markdown]
# Does it work? Change the last token into something else entirely. Nothing before it may change.

# %%
changed = x.clone()
changed[-1] = torch.tensor([9.0, -9.0, 9.0, -9.0])

for name, look in [("causal", causal_mask(7)), ("no mask", None)]:
    before = scaled_dot_product_attention(x @ query_matrix, x, x, look)
    after = scaled_dot_product_attention(changed @ query_matrix, changed, changed, look)
    moved = (before != after).any(-1)
    print(f"{name:8}", [token for token, each in zip(tokens, moved, strict=True) if each])

# %% [markdown]
# With the mask only the last token itself has changed. Without it, all have.
#
# There are three kinds of attention, and they differ in nothing but the mask and in where keys come
# from.
#
# - **Encoder.** Every token looks at every other. BERT reads like this {cite:p}`bert2018`, and so
#   does the part of a translator that reads the original.
# - **Decoder.** Every token looks at itself and at those before it. Nearly all of today's large
#   models are decoders.
# - **Cross-attention.** The queries come from one text, keys and values from another: a
#   translation, as it is written, looks at the original. There is no future to hide, since the
#   original is there.
#
# Here are queries of three tokens that ask the seven of our sentence. The scores are a table of 3
# by 7, and three mixtures come out.

# %%
others = torch.eye(4)[:3]
print(scaled_dot_product_attention(others, keys, values).shape)

# %% [markdown]
# One more thing is hidden. Texts of unequal length are filled up so that they fit into one tensor.
# The filling, the *padding*, is no text, and nobody may look at it. Two masks are combined by
# *and*.

# %%
from cs336_core.model.masks import padding_mask

lengths = torch.tensor([4, 2])
both = causal_mask(4) & padding_mask(lengths, 4)
print(both[1, 0].int())

# %% [markdown]
# The second text has two tokens, and the last two columns are hidden from everybody.
#
# Try the masks on our sentence. The hatched cells are hidden; look at the step *after the mask*,
# and at what becomes of the weights.

# %%
AttentionExplorer(
    tokens,
    queries,
    keys,
    values,
    features=names,
    mask="causal",
    padding=1,
    stage="masked",
    cell=(4, 1),
    key="masks",
)

# %% [markdown]
# - Choose a sliding window of 3. Does *it* still find *cat*?
# - What does *The* attend to with a causal mask? There is not much choice.
# - Choose a prefix of 3. Such a mask reads a question as a whole and writes the answer token by
#   token {cite:p}`t5`.

# %% [markdown]
# ## Several heads
#
# One attention takes one mixture. But a token wants to know several things: which noun does this
# pronoun stand for, what is the verb, which token came just before? So a model has several
# attentions side by side, its *heads*. Each has its own three matrices and works on its own part of
# the numbers. What they find is put in a row, and a last matrix mixes it.
#
# Our sentence has a second question in it. Who sat, and who was tired? So let an action ask for a
# pronoun, or else for an animal. That is a second head, with a matrix of queries of its own.

# %%
second_matrix = torch.eye(4)
second_matrix[1] = torch.tensor([6.0, 0.0, 9.0, 0.0])  # an action asks who did it
two_heads = torch.stack([queries, x @ second_matrix])

AttentionExplorer(
    tokens,
    two_heads,
    torch.stack([keys, keys]),
    torch.stack([values, values]),
    features=names,
    head=1,
    cell=(5, 4),
    key="heads",
)

# %% [markdown]
# In the second head *was* finds *it*, and *sat* finds *cat*. Now choose no mask: *sat* prefers
# *it*, which comes later. The mask has kept it from looking there.
#
# This is the class of the package. Its matrices are random, as before training.

# %%
from cs336_core.model.multi_head import MultiHeadAttention

torch.manual_seed(336)
attention = MultiHeadAttention(d_model=512, n_heads=8)
hidden = torch.randn(1, 7, 512)  # one text, seven tokens
print(attention(hidden, causal_mask(7)).shape)
for name, parameter in attention.named_parameters():
    print(f"{name:14} {tuple(parameter.shape)}")

# %% [markdown]
# Heads cost nothing. Eight heads of 64 numbers have as many parameters as one of 512, and as many
# operations, up to the softmax. They are the same matrices, cut into strips.

# %%
one_head = MultiHeadAttention(d_model=512, n_heads=1)
counts = [sum(p.numel() for p in each.parameters()) for each in (attention, one_head)]
print(counts)
assert counts[0] == counts[1] == 4 * 512**2

# %% [markdown]
# ## What a model has to remember
#
# To write a text, a model adds one token after another. Each new token needs the keys and values of
# all before it. They do not change, so they are kept: the *KV cache*. It is as exact as reading
# everything again.

# %%
from cs336_core.model.multi_head import KVCache

with torch.no_grad():
    at_once = attention(hidden, causal_mask(7))
    cache = KVCache()
    one_by_one = [attention(hidden[:, [i]], cache=cache) for i in range(7)]
difference = (at_once - torch.cat(one_by_one, 1)).abs().max().item()
print(f"{len(cache)} places kept, largest difference {difference:.0e}")
assert difference < 1e-5

# %% [markdown]
# But it is large. A model shaped like Llama 3 8B has 32 layers and 32 heads of 128 numbers. How
# many bytes for each token, and how many for a text of 8,192?
#
# Most of what heads keep is alike, so they can share. In *grouped-query attention*, GQA, a few
# query heads use the same keys and values {cite:p}`gqa2023`; in *multi-query attention*, MQA, all
# of them do {cite:p}`mqa2019`. *Multi-head latent attention*, MLA, keeps one short vector from
# which each head makes its own {cite:p}`deepseekv2`.

# %%
from dataclasses import replace

from cs336_core.accounting import kv_cache_bytes
from cs336_core.model.config import preset

llama = preset("llama-3-8b")
kept = {}
for name, n_kv_heads in [("MHA, 32 heads", 32), ("GQA, 8 heads", 8), ("MQA, 1 head", 1)]:
    kept[name] = kv_cache_bytes(replace(llama, n_kv_heads=n_kv_heads))
kept["MLA of DeepSeek-V3"] = kv_cache_bytes(preset("deepseek-v3"))
for name, size in kept.items():
    print(f"{name:18} {size / 1024:5.0f} KiB a token, {8192 * size / 2**30:5.2f} GiB for 8,192")

# %% [markdown]
# Llama 3 8B uses GQA with 8 heads, a quarter of what it would need without. DeepSeek-V3 is far
# larger, with 61 layers and 128 heads of its own, and keeps about half of that.

# %% [markdown]
# ## Attention does not know the order
#
# Shuffle the tokens. What comes out is the same, shuffled in the same way.

# %%
shuffle = torch.randperm(7, generator=generator)
plain = scaled_dot_product_attention(queries, keys, values)
shuffled = scaled_dot_product_attention(queries[shuffle], keys[shuffle], values[shuffle])
assert torch.allclose(plain[shuffle], shuffled)
print("shuffled:", [tokens[i] for i in shuffle])

# %% [markdown]
# Without a mask, *dog bites man* and *man bites dog* are the same to it. Something has to tell the
# places of the tokens. How, the next lecture shows.

# %% [markdown]
# ## A long text
#
# Every token looks at every other: for a text twice as long, four times the scores. What can be
# done about it?
#
# **Look less far.** In *sliding-window attention* a token looks at the last few only
# {cite:p}`longformer2020`. What is further back reaches it through the layers below, each of which
# looks a window further.

# %%
from cs336_core.model.masks import window_mask

print(window_mask(6, 3).int())

# %% [markdown]
# **Leave the softmax out.** *Linear attention* replaces the exponential by a product of two vectors
# {cite:p}`linearattn2020`. Then all that was read can be summed up in one matrix of fixed size. It
# costs the same for each token, however long the text, and it cannot pick as sharply.

# %%
from cs336_core.model.linear_attention import linear_attention

sharp = scaled_dot_product_attention(queries, keys, values)[4]
soft = linear_attention(queries, keys, values)[4]
print("softmax:", [f"{number:.2f}" for number in sharp.tolist()])
print("linear: ", [f"{number:.2f}" for number in soft.tolist()])

# %% [markdown]
# **Compute the same, and move less.** That is FlashAttention {cite:p}`flashattention2022`, and it
# has become the usual way. Its idea deserves a section.

# %% [markdown]
# ## FlashAttention, tile by tile
#
# A chip computes in a small fast memory, and keeps things in a large slow one. The plain way writes
# all scores into the slow memory, reads them back for the softmax, writes the shares, and reads
# those back for the mixture. That traffic, not the arithmetic, is what takes the time.
#
# FlashAttention takes some queries and some keys at a time, a *tile* of the scores, and never
# writes a score down. The difficulty is the softmax, which needs the sum of a whole row. The way
# out is to keep a running sum: where a later tile brings a larger score, what was summed before is
# scaled down.

# %%
from cs336_core.model.flash import flash_steps

row = slice(4, 5)  # the query of "it"
how = {"causal": False, "scale": 4**-0.5, "tile": (1, 1)}
for step in flash_steps(queries[row], keys, values, **how):
    seen = tokens[step.tile.columns][0]
    highest, total = step.highest.item(), step.total.item()
    print(f"after {seen:8} largest {highest:.2f}, sum {total:.2f}")
result = step.output / step.total
assert torch.allclose(result, mixed[row])

# %% [markdown]
# Look at *cat*, the second line. Its score of 3 is the largest so far, so the sum before it, which
# was 1, is scaled down by $e^{-3}$, and the exponential of *cat* itself adds 1.
#
# After the last tile, the sum of the values over the sum of the exponentials is exactly what
# attention gives.
#
# Here it is on a table of 16 by 16 scores. What is in fast memory is on the right. Step through a
# row of tiles, and watch the largest score and the sum of the row that is marked.

# %%
from cs336_core.widgets import FlashStepper

FlashStepper(key="tiles")

# %% [markdown]
# - Make the tiles of queries taller. What falls, and why?
# - Switch the causal mask on. Which tiles are skipped?
#
# And the traffic? Count the numbers that go to and fro, for one head of 64 numbers.

# %%
from cs336_core.model.traffic import flash_traffic, plain_traffic

less = {}
for n in [1024, 8192]:
    plain_numbers = plain_traffic(n, n, 64, 64)
    tiled_numbers = flash_traffic(n, n, 64, 64, tile=(128, 128))
    less[n] = plain_numbers / tiled_numbers
    print(f"{n:5} tokens: {plain_numbers / 1e6:6.1f} or {tiled_numbers / 1e6:5.1f} million numbers")

# %% [markdown]
# With tiles of 128, {eval}`f"{less[8192]:.1f}"` times less is moved for 8,192 tokens. What is
# *kept* is less still: no table of scores, so the memory grows with the length of the text and not
# with its square. The number of operations is the same, and so is the result.

# %%
from cs336_core.model.flash import flash_attention

q, k, v = torch.randn(3, 1, 8, 200, 64, generator=generator)
look = causal_mask(200)
assert torch.allclose(
    flash_attention(q, k, v, causal=True), scaled_dot_product_attention(q, k, v, look), atol=1e-5
)

# %% tags=["remove-cell"]
uniform = softmax(torch.zeros(7))
nobody = softmax(torch.full((3,), -torch.inf))
parameters = sum(p.numel() for p in MultiHeadAttention(4096, 32, n_kv_heads=8).parameters())

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Each answer was computed when this page was built.
#
# **1.** All scores of a row are equal. What does attention return?
#
# ```{dropdown} Answer
# The plain mean of the values: each share is {eval}`f"{uniform[0].item():.3f}"`, one seventh.
# ```
#
# **2.** Add 100 to every score of a row. What changes?
#
# ```{dropdown} Answer
# Nothing. Each exponential becomes $e^{100}$ times as large, and so does their sum. This is why the
# largest score can be taken off first, so that no exponential overflows.
# ```
#
# **3.** A row of the mask hides every key. What should come out?
#
# ```{dropdown} Answer
# There is nothing to share: here all shares are {eval}`f"{nobody.sum().item():.0f}"`, and so is
# what comes out. Written naively it is 0 divided by 0, and one such row spoils a whole batch.
# ```
#
# **4.** How many parameters has the attention of one layer of Llama 3 8B, with a width of 4,096, 32
# heads and 8 for keys and values?
#
# ```{dropdown} Answer
# {eval}`f"{parameters:,}"`: two matrices of 4,096 by 4,096, for queries and the output, and two of
# 4,096 by 1,024.
# ```
#
# **5.** Does FlashAttention make fewer operations?
#
# ```{dropdown} Answer
# No, rather a few more, since earlier sums are scaled again. It moves less. Where the tile of a
# causal mask is hidden as a whole it is skipped, which saves half of them.
# ```

# %% [markdown]
# ## What comes next
#
# Attention lets tokens talk. The rest of a Transformer tells them where they are, keeps their
# numbers in range, and gives each of them time to think by itself. To look back,
# {doc}`/book/glossary` explains every term.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
