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
# Attention lets tokens exchange information. But it ignores their order, it can only average what
# it finds, and in a stack of a hundred attention layers, the numbers explode or vanish. A
# Transformer adds what is missing: positions, a small network applied to every token, norms, and a
# residual stream that connects it all.
#
# Reading it takes about half an hour; allow an hour with the exercises. Read {doc}`04_attention`
# first. Here is a whole Transformer, small enough to run in your browser. Type a sentence:

# %% tags=["remove-input"]
from cs336_core.training import small_model
from cs336_core.widgets import TransformerExplorer

n_small = sum(p.numel() for p in small_model.build_small_model().parameters())  # @stepover
TransformerExplorer(key="model")

# %% [markdown]
# Read the figure from the bottom up. Each token starts as an *embedding*, a row of numbers. The row
# of the last token is drawn as a river: attention adds information from earlier tokens, the MLPs
# add what they compute from it, and the top of the river becomes the prediction.
#
# - Who gets the ring? {figure}`Swap the names <model.text=When Leo and Lucy went to the market, Leo
#   gave a ring to>`, and the prediction follows. Point at the orange squares: which heads attend to
#   a name?
# - Under “Remove parts,” remove one. Which head does this prediction need most? What happens
#   {figure}`without positions <model.removed=positions>`, and what happens {figure}`without the
#   last norm <model.removed=final-norm>`?
# - Compare {figure}`a story like those it was trained on <model.text=The dog is bigger than the
#   cat. The cat is bigger than the mouse. So the dog is bigger than the>` with {figure}`a sentence
#   unlike them <model.text=I think, therefore I>`. Why is the model so sure about the first and not
#   about the second?
#
# ```{dropdown} Answers
# The model predicts the name that appears only once. Several heads attend from “to” to a name: some
# to the name to be copied, others to the name that is repeated. The number on each switch is the
# probability of the prediction without that part; remove the head with the lowest number, and the
# model names the wrong person. Without positions, it no longer knows which word came where. Without
# the last norm, the logits are larger, so it is more confident, right or wrong. Finally, the model
# is sure where the text determines the next word, as in the stories that it was trained on; after
# “therefore I”, which could be a line of a play, a hundred words could follow.
#
# This model has {eval}`f"{n_small:,}"` parameters; large ones have a million times as many. It was
# trained on {eval}`f"{small_model.N_STORIES:,}"` short stories that a program wrote, about who has
# what and who is where, and on {eval}`len(small_model.PLAYS)` plays by Shakespeare. Training took
# {eval}`f"{small_model.N_STEPS:,}"` steps, about a minute and a half, when this site was built. A
# large model is built the same way, and is trained on much of the web.
# ```

# %% [markdown]
# On this page you build such a model from its parts, and train it until it has memorized a
# sentence. Every decoder-only Transformer has these parts; the sizes and some details differ:

# %% tags=["remove-input"]
from cs336_core.notebook.block_diagram import block_diagram

block_diagram()  # @stepover

# %% [markdown]
# *Read it from the bottom up: $T$ tokens, each a row of $d$ numbers, pass through $L$ blocks, and
# each comes out as $V$ scores, one for every id in the vocabulary. The sections below explain the
# parts.*

# %% [markdown]
# ## The residual stream
#
# The thick line in the diagram is a table with one row of $d$ numbers per token. A row starts as
# the token's embedding. Each attention layer and each MLP reads it, computes something, and *adds*
# the result, so at the top it is the sum of everything they contributed. This is the *residual
# stream*.
#
# Why add? Send a row $x$ through 50 random matrices $W$. Normally, their entries have a standard
# deviation of $1/\sqrt{d}$, which keeps the length of a row about the same; we also try entries
# half as large and twice as large. For the dashed lines, each layer replaces the row,
# $x \leftarrow W x$; for the solid lines, it adds to the row,
# $x \leftarrow x + W \operatorname{norm}(x)$, where the norm scales the row to a standard size.

# %% tags=["hide-input"]
import math

import matplotlib.pyplot as plt
import torch
from IPython.display import Markdown

from cs336_core.accounting.units import scientific_text
from cs336_core.model.norms import LayerNorm, RMSNorm
from cs336_core.notebook import figures

torch.manual_seed(336)
d, n_layers = 64, 50
norm = RMSNorm(d)
row_norms, gradient_norms = {}, {}
for scale in [0.5, 1.0, 2.0]:
    matrices = scale * torch.randn(n_layers, d, d) / d**0.5
    bottom = torch.randn(d, requires_grad=True)
    replaced, added = [bottom], [bottom]
    for matrix in matrices:
        replaced.append(matrix @ replaced[-1])
        added.append(added[-1] + matrix @ norm(added[-1]))
    for name, rows in [("replaced", replaced), ("added", added)]:
        (gradient,) = torch.autograd.grad(rows[-1].sum(), bottom)
        row_norms[name, scale] = [row.norm().item() for row in rows]
        gradient_norms[name, scale] = gradient.norm().item()
