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
# # The Transformer
#
# Attention lets tokens talk to each other. It does not know their order, it cannot think about what
# it heard, and if it is stacked a hundred times its numbers explode or vanish. A Transformer fixes
# this: positions, a small network applied to every token, norms, and a residual stream that ties it
# all together.
#
# This page builds one from its parts and trains it until it knows a sentence by heart. It takes
# about an hour. You need {doc}`04_attention`.

# %% [markdown]
# ## The residual stream
#
# Think of each token as a row in a table, a vector of $d$ numbers. It comes in as the token's
# embedding. Each layer reads the row, computes something, and *adds* it. Nothing is overwritten.
# What comes out at the top is the sum of everything that any layer had to say. This row, on its way
# through the layers, is the *residual stream*.
#
# Why add? Send a row through 50 layers, each a random matrix. What comes out at the top, and what
# comes back to the bottom as a *gradient*? (It says in which direction a number would have to move
# for the loss to grow; training moves the number the other way.) In one column each layer replaces
# the row. In the other it adds to it, after it has read the row at a standard size, which is the
# subject of the next section.

# %%
import math

import torch

from cs336_core.model.norms import LayerNorm, RMSNorm

torch.manual_seed(336)
d, n_layers = 64, 50
norm = RMSNorm(d)
tops, slopes = {}, {}
for size in [0.5, 1.0, 2.0]:  # @stepover
    matrices = size * torch.randn(n_layers, d, d) / d**0.5
    bottom = torch.randn(d, requires_grad=True)
    replaced = added = bottom
    for matrix in matrices:
        replaced = matrix @ replaced
        added = added + matrix @ norm(added)
    for name, top in [("replaced", replaced), ("added", added)]:
        (slope,) = torch.autograd.grad(top.sum(), bottom)
        tops[name, size], slopes[name, size] = top.norm(), slope.norm()
for (name, size), top in tops.items():  # @stepover
    label, slope = f"size {size}, {name}:", slopes[name, size]
    print(f"{label:19} row {top:.0e}, gradient {slope:.0e}")

# %% [markdown]
# Where rows are replaced, everything hangs on the size of the matrices: a little too small, and
# nothing is left; a little too large, and it explodes. With the sum neither the row nor its
# gradient is lost, whatever the size. It gives gradients a road past every layer
# {cite:p}`resnet2015`.

# %% [markdown]
# ## Norms: the same size for everybody
#
# A sum of many terms grows. So before a layer reads the stream, each row is brought to a standard
# size. Here is a row, before our eyes.

# %%
row = torch.tensor([2.0, 4.0, 6.0, 8.0])

mean = row.mean()
variance = (row - mean).square().mean()
print(f"mean {mean:.0f}, variance {variance:.0f}")
normalized = (row - mean) / variance.sqrt()
print([f"{number:.2f}" for number in normalized.tolist()])

# %% [markdown]
# This is *layer normalization* {cite:p}`layernorm2016`: take off the mean, divide by the spread.
# (A gain and a bias are learned for each of the numbers, so that a layer can undo it.)
# Most models now leave the mean where it is and divide by the root of the mean square: *RMSNorm*
# {cite:p}`rmsnorm2019`. Its authors find it as good, and faster.

# %%
with torch.no_grad():  # @stepover
    for norm in [LayerNorm(4), RMSNorm(4)]:
        for times in [1, 1000]:
            label = f"{type(norm).__name__} of {times} times the row:"
            numbers = norm(times * row).tolist()
            print(f"{label:32}", *(f"{number:5.2f}" for number in numbers))

# %% [markdown]
# A row that is a thousand times as large gives the same. That is the point.
#
# Where does the norm go? The first Transformer put it *after* the sum, so the stream itself was
# normalized again and again: *post-norm*. Nearly all models today put it *before* each layer and
# leave the stream alone: *pre-norm*. What difference that makes we shall measure, as soon as there
# is a model.

# %% [markdown]
# ## Places
#
# Attention takes its tokens as a set. Three ways are common to tell where each of them stands.
#
# **A table.** GPT-2 learns a vector for each place and adds it to the embedding {cite:p}`gpt2`. It
# is simple, and there is nothing beyond the end of the table.
#
# **Waves.** The first Transformer added sines and cosines of many wavelengths
# {cite:p}`transformer2017`. Think of the hands of many clocks: fast ones tell near places apart,
# slow ones far ones. To go $k$ places further turns each hand by an angle that depends on $k$
# alone. They are regular, but they are added to what a token means, and the two are mixed from
# there on.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.model.positions import sinusoidal_positions
from cs336_core.notebook import figures

