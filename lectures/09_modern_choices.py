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
# A Transformer of 2017 and a model of today differ in a dozen details. Most of these are settled.
# Two are not: whether every token should pass through all parameters, and whether every token
# should look at all others. Experts and state spaces answer no.
#
# It takes about twenty minutes. You need {doc}`05_transformer`; {doc}`06_accounting` explains what
# a pass through a model costs.

# %% [markdown]
# ## The menu: what published models choose
#
# Read the table from top to bottom. In which columns do the later models agree, and in which do
# they not?

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
# *“KV” counts the heads of keys and values, and “+ 1” is a shared expert. The first Mistral 7B also
# limits attention to a sliding window of 4,096 tokens. The last three rows are quoted from the
# papers on the first Transformer {cite:p}`transformer2017`, BERT {cite:p}`bert2018` and Mamba
# {cite:p}`mamba2023`.*
#
# **Most choices are settled by now: rotary positions, RMSNorm before each layer, a gated MLP,
# shared keys and values, few biases or none.** What still varies is how many experts there are, and
# how the past is stored.

# %% [markdown]
# ## Experts: more parameters for the same work
#
# Mixtral {cite:p}`mixtral` has 8 MLPs in each layer, the *experts*, where Mistral 7B, otherwise of
# the same shape, has one. A *router* scores the experts for each token and sends it to the best
# two; their outputs are added, weighted by a softmax over the two scores. This is a *mixture of
# experts* {cite:p}`moe2017`. Here are three tokens and an untrained router:

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
# DeepSeek-V3 also has a *shared* expert, which processes every token. How many of its parameters
# does a token use in such a model?

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
# All experts take memory, but each token costs only the work of those that process it. So a token
# uses {eval}`f"{work:.1f}"` times as many parameters in `mixtral-8x7b` as in `mistral-7b`. For the
# same work, the experts would have to be narrower; DeepSeek-V3 has many narrow ones. **A mixture of
# experts stores many parameters and uses few per token: it spends memory to save work.**
#
# Whether it saves time depends on the batch. Decoding waits for weights to arrive from memory
# ({doc}`06_accounting`), and one token needs two experts per layer. But several tokens choose
# different experts, and soon all of them have to be read:

# %% tags=["hide-input"]
from cs336_core.accounting import H100, decode