last_norms = {key: scientific_text(norms[-1], 1) for key, norms in row_norms.items()}
vanished = scientific_text(gradient_norms["replaced", 0.5], 1)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.4))
    for (name, scale), norms in row_norms.items():
        axes.semilogy(norms, "C0-" if name == "added" else "C1--", linewidth=1.5)
        if name == "replaced":
            axes.text(51, norms[-1] / (50 if scale == 1 else 1), f"{scale:g}×", va="center")
            if scale != 1:
                beside = norms[21] * 100 ** (1 if scale > 1 else -1)
                axes.text(21, beside, "replaced", va="center", ha="right")
    axes.text(51, row_norms["added", 1.0][-1] * 3, "added", color="C0")
    axes.set(xlabel="layer", ylabel="length of the row", xlim=(0, 60))
    axes.set_xticks([0, 10, 20, 30, 40, 50])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Length of the row after each of 50 layers, on a logarithmic axis. If it is replaced, it "
    "falls below 1e-9 with small matrices and rises above 1e9 with large ones. If layers add to "
    "it, it stays between 1 and 1,000 with all three.",
)

# %% [markdown]
# If layers replace the row, everything depends on the size of the entries. With entries half as
# large, the row ends with a length of {eval}`last_norms["replaced", 0.5]`; with entries twice as
# large, {eval}`last_norms["replaced", 2.0]`. On the way back through the layers, the same happens
# to the *gradient*, which describes how the loss changes with each number. (Moving a number in the
# direction of its gradient raises the loss, so training moves it the opposite way.) With entries
# half as large, the first layer receives a gradient of length {eval}`vanished`; with addition,
# {eval}`f"{gradient_norms['added', 0.5]:.0f}"`.
#
# **Addition gives rows and gradients a direct path past every layer** {cite:p}`resnet2015`,
# whatever the size of the entries.

# %% [markdown]
# ## Norms: rows of a standard size
#
# A sum of many terms grows, so attention and the MLP normalize a row before reading it. Try one by
# hand:

# %%
row = torch.tensor([2.0, 4.0, 6.0, 8.0])
mean = row.mean()
variance = (row - mean).square().mean()
print(f"mean {mean:.0f}, variance {variance:.0f}")
normalized = (row - mean) / variance.sqrt()
print(*(f"{entry:.2f}" for entry in normalized.tolist()))

# %% [markdown]
# This is *layer normalization* {cite:p}`layernorm2016`: subtract the mean $\mu$ of the row, and
# divide by its standard deviation $\sigma$. A learned gain $\gamma$ and bias $\beta$, one per
# entry, let the model rescale the result, and a tiny $\varepsilon$ avoids a division by zero:
#
# $$\operatorname{LayerNorm}(x)
# = \gamma \odot \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$
#
# Most models now use *RMSNorm* {cite:p}`rmsnorm2019`. It leaves the mean alone and divides by the
# root of the mean square. Its authors found that it works as well and runs faster:
#
# $$\operatorname{RMSNorm}(x)
# = \gamma \odot \frac{x}{\sqrt{\frac{1}{d} \sum_i x_i^2 + \varepsilon}}$$

# %% tags=["hide-input"]
lines = ["| norm | row | output |", "|---|--:|---|"]
with torch.no_grad():
    for norm in [LayerNorm(4), RMSNorm(4)]:
        for times in (1, 1000):
            output = " ".join(f"{entry:.2f}" for entry in norm(times * row).tolist())
            lines.append(f"| {type(norm).__name__} | {times:,}× | {output} |".replace("-", "−"))
Markdown("\n".join(lines))

# %% [markdown]
# **A row a thousand times as large gives the same output.** That is the purpose of a norm.
#
# Where should the norm go? The first Transformer normalized the stream itself, after each addition:
# *post-norm*. Nearly all models today normalize only what attention and the MLP read, as in the
# diagram: *pre-norm*. We will train both below.

# %% [markdown]
# ## Positions
#
# Without a mask, attention cannot tell “dog bites man” from “man bites dog”. The simplest encoding
# of a position would be a one-hot vector, with a 1 at that position and zeros elsewhere. But then
# all positions are equally far apart, and neighbors look no more alike than the two ends of a text.
# There are three common ways to do better.
#
# ### A learned table
#
# GPT-2 learns one vector per position and adds it to the embedding {cite:p}`gpt2`. This is simple,
# but the model knows nothing about positions past the end of the table.
#
# ### Waves
#
# The first Transformer added sines and cosines of many wavelengths to the embedding
# {cite:p}`transformer2017`. (Such waves are also called sinusoidal positions, or Fourier features.)
# Think of the hands of a clock: the fast ones distinguish neighboring positions, the slow ones
# distant positions.

# %% tags=["hide-input"]
from matplotlib.colors import to_rgb

from cs336_core.model.positions import Rotary, sinusoidal_positions

waves = sinusoidal_positions(100, 64)
wavelengths = {entry: 2 * math.pi * 10_000 ** ((entry - 1) / 64) for entry in [1, 17, 33, 49]}
orange, blue = (torch.tensor(to_rgb(color)) for color in (figures.ATTENTION, figures.MLP))
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.6))
    colors = torch.empty(64, 100, 4)
    colors[..., :3] = torch.where(waves.T[..., None] > 0, orange, blue)
    colors[..., 3] = waves.T.abs().clamp(max=1)
    axes.imshow(colors.numpy(), aspect="auto", interpolation="none", extent=(0, 100, 64.5, 0.5))
    axes.set(xlabel="position", ylabel="entry of the vector")
    axes.set_yticks([*wavelengths, 64])
    for entry, wavelength in wavelengths.items():
        axes.text(102, entry, f"{wavelength:,.0f}", va="center")
    axes.text(102, 62, "wavelength\nin positions", va="bottom", color="C1")
    axes.set_xlim(0, 100)
    axes.grid(visible=False)
    plt.close(figure)