waves = sinusoidal_positions(100, 64)
between = torch.linspace(0, 99, 496)  # five points per position, so that curves are smooth
wavelengths = {}
with figures.style():
    figure, rows = plt.subplots(4, figsize=(5.2, 4.2), sharex=True, sharey=True)
    for number, axes in zip([1, 9, 17, 25], rows, strict=True):
        wavelengths[number] = 2 * math.pi * 10_000 ** ((number - 1) / 64)
        curve = torch.sin(2 * math.pi * between / wavelengths[number])
        axes.plot(between, curve, "C0-", lw=1.5)
        label = f"number {number}: one turn in {wavelengths[number]:.0f} positions"
        axes.set_title(label, loc="left", fontsize=10)
        axes.set(xlim=(0, 99), ylim=(-1.2, 1.2), yticks=[-1, 0, 1])
    rows[-1].set_xlabel("position")
    plt.close(figure)
figures.inline(
    figure,
    alt="Four of the 64 numbers that are added at a position, against the position: sine waves, "
    + ", ".join(f"number {each} with one turn in {wavelengths[each]:.0f}" for each in wavelengths)
    + " positions.",
)

# %% [markdown]
# **Rotations.** Rotary embeddings, RoPE, add nothing {cite:p}`rope2021`. They turn queries and
# keys: take their numbers in pairs, as points in the plane, and rotate each pair by an angle that
# grows with the position. Of $d$ numbers, pair $i = 1, \dots, d/2$ at position $p$ turns by
# $p\,\theta^{-2(i-1)/d}$, with a base $\theta$ of 10,000 or more. Two turns in a row are one,
# $R_m^\top R_n = R_{n-m}$. So the score depends on *how far apart* two tokens are, and on nothing
# else about their positions.

# %%
from cs336_core.model.positions import Rotary

rotary = Rotary(64)
query, key = torch.randn(2, 1, 64)
scores_of = {}
for at_query, at_key in [(5, 3), (75, 73), (5, 2)]:  # @stepover
    with_wave = (query + waves[at_query]) @ (key + waves[at_key]).T
    turned_query = rotary(query, torch.tensor([at_query]))
    turned_key = rotary(key, torch.tensor([at_key]))
    turned = turned_query @ turned_key.T
    scores_of[at_query, at_key] = with_wave.item(), turned.item()
for (at_query, at_key), (with_wave, turned) in scores_of.items():  # @stepover
    label = f"positions {at_query} and {at_key}:"
    print(f"{label:20} waves {with_wave:5.2f}, rotated {turned:5.2f}")

# %% [markdown]
# At the places 5 and 3, and at 75 and 73, the rotated score is the same. With waves that were added
# it is not: the query's meaning meets the key's place.
#
# Each dial is a pair of numbers of a head. The query and the key are the same here: put them at the
# same place, and their hands lie on each other. Move the query, then move both together, and watch
# the score.

# %%
from cs336_core.widgets import RotaryDial

same = [1.0, 0.0, 0.8, 0.6, 0.0, 1.0, 0.6, 0.8]
RotaryDial(same, same, query_position=12, key_position=9, key="dial")

# %% [markdown]
# - Move both by the same distance. All hands turn, and the score stays.
# - Which pair turns fastest? Which hardly turns at all, and what might it be good for?
# - Look at the curve of the score against the distance. Where is it highest, and what does the
#   fast pair add to the slow ones?

# %% [markdown]
# ## Time to think: the MLP
#
# After the talk, each token is by itself for a while. A small network takes its row to a wider
# space, lets some of it through, and brings it back: a *multilayer perceptron*, MLP, also called
# feed-forward layer. It is usually four times as wide inside, and it holds most of the parameters
# of a layer.
#
# What lets through is the *activation*. Without it, two matrices in a row would be one matrix. Here
# are the three most common.

# %% tags=["hide-input"]
from cs336_core.model.feed_forward import gelu, relu, silu

inputs = torch.linspace(-4, 3, 141)
with figures.style():
    figure, axes = plt.subplots(figsize=(4.8, 3.2))
    for function, look in [(relu, "C1--"), (gelu, "C1-"), (silu, "C0-")]:
        axes.plot(inputs, function(inputs), look, lw=1.5, label=function.__name__)
    axes.set(xlabel="in", ylabel="out", xlim=(-4, 3), ylim=(-0.5, 3))
    axes.legend(loc="upper left")
    plt.close(figure)
figures.inline(
    figure,
    alt="ReLU is zero below zero and a straight line above. GELU and SiLU follow it, round the "
    "corner, and dip a little below zero.",
)

# %% [markdown]
# A *gate* goes a step further. Of two matrices, one says what there is, the other how much of each
# number is let through; then they are multiplied. With SiLU this is SwiGLU {cite:p}`glu2020`. It
# has three matrices in place of two, so it is made two thirds as wide, to cost the same.

