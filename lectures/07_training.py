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
# # Training
#
# A Transformer starts with random weights and learns everything it knows from text. On this page,
# we train one on Shakespeare's plays. After a few seconds of training it writes speeches. They make
# no sense, but they have speakers, short lines and something like grammar. Then we fine-tune the
# model, first to write in a new style and then to answer questions.
#
# You will see what a batch is, what the numbers on a loss curve mean, what the optimizer does at
# each step, and what can go wrong. Reading it takes about forty minutes; allow an hour with the
# exercises. You should know {doc}`05_transformer`.
#
# First, look at a finished run: the training of the small model from {doc}`05_transformer`. Drag
# the slider from the untrained model to the last step, and read what the model writes along the
# way.

# %% tags=["remove-input"]
from cs336_core.widgets import TrainingRun

TrainingRun(key="run")

# %% [markdown]
# - At {figure}`step 0 <run.checkpoint=0>` the model knows nothing: all tokens are about equally
#   likely. What is the first thing it learns, by {figure}`step 20 <run.checkpoint=1>`?
# - At which checkpoint does the model first name the right person? Can you tell from the loss?
#
# ```{dropdown} Answers
# The model first learns which tokens are frequent, regardless of the context. To name the right
# person, an attention head has to look back at the names. Such a head forms much later, when the
# loss has already fallen most of the way. **A smooth loss curve does not show what the model has
# learned, or when.**
# ```
#
# Now train a model on other text, one step at a time.

# %% [markdown]
# ## The text, and a batch of it
#
# The model reads tokens, so we first train a tokenizer with a vocabulary of 512 on the plays.
# *Hamlet* is held out: neither the tokenizer nor the model trains on it, so it is a fair test.

# %%
from cs336_core.texts.shakespeare import plays
from cs336_core.tokenization import BPETokenizer, train

texts = plays()  # @stepover
hamlet = texts.pop("Hamlet")
corpus = "<|endoftext|>".join(texts.values())  # @stepover
params = train([corpus], vocab_size=512, special_tokens=["<|endoftext|>"])  # @stepover
tokenizer = BPETokenizer(params)

# %% tags=["hide-input"]
import numpy as np

train_ids = np.array(tokenizer.encode(corpus, allowed_special="all"), dtype=np.uint16)
test_ids = np.array(tokenizer.encode(hamlet), dtype=np.uint16)
bytes_per_token = len(hamlet.encode()) / len(test_ids)
print(f"{len(train_ids):9,} tokens to train on, 37 plays")
print(f"{len(test_ids):9,} tokens to test on, Hamlet: {bytes_per_token:.2f} bytes each")

# %% [markdown]
# A *batch* is a set of windows that start at random positions in the text. At every position of a
# window, the target is the next token, so the targets are the inputs shifted by one. Here are two
# windows of 10 tokens:

# %% tags=["hide-input"]
import torch
from IPython.display import Markdown

from cs336_core.tokenization.labels import label
from cs336_core.training import get_batch

generator = torch.Generator().manual_seed(5)
sample_inputs, sample_targets = get_batch(train_ids, 2, 10, generator=generator)
lines = ["| row | tokens |", "|---|---|"]
names = [f"{kind} {i}" for i in (1, 2) for kind in ("input", "target")]
rows = [row for pair in zip(sample_inputs, sample_targets, strict=True) for row in pair]
for name, row in zip(names, rows, strict=True):  # @stepover
    tokens = [f"`{label(params.vocab[token])}`" for token in row.tolist()]
    lines.append(f"| {name} | {' '.join(tokens)} |")
Markdown("\n".join(lines))

# %% [markdown]
# A window of $T$ tokens contains $T$ predictions to learn from: what follows the first token, what
# follows the first two, and so on. Thanks to the causal mask, the model makes all of them in one
# forward pass. **The text supplies its own targets, one at every position of the batch.**

# %% [markdown]
# ## What the numbers of a loss mean
#
# The loss is the average of $-\ln p$, in *nats*, where $p$ is the probability that the model gave
# to the token that actually came next. Before we train anything, let's compute the loss of three
# simple baselines on *Hamlet*. The first knows nothing and gives each of the 512 ids the same
# probability. The second knows how often each token occurs. The third has counted which token
# follows which.

# %%
import math

n_vocab = 512
uniform = math.log(n_vocab)

token_counts = np.bincount(train_ids, minlength=n_vocab) + 1
token_probs = token_counts / token_counts.sum()
unigram = -np.log(token_probs[test_ids]).mean()

pair_counts = np.full((n_vocab, n_vocab), 0.05)
np.add.at(pair_counts, (train_ids[:-1], train_ids[1:]), 1)
pair_probs = pair_counts / pair_counts.sum(1, keepdims=True)
bigram = -np.log(pair_probs[test_ids[:-1], test_ids[1:]]).mean()

# %% tags=["hide-input"]
import zlib

from cs336_core.training.runs.evaluation import bits_per_byte

zipped = 8 * len(zlib.compress(hamlet.encode(), 9)) / len(hamlet.encode())
guesses = {"uniform": uniform, "token frequencies": unigram, "the previous token": bigram}
lines = [
    "| what it knows | nats per token | perplexity | bits per byte |",
    "|---|--:|--:|--:|",
]
for name, nats in guesses.items():
    bits = bits_per_byte(nats, bytes_per_token)
    lines.append(f"| {name} | {nats:.2f} | {math.exp(nats):,.0f} | {bits:.2f} |")