figures.inline(
    figure,
    alt="The 64 entries of the vectors that are added at positions 0 to 99, as colors. The first "
    "entries alternate quickly along the positions, with a wavelength of 6; the later ones ever "
    "more slowly, and the last hardly change.",
)

# %% [markdown]
# *Each column is the vector that is added at one position. Orange is +1, blue is −1, and faint is
# 0.*
#
# Moving $k$ positions to the right turns each hand by an angle that depends only on $k$ and on the
# speed of that hand, not on where you start. But the waves are added to the embedding, so from
# there on, position and meaning are mixed in the same numbers.
#
# ### Rotation
#
# Rotary embeddings (RoPE) add nothing {cite:p}`rope2021`; they rotate queries and keys instead.
# Take their entries in pairs, as points in the plane, and rotate each pair by an angle that grows
# with the position. Each dial below shows one pair. The query and the key are the same vector here,
# so at the same position their hands coincide. Move the query, then move both.

# %% tags=["remove-input"]
from cs336_core.widgets import RotaryDial

same = [1.0, 0.0, 0.8, 0.6, 0.0, 1.0, 0.6, 0.8]
RotaryDial(same, same, query_position=12, key_position=9, key="dial")

# %% [markdown]
# - {figure}`Move both by 40 <dial.query_position=52&dial.key_position=49>`. All hands turn, and the
#   score stays the same.
# - {figure}`Move only the query <dial.query_position=60>`. Which pair turns fastest? Which one
#   hardly turns at all, and what might it be good for?
# - Look at the score as a function of the distance. Where is it highest, and what does the fast
#   pair add to the slow ones?
#
# ```{dropdown} Answers
# The first pair turns fastest, by one radian per position. The last turns by a thousandth of that,
# so it can carry information that should not depend on position. The score is highest at distance
# 0, where all hands coincide. The fast pair adds ripples, which tell neighboring positions apart.
# ```
#
# In symbols, the pair $i$ of a vector at position $p$ becomes
#
# $$\begin{pmatrix} x' \\ y' \end{pmatrix} =
# \begin{pmatrix} \cos p\omega_i & -\sin p\omega_i \\ \sin p\omega_i & \cos p\omega_i \end{pmatrix}
# \begin{pmatrix} x \\ y \end{pmatrix}$$
#
# A head of width $d_k$ has the pairs ${i = 1, \dots, d_k/2}$. Each turns by
# ${\omega_i = \theta^{-2(i-1)/d_k}}$ per position, with a base $\theta$ of 10,000 or more. If the
# query is rotated by $m\omega$ and the key by $n\omega$, only the difference $(m - n)\,\omega$
# remains in their score.
#
# Here is the score of a random query and key at three pairs of positions, once with waves added to
# them and once with both rotated:

# %% tags=["hide-input"]
rotary = Rotary(64)
query, key = torch.randn(2, 1, 64)
scores_of = {}
lines = ["| positions | waves | rotated |", "|---|--:|--:|"]
for at_query, at_key in [(5, 3), (75, 73), (5, 2)]:
    with_waves = (query + waves[at_query]) @ (key + waves[at_key]).T
    rotated_query = rotary(query, torch.tensor([at_query]))
    rotated = rotated_query @ rotary(key, torch.tensor([at_key])).T
    scores_of[at_query, at_key] = with_waves.item(), rotated.item()
    both = " | ".join(f"{score.item():.2f}" for score in (with_waves, rotated))
    lines.append(f"| {at_query} and {at_key} | {both} |".replace("-", "−"))
Markdown("\n".join(lines))

# %% [markdown]
# **With rotations, the score depends on how far apart two tokens are, and not on where they are.**
# The authors of RoPE report that a BERT with rotary embeddings learned faster than the original.
# Nearly all of today's large language models use RoPE.

# %% [markdown]
# ## The MLP: each token on its own
#
# Look at {figure}`an MLP of the model at the top <model.part=mlp-2>`. This MLP reads the row of a
# single token and turns on some of its hidden units, and the vector that it adds makes some next
# tokens more likely and others less likely. Attention moves information between tokens; this small
# network, the *multilayer perceptron* or MLP, processes what has arrived, one token at a time. It
# is also called the feed-forward layer.
#
# An MLP maps each row to a wider one (usually four times as wide), applies an *activation* to each
# entry, and maps the result back. It holds most of a block's parameters. Without the activation,
# its two matrices would collapse into a single one. These are the most common activations:

# %% tags=["hide-input"]
from cs336_core.model.feed_forward import gelu, relu, silu

inputs = torch.linspace(-4, 3, 141)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.8))
    for function, look, name in [
        (relu, "C1--", "ReLU"),
        (gelu, "C1-", "GELU"),
        (silu, "C0-", "SiLU"),
    ]:
        axes.plot(inputs, function(inputs), look, lw=1.5, label=name)
    axes.set(xlabel="input", ylabel="output", xlim=(-4, 3), ylim=(-0.5, 3))
    axes.legend(loc="upper left")
    plt.close(figure)
