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
# about fifty minutes. You need to know what a token is ({doc}`02_tokenization`), and how a matrix
# is multiplied with a vector. The next lecture builds the rest of the model.

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

torch.manual_seed(336)  # the random numbers below are the same each time
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
# sentence can be any. Ours says: a *pronoun asks for an animal*, and all others ask, faintly, for
# their own kind. The matrices of keys and values we leave out: each token offers what it is.

# %%
query_matrix = torch.eye(4)
query_matrix[2] = torch.tensor([6.0, 0.0, 0.0, 0.0])  # pronoun: an animal?

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
for name, row in zip(tokens, scores.tolist(), strict=True):  # @stepover
    print(f"{name:8}", *(f"{score:5.2f}" for score in row))

# %% [markdown]
# (We have divided by the square root of 4, the number of numbers in a key. Why, we shall see.)
#
# Scores can be any numbers. A mixture needs shares that are positive and add up to 1. That is what
# *softmax* makes of them: take the exponential of each, and divide by their sum.

# %%
from cs336_core.model.attention import softmax

shares = softmax(scores)  # @stepover
for name, share in zip(tokens, shares[4].tolist(), strict=True):  # @stepover
    print(f"{name:8} {100 * share:3.0f} %  {'#' * round(20 * share)}")

# %% tags=["remove-cell"]
share_of_cat = shares[4, 1].item()

# %% [markdown]
# *it* gives {eval}`f"{100 * share_of_cat:.0f} %"` of its attention to *cat*. The rest is spread
# thinly: no share is ever quite zero. Then the values are mixed in these shares, and what comes out
# for *it* is mostly an animal. The pronoun has found its noun.

# %%
mixed = shares @ values
print(f"it: {[round(number, 2) for number in mixed[4].tolist()]}")

# %% [markdown]
# That is all. Three lines of arithmetic, and one formula {cite:p}`transformer2017`:
#
# $$\operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}} + M\right) V$$
#
# $M$ is the mask, which comes below. `cs336_core` has it as one function, and it agrees.

# %%
from cs336_core.model.attention import scaled_dot_product_attention

attended = scaled_dot_product_attention(queries, keys, values)  # @stepover
assert torch.allclose(attended, mixed)

# %% [markdown]
# ## Look into every number
#
# Here is the whole of it. A row is a token that looks, a column one that is looked at. Point at a
# cell, or go there with the arrow keys: below the map you see its dot product being formed, number
# by number. The switch above the map goes from scores to *attention weights*.

# %%
from cs336_core.widgets import AttentionExplorer

names = ["animal", "action", "pronoun", "else"]
shown = {"features": names, "mask": "none", "cell": (4, 1)}
AttentionExplorer(tokens, queries, keys, values, **shown, key="sentence")

# %% [markdown]
# Things to try:
#
# - Follow the cell of *it* and *cat* from its score to its weight. Then look along the row: a score
#   of 0 is no weight of 0.
# - Lower the temperature, which divides all scores. The weights of *it* go to one token alone.
#   Raise it, and they draw closer to each other.
# - Compare the row of *it* with the other rows. In each of those, the largest weight is less than
#   twice the smallest. What do these tokens ask for?

# %% [markdown]
# And here it is as a function: a call for the query of *it*, line by line, with every tensor in
# view. (`scaled_dot_product_attention` computes the same and needs less memory for it.)

# %%
from cs336_core.model.plain_attention import plain_attention

of_it = plain_attention(queries[4:5], keys, values)
assert torch.allclose(of_it, mixed[4:5])

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
# Take queries and keys of random numbers with a spread of 1. A dot product adds up $d$ products.
# Some are above zero and some below, so they partly cancel: the squares of their spreads add up,
# and not the spreads. So the spread of the sum grows with the square root of $d$. Measure it.

# %%
generator = torch.Generator().manual_seed(336)
spreads = {}
for d in [4, 16, 64, 256, 1024]:  # @stepover
    q, k = torch.randn(2, 4000, d, generator=generator)
    spreads[d] = (q * k).sum(-1).std().item()
    print(f"d = {d:4}: spread {spreads[d]:4.1f}, its root {d**0.5:4.1f}")

