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
# it heard, and if it is stacked a hundred times its numbers explode or vanish. A Transformer is
# what one builds around it to mend this: places, a small network for each token, norms, and a
# stream that carries everything along.
#
# This page builds one from its parts and trains it until it knows a sentence by heart. It takes
# about forty minutes. You need {doc}`04_attention`.

# %% [markdown]
# ## The residual stream
#
# Think of each token as a row in a table, a vector of $d$ numbers. It comes in as the token's
# embedding. Each layer reads the row, computes something, and *adds* it. Nothing is overwritten.
# What comes out at the top is the sum of everything that any layer had to say. This row, on its way
# through the layers, is the *residual stream*.
#
# Why add? Take 50 layers that each multiply by a random matrix, and look at what is left of a
# change at the bottom: at the top it has grown out of bounds, or it is gone. With a sum it is still
# there.

# %%
import torch

torch.manual_seed(336)
d, n_layers = 64, 50
bottom = torch.randn(d)

replaced = added = bottom
for _ in range(n_layers):  # @stepover
    matrix = 0.5 * torch.randn(d, d) / d**0.5
    replaced = matrix @ replaced
    added = added + matrix @ added / n_layers
print(f"bottom {bottom.norm():.1f}, replaced {replaced.norm():.0e}, added {added.norm():.1f}")

# %% [markdown]
# The same holds for gradients on their way down, and that is what training needs: the sum gives
# them a road past every layer {cite:p}`resnet2015`.

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
# (A gain and a bias are learned for each place, so that a layer can undo it where it wants to.)
# Most models now leave the mean where it is and divide by the root of the mean square: *RMSNorm*
# {cite:p}`rmsnorm2019`. It does as well and costs less.

# %%
from cs336_core.model.norms import LayerNorm, RMSNorm

with torch.no_grad():
    for norm in [LayerNorm(4), RMSNorm(4)]:
        numbers = [f"{number:.2f}" for number in norm(row).tolist()]
        print(f"{type(norm).__name__:9}", *numbers, "  of 1,000 times:", norm(1000 * row)[0].item())

# %% [markdown]
# A row that is a thousand times as large gives the same. That is the point.
#
# Where does the norm go? The first Transformer put it *after* the sum, so the stream itself was
# normalized again and again. Nearly all models today put it *before* each layer and leave the
# stream alone: *pre-norm*. Deep models then train without a careful warm-up {cite:p}`prenorm2020`.

# %% [markdown]
# ## Places
#
# Attention takes its tokens as a set. There are three ways to tell where each of them stands.
#
# **A table.** GPT-2 learns a vector for each place and adds it to the embedding {cite:p}`gpt2`. It
# is simple, and there is nothing beyond the end of the table.
#
# **Waves.** The first Transformer added sines and cosines of many wavelengths
# {cite:p}`transformer2017`. Think of the hands of many clocks: fast ones tell near places apart,
# slow ones far ones. To go $k$ places further turns each hand by an angle that depends on $k$
# alone.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core import figures
from cs336_core.model.positions import sinusoidal_positions

waves = sinusoidal_positions(100, 64)
with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(5.2, 3.0))
    for column, look in [(0, "C1-"), (16, "C0-"), (32, "C1--")]:
        axes.plot(waves[:, column], look, linewidth=1.5, label=f"number {column}")
    axes.set(xlabel="place", ylabel="", xlim=(0, 99), ylim=(-1.15, 1.75))
    axes.legend(loc="upper left", ncols=3)
    plt.close(figure)
figures.inline(
    figure,
    alt="Three of the numbers that tell a place, against the place: the first is a fast sine wave, "
    "the others are slower and slower.",
)

# %% [markdown]
# **Rotations.** Rotary embeddings, RoPE, add nothing {cite:p}`rope2021`. They turn queries and
# keys: take their numbers in pairs, as points in the plane, and rotate each pair by an angle that
# grows with the place. If both are moved by the same distance, both are turned by the same angle,
# and the angle between them stays. So the score depends on *how far apart* two tokens are.

# %%
from cs336_core.model.positions import Rotary

rotary = Rotary(8)
query, key = torch.randn(2, 1, 8)
for at_query, at_key in [(5, 3), (105, 103), (5, 2)]:
    turned_query = rotary(query, torch.tensor([at_query]))
    turned_key = rotary(key, torch.tensor([at_key]))
    score = (turned_query @ turned_key.T).item()
    print(f"query at {at_query:3}, key at {at_key:3}: score {score:.4f}")