mistral = preset("mistral-7b")
served = {
    "Mistral 7B": mistral,
    "Mixtral 8x7B": mixtral,
    "dense, as large": replace(mistral, d_ff=8 * mistral.d_ff),
}
pass_ms = {}
lines = [f"| tokens in the pass | {' | '.join(served)} |", "|--:|--:|--:|--:|"]
for batch in [1, 2, 4, 16, 64, 256, 1024]:
    for name, each in served.items():
        step = decode(each, batch, context=256, machine=H100)
        pass_ms[name, batch] = 1000 * step.seconds
    row = [f"{pass_ms[name, batch]:.1f} ms" for name in served]
    lines.append(f"| {batch:,} | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% tags=["remove-cell"]
gain = {n: pass_ms["dense, as large", n] / pass_ms["Mixtral 8x7B", n] for n in [1, 64, 1024]}

# %% [markdown]
# *The minimum time of a decode pass at the peak rates of one H100, with a context of 256 tokens, if
# the tokens of a pass choose different experts. “Dense, as large” has one MLP as wide as Mixtral's
# eight together. (Neither of the two fits into the memory of a single H100.)*
#
# A single token is {eval}`f"{gain[1]:.1f}"` times as fast as in a dense model of the same size.
# From 4 tokens on, the pass reads every expert and takes as long as that model. Only with about a
# thousand, where computing takes longer than reading, are experts faster again, by
# {eval}`f"{gain[1024]:.1f}"` times. **Experts save time for a single user and for very large
# batches; in between, all weights are read for a few tokens.**

# %% [markdown]
# ## Balance: when all tokens want the same expert
#
# Nothing forces a router to use all experts equally. Below, each of 1,000 similar tokens is sent to
# 2 of 8 experts. An expert usually has room for the mean load times a *capacity factor*; the tokens
# beyond it are dropped, so that layer leaves them as they are {cite:p}`switch2021`. Balance the
# router:

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
# What moves the load is a bias, added to each expert's probability when experts are chosen. After
# each step it goes down for overloaded experts and up for the others; it does not enter the
# weights, so it has no gradient. This is how DeepSeek-V3 balances its experts
# {cite:p}`deepseekv3`.
#
# - At {figure}`the start <load.step=0>`, a capacity factor of 1.25 drops
#   {eval}`f"{100 * dropped_at_first:.0f} %"` of all assignments.
# - After {figure}`forty steps <load.step=40>`, the quiet experts have gained. When is
#   {figure}`nothing dropped any more <load.step=120>`?
# - Give each expert {figure}`twice the mean <load.step=0&load.capacity=2>`. What does that cost?
#
# ```{dropdown} Answers
# From step {eval}`first_without_drops` on, no expert exceeds its capacity. Twice the mean reserves
# twice the memory and time, half of it for slots that stay empty once the load is even, and at the
# start even that is not enough.
# ```
#
# Most other models add a balancing loss instead {cite:p}`switch2021`, which is 1 if the load is
# even. Here it falls from {eval}`f"{balancing_losses[0]:.2f}"` to
# {eval}`f"{balancing_losses[-1]:.2f}"`. **An expert that gets no tokens learns nothing, so every
# mixture of experts needs a force towards balance.**

# %% [markdown]
# ## No attention: state spaces
#
# *State-space models* read token by token and keep a state of fixed size, as recurrent networks
# did, but their outputs can be computed for all tokens at once {cite:p}`mamba2023`. Their cost
# grows with the length of the text, and that of attention with its square. Here is what each has
# stored after 500 tokens:

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
# How long does such a state remember a token? Each token sets a *step length*: a short step
# overwrites little of the state, a long one much of it. Mamba starts training with steps between
# 0.001 and 0.1. Change the first token, and measure how much each later output changes: with
# Mamba's steps, with long steps of about 0.7, and in attention, all untrained.

# %% tags=["hide-input"]
from itertools import pairwise

import matplotlib.pyplot as plt

from cs336_core.model.masks import causal_mask
from cs336_core.model.multi_head import MultiHeadAttention
from cs336_core.notebook import figures

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
# With long steps, the first token is forgotten 20 tokens later. With short steps, a trace of it is
# left even after 499, as in attention. But all tokens share one state, and later ones overwrite
# earlier ones. **Attention keeps every token; a state space must choose what to keep**, and
# training teaches it which tokens deserve a long step.

# %% [markdown]
# Models that need both mix the two: most layers are state spaces or attend to a short window, and
# a few attend to everything. Step through the recurrence on three tokens with two numbers of state
# per channel:

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
# **1.** DeepSeek-V3 has 256 experts in a layer. What fraction is active for one token?
#
# ```{dropdown} Answer
# {eval}`f"{100 * active_fraction:.0f} %"`, or 8 of them. One more, the shared expert, processes
# every token.
# ```
#
# **2.** In how many ways can a token choose its two experts in a layer of Mixtral?
#
# ```{dropdown} Answer
# {eval}`mixtral_pairs`, and there are 32 layers. Many narrow experts can be combined in far more
# ways, which is one reason why later models have them.
# ```
#
# **3.** You serve a mixture of experts to a single user on a laptop. Which number decides how fast
# it writes: the parameters, or the parameters per token?
#
# ```{dropdown} Answer
# The parameters per token, since only these are read for each token. All of them have to fit into
# memory, though.
# ```
#
# **4.** A text grows from 1,000 tokens to 2,000. What happens to the memory of attention, and to
# that of a state space?
#
# ```{dropdown} Answer
# The cache of keys and values doubles. The state keeps its size, and has to make room.
# ```

# %% [markdown]
# ## What comes next
#
# You have seen the choices that still divide model builders. {doc}`06_accounting` prices them:
# parameters, cache and time per token, for any configuration you like.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