lines.append(f"| zlib, for comparison | | | {zipped:.2f} |")
Markdown("\n".join(lines))

# %% [markdown]
# The *perplexity* is the exponential of the loss. At {eval}`f"{bigram:.2f}"` nats, the next token
# is as hard to predict as a fair choice among {eval}`f"{math.exp(bigram):.0f}"` tokens. Nats per
# token depend on the tokenizer, because a longer token is harder to predict. *Bits per byte* allow
# a fair comparison between tokenizers, because the loss of the whole text is divided by its bytes.
# They also measure compression: a compressor that uses the model's probabilities needs that many
# bits for each byte of the text.
#
# **Compute the loss of a trivial baseline before you look at a loss curve.** A model with a loss
# above {eval}`f"{bigram:.2f}"` predicts worse than a table of token pairs.

# %% [markdown]
# ## A run
#
# The model has the architecture of {doc}`05_transformer`, with two blocks. Each training step draws
# a batch, computes the loss and its gradient, clips the gradient if its norm is too large, and has
# the optimizer update every parameter. The function `train_steps` runs this loop and yields a
# record of each step, with its loss and gradient norm.

# %%
from dataclasses import replace

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training import (
    AdamW,
    build_schedule,
    random_batches,
    train_steps,
)

config = ModelConfig(
    vocab_size=n_vocab,
    context_length=128,
    n_layers=2,
    d_model=64,
    n_heads=4,
    d_ff=172,
)
torch.manual_seed(336)
model = LanguageModel(config)
n_steps, batch_size, seq_len = 600, 16, 64
optimizer = AdamW(model.parameters(), weight_decay=0.1)
schedule = build_schedule("cosine", 0.01, n_steps, warmup=20)  # @stepover
run = train_steps(
    model,
    random_batches(train_ids, batch_size, seq_len),
    optimizer,
    n_steps=n_steps,
    schedule=schedule,
    max_norm=1.0,
)

# %% tags=["hide-input"]
import copy
import time

from cs336_core.inference import GREEDY, Sampling, generate_text
from cs336_core.training.runs.evaluation import evaluate, validation_batches

hamlet_batches = validation_batches(test_ids, 16, 128, 1)
style = {"sampling": Sampling(temperature=0.8), "n_tokens": 40}
steps, samples, test_losses = [], {}, {0: evaluate(model, hamlet_batches)}
started = time.perf_counter()
for step in run:  # @stepover
    steps.append(step)
    if step.number in {1, 40, 150, n_steps}:
        draw = torch.Generator().manual_seed(0)
        pieces = generate_text(model, tokenizer, "HAMLET\n", generator=draw, **style)
        samples[step.number] = "HAMLET\n" + "".join(pieces)
    if step.number % 60 == 0:
        test_losses[step.number] = evaluate(model, hamlet_batches)
seconds = time.perf_counter() - started

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.notebook import figures

numbers = [step.number for step in steps]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.2))
    axes.plot(numbers, [step.loss for step in steps], "C1-", linewidth=0.8, label="training batch")
    axes.plot(*zip(*test_losses.items(), strict=True), "C0-", label="Hamlet")
    for name, nats in guesses.items():
        axes.axhline(nats, color="C1", linestyle=":", linewidth=1)
        x, side = (8, "left") if nats == bigram else (600, "right")  # beside the curves
        axes.text(x, nats + 0.04, name, ha=side, va="bottom", fontsize=9)
    axes.set(xlabel="step", ylabel="loss in nats per token", xlim=(0, 606), ylim=(3, 6.7))
    axes.legend(loc="lower left", fontsize=9)
    plt.close(figure)
figures.inline(
    figure,
    alt="Loss against the step, on training batches and on Hamlet. Both begin near ln 512 and pass "
    "the loss of token frequencies, then that of the previous token, and end at about "
    f"{test_losses[n_steps]:.1f}.",
)

# %% [markdown]
# The loss falls below the three baselines one after another. Within a few dozen steps the model
# knows which tokens are frequent. Then it learns which token follows which, and by the end it beats
# the table of pairs, with {eval}`f"{test_losses[n_steps]:.2f}"` nats per token on *Hamlet*, or
# {eval}`f"{bits_per_byte(test_losses[n_steps], bytes_per_token):.2f}"` bits per byte. (The training
# loss is noisy because every step draws a new batch. The loss on *Hamlet* is smooth because it is
# always measured on the same 16 windows.)
#
# What does the text look like at these losses? At four points of the run, we had the model continue
# `HAMLET`:

# %% tags=["hide-input"]
for number, sample in samples.items():  # @stepover
    print(f"after {number} step{'s' if number > 1 else ''}, {steps[number - 1].loss:.1f} nats:")
    print("    " + sample.replace("\n", "\n    ").rstrip() + "\n")

# %% [markdown]
# The first sample is noise, and the second strings common tokens together in no order. Then come
# words and line breaks, and finally speeches under names in capitals. **The loss falls because the
# model learns regularities, the most frequent ones first.**