# %% [markdown]
# Each dial is a pair of numbers of a head. Move the query, then move both together, and watch the
# score.

# %%
from cs336_core.widgets import RotaryDial

RotaryDial(key="dial")

# %% [markdown]
# - Move both by the same distance. All hands turn, and the score stays.
# - Which pair turns fastest? Which hardly turns at all, and what might it be good for?
# - Look at the curve of the score against the distance. Where does it say that a token is near?

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
with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(4.8, 3.2))
    for function, look in [(relu, "C1--"), (gelu, "C1-"), (silu, "C0-")]:
        axes.plot(inputs, function(inputs), look, linewidth=1.5, label=function.__name__)
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
for network in [plain, gated]:
    print(f"{sum(p.numel() for p in network.parameters()):,}")

# %% [markdown]
# ## A block, and a model
#
# Now put it together. A *block* is attention and an MLP, each with a norm before it, each added to
# the stream. This is how it stands in the package.

# %% tags=["hide-input"]
import inspect

from IPython.display import Markdown

from cs336_core.model.block import Block

Markdown(f"```python\n{inspect.getsource(Block.forward)}```")

# %% [markdown]
# A model is a table of embeddings, a pile of blocks, a last norm, and a matrix that gives every id
# a score, the *LM head*. All of it is said in one configuration.

# %%
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel

config = ModelConfig(
    vocab_size=256, context_length=128, n_layers=2, d_model=64, n_heads=4, d_ff=172
)
model = LanguageModel(config)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# Is it the real thing? The same class, with the numbers of published models, has exactly as many
# parameters as they tell. (On the *meta* device tensors have shapes and no contents, so that even
# the largest fits.)

# %%
from cs336_core.model.config import preset

for name in ["gpt2-small", "llama-3-8b", "llama-3.1-405b"]:
    with torch.device("meta"):
        published = LanguageModel(preset(name))
    print(f"{name:15} {sum(p.numel() for p in published.parameters()):>15,}")

# %% [markdown]
# ## Learn a sentence by heart
#
# A model that is built wrong often runs all the same. A good first test: can it memorize one
# sentence? Ours reads bytes. At each place it predicts the next one, and the *loss* is how
# surprised it is. To know nothing of 256 bytes is a loss of $\ln 256$.

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
print(
    f"loss before {losses[0]:.1f}, after {losses[-1]:.2f}; ln 256 = {torch.tensor(256.0).log():.1f}"
)

# %% [markdown]
# Now give it the first letters, and let it go on, each time with the byte that it finds most
# probable.

# %%
written = list(b"Att")
with torch.no_grad():
    for _ in range(len(sentence) - 3):  # @stepover
        written.append(model(torch.tensor([written]))[0, -1].argmax().item())
print(bytes(written).decode())

# %% tags=["remove-cell"]
assert bytes(written).decode() == sentence

# %% [markdown]
# It knows it by heart. All of this page is in those few thousand steps of arithmetic: places,
# norms, attention with its mask, the MLP, the stream. Break any one of them and try again in a
# notebook.

# %% [markdown]
# ## Where to begin
#
# Before the first step all matrices are random. How large should they be? Too small, and whatever
# goes in fades from layer to layer; too large, and it explodes. A matrix from $m$ numbers to $n$
# keeps the size on the way up and the gradients on the way down about right with a variance of
# $2 / (m + n)$ {cite:p}`glorot2010`. Look at the size of a row as it goes up through MLPs that
# follow each other, without norms and without a stream.

# %%
with torch.no_grad():
    for factor in [0.5, 1.0, 2.0]:
        hidden = torch.randn(1000, 128)
        for _ in range(6):
            network = FeedForward(128, 512, activation="relu")
            hidden = factor**2 * network(hidden)
        print(f"{factor:3} times as large: {hidden.std().item():.0e} after six layers")

# %% [markdown]
# Norms and the stream make a model far less sensitive to this. That is one more reason to have
# them.

# %% [markdown]
# ## Do not be too sure
#
# To bring the loss to zero, the score of the right byte must be infinitely far above the others. A
# model that is trained for long makes its scores larger and larger, and then one confident mistake
# costs dearly.
#
# *Label smoothing* asks for less {cite:p}`labelsmoothing2015`: the right answer shall have, say,
# 90 %, and the rest is dealt out to all. Now there is a best score, which is finite.