# %% [markdown]
# And what is wrong with large scores? Ten keys, scores of that spread: how much does the best of
# them get? Say a number first, for d = 4 and for d = 1,024.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
best_share, learns = {}, {}
for d in [4, 64, 1024]:  # @stepover
    for divided in [False, True]:
        spread = 1 if divided else d**0.5
        drawn = spread * torch.randn(100_000, 10, generator=generator)
        drawn_shares = softmax(drawn)
        gradients = drawn_shares * (1 - drawn_shares)
        best_share[d, divided] = drawn_shares.amax(-1).mean().item()
        learns[d, divided] = gradients.mean().item()
    plain, scaled = 100 * best_share[d, False], 100 * best_share[d, True]
    print(f"d = {d:4}: the best gets {plain:.0f} %, divided {scaled:.0f} %")

# %% [markdown]
# Without the root, the softmax of a wide head picks one key and ignores the others. That is not
# only stubborn. It hardly learns: where a share is nearly 0 or 1, moving the score moves next to
# nothing. The gradient of a share with respect to its own score is $p (1 - p)$, and at $d$ = 1,024
# it is on average {eval}`f"{learns[1024, True] / learns[1024, False]:.0f}"` times smaller without
# the root than with it. Dividing by $\sqrt{d}$ keeps the standard deviation of the scores at 1,
# however wide the heads are, as long as that of the queries and keys is 1. At initialization that
# is roughly true.

# %% [markdown]
# ## Who may look at whom
#
# A language model predicts the next token. If it could look at the next token, there would be
# nothing to predict. So the future is hidden: its scores are set to minus infinity, the exponential
# of which is 0. This is a *causal mask*. True, a 1 below, means that the query, the row, may look
# at the key, the column. In the formula $M$ is 0 where the mask is true, and minus infinity
# elsewhere.

# %%
from cs336_core.model.masks import causal_mask

mask = causal_mask(4)
print(mask.int())
print(torch.zeros(4, 4).masked_fill(~mask, -torch.inf))

# %% [markdown]
# Does it work? Change the last token into something else entirely. Nothing before it may change.

# %%
changed = x.clone()
changed[-1] = torch.tensor([9.0, -9.0, 9.0, -9.0])

asked = changed @ query_matrix
look = causal_mask(7)  # @stepover
before = plain_attention(queries, keys, values, look)
after = plain_attention(asked, changed, changed, look)  # @stepover
moved = {"causal": (before != after).any(-1)}

before = plain_attention(queries, keys, values)  # @stepover
after = plain_attention(asked, changed, changed)  # @stepover
moved["no mask"] = (before != after).any(-1)
for name, has_moved in moved.items():  # @stepover
    print(f"{name:8}", [tokens[i] for i in range(7) if has_moved[i]])

# %% [markdown]
# With the mask only the last token itself has changed. Without it, all have.
#
# There are three kinds of attention, and they differ in nothing but the mask and in where keys come
# from.
#
# - **Encoder.** Every token looks at every other. BERT reads like this {cite:p}`bert2018`, and so
#   does the part of a translator that reads the original.
# - **Decoder.** Every token looks at itself and at those before it. Nearly all of today's large
#   language models are decoders.
# - **Cross-attention.** The queries come from one text, keys and values from another: a
#   translation, as it is written, looks at the original. There is no future to hide, since the
#   original is there.
#
# Here is a translator at work. The German words *Katze* and *saß* ask our sentence, one for an
# animal and one for an action. There are two queries and seven keys, so the scores are a table of 2
# by 7.

# %%
asked = 6 * torch.eye(4)[:2]  # an animal? an action?
crossed = softmax(asked @ keys.T / 4**0.5)  # @stepover
for word, row in zip(["Katze", "saß"], crossed.tolist(), strict=True):  # @stepover
    print(f"{word:6}", *(f"{100 * share:3.0f} %" for share in row))

# %% [markdown]
# *Katze* finds *cat*. *saß* cannot choose between *sat* and *was*: both are actions to it. To
# choose, it would have to ask for more than four numbers can say.
#
# One more thing is hidden. Texts of unequal length are filled up so that they fit into one tensor.
# The filling, the *padding*, is no text, and nobody may look at it. Two masks are combined by
# *and*.

# %%
from cs336_core.model.masks import padding_mask

lengths = torch.tensor([4, 2])
padding = padding_mask(lengths, 4)  # @stepover
both = causal_mask(4) & padding  # @stepover
print(both[1, 0].int())