figures.inline(
    figure,
    alt="ReLU is zero below zero and a straight line above. GELU and SiLU follow it, round the "
    "corner, and dip a little below zero.",
)

# %% [markdown]
# Most models now add a *gate*: another matrix decides, for each entry, how much of it passes. With
# SiLU this is *SwiGLU* {cite:p}`glu2020`:
#
# $$\operatorname{SwiGLU}(x) = W_2\,\bigl(\operatorname{SiLU}(W_1 x) \odot W_3 x\bigr)$$
#
# SwiGLU has three matrices instead of two. Reducing the hidden width to two thirds makes up for
# that:

# %%
from cs336_core.model.feed_forward import FeedForward

plain = FeedForward(512, 2048, activation="relu")
gated = FeedForward(512, 1365, activation="swiglu")
for network in [plain, gated]:  # @stepover
    print(f"{sum(p.numel() for p in network.parameters()):,}")

# %% [markdown]
# **Attention mixes tokens; the MLP transforms each one.** A block alternates the two.

# %% [markdown]
# ## A block, and a model
#
# This is a whole *block*, with pre-norm:
#
# ```python
# x = x + attention(norm(x))
# x = x + mlp(norm(x))
# ```
#
# Run the two lines on a stream of five tokens, and compare the result with that of the block in
# `cs336_core`:

# %%
from cs336_core.model.block import Block
from cs336_core.model.config import ModelConfig
from cs336_core.model.masks import causal_mask

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
    from_attention = block.attention(block.attention_norm(stream), mask)
    x = stream + from_attention
    from_mlp = block.feed_forward(block.feed_forward_norm(x))  # @stepover
    x = x + from_mlp
    whole = block(stream, mask)  # @stepover
assert torch.equal(x, whole)

# %% [markdown]
# A model is an embedding table, a stack of blocks, a final norm, and the *LM head*, a matrix that
# gives each id in the vocabulary a score, its *logit*.

# %%
from cs336_core.model.language_model import LanguageModel

model = LanguageModel(config)
print(f"{sum(p.numel() for p in model.parameters()):,} parameters")

# %% [markdown]
# Step through the forward pass of a model with a single block, on the two bytes of “At”: into the
# block, through attention and the MLP, and up to the logits.

# %% tags=["hide-input"]
from dataclasses import replace

shallow = LanguageModel(replace(config, n_layers=1))
prompt = torch.tensor([list(b"At")])

# %%
with torch.no_grad():  # @stepinto LanguageModel Block RMSNorm MultiHeadAttention
    logits = shallow(prompt)  # @stepinto scaled_dot_product_attention FeedForward
print(tuple(logits.shape))

# %% tags=["remove-input"]
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

parts = [Block, MultiHeadAttention, FeedForward]
TraceViewer(
    trace(shallow.forward, prompt, into=parts, inspect_all=True),
    key="forward",
)

# %% [markdown]
# Is this the real thing? Give the same class the configurations of three published models. Its
# parameter counts match the published ones to the last digit:

# %% tags=["hide-input"]
from cs336_core.model.presets import preset

lines = ["| model | parameters |", "|---|--:|"]
n_params = {}
for name in ["gpt2-small", "llama-3-8b", "llama-3.1-405b"]:
    with torch.device("meta"):  # shapes without contents, so that even the largest fits
        published = LanguageModel(preset(name))
    n_params[name] = sum(p.numel() for p in published.parameters())
    lines.append(f"| `{name}` | {n_params[name]:,} |")
Markdown("\n".join(lines))

# %% [markdown]
# **From GPT-2 to Llama 3.1, the blueprint is the same**; the configuration differs.

# %% [markdown]
# ## Initialization
#
# Before the first step, all matrices are random. How large should their entries be? A matrix that
# maps $m$ numbers to $n$ roughly preserves the size of rows and gradients if its entries have a
# variance of $2 / (m + n)$ {cite:p}`glorot2010`, and our `Linear` layer is initialized that way.
# Send rows whose entries have a standard deviation of 1 through ten such matrices, then through ten
# whose entries are half as large, or twice as large. In the last column, the output of each matrix
# is added to a stream instead, with a norm before each matrix.

# %% tags=["hide-input"]
from cs336_core.model.layers import Linear

torch.manual_seed(336)
std_alone, std_stream = {}, {}
norm = RMSNorm(256)
lines = ["| size | ten matrices | added to a stream |", "|--:|--:|--:|"]
with torch.no_grad():
    for factor in [0.5, 1.0, 2.0]:
        alone = stream_rows = torch.randn(1000, 256)
        for _ in range(10):
            linear = Linear(256, 256)
            alone = factor * linear(alone)
            stream_rows = stream_rows + factor * linear(norm(stream_rows))
        std_alone[factor], std_stream[factor] = alone.std().item(), stream_rows.std().item()
        both = f"{std_alone[factor]:,.3g} | {std_stream[factor]:.3g}"
        lines.append(f"| {factor:g}× | {both} |")
Markdown("\n".join(lines))

