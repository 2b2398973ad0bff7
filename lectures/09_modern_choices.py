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
# # Modern choices
#
# Today's language models differ from the Transformer of 2017 in many details. For most of them, the
# field has settled on an answer. Two questions are still open: does every token have to use all
# parameters, and does every token have to attend to all earlier ones? A mixture of experts drops
# the first requirement, and a state-space model the second.
#
# Reading it takes about twenty minutes. You should know {doc}`05_transformer`; {doc}`06_accounting`
# explains what a forward pass costs.

# %% [markdown]
# ## The menu: what published models choose
#
# Read the columns from top to bottom, leaving out the last three rows, which are there for
# comparison. In which columns do most of the later models agree, and in which do they differ?

# %% tags=["hide-input"]
from IPython.display import Markdown

from cs336_core.model.presets import preset

chosen = ["gpt2-small", "opt-175b", "llama-2-7b", "llama-3-8b", "mistral-7b"]
chosen += ["mixtral-8x7b", "gemma-2b", "qwen2.5-7b", "deepseek-v3"]
spelled = {"layernorm": "LayerNorm", "rmsnorm": "RMSNorm", "swiglu": "SwiGLU"}
spelled |= {"relu": "ReLU", "gelu_tanh": "GELU", "geglu_tanh": "GeGLU"}
menu = ["| model | positions | norm | MLP | attention | experts |", "|---|---|---|---|---|---|"]
for name in chosen:
    each = preset(name)
    if each.latent:
        heads = "MLA"
    elif each.kv_heads == each.n_heads:
        heads = f"{each.n_heads} heads"
    else:
        heads = f"{each.n_heads} heads, {each.kv_heads} KV"
    experts = ""
    if each.experts:
        experts = f"{each.experts.n_active} of {each.experts.n_experts}"
        experts += f" + {each.experts.n_shared}" * bool(each.experts.n_shared)
    norm_name = f"{spelled[each.norm]}, {each.norm_placement}"
    entries = [f"`{name}`", each.positions, norm_name, spelled[each.activation], heads, experts]
    menu.append(f"| {' | '.join(entries)} |")
menu += [
    "| Transformer | sinusoidal | LayerNorm, post | ReLU | 8 heads, cross | |",
    "| BERT | learned | LayerNorm, post | GELU | 12 or 16 heads | |",
    "| Mamba | none | RMSNorm, pre | none | state space | |",
]
Markdown("\n".join(menu))

# %% [markdown]
# *“KV” is the number of key and value heads, “+ 1” is a shared expert, and MLA is multi-head latent
# attention. The first Mistral 7B also limits attention to a sliding window of 4,096 tokens. The
# last three rows are taken from the papers on the original Transformer {cite:p}`transformer2017`,
# BERT {cite:p}`bert2018` and Mamba {cite:p}`mamba2023`.*
#
# **Most choices are settled by now: rotary positions, RMSNorm before each layer, a gated MLP, and
# keys and values shared between heads.** (The table does not show biases; later models have few or
# none.) Models still differ in the number of experts, and in how they store the previous tokens.

# %% [markdown]
# ## Experts: many parameters, few of them per token
#
# Mixtral 8x7B {cite:p}`mixtral` has the same shape as Mistral 7B, but where Mistral 7B has one MLP
# per layer, Mixtral has 8, called *experts*. A *router* scores the experts for each token and sends
# the token to the two with the highest scores. The outputs of the two are added, weighted by a
# softmax over their scores. Such a layer is a *mixture of experts* {cite:p}`moe2017`. Here are
# three tokens and an untrained router:

# %%
import torch

from cs336_core.model.experts import Router

torch.manual_seed(336)
small_router = Router(16, n_experts=8, n_active=2)  # @stepover
tokens = torch.randn(3, 16)
with torch.no_grad():  # @stepinto Router.forward
    routing = small_router(tokens)  # @stepinto Router.forward
for experts, weights in zip(routing.chosen, routing.weights, strict=True):
    print(experts.tolist(), [f"{weight:.2f}" for weight in weights])

# %% [markdown]
# For each token, the code prints the two chosen experts and their weights. DeepSeek-V3 also has a
# *shared* expert, which processes every token. How many of a model's parameters does a single token
# use?