# %% [markdown]
# ## The optimizer: three ways downhill
#
# The loss of a model depends on all its parameters, and nobody can plot a surface of that many
# dimensions. We can plot two, though. Take the trained model, multiply its LM head by a number $x$,
# and multiply the outputs of its attention layers by a number $y$. At $x = y = 1$ we have the
# trained model itself; at $x = 0$ all logits are 0. The map shows the model's actual loss at each
# $x$ and $y$ as contour bands, as on a hiking map: the innermost band is the lowest.

# %% tags=["remove-input"]
from cs336_core.training.landscape import Landscape, scale_surface
from cs336_core.widgets import OptimizerValley

map_inputs, map_targets = get_batch(train_ids, 8, seq_len, generator=generator)
surface = scale_surface(model, map_inputs, map_targets, torch.linspace(-0.5, 3, 36))  # @stepover
start = {"x": 0.3, "y": 2.8}
OptimizerValley(surface.tolist(), low=-0.5, high=3, lr=0.1, **start, step=12, key="optimizers")

# %% tags=["remove-cell"]
landscape = Landscape(surface, low=-0.5, high=3)
paths = {
    (method, lr): [point.loss for point in path]
    for method in ("sgd", "momentum", "adamw")
    for lr in (0.1, 0.5, 1.0)
    for path in [landscape.descend(method, **start, lr=lr, momentum=0.9, n_steps=100)]
}
arrival = {
    key: next((i for i, loss in enumerate(path) if loss < surface.min().item() + 0.02), None)
    for key, path in paths.items()
}

# %% [markdown]
# - Press play for each optimizer. In which order do the three reach the minimum, and why does the
#   slowest take so long?
# - Raise the learning rate to 0.5, then to 1. Which optimizers leave the map, and which still reach
#   the minimum?
# - Choose Momentum, go back to a learning rate of 0.1, and set the momentum to 0, then to 0.95. How
#   does the path change?
#
# ```{dropdown} Answers
# Momentum reaches the minimum after {eval}`arrival["momentum", 0.1]` steps, AdamW after
# {eval}`arrival["adamw", 0.1]`, and gradient descent after {eval}`arrival["sgd", 0.1]`. The loss is
# far steeper along $x$ than along $y$: gradient descent drops to the floor of the valley and then
# creeps along it, because the gradient there is tiny. Momentum adds up these small gradients, which
# all point the same way. AdamW divides each coordinate of the gradient by the typical size of that
# coordinate, so it moves along $y$ as fast as along $x$.
#
# At 0.5 momentum overshoots and leaves the map; at 1 gradient descent does, too. AdamW still
# reaches the minimum, because its steps are about as long as the learning rate, however steep the
# slope. With a momentum of 0, *Momentum* is gradient descent; with 0.95, it swings past the minimum
# and comes back.
# ```
#
# *Gradient descent* subtracts the gradient times the learning rate. *Momentum* replaces the
# gradient with a running sum of gradients, in which old ones fade. AdamW {cite:p}`adamw2017` keeps
# two running averages per parameter, one of the gradient and one of its square, and divides the
# first by the square root of the second. To see the effect, take two weights, both equal to 1. The
# gradient of the second is a hundred times larger:

# %%
from cs336_core.training.optimizers import adamw_update

weights, gradient = torch.tensor([1.0, 1.0]), torch.tensor([0.02, 2.0])
by_sgd = weights - 0.01 * gradient
by_adamw, state = weights.clone(), {}
betas = (0.9, 0.999)
group = {"lr": 0.01, "betas": betas, "eps": 1e-8}
group |= {"weight_decay": 0.1, "decay": "before"}
adamw_update(by_adamw, gradient, state, group)
print("SGD  ", [f"{weight:.4f}" for weight in by_sgd.tolist()])
print("AdamW", [f"{weight:.4f}" for weight in by_adamw.tolist()])

# %% [markdown]
# With SGD, the first weight hardly moves. With AdamW, both weights move by the learning rate of
# 0.01, whatever the size of their gradients. (The other 0.001 is *weight decay*: every step also
# shrinks each weight a little, here by 0.1 %, so a weight stays large only if its gradients keep it
# large.)
#
# **AdamW gives every parameter a step of about the same size.** That suits a Transformer, whose
# gradients differ widely in size: the embedding of a rare token, for example, gets a gradient only
# in the few batches that contain the token. The price is memory: two more numbers per parameter.

# %% [markdown]
# ## The learning rate: up, then down
#
# The most important hyperparameter, the learning rate, changes during the run. At first it rises
# from near 0, because AdamW's averages are unreliable after only a few gradients; this phase is the
# *warm-up*. Later it falls, so that the model settles into the valley instead of bouncing between
# its walls. Here are three common schedules:

# %% tags=["hide-input"]
shapes = {
    "cosine": "C0-",
    "linear": "C1--",
    "WSD": "C1:",
}
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.6))
    for name, look in shapes.items():
        rate = build_schedule(name.lower(), max_lr=1.0, n_steps=300, min_lr=0.1, warmup=20)
        axes.plot(range(1, 301), [rate(step) for step in range(300)], look, label=name)
    axes.set(xlabel="step", ylabel="fraction of the peak", xlim=(0, 301), ylim=(0, 1.05))
    axes.legend(loc="lower left")
    plt.close(figure)