# %% [markdown]
# *The standard deviation of the entries of a row after the last matrix.*
#
# Without a stream, a factor of two is fatal after ten layers. **The norm and the residual stream
# make a model far less sensitive to its initialization.**

# %% [markdown]
# ## Training: memorize one sentence
#
# A model with a bug often still runs. So a good first test is whether the model can memorize one
# sentence. Ours reads bytes and predicts the next byte at each position. The text itself contains
# the right answers, so nobody has to label anything: training is *self-supervised*.
#
# The loss is the *cross-entropy*. The softmax turns the logits into probabilities, and the loss is
# the average of $-\ln p$, where $p$ is the probability of the byte that actually came next:
#
# $$\mathcal{L} = -\frac{1}{T} \sum_{t=1}^{T} \ln p(x_{t+1} \mid x_1, \dots, x_t)$$
#
# A model that knows nothing gives each of the 256 bytes a probability of 1/256, for a loss of
# $\ln 256 \approx$ {eval}`f"{math.log(256):.1f}"`. In each step, an *optimizer* moves every
# parameter a little against its gradient. Ours is AdamW {cite:p}`adamw2017`, which divides each
# parameter's step by the recent size of its gradient.

# %%
from cs336_core.model.losses import cross_entropy

sentence = "Attention lets tokens talk. The MLP lets them think."
ids = torch.tensor([list(sentence.encode())])
inputs, targets = ids[:, :-1], ids[:, 1:]

torch.manual_seed(336)
model = LanguageModel(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
losses = []
for _ in range(60):  # @stepover
    loss = cross_entropy(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

# %% tags=["hide-input"]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.8))
    axes.plot(range(1, 61), losses, "C0-")
    axes.axhline(math.log(256), color="C1", linestyle="--", linewidth=1)
    axes.text(60, math.log(256) - 0.1, "a uniform guess, ln 256", ha="right", va="top")
    axes.set(xlabel="step", ylabel="loss", xlim=(0, 61), ylim=(0, 6))
    plt.close(figure)
figures.inline(
    figure,
    alt=f"The loss against the step: it falls from {losses[0]:.1f}, near ln 256, to "
    f"{losses[-1]:.2f} after 60 steps.",
)

# %% [markdown]
# In 60 steps the loss falls from {eval}`f"{losses[0]:.1f}"` to {eval}`f"{losses[-1]:.2f}"`. Now
# give the model three letters and let it continue, always with the most probable byte. This
# strategy is called *greedy* decoding.

# %%
completions = {}
for start in [b"Att", b"Xtt"]:  # @stepover
    written = list(start)
    with torch.no_grad():
        for _ in range(len(sentence) - 3):
            logits = model(torch.tensor([written]))
            written.append(logits[0, -1].argmax().item())
    completions[start] = bytes(written).decode(errors="replace")
    print(completions[start])

# %% tags=["remove-cell"]
assert completions[b"Att"] == sentence

# %% [markdown]
# The model has memorized the sentence, and nothing else. After an X, which it has never seen, it
# goes wrong, and each wrong byte leads to the next.
#
# Does passing this test prove that every part works? Break a part and train again (`overfit_batch`
# is the loop above). In one model, each token attends only to itself; another has no positions.
# Which one fails? Guess first.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from cs336_core.training import overfit_batch

ablations = {
    "complete": config,
    "sees itself only": replace(config, window=1),
    "no positions": replace(config, positions="none"),
}
final_loss = {}
for name, ablated in ablations.items():  # @stepover
    torch.manual_seed(336)
    ablated_model = LanguageModel(ablated)
    final_loss[name] = overfit_batch(ablated_model, inputs, targets)[-1]
    print(f"{name:16} loss {final_loss[name]:.2f}")

# %% [markdown]
# The model whose tokens see only themselves fails: different letters follow a “t” in this sentence,
# and the “t” alone does not determine which. Without positions, the model still learns the
# sentence, because the causal mask gives the positions away: the first token sees one token, the
# second sees two. **Overfitting one batch finds many bugs, but it does not prove that every part
# works.**

# %% [markdown]
# ## Before or after: where the norm goes
#
# Make the model deeper, with 12 layers, and train it once with pre-norm and once with post-norm:

# %% tags=["hide-input"]
curves = {}
for placement in ["pre", "post"]:
    torch.manual_seed(336)
    deep = replace(config, n_layers=12, norm_placement=placement)
    curves[placement] = overfit_batch(LanguageModel(deep), inputs, targets)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.8))
    for (placement, curve), look in zip(curves.items(), ["C0-", "C1--"], strict=True):
        axes.plot(range(1, 61), curve, look)
        axes.text(60, curve[-1] + 0.2, f"{placement}-norm", ha="right")
    axes.set(xlabel="step", ylabel="loss", xlim=(0, 61), ylim=(0, 6))
    plt.close(figure)
figures.inline(
    figure,
    alt="The loss of two models with 12 layers against the step. With pre-norm it falls to "
    f"{curves['pre'][-1]:.2f}, with post-norm only to {curves['post'][-1]:.1f}.",
)

# %% [markdown]
# This is one model and one seed, but others observed the same {cite:p}`prenorm2020`. A deep
# post-norm model needs a careful *warm-up*, a learning rate that rises from near zero. **Pre-norm
# makes deep models easier to train.** Pre-norm models can do without a warm-up, though nearly all
# large ones use it.