# %% [markdown]
# The second text has two tokens, and the last two columns are hidden from everybody. The last two
# rows still compute something, which nobody wants; the loss leaves them out.
#
# | kind | queries from | keys and values from | hidden |
# |---|---|---|---|
# | encoder | the text | the same text | its padding |
# | decoder | the text | the same text | the future, and its padding |
# | cross-attention | the text being written | the original | the original's padding |
#
# Try the masks on our sentence. The hatched cells are hidden; look at the step *after the mask*,
# and at what becomes of the weights.

# %%
shown |= {"mask": "causal", "padding": 1, "stage": "masked"}
AttentionExplorer(tokens, queries, keys, values, **shown, key="masks")

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
# attentions side by side, its *heads*. Each has three matrices of its own. They read the whole row
# of a token and make short queries, keys and values of it: 8 heads in a width of 512 have 64
# numbers each. What they find is put in a row again, and a last matrix mixes it.
#
# Our sentence has a second question in it. Who sat, and who was tired? So let an action ask for a
# pronoun, or else for an animal. That is a second head, with a matrix of queries of its own.

# %%
second_matrix = torch.eye(4)
second_matrix[1] = torch.tensor([6.0, 0.0, 9.0, 0.0])  # action: who did it?
two_heads = torch.stack([queries, x @ second_matrix])

offered = torch.stack([keys, keys])  # both heads are offered the same
shown = {"features": names, "head": 1, "cell": (5, 4)}
AttentionExplorer(tokens, two_heads, offered, offered, **shown, key="heads")

# %% [markdown]
# In the second head *was* finds *it*, and *sat* finds *cat*. Now choose no mask: *sat* prefers
# *it*, which comes later. The mask has kept it from looking there.
#
# This is the class of the package. Its matrices are random, as before training.

# %%
from cs336_core.model.multi_head import MultiHeadAttention

attention = MultiHeadAttention(d_model=512, n_heads=8)
hidden = torch.randn(1, 7, 512)  # one text, seven tokens
print(attention(hidden, causal_mask(7)).shape)  # @stepover
for name, parameter in attention.named_parameters():  # @stepover
    print(f"{name:14} {tuple(parameter.shape)}")

# %% [markdown]
# Heads cost nothing. Eight heads of 64 numbers have as many parameters as one of 512, and as many
# operations, up to the softmax. They are the same matrices, cut into strips.

# %%
one_head = MultiHeadAttention(d_model=512, n_heads=1)
counts = []
for each in [attention, one_head]:  # @stepover
    counts.append(sum(p.numel() for p in each.parameters()))
print(counts)
assert counts[0] == counts[1] == 4 * 512**2

# %% [markdown]
# ## What a model has to remember
#
# To write a text, a model adds one token after another. Each new token needs the keys and values of
# all before it. They do not change, since no earlier token looks at a later one, so they are kept:
# the *KV cache*. It is as exact as reading everything again.

# %%
from cs336_core.model.multi_head import KVCache

with torch.no_grad():  # @stepover
    at_once = attention(hidden, causal_mask(7))
    cache = KVCache()
    one_by_one = []
    for i in range(7):
        one_by_one.append(attention(hidden[:, [i]], cache=cache))
difference = (at_once - torch.cat(one_by_one, 1)).abs().max().item()
print(f"{len(cache)} places kept, largest difference {difference:.0e}")
assert difference < 1e-5

# %% [markdown]
# But it is large. Each layer keeps a key and a value for each head, of 2 bytes per number: for a
# token, 2 · layers · heads · width of a head · 2 bytes. A model shaped like Llama 3 8B has 32
# layers and 32 heads of 128 numbers.
#
# Heads can share. In *grouped-query attention*, GQA, a few query heads use the same keys and values
# {cite:p}`gqa2023`; in *multi-query attention*, MQA, all of them do {cite:p}`mqa2019`. *Multi-head
# latent attention*, MLA, caches one short vector, from which each head computes keys and values of
# its own, and beside it one small key that carries the position and that all heads share
# {cite:p}`deepseekv2`.
#
# How many bytes is that per token, and for a sequence of 8,192? Say a number first.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from dataclasses import replace

from cs336_core.accounting import kv_cache_bytes
from cs336_core.model.presets import preset

llama = preset("llama-3-8b")  # @stepover
deepseek = preset("deepseek-v3")  # @stepover
kept = {}
shared = {"MHA, 32 heads": 32, "GQA, 8 heads": 8, "MQA, 1 head": 1}
for name, n_kv_heads in shared.items():  # @stepover
    kept[name] = kv_cache_bytes(replace(llama, n_kv_heads=n_kv_heads))