figures.inline(
    figure,
    alt="Three schedules over 300 steps. All rise to the peak within 20. Cosine falls slowly, then "
    "fast, then slowly; linear falls along a straight line; WSD stays at the peak until step 240 "
    "and falls in the last fifth. All end at a tenth.",
)

# %% [markdown]
# *Cosine* {cite:p}`cosine2017` was the standard choice for years. Its weakness is that you have to
# fix the length of the run before it starts. *WSD* (warm-up, stable, decay) lets you decide later:
# you can continue the run from any step of the plateau, and decay the learning rate once you want
# to finish {cite:p}`minicpm2024`.
#
# Your turn: write the cosine schedule.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("cosine_schedule", key="write-cosine")  # @stepover

# %% [markdown]
# How high should the peak be? That depends on the batch size. In each run below, a smaller model
# trains on 16,384 tokens, in a few large batches or in many small ones:

# %% tags=["hide-input"]
tiny = replace(config, n_layers=1, d_model=32, n_heads=2, d_ff=88)
rates, batch_sizes = [0.001, 0.004, 0.016, 0.064], [4, 16, 64]
final = np.empty((len(batch_sizes), len(rates)))
for row, sequences in enumerate(batch_sizes):  # @stepover
    for column, peak in enumerate(rates):
        torch.manual_seed(336)
        small = LanguageModel(tiny)
        length = 16_384 // (32 * sequences)
        for _ in train_steps(
            small,
            random_batches(train_ids, sequences, 32),
            AdamW(small.parameters(), weight_decay=0.1),
            n_steps=length,
            schedule=build_schedule("cosine", peak, length, warmup=length // 8),
            max_norm=1.0,
        ):
            pass
        final[row, column] = evaluate(small, hamlet_batches)
lines = [f"| batch | steps | {' | '.join(f'{rate:g}' for rate in rates)} |"]
lines.append(f"|--:|--:|{'--:|' * len(rates)}")
best_rates = {}
for sequences, losses in zip(batch_sizes, final, strict=True):
    best_rates[sequences] = rates[losses.argmin()]
    cells = [f"**{loss:.2f}**" if loss == losses.min() else f"{loss:.2f}" for loss in losses]
    lines.append(f"| {sequences} | {16_384 // (32 * sequences):,} | {' | '.join(cells)} |")
Markdown("\n".join(lines))

# %% [markdown]
# *The loss on Hamlet by batch size, in sequences, and peak learning rate. The lowest loss in each
# row is bold.*
#
# If the rate is too low, the run ends before the loss has come down; if it is too high, the steps
# overshoot. **The larger the batch, the higher the best learning rate**: a gradient averaged over
# more sequences is less noisy, so you can trust it with a larger step. With so few tokens, small
# batches win, because they take more steps. But a GPU processes large batches faster per token, so
# in practice you look for the largest batch that does not make the loss worse.

# %% [markdown]
# ## What one step costs
#
# {doc}`06_accounting` predicts the FLOPs and the memory of a step before anything runs. Here are
# its counts for our run, next to the time we measured:

# %% tags=["hide-input"]
from cs336_core.accounting import (
    TRAINING,
    bytes_text,
    count_flops,
    count_parameters,
    count_text,
    flops_text,
    seconds_text,
    total_flops,
    training_bytes,
)
from cs336_core.model.presets import preset
from cs336_core.model.saved_activations import saved_bytes

n_params = sum(p.numel() for p in model.parameters())
flops = total_flops(count_flops(config, batch_size, seq_len, conventions=TRAINING))
state_bytes = training_bytes(n_params, "fp32").total
inputs, targets = get_batch(train_ids, batch_size, seq_len, generator=generator)
activations = saved_bytes(lambda ids: cross_entropy(model(ids), targets), inputs)
seconds_per_step = seconds / n_steps
Markdown(
    "| one step of our run | amount |\n|---|--:|\n"
    f"| parameters | {count_text(n_params)} |\n"
    f"| tokens | {batch_size * seq_len:,} |\n"
    f"| FLOPs, counted | {flops_text(flops)} |\n"
    f"| time, measured | {seconds_text(seconds_per_step)} |\n"
    f"| speed reached | {flops_text(flops / seconds_per_step, 'FLOP/s')} |\n"
    f"| weights, gradients, two averages | {bytes_text(state_bytes)} |\n"
    f"| activations saved for the backward pass | {bytes_text(activations)} |"
)

# %% [markdown]
# Our model is so small that its activations take {eval}`f"{activations / state_bytes:.0f}"` times
# as much memory as everything else. What if the activations of a batch do not fit in memory? Split
# the batch, run the parts one after another, and add up their gradients before the update. This is
# *gradient accumulation*. The update stays the same, because the gradient of a batch is the average
# of the gradients of its sequences.

# %%
model.zero_grad()
cross_entropy(model(inputs), targets).backward()  # @stepover
at_once = torch.cat([p.grad.flatten() for p in model.parameters()])

model.zero_grad()
for part in range(4):  # @stepover
    rows = slice(4 * part, 4 * part + 4)
    loss = cross_entropy(model(inputs[rows]), targets[rows]) / 4
    loss.backward()  # adds to the gradients that are there
in_parts = torch.cat([p.grad.flatten() for p in model.parameters()])
largest = (at_once - in_parts).abs().max().item()
print(f"largest difference: {largest:.0e}")

# %% [markdown]
# **Gradient accumulation frees the batch size from the memory limit**: you choose the batch size
# that trains best, and run as many sequences at a time as fit. *Data parallelism* does the same
# with more GPUs: each GPU processes a part of the batch, and the GPUs average their gradients over
# the network.

# %% [markdown]
# ## Gradient clipping: no single batch can wreck the model
#
# Put the gradients of all parameters into one long vector; its length is the *gradient norm*. Here
# it is for every step of our run:

# %% tags=["hide-input"]
norms = [step.gradient_norm for step in steps]
n_clipped = sum(norm > 1 for norm in norms)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.6))
    axes.semilogy(numbers, norms, "C0-", linewidth=0.9)
    axes.axhline(1.0, color="C1", linestyle="--", linewidth=1)
    axes.text(600, 1.06, "clipped to 1", ha="right", va="bottom")
    axes.set_yticks([0.3, 1, 3], ["0.3", "1", "3"])
    axes.set(xlabel="step", ylabel="gradient norm", xlim=(0, 606))
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="The gradient norm against the step, on a logarithmic axis. It exceeds 1 in "
    f"{n_clipped} of {n_steps} steps, and is highest at {max(norms):.1f}.",
)