# %% [markdown]
# ## Learning to answer
#
# Treat the first half of the sentence as a question and the second half as its answer. To train a
# model to answer, leave the question out of the loss:

# %%
in_answer = torch.arange(len(sentence) - 1) >= sentence.index(" The MLP")
in_answer = in_answer[None]  # a batch of one
torch.manual_seed(336)
answering = LanguageModel(config)  # @stepover
overfit_batch(answering, inputs, targets, mask=in_answer)  # @stepover
with torch.no_grad():  # @stepover
    logits = answering(inputs)  # @stepover
    answer_loss = cross_entropy(logits, targets, in_answer)  # @stepover
    question_loss = cross_entropy(logits, targets, ~in_answer)  # @stepover
print(f"answer {answer_loss:.2f}, question {question_loss:.2f}")

# %% [markdown]
# **The model learns what the loss covers**: here, the answer but not the question. Instruction
# tuning usually masks the loss this way.

# %% [markdown]
# ## Three arrangements
#
# The same blocks can be arranged in three ways.
#
# - *Decoder-only* is what we have built. It continues text, and nearly all large language models
#   are decoders.
# - *Encoder-only* drops the causal mask, so every token sees all others. It is trained to fill in
#   hidden words, as in a cloze test, and is used to classify and compare texts {cite:p}`bert2018`.
# - *Encoder-decoder*: an encoder reads one text and a decoder writes another. Each block of the
#   decoder has an extra cross-attention, whose queries attend to the encoder's output. The first
#   Transformer was an encoder-decoder, built for translation {cite:p}`transformer2017`.

# %% tags=["hide-input"]
from cs336_core.model.encoder import Encoder, MaskedLanguageModel
from cs336_core.model.encoder_decoder import EncoderDecoder

lines = ["| arrangement | parameters |", "|---|--:|"]
for name, kind in {
    "decoder-only": LanguageModel,
    "encoder-only, without a head": Encoder,
    "encoder-decoder": EncoderDecoder,
}.items():
    lines.append(f"| {name} | {sum(p.numel() for p in kind(config).parameters()):,} |")
Markdown("\n".join(lines))

# %% [markdown]
# Which positions can see which? Change the last byte of the sentence and count the positions whose
# output changes. Could the encoder learn to predict the next byte?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
changed = ids.clone()
changed[0, -1] = 0
n_changed = {}
for kind in [LanguageModel, MaskedLanguageModel]:  # @stepover
    torch.manual_seed(336)
    reader, name = kind(config), kind.__name__
    with torch.no_grad():
        differs = (reader(ids) != reader(changed)).any(-1)
    n_changed[name] = int(differs.sum())
    print(f"{name:19} {n_changed[name]:2} of {ids.shape[1]} positions")

# %% [markdown]
# In an encoder, every position can already see the byte that it would have to predict, so there is
# nothing to learn. Instead, replace some bytes with a special id, and compute the loss at those
# positions only. (BERT selects 15 % of the tokens. It hides 80 % of these, replaces 10 % with
# random tokens, and leaves 10 % unchanged: when the model is used later, no token is hidden, so
# training should not rely on hidden ones alone.)

# %% tags=["hide-input"]
torch.manual_seed(336)
masked = MaskedLanguageModel(config)
batch = ids.expand(32, -1)
is_hidden = torch.rand(batch.shape) < 0.15  # other bytes in each row
visible = batch.masked_fill(is_hidden, 0)
overfit_batch(masked, visible, batch, mask=is_hidden)
cloze = sentence.replace("ken", "\0\0\0").replace("MLP", "\0\0\0")
cloze_ids = torch.tensor([list(cloze.encode())])
with torch.no_grad():
    guesses = masked(cloze_ids).argmax(-1)
filled = torch.where(cloze_ids == 0, guesses, cloze_ids)
n_right = int((filled == ids)[cloze_ids == 0].sum())
print(cloze.replace("\0", "_"))
print(bytes(filled[0].tolist()).decode(errors="replace"))

# %% [markdown]
# The model gets {eval}`n_right` of the 6 letters right, using the letters on both sides. **A
# decoder writes; an encoder reads.**

# %% [markdown]
# ## Decoding: the best word is not the best sentence
#
# Greedy decoding takes the most probable token at each step, but the text it writes may not be the
# most probable one. Here is a tiny made-up model that writes two words, with the probability of
# each pair on the right. Which pair does greedy decoding write, and which pair is the most
# probable?

# %% tags=["hide-input"]
next_words = {
    (): {"the": 0.5, "a": 0.4, "one": 0.1},
    ("the",): {"cat": 0.35, "dog": 0.35, "sun": 0.3},
    ("a",): {"cat": 0.9, "dog": 0.1},
    ("one",): {"cat": 0.5, "dog": 0.5},
}
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.2))
    axes.axis("off")
    height = 0
    for first, p in next_words[()].items():
        heights = []
        for second, q in next_words[first,].items():
            axes.text(4.3, height, f"{second} {q:g}", va="center")
            axes.text(6.6, height, f"{p * q:.3f}", va="center", color="C1")
            heights.append(height)
            height -= 1
        middle = sum(heights) / len(heights)
        axes.text(1.8, middle, f"{first} {p:g}", va="center")
        axes.plot([0, 1.6], [-3, middle], "C1-", linewidth=2 + 6 * p, alpha=0.4)
        for leaf, q in zip(heights, next_words[first,].values(), strict=True):
            axes.plot([3.1, 4.2], [middle, leaf], "C1-", linewidth=2 + 6 * p * q, alpha=0.4)
        height -= 0.5
    axes.set(xlim=(0, 8), ylim=(height, 0.6))
    plt.close(figure)