kept["MLA of DeepSeek-V3"] = kv_cache_bytes(deepseek)  # @stepover
for name, size in kept.items():  # @stepover
    per_token, per_text = size / 2**10, 8192 * size / 2**20
    print(f"{name:18} {per_token:5.1f} KiB per token, {per_text:5,.0f} MiB")

# %% [markdown]
# Llama 3 8B uses GQA with 8 heads, a quarter of what it would need without. GQA's authors found it
# nearly as good as attention in which every head has its own, and nearly as fast as MQA.
# DeepSeek-V3 is far larger, with {eval}`deepseek.n_layers` layers and {eval}`deepseek.n_heads`
# heads, and caches about half as much as Llama 3 8B: per token and layer,
# {eval}`deepseek.latent.kv_rank` numbers of the short vector and
# {eval}`deepseek.latent.rope_head_dim` of the shared key.

# %% [markdown]
# ## Attention does not know the order
#
# Shuffle the tokens. What comes out is the same, shuffled in the same way.

# %%
shuffle = torch.randperm(7, generator=generator)
plain = scaled_dot_product_attention(queries, keys, values)  # @stepover
shuffled = scaled_dot_product_attention(  # @stepover
    queries[shuffle],
    keys[shuffle],
    values[shuffle],
)
assert torch.allclose(plain[shuffle], shuffled)
print("shuffled:", [tokens[i] for i in shuffle])

# %% [markdown]
# Without a mask, *dog bites man* and *man bites dog* are the same to it. Something has to tell it
# where each token stands. The next lecture shows how.

# %% [markdown]
# ## A long text
#
# Every token looks at every other: for a text twice as long, four times the scores. What can be
# done about it?
#
# **Look less far.** In *sliding-window attention* a token looks at the last few only
# {cite:p}`longformer2020`. What is further back reaches it through the layers below. Each of them
# reaches back by one token less than the window, since the window includes the token itself.

# %%
from cs336_core.model.masks import window_mask

print(window_mask(6, 3).int())  # @stepover

# %% [markdown]
# **Leave the softmax out.** *Linear attention* replaces the exponential by a product of two vectors
# {cite:p}`linearattn2020`. Then all that was read can be summed up in one matrix of fixed size. It
# costs the same for each token, however long the text, and it cannot pick as sharply.

# %%
from cs336_core.model.linear_attention import linear_attention

sharp = scaled_dot_product_attention(queries, keys, values)[4]  # @stepover
soft = linear_attention(queries, keys, values)[4]  # @stepover
print("softmax:", [f"{number:.2f}" for number in sharp.tolist()])
print("linear: ", [f"{number:.2f}" for number in soft.tolist()])

# %% [markdown]
# What it keeps of the text so far is a state of fixed size. The keys and values of 500 tokens, with
# 64 numbers each, are many more.

# %%
from cs336_core.model.linear_attention import linear_attention_recurrent

q, k, v = torch.randn(3, 500, 64, generator=generator)
_, state = linear_attention_recurrent(q, k, v)  # @stepover
state_size = sum(each.numel() for each in state)
cache_size = k.numel() + v.numel()
print(f"state {state_size:,} numbers, keys and values {cache_size:,}")

# %% [markdown]
# **Compute the same, and move less.** That is FlashAttention {cite:p}`flashattention2022`, and it
# has become the usual way. Its idea deserves a section.

# %% [markdown]
# ## FlashAttention, tile by tile
#
# A chip computes in a small fast memory (SRAM), and keeps things in a large slow one (HBM). The
# plain way writes all scores into the slow memory, reads them back for the softmax, writes the
# shares, and reads those back for the mixture. That traffic, not the arithmetic, is what takes the
# time.
#
# FlashAttention takes some queries and some keys at a time, a *tile* of the scores, and never
# writes a score down. The difficulty is the softmax, which needs the sum of a whole row. The way
# out is a running sum, an *online softmax*: where a later tile brings a larger score, what was
# summed before is scaled down.

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

FlashStepper(step=6, key="tiles")

# %% [markdown]
# - Make the tiles of queries taller. What falls, and why?
# - Switch the causal mask on. Which tiles are skipped?
#
# And the traffic? Count the numbers that go to and fro, for one head of 64 numbers.