# %% [markdown]
# In {eval}`n_clipped` of {eval}`n_steps` steps the norm is above 1, and `clip_gradients` scales the
# gradient down to a norm of 1 without changing its direction {cite:p}`clipping2013`. Your turn, for
# gradients in a plain list:

# %% tags=["remove-input"]
YourTurn("clip_gradients", key="write-clip")  # @stepover

# %% [markdown]
# What happens without clipping and warm-up, at a learning rate that is far too high? `train_steps`
# raises an error as soon as the loss or the gradient norm is not finite, or the loss exceeds a
# limit that you set:

# %%
from textwrap import fill

from cs336_core.training import SGD, DivergedError

torch.manual_seed(336)
reckless = LanguageModel(config)
diverging = train_steps(
    reckless,
    random_batches(train_ids, batch_size, seq_len),
    SGD(reckless.parameters(), lr=20),
    n_steps=100,
    max_loss=100,
)
try:
    taken = sum(1 for _ in diverging)  # @stepover
except DivergedError as error:
    print(fill(str(error)))

# %% [markdown]
# **Log the gradient norm along with the loss: it often grows before the loss diverges.**

# %% [markdown]
# ## Overfitting: too little text
#
# Now we train a model with a single block on only the first 4,000 tokens of the plays, over and
# over, and measure its loss on these tokens and on *Hamlet*. Will both losses fall?

# %% tags=["hide-input"]
few_ids = train_ids[:4000]
torch.manual_seed(336)
memorizer = LanguageModel(replace(config, n_layers=1))
train_curve, test_curve = [], {}
for step in train_steps(  # @stepover
    memorizer,
    random_batches(few_ids, batch_size, 32),
    AdamW(memorizer.parameters(), weight_decay=0.1),
    n_steps=240,
    schedule=build_schedule("cosine", max_lr=0.004, n_steps=240, warmup=20),
    max_norm=1.0,
):
    train_curve.append(step.loss)
    if step.number % 20 == 0:
        test_curve[step.number] = evaluate(memorizer, hamlet_batches)
lowest_step = min(test_curve, key=test_curve.__getitem__)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.8))
    axes.plot(range(1, 241), train_curve, "C1--", linewidth=1.2)
    axes.plot(*zip(*test_curve.items(), strict=True), "C0-")
    axes.text(240, train_curve[100] + 0.3, "4,000 tokens, read again", ha="right", va="bottom")
    axes.text(240, test_curve[240] + 0.15, "Hamlet", ha="right", va="bottom", color="C0")
    axes.set(xlabel="step", ylabel="loss", xlim=(0, 244), ylim=(0, 7.5))
    plt.close(figure)
figures.inline(
    figure,
    alt=f"The loss on the 4,000 training tokens falls to {train_curve[-1]:.1f}. The loss on Hamlet "
    f"falls until step {lowest_step}, to {test_curve[lowest_step]:.1f}, and rises to "
    f"{test_curve[240]:.1f} by step 240.",
)

# %% [markdown]
# The model sees each of the 4,000 tokens about
# {eval}`f"{240 * batch_size * 32 / 4000:.0f}"` times. After a while it stops learning the language
# and starts to memorize the text. This is *overfitting*. The loss on *Hamlet* is lowest at step
# {eval}`lowest_step`, with {eval}`f"{test_curve[lowest_step]:.1f}"` nats, and ends at
# {eval}`f"{test_curve[240]:.1f}"`, nearly as bad as a uniform guess.
#
# What helps? Above all, more text: a model that sees each passage once has little chance to
# memorize it. A few passes over the data, called epochs, are fine: the repeated text is then worth
# nearly as much as new text {cite:p}`datablations2023`. If you have no more text, stop at the
# lowest loss on held-out text (*early stopping*), use a smaller model, or regularize with weight
# decay or dropout.
#
# **Always watch the loss on text that the model does not train on.**