figures.inline(
    figure,
    alt="A tree of two words. The first: the 0.5, a 0.4, one 0.1. The most probable pair begins "
    "with a: a cat has a probability of 0.36; the cat and the dog have 0.175 each.",
)

# %%
from cs336_core.inference import beam_search

best = {}
for width in [1, 2, 3]:  # @stepover
    best[width] = beam_search(next_words.get, width, length=2)[0]
    words = " ".join(best[width].tokens)
    print(f"K = {width}: {words}, {best[width].prob:.3f}")

# %% [markdown]
# Greedy decoding ($K = 1$) starts with *the*, the most probable first word, and misses *a cat*.
# *Beam search* keeps the $K$ most probable beginnings at each step. For $T$ tokens it computes
# ${K \cdot V \cdot T}$ probabilities, where an exhaustive search would need $V^T$. Only the $K$
# best continuations of each beginning can survive, so beam search compares just $K^2$ candidates
# per token, $K^2 T$ in all.
#
# **The most probable next token may not begin the most probable text.** Beam search was the usual
# choice for translation; chat models sample at random instead. Either way, decoding lets you
# control a trained model: forbid a token, or require a format.

# %% [markdown]
# ## Label smoothing: do not be too sure
#
# For a cross-entropy of zero, the logit of the right token would have to be infinitely far above
# the others. So the logits keep growing in a long training run, and then one confident mistake
# costs a lot.
#
# *Label smoothing* sets a less extreme target {cite:p}`labelsmoothing2015`: it spreads a fraction
# $s$ of the target probability, say 10 %, evenly over all $V$ ids. Now the best *margin* of the
# right logit over the others is finite: $\ln\bigl(1 + V (1 - s) / s\bigr)$.

# %% tags=["hide-input"]
from cs336_core.model.losses import best_loss

best_margin = math.log(1 + 256 * 0.9 / 0.1)
margins = torch.linspace(0, 20, 81)
margin_logits = torch.cat([margins[:, None], torch.zeros(81, 255)], dim=-1)
right = torch.tensor([0])
margin_losses = {
    smoothing: [
        cross_entropy(logits[None], right, label_smoothing=smoothing).item()
        for logits in margin_logits
    ]
    for smoothing in (0.0, 0.1)
}
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.0))
    axes.plot(margins, margin_losses[0.0], "C1--")
    axes.plot(margins, margin_losses[0.1], "C0-")
    axes.plot(best_margin, best_loss(256, 0.1), "C0o")
    axes.text(20, margin_losses[0.1][-1] + 0.1, "smoothing 10 %", ha="right", va="bottom")
    axes.text(20, 0.1, "no smoothing", ha="right", va="bottom")
    axes.set(xlabel="margin of the right logit", ylabel="loss", xlim=(0, 20.2), ylim=(0, 6))
    axes.set_xticks([0, 5, 10, 15, 20])
    plt.close(figure)
figures.inline(
    figure,
    alt="The loss against the margin. Without smoothing it falls toward zero. With 10 percent it "
    f"is lowest, {best_loss(256, 0.1):.2f}, at a margin of {best_margin:.1f}, and rises beyond.",
)

# %% [markdown]
# *The dot, the lowest loss, is at a margin of {eval}`f"{best_margin:.1f}"` and a loss of
# {eval}`f"{best_loss(256, 0.1):.2f}"`.* Does training find that margin? Here is how far our model's
# right logit is above the mean of the others, at two points in training:

# %% tags=["hide-input"]
trained_margins = {}
for smoothing in [0.0, 0.1]:
    torch.manual_seed(336)
    confident = LanguageModel(config)
    for n_steps in [100, 300]:
        how = {"n_steps": n_steps, "label_smoothing": smoothing}
        overfit_batch(confident, inputs, targets, **how)
        with torch.no_grad():
            logits = confident(inputs)
        of_right = logits.gather(-1, targets[..., None])[..., 0]
        of_others = (logits.sum(-1) - of_right) / 255
        trained_margins[smoothing, n_steps] = (of_right - of_others).mean().item()
lines = ["| smoothing | 100 steps | 400 steps |", "|---|--:|--:|"]
for smoothing in [0.0, 0.1]:
    early, late = (trained_margins[smoothing, n_steps] for n_steps in (100, 300))
    lines.append(f"| {100 * smoothing:.0f} % | {early:.1f} | {late:.1f} |")
Markdown("\n".join(lines))

# %% [markdown]
# **Without smoothing the margin keeps growing; with it, the margin settles at its best value.** The
# first Transformer used 10 %, which made its perplexity worse and its translations better
# {cite:p}`transformer2017`.