# %%
from cs336_core.model.losses import best_loss

right = torch.tensor([0])
for lead in [2.0, 5.0, 7.9, 20.0]:
    scores = torch.tensor([[lead] + [0.0] * 255])
    sharp = cross_entropy(scores, right)
    smooth = cross_entropy(scores, right, label_smoothing=0.1)
    print(f"ahead by {lead:4}: loss {sharp:.2f}, with smoothing {smooth:.2f}")
print(f"the best with smoothing: {best_loss(256, 0.1):.2f}")

# %% [markdown]
# Without smoothing it always pays to be surer. With it, the loss rises again beyond its best point,
# so training has somewhere to come to rest. The first Transformer used 10 %; large language models
# mostly do without.

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
from cs336_core.model.encoder import Encoder
from cs336_core.model.encoder_decoder import EncoderDecoder

for kind in [LanguageModel, Encoder, EncoderDecoder]:
    built = kind(config)
    print(f"{kind.__name__:15} {sum(p.numel() for p in built.parameters()):,} parameters")

# %% [markdown]
# ## The menu
#
# What do published models choose? Their configurations say. Most of the menu is settled by now:
# rotary positions, RMSNorm before each layer, SwiGLU, grouped queries, no biases.

# %% tags=["hide-input"]
chosen = ["gpt2-small", "opt-175b", "llama-2-7b", "llama-3-8b", "mixtral-8x7b", "gemma-7b"]
chosen += ["qwen2.5-7b", "deepseek-v3"]
lines = ["| model | positions | norm | MLP | attention |", "|---|---|---|---|---|"]
for name in chosen:
    each = preset(name)
    heads = "MHA" if each.kv_heads == each.n_heads else f"GQA, {each.kv_heads}"
    heads = "MLA" if each.latent else heads
    network = each.activation
    if each.experts:
        network += f", {each.experts.n_active} of {each.experts.n_experts} experts"
    lines.append(f"| {name} | {each.positions} | {each.norm} | {network} | {heads} |")
Markdown("\n".join(lines))

# %% [markdown]
# Two things on it are not in our small model.
#
# **Experts.** Instead of one MLP there are many, and a *router* sends each token to a few of them
# {cite:p}`moe2017`. The model can hold more, and a token costs no more. The router must learn to
# use all of them: left alone, it sends everything to a favourite few.

# %%
from cs336_core.model.experts import active_params

with torch.device("meta"):
    mixtral = LanguageModel(preset("mixtral-8x7b"))
held, used = sum(p.numel() for p in mixtral.parameters()), active_params(mixtral)
print(f"{held / 1e9:.1f} billion held, {used / 1e9:.1f} billion used for a token")

# %% [markdown]
# **No attention.** *State-space models* read token by token and keep a state of fixed size, as
# older networks did, but in a form that can be computed for all tokens at once
# {cite:p}`mamba2023`. The cost grows with the length of the text, not with its square, and what
# does not fit into the state is forgotten.

# %% tags=["remove-cell"]
with torch.device("meta"):
    doubled = LanguageModel(
        ModelConfig(
            vocab_size=256, context_length=128, n_layers=2, d_model=128, n_heads=4, d_ff=344
        )
    )
one_block = sum(p.numel() for p in model.blocks[0].parameters())
two_blocks = sum(p.numel() for p in doubled.blocks[0].parameters())
base = torch.tensor(256.0).log().item()

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Each answer was computed when this page was built.
#
# **1.** You double the width of our small model and keep everything else in proportion. How many
# times as many parameters has a block?
#
# ```{dropdown} Answer
# About four times, {eval}`f"{two_blocks / one_block:.1f}"`: a matrix has width times width numbers.
# ```
#
# **2.** A model that knows nothing begins with a loss near {eval}`f"{base:.1f}"`, the logarithm of
# its vocabulary of 256. Yours begins at 30. What is likely wrong?
#
# ```{dropdown} Answer
# Its scores are too large: it is very sure of nonsense. Matrices that start too large do this, or a
# missing norm at the end.
# ```
#
# **3.** Why can one not simply put two matrices in a row in place of the MLP?
#
# ```{dropdown} Answer
# Two matrices in a row are one matrix. It is the activation between them that makes more of it.
# ```
#
# **4.** A query at place 5 and a key at place 3 have a certain score with rotary positions. Where
# else is it the same?
#
# ```{dropdown} Answer
# Wherever the query stands two places after the key, as at 105 and 103 above.
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