# %% [markdown]
# ### Dropout
#
# *Dropout* {cite:p}`dropout2014` sets each activation to zero with probability $p$, with a new
# random choice at every step. Here are eight activations before and after dropout with $p = 0.25$:

# %%
before_dropout = torch.arange(1.0, 9.0)
layer = torch.nn.Dropout(p=0.25)
torch.manual_seed(6)
while_training = layer(before_dropout)  # @stepover
layer.eval()
while_evaluating = layer(before_dropout)  # @stepover
print("before    ", *(f"{x:5.2f}" for x in before_dropout.tolist()))
print("training  ", *(f"{x:5.2f}" for x in while_training.tolist()))
print("evaluation", *(f"{x:5.2f}" for x in while_evaluating.tolist()))

# %% [markdown]
# Two of the eight became zero. The others are multiplied by $1 / (1 - p)$, here 4/3, so each
# activation keeps its value on average. In evaluation, dropout does nothing: `model.eval()`
# switches it off, and `model.train()` switches it back on.
#
# Because any activation may be missing, the model cannot rely on a single one, so it memorizes
# less. Does dropout help the model that we trained on 4,000 tokens?

# %% tags=["hide-input"]
torch.manual_seed(336)
forgetful = LanguageModel(replace(config, n_layers=1), dropout=0.2)
for _ in train_steps(  # @stepover
    forgetful,
    random_batches(few_ids, batch_size, 32),
    AdamW(forgetful.parameters(), weight_decay=0.1),
    n_steps=240,
    schedule=build_schedule("cosine", max_lr=0.004, n_steps=240, warmup=20),
    max_norm=1.0,
):
    pass
overfitted = {}
for name, each in {"none": memorizer, "0.2": forgetful}.items():
    on_its_text = evaluate(each, validation_batches(few_ids, 16, 128, 1))
    overfitted[name] = (on_its_text, evaluate(each, hamlet_batches))
lines = ["| dropout | loss on its 4,000 tokens | on Hamlet |", "|---|--:|--:|"]
lines += [f"| {name} | {own:.2f} | {new:.2f} |" for name, (own, new) in overfitted.items()]
Markdown("\n".join(lines))

# %% [markdown]
# *After 240 steps, both evaluated without dropout.*
#
# **With dropout, the model memorizes less and predicts new text better.** More text would help far
# more. Large language models see most of their text only about once, so they hardly overfit, and
# today most are trained without dropout.

# %% [markdown]
# ## Checkpoints: stop a run and resume it
#
# Long runs get interrupted: machines fail, and jobs reach their time limit. A *checkpoint* holds
# everything that the next step depends on: the parameters, the optimizer's averages, the step
# number, and the position in the data. Here we train one model for 20 steps without a break. A copy
# trains for 10 steps and is saved; a third model loads that checkpoint and trains for 10 more:

# %%
import io
from itertools import islice

from cs336_core.training.checkpoints import load_checkpoint, save_checkpoint

batches = list(islice(random_batches(train_ids, 4, 32), 20))  # @stepover


torch.manual_seed(336)
unspoiled = LanguageModel(tiny)  # @stepover
steady, first_half, resumed = (copy.deepcopy(unspoiled) for _ in range(3))  # @stepover

optimizer = AdamW(steady.parameters(), lr=0.01)
run = train_steps(steady, batches, optimizer, n_steps=20)
uninterrupted = [step.loss for step in run]  # @stepover

optimizer = AdamW(first_half.parameters(), lr=0.01)
for _ in train_steps(first_half, batches, optimizer, n_steps=10):  # @stepover
    pass
file = io.BytesIO()
save_checkpoint(first_half, optimizer, 10, file)  # @stepover

file.seek(0)
optimizer = AdamW(resumed.parameters(), lr=0.01)
done = load_checkpoint(file, resumed, optimizer)  # @stepover
run = train_steps(resumed, batches[done:], optimizer, n_steps=20, done=done)
resumed_losses = [step.loss for step in run]  # @stepover
print(resumed_losses == uninterrupted[10:])

# %% [markdown]
# The losses of the resumed run are not just close; they are identical, bit for bit. **If a resumed
# run differs, its checkpoint is missing something**, most often the optimizer's averages or the
# position in the data.

# %% [markdown]
# ## Fine-tuning: a new style, and answers
#
# Training does not have to start from random weights. *Fine-tuning* continues the training of an
# existing model on other text, usually with a lower learning rate. First, we teach our model a new
# style: the text of {doc}`06_accounting`, where nobody speaks in verse.

# %% tags=["hide-input"]
from cs336_core.texts.own_pages import lecture_text

site_ids = np.array(tokenizer.encode(lecture_text("06_accounting")), dtype=np.uint16)
first, rest = site_ids[:1025], site_ids[1025:]
site_batches = validation_batches(first, 8, 128, 1)
held_out = {"Hamlet": hamlet_batches, "this site": site_batches}
before = {name: evaluate(model, batches) for name, batches in held_out.items()}
tuned = copy.deepcopy(model)
for _ in train_steps(  # @stepover
    tuned,
    random_batches(rest, batch_size, seq_len),
    AdamW(tuned.parameters(), weight_decay=0.1),
    n_steps=100,
    schedule=build_schedule("cosine", max_lr=0.003, n_steps=100, warmup=10),
    max_norm=1.0,
):
    pass
