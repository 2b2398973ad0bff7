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
import math

import torch

torch.manual_seed(336)
d, n_layers = 64, 50
bottom = torch.randn(d)

replaced = added = bottom
for _ in range(n_layers):  # @stepover
    matrix = 0.5 * torch.randn(d, d) / d**0.5
    replaced = matrix @ replaced
    added = added + matrix @ added / n_layers
for name, row in [("bottom", bottom), ("replaced", replaced), ("added", added)]:
    print(f"{name:8} {row.norm():.1e}")

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
        for times in [1, 1000]:
            numbers = [f"{number:5.2f}" for number in norm(times * row).tolist()]
            print(f"{type(norm).__name__:9} of {times:4} times the row:", *numbers)

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
        axes.plot(waves[:, column], look, lw=1.5, label=f"number {column}")
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
# Each dial is a pair of numbers of a head. The query and the key are the same here: put them at the
# same place, and their hands lie on each other. Move the query, then move both together, and watch
# the score.

# %%
from cs336_core.widgets import RotaryDial

same = [1.0, 0.0, 0.8, 0.6, 0.0, 1.0, 0.6, 0.8]
RotaryDial(same, same, query_place=12, key_place=9, key="dial")

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
with figures.style():  # @stepover
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
print(f"loss before {losses[0]:.1f}, after {losses[-1]:.2f}")
print(f"ln 256 = {math.log(256):.1f}")

# %% [markdown]
# Now give it the first letters, and let it go on, each time with the byte that it finds most
# probable.

# %%
written = list(b"Att")
with torch.no_grad():  # @stepover
    for _ in range(len(sentence) - 3):
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
# Before the first step all matrices are random. How large should their numbers be? Too small, and
# whatever goes in fades from layer to layer; too large, and it explodes. A matrix from $m$ numbers
# to $n$ keeps the size of what goes up, and of the gradients that come down, about right with a
# variance of $2 / (m + n)$ {cite:p}`glorot2010`. `Linear` in the package begins like this. Send
# rows of spread 1 through ten matrices in a row, and then through ten that are half or twice as
# large.

# %%
from cs336_core.model.layers import Linear

spreads = {}
with torch.no_grad():  # @stepover
    for factor in [0.5, 1.0, 2.0]:
        hidden = torch.randn(1000, 256)
        for _ in range(10):
            hidden = factor * Linear(256, 256)(hidden)
        spreads[factor] = hidden.std().item()
for factor, spread in spreads.items():
    print(f"{factor:3} times as large: a spread of {spread:8.3f} after ten")

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
# 90%, and the rest is dealt out to all. Now there is a best score, which is finite.

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
# so training has somewhere to come to rest. The first Transformer used 10%; large language models
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
    n_params = sum(p.numel() for p in kind(config).parameters())
    print(f"{kind.__name__:15} {n_params:,} parameters")

# %% [markdown]
# ## The menu
#
# What do published models choose? Their configurations say. Most of the menu is settled by now:
# rotary positions, RMSNorm before each layer, SwiGLU, grouped queries, no biases.

# %% tags=["hide-input"]
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
        heads = f"{each.n_heads} heads share {each.kv_heads}"
    network = spelled[each.activation]
    if each.experts:
        network += f", {each.experts.n_active} of {each.experts.n_experts} experts"
    row = [f"`{name}`", each.positions, spelled[each.norm], network, heads]
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# Two things on it are not in our small model.
#
# **Experts.** In a *mixture of experts* there are many MLPs instead of one, and a *router* sends each
# token to a few of them {cite:p}`moe2017`. The model can hold more, and a token costs no more. Each
# token chooses anew, in each layer.

# %%
from cs336_core.model.experts import active_params

with torch.device("meta"):
    mixtral = LanguageModel(preset("mixtral-8x7b"))  # @stepover
held = sum(p.numel() for p in mixtral.parameters())
used = active_params(mixtral)  # @stepover
print(f"{held / 1e9:.1f} billion held, {used / 1e9:.1f} billion used for a token")

# %% [markdown]
# Nothing makes the router fair. Here 1,000 tokens that have something in common choose 2 of 8
# experts, and a few experts get most of them. The others learn nothing and stay as bad as they are.
# DeepSeek-V3 adds a number to each expert's score and moves it a little after each step: down for
# those that are overrun, up for the others {cite:p}`deepseekv3`.

# %%
from cs336_core.model.experts import Router, load

router = Router(64, n_experts=8, n_active=2, balancing_bias=True)
crowd = torch.randn(1000, 64) + torch.randn(64)  # alike in one direction
with torch.no_grad():  # @stepover
    unfair = load(router(crowd)).tokens
    for _ in range(300):
        router.rebalance(load(router(crowd)).tokens, speed=0.01)
    fair = load(router(crowd)).tokens
print("before", unfair.tolist())
print("after ", fair.tolist())

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
# ## What can be chosen, and what it costs
#
# A configuration has a handful of numbers that no training finds: its *hyperparameters*. Take
# GPT-2 small and double one of them. How many times as many parameters has the model? Guess
# before you look.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from dataclasses import replace

small = preset("gpt2-small")
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
        sizes[name] = sum(p.numel() for p in LanguageModel(each).parameters())
for name, size in sizes.items():
    print(f"{name:16} {size / sizes['nothing']:.2f} times")

# %% [markdown]
# The width counts twice, since matrices have two sides. Heads cost nothing. A longer context adds a
# row for each place to GPT-2's table, and with rotary positions not even that; but it makes each
# token look at more of them, and keep more. Depth against width, heads against their width, MLP
# against attention: within wide bounds, models of one size are about equally good
# {cite:p}`kaplan2020`, so what a chip does well decides. What each choice costs in operations, in
# memory and in time, the next lecture counts.

# %% tags=["remove-cell"]
with torch.device("meta"):
    wider = LanguageModel(replace(config, d_model=128, d_ff=344))
one_block = sum(p.numel() for p in model.blocks[0].parameters())
two_blocks = sum(p.numel() for p in wider.blocks[0].parameters())
base = math.log(256)

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