# %% tags=["hide-input"]
from dataclasses import replace

from cs336_core.model.experts import active_params
from cs336_core.model.language_model import LanguageModel

total, active = {}, {}
mixtral = preset("mixtral-8x7b")
wide_experts = replace(mixtral.experts, d_ff=16_384)
larger = replace(mixtral, n_layers=56, d_model=6144, n_heads=48, experts=wide_experts)
compared = {"mistral-7b": preset("mistral-7b"), "mixtral-8x7b": mixtral, "mixtral-8x22b": larger}
compared["deepseek-v3"] = preset("deepseek-v3")
lines = ["| model | parameters | per token |", "|---|--:|--:|"]
for name, each in compared.items():
    with torch.device("meta"):  # shapes without contents
        published = LanguageModel(each)
    total[name] = sum(p.numel() for p in published.parameters())
    active[name] = active_params(published)
    lines.append(f"| `{name}` | {total[name] / 1e9:.1f} B | {active[name] / 1e9:.1f} B |")
work = active["mixtral-8x7b"] / active["mistral-7b"]
Markdown("\n".join(lines))

# %% [markdown]
# All experts have to be stored, but each token takes FLOPs only in the experts that process it.
# `mixtral-8x7b` is far larger than `mistral-7b`, but a token uses only
# {eval}`f"{work:.1f}"` times as many parameters in it. With narrower experts, the FLOPs per token
# would be lower still; DeepSeek-V3 has many narrow experts. **A mixture of experts stores many
# parameters and uses few of them per token: it spends memory to save compute.**
#
# Does a mixture of experts also save time? That depends on the batch size. Decode is limited by
# reading weights from memory ({doc}`06_accounting`). A single token needs the weights of only two
# experts per layer, but the tokens of a batch choose different experts. At how many tokens does
# Mixtral lose its advantage over a dense model of the same size, and does it get it back?

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.accounting import H100, decode
from cs336_core.notebook import figures

mistral = preset("mistral-7b")
served = {
    "Mistral 7B": mistral,
    "Mixtral 8x7B": mixtral,
    "dense, as large": replace(mistral, d_ff=8 * mistral.d_ff),
}
batches = [2**i for i in range(11)]
pass_ms = {
    (name, batch): 1000 * decode(each, batch, context=256, machine=H100).seconds
    for name, each in served.items()
    for batch in batches
}
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.2))
    for name, look in zip(served, ["C1:", "C0-", "C1--"], strict=True):
        axes.loglog(batches, [pass_ms[name, n] for n in batches], look, label=name)
    axes.set(xlabel="tokens in the pass", ylabel="ms per pass", ylim=(3, 150))
    axes.set_xticks([1, 4, 16, 64, 256, 1024], ["1", "4", "16", "64", "256", "1,024"])
    axes.set_yticks([5, 10, 25, 50, 100], ["5", "10", "25", "50", "100"])
    axes.minorticks_off()
    axes.legend(loc="upper left")
    plt.close(figure)
figures.inline(
    figure,
    alt="Milliseconds per pass with 1, 4, 256 and 1,024 tokens: "
    + "; ".join(
        name + " " + ", ".join(f"{pass_ms[name, n]:.1f}" for n in (1, 4, 256, 1024))
        for name in served
    )
    + ".",
)

# %% tags=["remove-cell"]
gain = {n: pass_ms["dense, as large", n] / pass_ms["Mixtral 8x7B", n] for n in [1, 64, 1024]}

# %% [markdown]
# *The minimum time of a decode pass at the peak rates of one H100, with a context of 256 tokens,
# assuming that the tokens of a pass choose different experts as far as possible. “Dense, as large”
# has one MLP as wide as Mixtral's eight together. (Mixtral and this dense model do not fit into the
# memory of a single H100; their times assume that they did.)*
#
# With a single token, Mixtral is {eval}`f"{gain[1]:.1f}"` times as fast as a dense model of the
# same size. From 4 tokens on, a pass reads all 8 experts and takes as long as in the dense model.
# At about a thousand tokens, computing takes longer than reading the weights, and Mixtral is faster
# again, by a factor of {eval}`f"{gain[1024]:.1f}"`. **Experts save time for a single user and in
# very large batches. In between, every pass reads all the weights, as in a dense model.**