# %%
from cs336_core.model.memory_io import flash_traffic, plain_traffic

less = {}
for n in [1024, 8192]:  # @stepover
    plain = plain_traffic(n, n, 64, 64) / 1e6
    tiled = flash_traffic(n, n, 64, 64, tile=(128, 128)) / 1e6
    less[n] = plain / tiled
    print(f"{n:5} tokens: {plain:6.1f} or {tiled:5.1f} million numbers")

# %% [markdown]
# With tiles of 128, {eval}`f"{less[8192]:.1f}"` times less is moved for 8,192 tokens. It takes a
# few more operations, for the rescaling, and its backward pass computes the scores again. The
# result is the same, up to rounding.

# %%
from cs336_core.model.flash import flash_attention

q, k, v = torch.randn(3, 1, 8, 200, 64, generator=generator)
look = causal_mask(200)  # @stepover
tiled = flash_attention(q, k, v, causal=True)  # @stepover
untiled = scaled_dot_product_attention(q, k, v, look)  # @stepover
assert torch.allclose(tiled, untiled, atol=1e-5)

# %% [markdown]
# And what is *kept* for the backward pass? The plain way keeps a table of shares, which grows with
# the square of the length. FlashAttention keeps what went in, what came out, and a number for each
# query. Count the numbers for texts that are four times as long, and again.

# %%
from cs336_core.model.saved_activations import saved_elements

held = {}
for n in [256, 1024, 4096]:  # @stepover
    q, k, v = torch.randn(3, 1, n, 64).unbind()
    held[n] = [
        saved_elements(scaled_dot_product_attention, q, k, v),
        saved_elements(flash_attention, q, k, v),
    ]
    print(f"{n:5} tokens: plain {held[n][0]:10,}, tiled {held[n][1]:9,}")

# %% [markdown]
# From 1,024 tokens to 4,096 the plain way keeps
# {eval}`f"{held[4096][0] / held[1024][0]:.0f}"` times as much, FlashAttention
# {eval}`f"{held[4096][1] / held[1024][1]:.0f}"` times.

# %% tags=["remove-cell"]
uniform = softmax(torch.zeros(7))
nobody = softmax(torch.full((3,), -torch.inf))
grouped = MultiHeadAttention(4096, 32, n_kv_heads=8)
parameters = sum(p.numel() for p in grouped.parameters())
heard = torch.linalg.matrix_power(window_mask(32, 3).double(), 4)[-1] > 0
furthest = 31 - int(heard.nonzero()[0])
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
# **1.** All scores of a row are equal. What does attention return?
#
# ```{dropdown} Answer
# The plain mean of the values: each of seven shares is {eval}`f"{uniform[0].item():.3f}"`. Add
# 100 to every score of a row, and nothing changes either: each exponential is $e^{100}$ times as
# large, and so is their sum. This is why the largest score can be taken off first, so that no
# exponential overflows.
# ```
#
# **2.** A row of the mask hides every key. What should come out?
#
# ```{dropdown} Answer
# There is nothing to share: here all shares add up to {eval}`f"{nobody.sum().item():.0f}"`, and
# what comes out is zero. Written naively it is 0 divided by 0, which is *not a number*. One such
# row makes gradients that are not numbers, and they spoil the whole model.
# ```
#
# **3.** How many parameters does the attention of one layer of Llama 3 8B have, with a width of
# 4,096, 32 heads and 8 for keys and values?
#
# ```{dropdown} Answer
# {eval}`f"{parameters:,}"`: two matrices of 4,096 by 4,096, for queries and the output, and two of
# 4,096 by 1,024.
# ```
#
# **4.** A window of 3, and 4 layers. How far back does the last token hear?
#
# ```{dropdown} Answer
# {eval}`furthest` tokens before it: each layer reaches 2 further back. It does not see the furthest
# one itself, only what the tokens in between have taken from it.
# ```
#
# **5.** A model has 8 heads, and GQA with 8 heads of keys and values. What is that called?
#
# ```{dropdown} Answer
# Multi-head attention. With the same matrices they agree bit for bit; the build checks it.
# ```
#
# **6.** Does FlashAttention make fewer operations?
#
# ```{dropdown} Answer
# No, rather a few more, since earlier sums are scaled again. It moves less. With a causal mask the
# tiles that are hidden as a whole are skipped, which saves nearly half of them.
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
