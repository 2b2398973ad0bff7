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
# A Transformer starts as noise. On this page one reads the plays of Shakespeare, and after a few
# seconds of training it writes speeches: the wrong words, but with speakers, lines and something
# like grammar. Then we teach it a new style, and to answer questions.
#
# You will see what a batch is, what the numbers of a loss curve mean, what the optimizer does at
# each step, and what goes wrong. Reading takes about 40 minutes; allow an hour with the exercises.
# You need {doc}`05_transformer`.

# %% [markdown]
# ## The text, and a batch of it
#
# The model reads tokens, so first train a tokenizer on the plays, with 512 ids. *Hamlet* is held
# out: the model will never see it, which makes it a fair test.

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
# A *batch* is a few windows of the text, cut out at random places. At every position, the target is
# the token that comes next, so the targets are the inputs moved by one. Here are two windows of 10
# tokens:

# %% tags=["hide-input"]
import torch
from IPython.display import Markdown

from cs336_core.training import get_batch


def shown(ids: torch.Tensor) -> str:
    """Return the tokens of a row as code."""
    tokens = [tokenizer.decode([token]).replace("\n", "⏎") for token in ids.tolist()]
    return " ".join(f"`{token}`" if token.strip() else "`␣`" for token in tokens)


generator = torch.Generator().manual_seed(5)
sample_inputs, sample_targets = get_batch(train_ids, 2, 10, generator=generator)
lines = ["| | tokens |", "|---|---|"]
for i, (read, wanted) in enumerate(zip(sample_inputs, sample_targets, strict=True), 1):
    lines += [f"| input {i} | {shown(read)} |", f"| target {i} | {shown(wanted)} |"]
Markdown("\n".join(lines))

# %% [markdown]
# One window of $T$ tokens holds $T$ questions: what follows the first token, what follows the first
# two, and so on. The causal mask lets the model answer all of them in one forward pass.
# **Text is its own answer key, and every position of a batch is a question.**

# %% [markdown]
# ## What the numbers of a loss mean
#
# The loss is the average of $-\ln p$ over the tokens that came next, in *nats*. Before training
# anything, look at what simple guesses score on *Hamlet*. The first knows nothing and gives each
# of the 512 ids the same probability. The second knows how often each token occurs. The third has
# counted which token follows which.

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


def bits_per_byte(nats: float) -> float:
    """Return a loss in nats per token as bits per byte of Hamlet."""
    return nats / math.log(2) / bytes_per_token


zipped = 8 * len(zlib.compress(hamlet.encode(), 9)) / len(hamlet.encode())
guesses = {"uniform": uniform, "token frequencies": unigram, "the previous token": bigram}
lines = [
    "| what it knows | nats per token | one in | bits per byte |",
    "|---|--:|--:|--:|",
]
for name, nats in guesses.items():
    lines.append(f"| {name} | {nats:.2f} | {math.exp(nats):,.0f} | {bits_per_byte(nats):.2f} |")
lines.append(f"| zlib, for comparison | | | {zipped:.2f} |")
Markdown("\n".join(lines))

# %% [markdown]
# Read the columns like this. A loss of {eval}`f"{bigram:.2f}"` nats is as uncertain as a fair
# choice among $e^{3.7} \approx$ {eval}`f"{math.exp(bigram):.0f}"` tokens; this number is the
# *perplexity*. Nats per token depend on the tokenizer: longer tokens are harder to predict. *Bits
# per byte* do not, because they divide by the bytes of the text. They are also what a compressor
# would need per byte: a language model *is* a compressor.
#
# **Know the loss of a trivial guess before you look at a loss curve.** A model that has not beaten
# {eval}`f"{bigram:.2f}"` has learned nothing that a table of pairs does not know.

# %% [markdown]
# ## A run
#
# The model is the one of {doc}`05_transformer`, with two blocks. Each step draws a batch, computes
# the loss and its gradient, shortens the gradient if it is too long, and lets the optimizer update
# every parameter. `train_steps` is that loop; it yields what happened at each step.

# %%
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import cross_entropy
from cs336_core.training import AdamW, build_schedule, random_batches, train_steps

config = ModelConfig(
    vocab_size=n_vocab, context_length=128, n_layers=2, d_model=64, n_heads=4, d_ff=172
)
torch.manual_seed(336)
model = LanguageModel(config)
untrained = {name: tensor.clone() for name, tensor in model.state_dict().items()}
n_steps, batch_size, seq_len = 300, 16, 64
optimizer = AdamW(model.parameters(), weight_decay=0.1)
run = train_steps(
    model,
    random_batches(train_ids, batch_size, seq_len),
    optimizer,
    n_steps=n_steps,
    schedule=build_schedule("cosine", max_lr=0.01, n_steps=n_steps, warmup=20),
    max_norm=1.0,
)