# %% [markdown]
# ## Balance: when all tokens choose the same expert
#
# Nothing forces a router to use all experts equally. Below, each of 1,000 similar tokens is sent to
# 2 of 8 experts. Many implementations limit the number of tokens per expert to the mean load times
# a *capacity factor*. The tokens beyond this capacity are dropped: the expert does not process
# them, and only the residual stream carries them on {cite:p}`switch2021`. Drag the slider to
# balance the router:

# %% tags=["remove-input"]
from cs336_core.model.experts import balancing_loss, expert_load
from cs336_core.widgets import ExpertLoad

torch.manual_seed(336)
router = Router(64, n_experts=8, n_active=2, balancing_bias=True)  # @stepover
similar = torch.randn(1000, 64) + torch.randn(64)  # all shifted in one direction
loads, balancing_losses = [], []
with torch.no_grad():  # @stepover
    for _ in range(121):
        sent = router(similar)
        loads.append(expert_load(sent).tokens)
        balancing_losses.append(balancing_loss(sent).item())
        router.rebalance(loads[-1], speed=0.002)
ExpertLoad([load.tolist() for load in loads], key="load")  # @stepover

# %% tags=["remove-cell"]
room = 1.25 * 250
first_without_drops = next(i for i, load in enumerate(loads) if max(load) <= room)
dropped_at_first = float((loads[0] - room).clamp_min(0).sum() / 2000)

# %% [markdown]
# The router has a bias for each expert, which it adds to the expert's probability when it chooses
# the experts. After each step, the bias goes down for overloaded experts and up for the others.
# The bias affects only the choice, not the weights of the chosen experts, so it needs no gradient.
# This is how DeepSeek-V3 balances its experts {cite:p}`deepseekv3`.
#
# - At {figure}`the start <load.step=0>`, a capacity factor of 1.25 drops
#   {eval}`f"{100 * dropped_at_first:.0f} %"` of all assignments.
# - After {figure}`forty steps <load.step=40>`, the underused experts get more tokens than at the
#   start. From which step on is {figure}`nothing dropped <load.step=120>`?
# - Set the capacity to {figure}`twice the mean load <load.step=0&load.capacity=2>`. What does that
#   cost, and is it enough at the start?
#
# ```{dropdown} Answers
# From step {eval}`first_without_drops` on, no expert exceeds its capacity. A capacity factor of 2
# reserves memory and time for twice the mean load, so half of the slots stay empty once the load is
# even. At the start, not even this is enough: some assignments are still dropped.
# ```
#
# Many other models add a balancing loss to the training loss instead {cite:p}`switch2021`. It is 1
# if the load is even. We do not train on it here, but it shows the same improvement: during the
# steps above, it falls from {eval}`f"{balancing_losses[0]:.2f}"` to
# {eval}`f"{balancing_losses[-1]:.2f}"`. **An expert that gets no tokens learns nothing, so every
# mixture of experts needs a mechanism that balances the load.**

# %% [markdown]
# ## No attention: state spaces
#
# *State-space models* read a text token by token and store what they have read in a state of fixed
# size, as recurrent networks do. Unlike most recurrent networks, they can also compute the outputs
# for all tokens in parallel {cite:p}`mamba2023`. Their cost grows linearly with the length of the
# text, while the cost of attention grows with its square. Here is how many numbers a state-space
# layer and an attention layer store after 500 tokens:

# %%
from cs336_core.model.state_space import StateSpace

torch.manual_seed(336)
layer, text = StateSpace(64, d_state=16), torch.randn(1, 500, 64)  # @stepover
with torch.no_grad():  # @stepover
    at_once = layer(text)
    one_by_one, state = layer.recurrent(text)
assert torch.allclose(at_once, one_by_one, atol=1e-4)
print(f"state: {state.numel():,} numbers")
print(f"keys and values: {2 * text.numel():,} numbers")

# %% [markdown]
# How long does such a state remember a token? In Mamba, each token determines a *step length*: a
# short step overwrites little of the state, and a long step overwrites much of it. Mamba starts
# training with step lengths between 0.001 and 0.1. For the figure below, we changed the first token
# of a text and measured how much every later output changes, in three untrained layers: a state
# space with Mamba's short steps, one with long steps of about 0.7, and attention.