after = {name: evaluate(tuned, batches) for name, batches in held_out.items()}
lines = ["| loss on | before | after |", "|---|--:|--:|"]
lines += [f"| {name} | {before[name]:.2f} | {after[name]:.2f} |" for name in before]
Markdown("\n".join(lines))

# %% tags=["hide-input"]
for name, writer in [("before", model), ("after", tuned)]:  # @stepover
    draw = torch.Generator().manual_seed(0)
    pieces = generate_text(writer, tokenizer, "The model", generator=draw, **style)
    print(f"{name}:\n    " + f"The model{''.join(pieces)}\n".replace("\n", "\n    "))

# %% [markdown]
# The model has learned the new style, but it now predicts *Hamlet* worse than before. This is
# *forgetting*. To limit it, people fine-tune with a low learning rate, for few steps, or on a mix
# of new and old text.
#
# Now we teach the model to answer two kinds of questions about the plays. As in
# {doc}`05_transformer`, the loss covers only the answers: the model should learn to answer, not to
# ask. Eight titles are held out for the test.

# %%
from cs336_core.training.data import ExampleBatches, encode_example

titles = [*texts, "Hamlet"]
torch.manual_seed(336)
order = torch.randperm(len(titles))
titles = [titles[i] for i in order.tolist()]


questions = {"Who wrote {}?": " Shakespeare.", "What is {}?": " A play."}
examples = [
    encode_example(tokenizer, question.format(title), reply)  # @stepover
    for title in titles[8:]
    for question, reply in questions.items()
]

# %% tags=["hide-input"]
answering = copy.deepcopy(model)
for _ in train_steps(  # @stepover
    answering,
    ExampleBatches(examples, 8, 64),
    AdamW(answering.parameters(), weight_decay=0.1),
    n_steps=120,
    schedule=build_schedule("cosine", max_lr=0.005, n_steps=120, warmup=10),
    max_norm=1.0,
):
    pass


unseen = {
    question.format(title): reply for title in titles[:8] for question, reply in questions.items()
}
asked = [*unseen, "When did Shakespeare live?"]
replies = {
    (writer, question): "".join(
        generate_text(
            writer,
            tokenizer,
            question,
            n_tokens=8,
            sampling=GREEDY,
            stop_tokens=["<|endoftext|>"],
        )
    )
    for writer in (model, answering)
    for question in asked
}
lines = ["| question | before | after |", "|---|---|---|"]
for question in [*asked[:4], asked[-1]]:  # @stepover
    both = [replies[writer, question].strip() for writer in (model, answering)]
    cells = [f"`{reply.replace(chr(10), '⏎')}`" for reply in both]
    lines.append(f"| {question} | {' | '.join(cells)} |")
n_right = sum(replies[answering, question] == reply for question, reply in unseen.items())
Markdown("\n".join(lines))

# %% [markdown]
# Before fine-tuning, the model continues a question as it would continue any line of a play. After
# fine-tuning on {eval}`f"{len(examples)}"` examples, it answers {eval}`n_right` of
# {eval}`len(unseen)` questions about unseen titles correctly. But ask something else, as in the
# last row, and the model does not admit that it does not know. It has learned what an answer looks
# like, so it gives one of the two answers it has seen.
#
# **Pre-training teaches the language; fine-tuning teaches what to do with it**, and needs far less
# text. Fine-tuning is a poor way to teach facts: a model that was trained to always answer will
# also answer what it cannot know.

# %% [markdown]
# ## A whole GPT, one number at a time
#
# Everything above ran on tensors, and PyTorch computed the gradients. How does that work? Every
# value remembers the values that it was computed from. Starting at the loss, the backward pass
# follows these links back to the parameters and multiplies the derivatives along the way, as the
# *chain rule* says. Step through a backward pass with three numbers:

# %%
from cs336_core.training.scalar import Value

w, x, b = Value(2.0), Value(3.0), Value(-5.0)
loss = (w * x + b) ** 2  # @stepover
loss.backward()  # @stepinto Value.backward
print(f"loss {loss.data}, dw {w.grad}, dx {x.grad}, db {b.grad}")

# %% [markdown]
# `cs336_core.training.scalar` builds a whole GPT from such values: embedding, attention, MLP, loss,
# backward pass and Adam, in about 300 lines of plain Python, in the spirit of Andrej Karpathy's
# microgpt. Its losses and gradients match PyTorch's to nine decimals. Computing one number at a
# time is slow, but fast enough to train a tiny GPT in your browser. Edit the words and run the cell
# again:

# %%
import random

from cs336_core.training.scalar import sample
from cs336_core.training.scalar import train as train_in_numbers

words = ["ophelia", "othello", "hamlet", "horatio", "romeo", "antonio"]
for learned in train_in_numbers(words, n_steps=80, seed=1):  # @stepover
    if learned.number in {1, 20, 40, 60, 80}:
        number, text, loss = learned.number, learned.text, learned.loss
        print(f"step {number:2}: {text:8} loss {loss:.2f}")