# %% [markdown]
# ## Hyperparameters, and what they cost
#
# A model's configuration is a handful of numbers that training does not learn, its
# *hyperparameters*. (The learning rate, the batch size and the number of steps are hyperparameters,
# too.) Take GPT-2 small and double one of these: layers, width, heads, width of the MLP, vocabulary
# or context. Which adds the most parameters? Rank them before you look.

# %% tags=["hide-input"]
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
for name, each in doubled.items():
    with torch.device("meta"):
        built = LanguageModel(each)
    sizes[name] = sum(p.numel() for p in built.parameters())
growth = {name: f"{size / sizes['nothing']:.2f}×" for name, size in sizes.items()}

# %% [markdown]
# ```{dropdown} Answer
# | doubled | parameters |
# |---|--:|
# | width | {eval}`growth["width"]` |
# | layers | {eval}`growth["layers"]` |
# | width of the MLP | {eval}`growth["width of the MLP"]` |
# | vocabulary | {eval}`growth["vocabulary"]` |
# | context | {eval}`growth["context"]` |
# | heads | {eval}`growth["heads"]` |
#
# Width counts twice, because both sides of a block's matrices grow with it. More heads add no
# parameters. A longer context adds rows to GPT-2's table of positions, and with rotary positions it
# adds nothing. But each token then attends to more tokens, and the KV cache grows.
# ```
#
# Deep or wide, many heads or few, a wider MLP or more attention: within broad limits, models with
# the same number of parameters are about equally good {cite:p}`kaplan2020`. So **choose the shape
# that runs fastest on your hardware.**

# %% tags=["remove-cell"]
with torch.device("meta"):
    wider = LanguageModel(replace(config, d_model=128, d_ff=344))
block_params = sum(p.numel() for p in model.blocks[0].parameters())
wider_block_params = sum(p.numel() for p in wider.blocks[0].parameters())
uniform_loss = math.log(256)
torch.manual_seed(336)
overconfident = LanguageModel(config)
first_loss = {}
with torch.no_grad():
    overconfident.lm_head.weight *= 10
    overconfident_loss = cross_entropy(overconfident(inputs), targets).item()
    for n_layers in [2, 96]:
        torch.manual_seed(336)
        without_norm = LanguageModel(replace(config, n_layers=n_layers))
        without_norm.norm = None
        first_loss[n_layers] = cross_entropy(without_norm(inputs), targets).item()
first, second = torch.randn(2, 64, 64, dtype=torch.float64)
vector = torch.randn(64, dtype=torch.float64)
difference = (second @ (first @ vector) - (second @ first) @ vector).abs().max().item()
rounding = scientific_text(difference, 1)

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
# By a factor of about {eval}`f"{wider_block_params / block_params:.1f}"`: in each matrix, both the
# number of rows and the number of columns double.
# ```
#
# **2.** A model that knows nothing should start with a loss near
# {eval}`f"{uniform_loss:.1f}"`, the logarithm of its vocabulary of 256. Yours starts at
# {eval}`f"{overconfident_loss:.1f}"`. What is the likely bug?
#
# ```{dropdown} Answer
# The logits are too large: the model is very sure of nonsense. (For this question, the LM head's
# matrix was multiplied by ten.) In a deep model, a missing final norm has the same effect: with 96
# layers the loss starts at {eval}`f"{first_loss[96]:.1f}"`. In our model of 2 layers you would not
# notice that bug, because the stream has hardly grown: the loss starts at
# {eval}`f"{first_loss[2]:.1f}"`.
# ```
#
# **3.** Which margin of the right logit is best with a smoothing of 10 % and GPT-2's vocabulary?
#
# ```{dropdown} Answer
# {eval}`f"{math.log(1 + 50257 * 0.9 / 0.1):.1f}"`, the logarithm of 1 + 50,257 · 9.
# ```
#
# **4.** Move a query from position 5 to 75, and its key from position 3 to 73. Does their score
# stay the same?
#
# ```{dropdown} Answer
# With rotary positions, yes: {eval}`f"{scores_of[5, 3][1]:.2f}"` and
# {eval}`f"{scores_of[75, 73][1]:.2f}"`. With added waves, no: {eval}`f"{scores_of[5, 3][0]:.2f}"`
# and {eval}`f"{scores_of[75, 73][0]:.2f}"`. With waves, the score also contains products of one
# token's meaning with the other's position.
# ```
#
# **5.** Why not replace the MLP with just its two matrices, one after the other?
#
# ```{dropdown} Answer
# Two matrices in a row are one matrix: here the results differ by {eval}`rounding`, a rounding
# error. Only the activation between them makes an MLP more than a single matrix.
# ```

# %% [markdown]
# ## Where to go from here
#
# You have built a language model. What does it cost? {doc}`06_accounting` counts its operations,
# its memory and its time. What do today's models do differently? {doc}`09_modern_choices` shows
# what they agree on, and two ideas that only some of them use: experts and state spaces.
#
# To read other implementations, try the [Annotated
# Transformer](https://nlp.seas.harvard.edu/annotated-transformer/), which sets the paper next to
# its code, and [nanoGPT](https://github.com/karpathy/nanoGPT), which you can train yourself and
# then fine-tune on a text of your own. The [report on Baichuan 2](https://arxiv.org/abs/2309.10305)
# describes the same parts as used in a large model.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