# %% tags=["hide-input"]
import time

from cs336_core.inference import Sampling, generate_text

test_rows = torch.from_numpy(test_ids[: 16 * 129].astype(np.int64)).view(16, 129)


def test_loss(tested: LanguageModel) -> float:
    """Return the loss on 16 windows of Hamlet, in nats per token."""
    with torch.no_grad():
        return cross_entropy(tested(test_rows[:, :-1]), test_rows[:, 1:]).item()


def continued(writer: LanguageModel, prompt: str, n_tokens: int, temperature: float = 0.8) -> str:
    """Return a prompt with what the model writes after it."""
    draw = torch.Generator().manual_seed(0)
    pieces = generate_text(
        writer,
        tokenizer,
        prompt,
        n_tokens=n_tokens,
        sampling=Sampling(temperature=temperature),
        stop_tokens=["<|endoftext|>"],
        generator=draw,
    )
    return prompt + "".join(pieces)


steps, samples, test_losses = [], {}, {0: test_loss(model)}
started = time.perf_counter()
for step in run:  # @stepover
    steps.append(step)
    if step.number in {1, 30, 100, n_steps}:
        samples[step.number] = continued(model, "HAMLET\n", 40)
    if step.number % 30 == 0:
        test_losses[step.number] = test_loss(model)
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
        axes.text(300, nats + 0.04, name, ha="right", va="bottom", fontsize=9)
    axes.set(xlabel="step", ylabel="loss in nats per token", xlim=(0, 305), ylim=(3, 6.7))
    axes.legend(loc="lower left", fontsize=9)
    plt.close(figure)
figures.inline(
    figure,
    alt="Loss against the step, on training batches and on Hamlet. Both begin near ln 512 and pass "
    "the loss of token frequencies, then that of the previous token, and end at about "
    f"{test_losses[n_steps]:.1f}.",
)

# %% [markdown]
# The curve passes the simple guesses one after the other. Within a few dozen steps the model knows
# which tokens are frequent. Then it learns which token follows which, and by the end it has beaten
# the table of pairs: {eval}`f"{test_losses[n_steps]:.2f}"` nats on *Hamlet*, or
# {eval}`f"{bits_per_byte(test_losses[n_steps]):.2f}"` bits per byte. (Training batches are noisy,
# since each is new. The smooth line always uses the same test windows.)
#
# What do these numbers look like as text? At four points of the run, the model continued `HAMLET`:

# %% tags=["hide-input"]
for number, sample in samples.items():  # @stepover
    print(f"after {number} step{'s' if number > 1 else ''}, {steps[number - 1].loss:.1f} nats:")
    print("    " + sample.replace("\n", "\n    ").rstrip() + "\n")

# %% [markdown]
# First noise, then common tokens in no order, then words and line breaks, then speakers in capitals
# who say something. **The loss falls because the model learns regularities, the most frequent ones
# first.**

# %% [markdown]
# ## The optimizer: a ball in a valley
#
# A model has many parameters, and you cannot see a space of that many dimensions. But you can see
# two. Take the trained model and multiply the whole LM head by a number $x$, and all output
# matrices of its attention layers by a number $y$. At $x = y = 1$ it is the trained model. The map
# shows the true loss for all $x$ and $y$, computed on one batch.

# %% tags=["hide-input"]
import copy

map_inputs, map_targets = get_batch(train_ids, 8, seq_len, generator=generator)
scales = np.linspace(-0.5, 3.0, 36)
scaled = copy.deepcopy(model)
outputs = [block.attention.output.weight for block in scaled.blocks]
trained = [weight.detach().clone() for weight in outputs]
surface = np.empty((36, 36))  # rows: y, columns: x
with torch.no_grad():
    for row, y in enumerate(scales):  # @stepover
        for weight, original in zip(outputs, trained, strict=True):
            weight.copy_(float(y) * original)
        logits = scaled(map_inputs)
        for column, x in enumerate(scales):  # scaling the head scales the logits
            surface[row, column] = cross_entropy(float(x) * logits, map_targets).item()

# %% tags=["remove-cell"]
print(np.unravel_index(surface.argmin(), surface.shape), surface.min(), surface.max())
print(surface[::5, ::5].round(2))