dice = random.Random(4)
for _ in range(4):  # @stepover
    gpt, vocabulary = learned.model, learned.vocabulary
    print("".join(sample(gpt, vocabulary, dice, temperature=0.6)))

# %% [markdown]
# **Training is nothing but arithmetic and the chain rule.** Tensors and GPUs only make it fast.
#
# To see every number of a forward pass, a backward pass and an update, open the
# {doc}`/book/playground`, choose “A whole GPT”, and step through the program, forward and backward.

# %% [markdown]
# ## Train your own
#
# You can train a model on your own text right here. It reads 8 characters and predicts the next
# one. This model is far simpler than a Transformer, but it is trained in the same way. Paste a poem
# or some of your code, and press “Train”.

# %% tags=["remove-input"]
from cs336_core.widgets import TrainItYourself

TrainItYourself(key="own")

# %% [markdown]
# With a copy of this project and a few megabytes of text, you can train a model like ours, or a
# larger one, on a laptop in minutes:
#
# ```
# python -m cs336_core.training prepare corpus.txt --vocab-size 2048 -o data
# python -m cs336_core.training train --data data -o run --n-steps 500
# python -m cs336_core.training sample run --prompt "To be, or"
# ```
#
# Press Ctrl-C whenever you like: `resume run` continues the run, and its losses are the same, bit
# for bit, as those of a run without the break. `finetune` continues the training on another text,
# or on a file of prompts and responses. If there is a GPU, the same commands use it and train in
# bfloat16.
#
# What should you tune first? Start with the learning rate, and change it by factors of three. Then
# tune the batch size, and then the model size for your compute budget ({doc}`01_overview` shows how
# to choose it). Random search beats a grid: if you tune two hyperparameters and only one of them
# matters, nine random runs try nine values of it, and a 3 × 3 grid tries only three
# {cite:p}`randomsearch2012`.

# %% tags=["remove-cell"]
large = preset("llama-3-8b")
large_state = training_bytes(count_parameters(large).total)
decayed = (1 - 0.001 * 0.1) ** 10_000
first_step = AdamW([torch.zeros(1, requires_grad=True)], lr=0.01)
first_step.param_groups[0]["params"][0].grad = torch.tensor([1e-4])
first_step.step()
moved = -first_step.param_groups[0]["params"][0].item()

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** A model with a vocabulary of 50,257 starts with a loss of 11.5. Is that a bug?
#
# ```{dropdown} Answer
# Probably not: a uniform guess has a loss of {eval}`f"{math.log(50257):.1f}"`. A slightly higher
# loss is normal at the start; a much higher one means that the initial logits are too large.
# ```
#
# **2.** Two models have different tokenizers. On the same text, the first has a loss of 3.2 nats
# per token at 4.2 bytes per token, and the second 2.9 nats at 3.5 bytes. Which model is better?
#
# ```{dropdown} Answer
# The first, with {eval}`f"{3.2 / math.log(2) / 4.2:.2f}"` bits per byte against
# {eval}`f"{2.9 / math.log(2) / 3.5:.2f}"`. You cannot compare losses per token across tokenizers.
# ```
#
# **3.** A parameter is 0, and its first gradient is 0.0001. How far does AdamW move it in the first
# step, with a learning rate of 0.01?
#
# ```{dropdown} Answer
# By {eval}`f"{moved:.4f}"`, the full learning rate. In the first step, after bias correction, AdamW
# divides the gradient by its own absolute value, which leaves only its sign.
# ```
#
# **4.** A weight gets no gradient for 10,000 steps, with a learning rate of 0.001 and a weight
# decay of 0.1. How much of it is left?
#
# ```{dropdown} Answer
# {eval}`f"{100 * decayed:.0f} %"`: each step removes a ten-thousandth of what is left.
# ```
#
# **5.** You have 8 GPUs, each with enough memory for 4 sequences. How do you train with a batch of
# 256 sequences?
#
# ```{dropdown} Answer
# Accumulate the gradients of {eval}`256 // (8 * 4)` passes before each update: 8 GPUs · 4 sequences
# · {eval}`256 // (8 * 4)` passes = 256.
# ```
#
# **6.** You train Llama 3 8B in mixed precision with AdamW. How much memory do the weights, the
# gradients and the optimizer take together, and which part is the largest?
#
# ```{dropdown} Answer
# {eval}`bytes_text(large_state.total)`, not counting activations. AdamW's two averages, in 32 bits,
# are the largest part: {eval}`bytes_text(large_state.optimizer)`.
# ```
#
# **7.** Your training loss falls smoothly, but the test loss has been rising for a while. What do
# you change first?
#
# ```{dropdown} Answer
# Add more text if you can. If not, stop at the lowest test loss, or use a smaller model.
# ```
#
# **8.** You resume a run from a checkpoint. The loss starts where it was, and then rises for a few
# hundred steps. What is missing from the checkpoint?
#
# ```{dropdown} Answer
# Most likely AdamW's averages. Without them, AdamW starts over, and its first steps move every
# parameter by about the full learning rate.
# ```

# %% [markdown]
# ## What comes next
#
# You have trained a model that predicts the next token. {doc}`08_generation` shows how to turn its
# predictions into text, and how to do that fast.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