# %%
from cs336_core.model.feed_forward import FeedForward

plain = FeedForward(512, 2048, activation="relu")
gated = FeedForward(512, 1365, activation="swiglu")
for network in [plain, gated]:  # @stepover
    print(f"{sum(p.numel() for p in network.parameters()):,}")

# %% [markdown]
# ## A block, and a model
#
# Now put it together. A *block* is attention and an MLP, each with a norm before it, each added to
# the stream:
#
# ```python
# x = x + attention(norm(x))
# x = x + mlp(norm(x))
# ```
#
# All sizes are in one configuration. Here are the parts of one block, and a stream of five tokens
# that goes through them line by line. It comes out as it does from the block as a whole.

# %%
from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.masks import causal_mask
from cs336_core.model.positions import Rotary

config = ModelConfig(
    vocab_size=256,
    context_length=128,
    n_layers=2,
    d_model=64,
    n_heads=4,
    d_ff=172,
)
block = Block(config, Rotary(config.rotary_dim))
stream, mask = torch.randn(1, 5, 64), causal_mask(5)  # @stepover

with torch.no_grad():
    heard = block.attention(block.attention_norm(stream), mask)
    x = stream + heard
    thought = block.feed_forward(block.feed_forward_norm(x))  # @stepover
    x = x + thought
    whole = block(stream, mask)  # @stepover
assert torch.equal(x, whole)
print(f"attention adds {heard.norm():.1f}, the MLP {thought.norm():.1f}")

# %% [markdown]
# A model is a table of embeddings, a pile of blocks, a last norm, and a matrix that gives every id
# a score, a *logit*: the *LM head*.

# %%
from cs336_core.model.language_model import LanguageModel

model = LanguageModel(config)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# Step through one forward pass of one with a single block, on the two bytes of “At”: into the
# model and its block, through attention and the MLP.

# %%
from dataclasses import replace

with torch.random.fork_rng():  # @stepover
    # Later cells draw the same random numbers as without this one.
    shallow = LanguageModel(replace(config, n_layers=1))
prompt = torch.tensor([list(b"At")])
with torch.no_grad():  # @stepinto LanguageModel Block RMSNorm MultiHeadAttention
    logits = shallow(prompt)  # @stepinto scaled_dot_product_attention FeedForward
print(tuple(logits.shape))

# %% tags=["hide-input"]
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

parts = [Block, MultiHeadAttention, FeedForward]
TraceViewer(
    trace(shallow.forward, prompt, into=parts, inspect_all=True),
    key="forward",
)

# %% [markdown]
# Is it the real thing? The same class, with the numbers of published models, has as many parameters
# as were published: to the last one, where the exact number is known. (On the *meta* device tensors
# have shapes and no contents, so that even the largest fits.)

# %%
from cs336_core.model.presets import preset

for name in ["gpt2-small", "llama-3-8b", "llama-3.1-405b"]:  # @stepover
    with torch.device("meta"):
        published = LanguageModel(preset(name))
    n_params = sum(p.numel() for p in published.parameters())
    print(f"{name:15} {n_params:>15,}")

# %% [markdown]
# ## Learn a sentence by heart
#
# A model that is built wrong often runs all the same. A good first test: can it memorize one
# sentence? Ours reads bytes. At each place it predicts the next one. The text is its own answer, so
# nobody has to write answers down: it learns *self-supervised*. The *loss* is how surprised it is.
# To know nothing of 256 bytes is a loss of $\ln 256$. After each try an *optimizer* moves every
# parameter a little against its gradient, so that the loss falls; ours is AdamW
# {cite:p}`adamw2017`.

# %%
sentence = "Attention lets tokens talk. The MLP lets them think."
ids = torch.tensor([list(sentence.encode())])
read, following = ids[:, :-1], ids[:, 1:]

from cs336_core.model.losses import cross_entropy