# %% tags=["hide-input"]
from itertools import pairwise

from cs336_core.model.masks import causal_mask
from cs336_core.model.multi_head import MultiHeadAttention

forgetful = StateSpace(64, d_state=16)
torch.nn.init.zeros_(forgetful.step_length.bias)  # softplus(0) is ln 2
attention = MultiHeadAttention(64, n_heads=4)
other = text.clone()
other[0, 0] = torch.randn(64)
causal = causal_mask(500)
with torch.no_grad():
    changes = {
        "short steps": layer(text) - layer(other),
        "long steps": forgetful(text) - forgetful(other),
        "attention": attention(text, causal) - attention(other, causal),
    }
changes = {name: change.norm(dim=-1)[0] for name, change in changes.items()}
distances = [1, 2, 4, 8, 16, 32, 64, 128, 256, 500]  # the plot shows the mean in between
middles = [(a * (b - 1)) ** 0.5 for a, b in pairwise(distances)]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.2))
    for (name, change), look in zip(changes.items(), ["C0-", "C0:", "C1--"], strict=True):
        means = [change[a:b].mean() for a, b in pairwise(distances)]
        axes.loglog(middles, means, look, marker="o", markersize=3, label=name)
    axes.set(xlabel="tokens later", ylabel="change of the output", ylim=(1e-6, 20))
    axes.set_xticks([1, 10, 100], ["1", "10", "100"])
    axes.set_yticks([1e-6, 1e-4, 0.01, 1], ["10⁻⁶", "10⁻⁴", "0.01", "1"])
    axes.minorticks_off()
    axes.legend(loc="lower left")
    plt.close(figure)
figures.inline(
    figure,
    alt="How much the output changes after the first token was changed, against the distance. With "
    "long steps nothing is left after 20 tokens. With short steps, and in attention, some is left "
    "after 499.",
)

# %% [markdown]
# With long steps, the first token is forgotten 20 tokens later. With short steps, it still has a
# small effect 499 tokens later, as it does in attention. But in a state space all tokens share one
# state, and later tokens overwrite earlier ones. **Attention stores every token; a state-space
# model has to choose what to store**, and it learns during training which tokens get a long step.

# %% [markdown]
# Hybrid models combine the two: most of their layers are state spaces or attend to a short window,
# and only a few attend to the whole text. To see how a state changes, step through the recurrence
# on three tokens, with one channel and a state of two numbers:

# %%
tiny = StateSpace(1, d_state=2)  # @stepover
with torch.no_grad():  # @stepinto StateSpace.recurrent scan
    outputs, final = tiny.recurrent(torch.ones(1, 3, 1))  # @stepinto scan
print(final)

# %% tags=["remove-cell"]
moe = preset("deepseek-v3").experts
active_fraction = moe.n_active / moe.n_experts
mixtral_pairs = 8 * 7 // 2

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** DeepSeek-V3 has 256 routed experts in a layer. What fraction of them does one token use?
#
# ```{dropdown} Answer
# {eval}`f"{100 * active_fraction:.0f} %"`, which is 8 of the 256. In addition, every token goes
# through the shared expert.
# ```
#
# **2.** How many different pairs of experts can a token be sent to in one layer of Mixtral?
#
# ```{dropdown} Answer
# {eval}`mixtral_pairs`: 8 · 7 / 2. With many narrow experts, there are far more combinations, which
# is one reason why later models use them.
# ```
#
# **3.** You run a mixture of experts for a single user on a laptop. What determines how fast it
# generates text: its total number of parameters, or the number of parameters per token?
#
# ```{dropdown} Answer
# The number of parameters per token, because only those are read for each token. Still, all
# parameters have to fit into memory.
# ```
#
# **4.** A text grows from 1,000 tokens to 2,000. How much more memory does the KV cache of an
# attention layer take, and how much more does the state of a state-space layer?
#
# ```{dropdown} Answer
# The KV cache doubles. The state stays the same size, so it has to represent twice as many tokens
# in the same memory.
# ```

# %% [markdown]
# ## What comes next
#
# You have seen which choices are settled and which are still open. {doc}`06_accounting` shows what
# each choice costs, in parameters, cache size and time per token, for any configuration you like,
# and {doc}`/book/published_numbers` compares such counts with what papers report.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