torch.manual_seed(336)
model = LanguageModel(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
losses = []
for _ in range(60):  # @stepover
    logits = model(read)
    loss = cross_entropy(logits, following)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print(f"loss before {losses[0]:.1f}, after {losses[-1]:.2f}")
print(f"ln 256 = {math.log(256):.1f}")

# %% [markdown]
# Now give it the first letters, and let it go on, each time with the byte that it finds most
# probable. That is *greedy* decoding.

# %%
texts = {}
for start in [b"Att", b"Xtt"]:  # @stepover
    written = list(start)
    with torch.no_grad():
        for _ in range(len(sentence) - 3):
            logits = model(torch.tensor([written]))
            written.append(logits[0, -1].argmax().item())
    texts[start] = bytes(written).decode(errors="replace")
    print(texts[start])

# %% tags=["remove-cell"]
assert texts[b"Att"] == sentence

# %% [markdown]
# It knows it by heart. All of this page is in those 60 steps: places, norms, attention with its
# mask, the MLP, the stream. And it knows nothing else: with a first letter that it has never seen,
# what follows goes wrong, and each wrong letter makes the next one worse.
#
# Does a test that passes prove that every part works? Break a part, and train again.
# (`overfit_batch` is the loop above as a function.) Once each token sees itself only, and once
# nothing tells the places. Which of them fails? Say it first.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from dataclasses import replace

from cs336_core.training import overfit_batch

broken = {
    "as it is": config,
    "no look back": replace(config, window=1),
    "no places": replace(config, positions="none"),
}
last = {}
for name, each in broken.items():  # @stepover
    torch.manual_seed(336)
    last[name] = overfit_batch(LanguageModel(each), read, following)[-1]
for name, loss in last.items():  # @stepover
    print(f"{name:12} loss {loss:.2f}")

# %% [markdown]
# Without places it still learns. The causal mask tells them, in a way: the first token sees one,
# the second two. A test that passes does not prove that every part works.

# %% [markdown]
# ## Before or after
#
# Now for the norm. Make the model deep, 12 layers, and train it with the norm before each half of a
# block, and with the norm after the sum.

# %%
placed = {}
for placement in ["pre", "post"]:  # @stepover
    torch.manual_seed(336)
    deep = replace(config, n_layers=12, norm_placement=placement)
    curve = overfit_batch(LanguageModel(deep), read, following)
    placed[placement] = curve[-1]
for placement, loss in placed.items():  # @stepover
    label = f"{placement}-norm:"
    print(f"{label:10} loss {loss:.2f}")

# %% [markdown]
# It is one model and one seed, but others have seen the same {cite:p}`prenorm2020`. A deep model
# with post-norm needs a careful *warm-up*: a learning rate that begins near zero. With pre-norm,
# training can do without one, though nearly all large models are warmed up all the same.

# %% [markdown]
# ## Learn to answer
#
# Take the first half of the sentence as a question, and the second as its answer. To make a model
# answer, the loss leaves the question out: nothing has to be predicted there. So are models tuned
# to follow instructions.

# %%
answer = torch.arange(len(sentence) - 1)[None] >= sentence.index(" The MLP")
torch.manual_seed(336)
answering = LanguageModel(config)  # @stepover
overfit_batch(answering, read, following, mask=answer)  # @stepover
with torch.no_grad():  # @stepover
    logits = answering(read)  # @stepover
    of_answer = cross_entropy(logits, following, answer)  # @stepover
    of_question = cross_entropy(logits, following, ~answer)  # @stepover
print(f"answer {of_answer:.2f}, question {of_question:.2f}")

# %% [markdown]
# It has learned to answer, and not to ask.

# %% [markdown]
# ## The best word is not the best sentence
#
# Greedy decoding takes the best token at each step. Here is a little model, made up, that writes
# two words. Which sentence is the most probable?

# %%
from cs336_core.inference import beam_search

follow = {
    (): {"the": 0.5, "a": 0.4, "one": 0.1},
    ("the",): {"cat": 0.35, "dog": 0.35, "sun": 0.3},
    ("a",): {"cat": 0.9, "dog": 0.1},
    ("one",): {"cat": 0.5, "dog": 0.5},
}
best = {}
for width in [1, 2]:  # @stepover
    best[width] = beam_search(follow.get, width, length=2)[0]
for width, beam in best.items():  # @stepover
    print(f"{width} kept: {' '.join(beam.tokens)}, {beam.prob:.3f}")

# %% [markdown]
# Greedy decoding begins with *the*, the best first word, and misses *a cat*. *Beam search* keeps
# the best few beginnings, $K$ of them, and tries each with every token: for a text of $T$ tokens
# and a vocabulary of $V$ that is $K \cdot V \cdot T$ tries, where all texts would be $V^T$. It was
# the usual way to translate. Chat models draw at random instead, which later lectures tell.

# %% [markdown]
# ## Where to begin
#
# Before the first step all matrices are random. How large should this *initialization* be? Too
# small, and whatever goes in fades from layer to layer; too large, and it explodes. A matrix from
# $m$ numbers to $n$ keeps the size of what goes up, and of the gradients that come down, about
# right with a variance of $2 / (m + n)$ {cite:p}`glorot2010`. `Linear` in the package begins like
# this. Send rows of spread 1 through ten matrices in a row, and then through ten that are half or
# twice as large.

# %%
from cs336_core.model.layers import Linear

spreads = {}
with torch.no_grad():  # @stepover
    for factor in [0.5, 1.0, 2.0]:
        hidden = torch.randn(1000, 256)
        for _ in range(10):
            hidden = factor * Linear(256, 256)(hidden)
        spreads[factor] = hidden.std().item()
for factor, spread in spreads.items():  # @stepover
    print(f"{factor:3} times as large: a spread of {spread:8.3f} after ten")

# %% [markdown]
# Norms and the stream make a model far less sensitive to this. Here the same ten matrices read a
# row at a standard size, and add to it.

# %%
steadied = {}
norm = RMSNorm(256)
with torch.no_grad():  # @stepover
    for factor in [0.5, 1.0, 2.0]:
        hidden = torch.randn(1000, 256)
        for _ in range(10):
            hidden = hidden + factor * Linear(256, 256)(norm(hidden))
        steadied[factor] = hidden.std().item()
for factor, spread in steadied.items():  # @stepover
    print(f"{factor:3} times as large: a spread of {spread:8.3f} after ten")

# %% [markdown]
# ## Do not be too sure
#
# To bring the loss to zero, the score of the right byte must be infinitely far above the others. A
# model that is trained for long makes its scores larger and larger, and then one confident mistake
# costs dearly.
#
# *Label smoothing* asks for less {cite:p}`labelsmoothing2015`: a part $s$ of the probability, say
# 10 %, is dealt out to all $V$ ids alike, and the right one keeps the rest. Now there is a best
# lead of the right score, and it is finite: $\ln(1 + V (1 - s) / s)$.

# %%
from cs336_core.model.losses import best_loss

best_lead = math.log(1 + 256 * 0.9 / 0.1)
right = torch.tensor([0])
for lead in [2.0, 5.0, best_lead, 20.0]:  # @stepover
    scores = torch.tensor([[lead] + [0.0] * 255])
    sharp = cross_entropy(scores, right)  # @stepover
    smooth = cross_entropy(scores, right, label_smoothing=0.1)  # @stepover
    both = f"loss {sharp:.2f}, with smoothing {smooth:.2f}"
    print(f"ahead by {lead:4.1f}: {both}")
print(f"the best with smoothing: {best_loss(256, 0.1):.2f}")  # @stepover

# %% [markdown]
# Without smoothing it always pays to be surer. With it, the loss rises again beyond its best point.
# Does training come to rest there? Train our model on, and look at how far the right byte is ahead
# of the mean of the others.

# %%
leads = {}
for smoothing in [0.0, 0.1]:  # @stepover
    torch.manual_seed(336)
    sure = LanguageModel(config)
    for n_steps in [100, 300]:
        how = {"n_steps": n_steps, "label_smoothing": smoothing}
        overfit_batch(sure, read, following, **how)
        with torch.no_grad():
            logits = sure(read)
        of_right = logits.gather(-1, following[..., None])[..., 0]
        of_others = (logits.sum(-1) - of_right) / 255
        leads[smoothing, n_steps] = (of_right - of_others).mean().item()
for smoothing in [0.0, 0.1]:  # @stepover
    first, later = leads[smoothing, 100], leads[smoothing, 300]
    print(f"smoothing {smoothing}: ahead by {first:.1f}, later {later:.1f}")

# %% [markdown]
# Without it the lead never comes to rest. With it, the lead is where it should be, and stays there.
# The first Transformer used 10 %. Its perplexity became worse by it, and its translations better
# {cite:p}`transformer2017`.

# %% [markdown]
# ## Three arrangements
#
# The same blocks can be put together in three ways.
#
# - **Decoder-only**: what we have built. It continues texts, and nearly all large models are made
#   like this.
# - **Encoder-only**: no causal mask, so every token sees all others. It cannot continue a text. It
#   is trained to fill in words that were hidden, as in a cloze test, and serves to sort and compare
#   texts {cite:p}`bert2018`.
# - **Encoder-decoder**: an encoder reads one text, and a decoder writes another. In each of the
#   decoder's blocks a cross-attention asks what the encoder has read. The first Transformer was
#   this, and it translated {cite:p}`transformer2017`.

# %%
from cs336_core.model.encoder import Encoder, MaskedLanguageModel
from cs336_core.model.encoder_decoder import EncoderDecoder

for kind in [LanguageModel, Encoder, EncoderDecoder]:  # @stepover
    n_params = sum(p.numel() for p in kind(config).parameters())
    print(f"{kind.__name__:15} {n_params:,} parameters")

# %% [markdown]
# The encoder has no LM head, since it writes nothing. The encoder-decoder has two piles of blocks,
# and a cross-attention in each block of the second.
#
# Who sees whom? Change the last byte of the sentence, and count the places at which something else
# comes out. Why can an encoder not simply go on writing?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
changed = ids.clone()
changed[0, -1] = 0
moved = {}
for kind in [LanguageModel, MaskedLanguageModel]:  # @stepover
    torch.manual_seed(336)
    built = kind(config)
    with torch.no_grad():
        differs = (built(ids) != built(changed)).any(-1)
    moved[kind.__name__] = int(differs.sum())
for name, n in moved.items():  # @stepover
    print(f"{name:19} {n:2} of {ids.shape[1]} positions")

# %% [markdown]
# In an encoder every position knows what stands at every other. Asked for the next byte, it would
# have seen it already. So some bytes are hidden behind an id of their own, and the loss asks at
# those positions only, and nowhere else, what stood there. (BERT chooses 15 % of the tokens. It
# hides 80 % of these, puts a random token in place of 10 %, and leaves 10 % as they are, since no
# token is hidden when the model is used.)

# %%
torch.manual_seed(336)
masked = MaskedLanguageModel(config)
batch = ids.expand(32, -1)
is_hidden = torch.rand(batch.shape) < 0.15  # other bytes in each row
seen = batch.masked_fill(is_hidden, 0)
overfit_batch(masked, seen, batch, mask=is_hidden)  # @stepover
hide = sentence.replace("ken", "\0\0\0").replace("MLP", "\0\0\0")
asked = torch.tensor([list(hide.encode())])
with torch.no_grad():  # @stepover
    guessed = masked(asked).argmax(-1)  # @stepover
filled = torch.where(asked == 0, guessed, asked)
print(hide.replace("\0", "_"))
print(bytes(filled[0].tolist()).decode(errors="replace"))

# %% tags=["remove-cell"]
n_right = int((filled == ids)[asked == 0].sum())

# %% [markdown]
# {eval}`n_right` of the 6 letters are right. Each of them was found by itself, and the encoder
# looked both ways for it.

# %% [markdown]
# ## The menu
#
# What do published models choose? Their configurations say. Most of the menu is settled by now:
# rotary positions, RMSNorm before each layer, SwiGLU, grouped queries, few biases or none. The last
# three rows are not in the package's list: the first Transformer {cite:p}`transformer2017`, BERT
# {cite:p}`bert2018` and Mamba {cite:p}`mamba2023`.

# %% tags=["hide-input"]
from IPython.display import Markdown

chosen = ["gpt2-small", "opt-175b", "llama-2-7b", "llama-3-8b", "mistral-7b"]
chosen += ["mixtral-8x7b", "gemma-2b", "qwen2.5-7b", "deepseek-v3"]
spelled = {"layernorm": "LayerNorm", "rmsnorm": "RMSNorm", "swiglu": "SwiGLU"}
spelled |= {"relu": "ReLU", "gelu_tanh": "GELU", "geglu_tanh": "GeGLU"}
lines = ["| model | positions | norm | MLP | attention |", "|---|---|---|---|---|"]
for name in chosen:
    each = preset(name)
    if each.latent:
        heads = "MLA"
    elif each.kv_heads == each.n_heads:
        heads = f"{each.n_heads} heads"
    else:
        heads = f"{each.n_heads} heads, {each.kv_heads} of keys and values"
    network = spelled[each.activation]
    if each.experts:
        network += f", {each.experts.n_active} of {each.experts.n_experts} experts"
        network += f" and {each.experts.n_shared} shared" * bool(each.experts.n_shared)
    norm_name = f"{spelled[each.norm]}, {each.norm_placement}"
    row = [f"`{name}`", each.positions, norm_name, network, heads]
    lines.append(f"| {' | '.join(row)} |")
lines += [
    "| the first Transformer | sinusoidal | LayerNorm, post | ReLU | 8 heads, and cross |",
    "| BERT | learned | LayerNorm, post | GELU | 12 or 16 heads |",
    "| Mamba | none | RMSNorm, pre | none | none: a state space |",
]
Markdown("\n".join(lines))

# %% [markdown]
# (The table leaves one thing out: in the first Mistral 7B, a token sees the last 4,096 tokens only,
# by a sliding window.)
#
# One thing in the table is not in our small model, experts, and one is not a Transformer any more.
#
# **Experts.** In a *mixture of experts* there are many MLPs instead of one, and a *router* sends
# each token to a few of them {cite:p}`moe2017`. A *shared* expert, as in DeepSeek-V3, works on
# every token besides. The number of parameters grows with all experts, the work with the active
# ones only. Each token chooses anew, in each layer. Compare Mixtral, which has 8 experts in each
# layer, with Mistral 7B, which has the same shape and a single MLP in each.

# %%
from cs336_core.model.experts import active_params

held, used = {}, {}
for name in ["mistral-7b", "mixtral-8x7b"]:  # @stepover
    with torch.device("meta"):
        published = LanguageModel(preset(name))
    held[name] = sum(p.numel() for p in published.parameters())
    used[name] = active_params(published)
    sizes = f"{held[name] / 1e9:4.1f} billion parameters"
    print(f"{name:12} {sizes}, {used[name] / 1e9:4.1f} billion per token")
work = used["mixtral-8x7b"] / used["mistral-7b"]

# %% [markdown]
# Two experts per token are more work than one MLP: a token uses {eval}`f"{work:.1f}"` times as many
# parameters. To keep the work of the dense model, experts have to be narrower; DeepSeek-V3 has many
# narrow ones.

# %% [markdown]
# Nothing makes the router fair. Here 1,000 tokens that have something in common choose 2 of 8
# experts, and a few experts get most of them. The others learn little.
# DeepSeek-V3 adds a number to each expert's score and moves it a little after each step: down for
# those that are overrun, up for the others {cite:p}`deepseekv3`.

# %%
from cs336_core.model.experts import Router, balancing_loss, expert_load

router = Router(64, n_experts=8, n_active=2, balancing_bias=True)
crowd = torch.randn(1000, 64) + torch.randn(64)  # alike in one direction
with torch.no_grad():  # @stepover
    routing = router(crowd)
    unfair = expert_load(routing).tokens
    loss_before = balancing_loss(routing).item()
    for _ in range(300):
        router.rebalance(expert_load(router(crowd)).tokens, speed=0.01)
    routing = router(crowd)
    fair = expert_load(routing).tokens
    loss_after = balancing_loss(routing).item()
print("before", unfair.tolist())
print("after ", fair.tolist())

# %% [markdown]
# Most others add a loss for it instead {cite:p}`switch2021`, which is 1 where the load is even. It
# was {eval}`f"{loss_before:.2f}"` before, and is {eval}`f"{loss_after:.2f}"` now.

# %% [markdown]
# **No attention.** *State-space models* read token by token and keep a state of fixed size, as
# older networks did, but in a form that can be computed for all tokens at once
# {cite:p}`mamba2023`. The cost grows with the length of the text, not with its square. What does
# not fit into the state is forgotten: it is a memory of fixed size, where attention keeps
# everything.

# %%
from cs336_core.model.state_space import StateSpace

layer = StateSpace(64, d_state=16)
text = torch.randn(1, 500, 64)
with torch.no_grad():  # @stepover
    at_once = layer(text)
    one_by_one, state = layer.recurrent(text)
assert torch.allclose(at_once, one_by_one, atol=1e-4)
print(f"state after 500 tokens: {state.numel():6,} numbers")
print(f"keys and values of 500: {2 * text.numel():6,} numbers")

# %% [markdown]
# How long does it remember? That depends on a *step length*, which each token sets for itself: in a
# short step little of the state is overwritten, in a long one nearly all. Before training, Mamba's
# steps lie between 0.001 and 0.1. Change the first token, and look at how much changes further on:
# in such a layer, in one whose steps are longer, about 0.7, and in attention. All are untrained.

# %%
from functools import partial

hasty = StateSpace(64, d_state=16)
torch.nn.init.zeros_(hasty.step_length.bias)  # softplus(0) is ln 2
attention = MultiHeadAttention(64, n_heads=4)
other = text.clone()
other[0, 0] = torch.randn(64)
look = causal_mask(500)  # @stepover

layers = {
    "short steps": layer,
    "long steps": hasty,
    "attention": partial(attention, mask=look),
}
changes = {}
for name, each in layers.items():  # @stepover
    with torch.no_grad():
        change = each(text) - each(other)
    changes[name] = change.norm(dim=-1)[0]
for later in [1, 20, 100, 499]:  # @stepover
    print(f"{later:3} later:", end="")
    for name, change in changes.items():
        print(f"  {name} {change[later]:.0e}", end="")
    print()

# %% [markdown]
# With long steps the first token is forgotten after 20 others. With short ones something is left of
# it even after 499, as in attention. But all tokens share the one state, and what is written later
# lies on top. Training teaches a state space which tokens deserve a long step. The room stays the
# same.

# %% [markdown]
# ## What can be chosen, and what it costs
#
# A configuration has a handful of numbers that no training finds: its *hyperparameters*. (There are
# more that no configuration holds: the learning rate, how many tokens a step reads, how many steps
# there are.) Take GPT-2 small and double one of them. By what factor does the number of parameters
# grow? Guess before you look.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
small = preset("gpt2-small")  # @stepover
doubled = {
    "nothing": small,
    "layers": replace(small, n_layers=24),
    "width": replace(small, d_model=1536),
    "heads": replace(small, n_heads=24),
    "width of the MLP": replace(small, d_ff=6144),
    "vocabulary": replace(small, vocab_size=100514),
    "context": replace(small, context_length=2048),
}
sizes = {}
for name, each in doubled.items():  # @stepover
    with torch.device("meta"):
        built = LanguageModel(each)
    sizes[name] = sum(p.numel() for p in built.parameters())
for name, size in sizes.items():  # @stepover
    print(f"{name:16} {size / sizes['nothing']:.2f} times")

# %% [markdown]
# The width counts twice, since matrices have two sides. Heads cost nothing. A longer context adds a
# row for each place to GPT-2's table, and with rotary positions not even that; but it makes each
# token look at more of them, and keep more. Depth against width, heads against their width, MLP
# against attention: within wide bounds, models of one size are about equally good
# {cite:p}`kaplan2020`, so what a chip does well decides. What each choice costs in operations, in
# memory and in time, {doc}`06_accounting` counts.

# %% tags=["remove-cell"]
with torch.device("meta"):
    wider = LanguageModel(replace(config, d_model=128, d_ff=344))
one_block = sum(p.numel() for p in model.blocks[0].parameters())
two_blocks = sum(p.numel() for p in wider.blocks[0].parameters())
base = math.log(256)
torch.manual_seed(336)
loud = LanguageModel(config)
first_loss = {}
with torch.no_grad():
    loud.lm_head.weight *= 10
    loud_loss = cross_entropy(loud(read), following).item()
    for n_layers in [2, 96]:
        torch.manual_seed(336)
        bare = LanguageModel(replace(config, n_layers=n_layers))
        bare.norm = None
        first_loss[n_layers] = cross_entropy(bare(read), following).item()
experts = preset("deepseek-v3").experts
share_of_experts = experts.n_active / experts.n_experts
first, second = torch.randn(2, 64, 64, dtype=torch.float64)
vector = torch.randn(64, dtype=torch.float64)
apart = (second @ (first @ vector) - (second @ first) @ vector).abs().max().item()

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** You double the width of our small model and keep everything else in proportion. By what
# factor do a block's parameters grow?
#
# ```{dropdown} Answer
# By about {eval}`f"{two_blocks / one_block:.1f}"`: a matrix has width times width entries.
# ```
#
# **2.** A model that knows nothing begins with a loss near {eval}`f"{base:.1f}"`, the logarithm of
# its vocabulary of 256. Yours begins at {eval}`f"{loud_loss:.1f}"`. What is likely wrong?
#
# ```{dropdown} Answer
# Its logits are too large: it is very sure of nonsense. Here the matrix of the LM head was made ten
# times as large. In a deep model a missing norm at the end does the same: with 96 layers the loss
# begins at {eval}`f"{first_loss[96]:.1f}"`. With our 2 layers nothing would be seen of that,
# {eval}`f"{first_loss[2]:.1f}"`, since the stream has hardly grown.
# ```
#
# **3.** Which lead of the right score is best with a smoothing of 10 % and GPT-2's vocabulary?
#
# ```{dropdown} Answer
# {eval}`f"{math.log(1 + 50257 * 0.9 / 0.1):.1f}"`, the logarithm of 1 + 50,257 · 9.
# ```
#
# **4.** DeepSeek-V3 has 256 experts in a layer. What fraction is active for one token?
#
# ```{dropdown} Answer
# {eval}`f"{100 * share_of_experts:.0f} %"`: 8 of them. One more, which is shared, works on every
# token.
# ```
#
# **5.** A query at position 5 and a key at position 3 have a certain score. Is it the same at 75
# and 73?
#
# ```{dropdown} Answer
# With rotary positions, yes: {eval}`f"{scores_of[5, 3][1]:.2f}"` and
# {eval}`f"{scores_of[75, 73][1]:.2f}"`. With waves that are added, no:
# {eval}`f"{scores_of[5, 3][0]:.2f}"` and {eval}`f"{scores_of[75, 73][0]:.2f}"`. There the query's
# meaning is multiplied with the key's place, too.
# ```
#
# **6.** Why can one not simply put two matrices in a row in place of the MLP?
#
# ```{dropdown} Answer
# Two matrices in a row are one matrix: here they give the same up to {eval}`f"{apart:.0e}"`. It is
# the activation between them that makes more of it.
# ```

# %% [markdown]
# ## What comes next
#
# You have built a language model. The next question is what it costs: how many operations, how much
# memory, how long. {doc}`04_attention` looks back at the heart of it, and {doc}`/book/glossary`
# explains every term.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
