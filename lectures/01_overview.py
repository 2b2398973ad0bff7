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
# # Overview: why build it from scratch
#
# You can use a language model without knowing how it works. This course builds one from scratch,
# from the bytes of a text to a model that follows instructions. This page explains why that is
# worth your time, and shows what there is to build.
#
# Reading it takes about half an hour. You need high-school math, including logarithms. You can skip
# the Python: it computes the numbers in the text, except those quoted with a source. The page
# follows the first lecture of CS336 {cite:p}`cs336_2025`.

# %% tags=["remove-input"]
from cs336_core.notebook.course_map import CourseMap, Part

CourseMap(
    [
        Part(
            "Basics",
            "How does text become a trained model?",
            "#part-basics",
            {
                "Tokenization": "02_tokenization.html",
                "Byte pair encoding": "03_bpe.html",
                "Attention": "04_attention.html",
                "The Transformer": "05_transformer.html",
                "What a model costs": "06_accounting.html",
                "Training": "07_training.html",
                "Generation": "08_generation.html",
                "Modern choices": "09_modern_choices.html",
            },
        ),
        Part("Systems", "How do you keep the hardware busy?", "#part-systems"),
        Part("Scaling laws", "How large should the model be?", "#part-scaling"),
        Part("Data", "What should it read?", "#part-data"),
        Part("Alignment", "How does it learn to be useful?", "#part-alignment"),
    ]
)

# %% [markdown]
# *The course in five parts. Below, each part gets one core idea and one number worth remembering.*

# %% [markdown]
# ## Understanding by building
#
# Around 2017, researchers trained their own models. A few years later, they downloaded one and
# fine-tuned it. Today, many only write prompts. Each step saves work, but it also hides how the
# model works. Why does a model stumble over the letters of a word? Why does the first word of an
# answer take a moment? Why does each question in a long conversation cost more than the one before?
#
# Hence the motto of the course: **understanding via building.** There is one catch.

# %% [markdown]
# ## Language modeling has become an industry
#
# Take the largest Llama 3.1 model {cite:p}`llama3`. It has 405 billion *parameters*, the numbers
# that training adjusts. Up to 16,384 H100 GPUs trained it on 15.6 trillion *tokens*, which are
# words or pieces of words. Compute is measured in *floating-point operations* (FLOPs), each an
# addition or a multiplication of two numbers. How long did the training take?

# %%
from cs336_core.accounting import H100, training_flops, training_run

params, tokens, n_gpus = 405e9, 15.6e12, 16_384
flops = training_flops(params, tokens)
days = training_run(flops, H100, n_gpus, mfu=0.4).days
print(f"{flops:.1e} FLOPs, {days:.0f} days")

# %% [markdown]
# The `mfu`, or *model FLOPs utilization*, is the fraction of the chips' peak throughput that
# training achieves {cite:p}`palm2022`; the Llama report gives 38 to 43&nbsp;%. A single H100 would
# need about {eval}`f"{round(days * n_gpus / 365, -2):,.0f}"` years. Meta's own figure is 30.84
# million GPU hours {cite:p}`llama31card`, or {eval}`f"{30.84e6 / 24 / n_gpus:.0f}"` days on all
# 16,384 GPUs. Our estimate leaves out the attention scores (see below) and any idle time.
#
# At least we know these numbers. The GPT-4 report gives no details of the model's size, data or
# training, citing competition and safety {cite:p}`gpt4`.
#
# So a course can build only a small model. Does that teach you anything about large ones? Often,
# but not always: **more is different.**

# %% [markdown]
# ## More is different: where the FLOPs go
#
# A Transformer, the architecture of nearly all language models, is a stack of layers with the same
# structure. Each has two halves. *Attention* lets tokens look at each other. The *MLP* (multilayer
# perceptron, or feed-forward network) processes each token separately. Which half takes more
# compute?

# %% tags=["remove-input"]
from cs336_core.widgets import FlopsShare

FlopsShare(d_model=1024, seq_len=2048, key="share")

# %% tags=["remove-cell"]
narrow, wide = (FlopsShare(d_model=width).fractions(2048) for width in (1024, 12_288))

# %% [markdown]
# At 2,048 tokens, a layer of {figure}`width 1,024 <share.d_model=1024>` spends
# {eval}`f"{100 * (1 - narrow['mlp']):.0f} %"` of its FLOPs on attention, and one of
# {figure}`width 12,288 <share.d_model=12288>` spends {eval}`f"{100 * (1 - wide['mlp']):.0f} %"`.
# What shrinks is the fraction that goes to the *scores*, which compare each token with every other:
# from {eval}`f"{100 * narrow['scores']:.0f} %"` to {eval}`f"{100 * wide['scores']:.0f} %"`. The MLP
# approaches two thirds, since at every size it has twice as many parameters as attention.
#
# **A small model can lead you to optimize the wrong part.** Some tables put the MLP at 80&nbsp;%;
# {doc}`What a model costs </lectures/06_accounting>` explains why.

# %% [markdown]
# ## More is different: abilities that emerge
#
# Test larger and larger models on modular arithmetic, or on exam questions from 57 subjects.
# {cite:t}`wei2022emergent` collected such scores:

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.notebook import figures
from cs336_core.scaling import emergence_scores

scores = emergence_scores()
looks = {
    "GPT-3": ("C0", "-", "o"),
    "LaMDA": ("C1", "--", "s"),
    "Gopher": ("C1", "--", "s"),
    "Chinchilla": ("C1", ":", "^"),
}
with figures.style():
    space = {"hspace": 0.12}
    figure, panels = plt.subplots(2, 1, figsize=(4.2, 5.0), sharex=True, gridspec_kw=space)
    for axes, task, title in [
        (panels[0], "Mod. arithmetic accuracy", "Modular arithmetic"),
        (panels[1], "Multi-task NLU (MMLU) accuracy", "Exam questions (MMLU)"),
    ]:
        for name, (color, line, marker) in looks.items():
            own = [score for score in scores if (score.task, score.model) == (task, name)]
            x, y = [each.train_flops for each in own], [each.percent for each in own]
            axes.semilogx(x, y, color=color, linestyle=line, marker=marker, markersize=4)
            if own:
                axes.text(x[-1] * 1.5, y[-1], name, va="center")
        axes.set_title(title, fontsize=10.5, fontweight="bold", loc="left")
        axes.set(ylabel="accuracy (%)", xlim=(1e18, 3e25), ylim=(-2, 75))
        axes.set_xticks([1e20, 1e22, 1e24], ["10²⁰", "10²²", "10²⁴"])
        axes.minorticks_off()
    panels[1].set_xlabel("training FLOPs")
    panels[1].axhline(25, color="C1", linewidth=1, linestyle=":")
    panels[1].text(1.3e18, 27, "chance")
    plt.close(figure)
figures.inline(
    figure,
    alt="Accuracy against training FLOPs for two tasks. Modular arithmetic: below 2 percent for "
    "GPT-3 and LaMDA up to 1e22 FLOPs, then up to 33 and 16. Exam questions: near chance, 25 "
    "percent, up to 1e22 FLOPs, then 44 for GPT-3, 60 for Gopher and 68 for Chinchilla.",
)

# %% tags=["remove-cell"]
from cs336_core.scaling import emergent_abilities, exact_match

abilities = emergent_abilities()
ten_digits = exact_match(0.9, 10)

# %% [markdown]
# *Each point is one model. Where does each line begin to rise? (Values read off the paper's
# figure.)*
#
# Up to some scale, accuracy barely moves; beyond it, accuracy climbs. Such an ability is called
# *emergent*: small models do not have it, and their scores do not predict that larger ones will.
# The paper lists {eval}`len(abilities)` such abilities.

# %% [markdown]
# ### Is it the model, or the metric?
#
# Suppose an answer has ten digits, and a model gets each digit right nine times out of ten. How
# often is the whole answer right? Only {eval}`f"{100 * ten_digits:.0f} %"` of the time. The model
# in this figure improves steadily: ten times the compute always halves its error rate per digit.

# %% tags=["remove-input"]
from cs336_core.widgets import AnswerLength

AnswerLength(length=10, exponent=21, key="emergence")

# %% [markdown]
# With {figure}`one digit <emergence.length=1>`, the score improves smoothly; with
# {figure}`40 digits <emergence.length=40>`, the ability seems to come out of nowhere.
# {cite:t}`schaeffer2023` showed this for real models: score the same outputs with a metric that
# gives partial credit, and the improvement becomes smooth. Is emergence a mirage, then? Partly. If
# you need the whole answer to be right, the jump is real. **To see it coming, track a smooth
# metric**, such as the *loss* on the right answer: how much that answer surprises the model.

# %% [markdown]
# ## Mechanics, mindset, intuitions
#
# What transfers from a small model, then? CS336 distinguishes three kinds of knowledge:
#
# - *Mechanics*: how things work, from a Transformer to a cluster of GPUs. They transfer completely.
# - *Mindset*: squeeze the most out of the hardware, and take scale seriously. It transfers, too.
# - *Intuitions*: which data and which design make a good model. **They transfer only in part.**
#
# And sometimes nobody knows why a design works. The inventor of SwiGLU, the MLP variant that most
# models use today, attributed its success, “as all else, to divine benevolence” {cite:p}`glu2020`.

# %% [markdown]
# ## The bitter lesson
#
# {cite:t}`sutton2019` looked back on seventy years of AI research and drew a bitter lesson: in the
# end, general methods that exploit more computation beat methods that build in human knowledge.
#
# The lesson is often misread as “only scale matters; algorithms do not.” But what matters is
# algorithms *that scale*. As a rule of thumb:
#
# > accuracy = efficiency × resources
#
# For example, thanks to better algorithms alone, training an image classifier to AlexNet's accuracy
# took 44 times less compute in 2019 than in 2012 {cite:p}`hernandez2020`. Suppose hardware
# speed also doubled every two years. Then the two gains multiply:

# %%
algorithms, years = 44, 2019 - 2012
hardware = 2 ** (years / 2)
both = algorithms * hardware
print(f"{algorithms} × {hardware:.1f} = {both:.0f} times as much")

# %% [markdown]
# The more you spend, the more efficiency is worth: one percent of the Llama run above is
# {eval}`f"{0.01 * days * n_gpus / 365:.0f}"` years of GPU time, while one percent of a weekend on
# one GPU is {eval}`round(0.01 * 48 * 60)` minutes. So the question behind the whole course is:
# **what is the best model you can build with the compute and the data you have?**

# %% [markdown]
# (part-basics)=
# ## Basics: a pipeline that works
#
# The first part builds a pipeline that is small but complete: a tokenizer, a model, and a training
# loop. At Stanford, students write all three themselves, using only PyTorch's primitives.

# %% [markdown]
# ### Text into numbers
#
# A model reads integers. A *tokenizer* cuts a text into tokens and *encodes* each one as an
# integer, its id. It also *decodes* ids back into text. Here is GPT-2's tokenizer:

# %%
from cs336_core.tokenization import load_encoding

ids = load_encoding("gpt2").encode("Hello, world!")  # @stepover
print(ids, repr(load_encoding("gpt2").decode(ids)))  # @stepover

# %% [markdown]
# You will build *byte pair encoding* {cite:p}`sennrich2016`, which gives a frequent word one token
# and splits a rare word into several.

# %% [markdown]
# ### A model
#
# The starting point is the Transformer {cite:p}`transformer2017`. Each id is replaced by a list of
# numbers, its *embedding*, which the layers update one after another. In attention, every token
# asks a question (its query, in $Q$) and carries a label (its key, in $K$). What the tokens
# contribute (their values, in $V$) is mixed according to how well query and key match:
#
# $$\operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}} + M\right) V$$
#
# Here $d_k$ is the length of a key, and the softmax turns scores into weights that sum to 1. The
# mask $M$ hides the future: a token sees only itself and the tokens before it.
#
# A stack of layers with this mask is a *decoder-only* model. It continues text, as nearly all of
# today's language models do. An *encoder*, such as BERT, sees the whole text at once
# {cite:p}`bert2018`. The first Transformer had an encoder and a decoder, joined by
# *cross-attention*.
#
# Two numbers nearly determine the size of such a model: the number of layers, and the width $d$,
# the length of an embedding. In each layer, attention has four matrices of $d \times d$ and the MLP
# two of $d \times 4d$, so $12 d^2$ parameters in all. GPT-3 has 96 layers and $d$ = 12,288
# {cite:p}`gpt3`:

# %%
from cs336_core.model.presets import preset

gpt3 = preset("gpt3-175b")  # @stepover
in_layers = 12 * gpt3.n_layers * gpt3.d_model**2
print(f"12 × 96 × 12,288² = {in_layers / 1e9:.0f} billion parameters")

# %% [markdown]
# **Twelve times the number of layers times the width squared** is the number to remember from this
# part. The official figure is 175 billion; the embeddings of GPT-3's 50,257 tokens add
# {eval}`f"{50_257 * 12_288 / 1e9:.1f}"` billion.
#
# Since 2017, nearly every piece has changed:
#
# - the *activation*: ReLU, then GELU {cite:p}`gelu2016` and SwiGLU {cite:p}`glu2020`;
# - *positions*: sine waves, then rotations (RoPE {cite:p}`rope2021`);
# - the *norm*: LayerNorm {cite:p}`layernorm2016`, then RMSNorm {cite:p}`rmsnorm2019`, now before
#   each half of a layer, not after it {cite:p}`prenorm2020`;
# - the *MLP*: one for all tokens, or a *mixture of experts* {cite:p}`moe2017`. Mixtral has 46.7
#   billion parameters and uses 12.9 billion per token {cite:p}`mixtral`;
# - *attention*: over a sliding window {cite:p}`longformer2020`, or linear {cite:p}`linearattn2020`;
#   with keys and values shared by all heads (MQA {cite:p}`mqa2019`), shared by groups of them (GQA
#   {cite:p}`gqa2023`) or compressed (MLA {cite:p}`deepseekv2`); or replaced by a state-space model,
#   such as Mamba {cite:p}`mamba2023`.

# %% [markdown]
# ### Training
#
# Training adjusts the parameters so that the next token of a text surprises the model less. The
# loss is the average surprise: minus the logarithm of the probability that the model gave to the
# token that actually came next. No labels are needed, because the text itself has the answers. But
# you have many choices to make:
#
# - the *optimizer*, which updates the parameters: AdamW {cite:p}`adamw2017`, or the newer Muon
#   {cite:p}`muon2024` and SOAP {cite:p}`soap2024`;
# - the *learning rate* and its schedule: a warm-up, then a decay, for example along a cosine
#   {cite:p}`cosine2016`;
# - the *batch size*: how many tokens per update, over several passes if memory is tight (gradient
#   accumulation);
# - *regularization* against overfitting: dropout, weight decay, label smoothing;
# - the other *hyperparameters*: numbers of heads and layers, widths, how often to repeat data.
#
# No recipe fits every case {cite:p}`brown2024handbook`.

# %% [markdown]
# (part-systems)=
# ## Systems: move less data
#
# Picture a GPU as a hall full of workshops, its *streaming multiprocessors* (SMs). Each has a
# little fast memory at the bench (SRAM). The large memory (HBM, a kind of DRAM) is a warehouse
# across the road. In one second, an H100 performs at most 989 trillion FLOPs on 16-bit numbers, and
# reads at most 3.35 trillion bytes from the warehouse:

# %%
print(f"{H100.ridge_point():.0f} FLOPs per byte read")

# %% [markdown]
# So the number of this part is **{eval}`f"{H100.ridge_point():.0f}"`**: a program that performs
# fewer FLOPs per byte it reads leaves workshops idle. Hence the core idea: **to use the hardware
# well, move less data.**
#
# On one GPU, that means reading data once, doing all the work on it, and writing the result once.
# FlashAttention computes attention in tiles that fit in SRAM {cite:p}`flashattention2022`. It does
# not save FLOPs; it is faster because it moves fewer bytes.
#
# Moving data between GPUs is slower still, but a large model does not fit on one: training with
# Adam takes 16 bytes per parameter {cite:p}`zero2019`.

# %%
from cs336_core.accounting import training_bytes

needed = training_bytes(405_000_000_000).total  # @stepover
gpus = needed / H100.memory_bytes
print(f"{needed / 1e12:.1f} TB, the memory of {gpus:.0f} GPUs")

# %% [markdown]
# So the parameters, their gradients and the optimizer state are *sharded*, or split across GPUs
# (*FSDP* {cite:p}`fsdp2023`; its predecessor *DDP* keeps a full copy on each). The work is split,
# too:
#
# | technique | each GPU gets |
# |---|---|
# | *data parallelism* | its own sequences |
# | *tensor parallelism* {cite:p}`megatron2021` | part of each matrix |
# | *pipeline parallelism* {cite:p}`megatron2021` | some layers |
# | *sequence parallelism* {cite:p}`korthikanti2022` | part of each sequence |
#
# What about the CPU? It reads the data set and hands batches to the GPU. With images or video, a
# slow data loader can starve the GPU. With text it rarely does: a million tokens are
# {eval}`f"{1_000_000 * 4 / 1e6:.0f}"` MB of ids, and the run above takes
# {eval}`f"{86_400 * days * 1e6 / tokens:.1f}"` seconds to train on them.

# %% [markdown]
# ### Inference: prefill and decode
#
# With $N$ parameters, training takes about $6N$ FLOPs per token and inference about $2N$, a third
# of that. So once a deployed model has processed three times its training tokens
# ({eval}`f"{3 * tokens / 1e12:.0f}"` trillion for the Llama above), inference has cost as many
# FLOPs as training.
#
# A model answers in two phases. *Prefill* reads the prompt, all of its tokens in one pass, and
# stores their keys and values in the *KV cache*. *Decode* then writes the answer, one token per
# pass, since each token depends on the ones before it. And every pass reads all of the model's
# weights (its parameters). Try it:

# %% tags=["remove-input"]
from cs336_core.widgets import TokensPerPass

TokensPerPass(tokens=1, billion_params=13, key="pass")

# %% tags=["remove-cell"]
from cs336_core.accounting import forward_seconds

reading, writing = forward_seconds(13e9, 1000, H100), 1000 * forward_seconds(13e9, 1, H100)

# %% [markdown]
# Up to {eval}`f"{H100.ridge_point():.0f}"` tokens, a pass takes no longer than
# {figure}`for a single token <pass.tokens=1>`. Beyond that, prefill is *compute-bound*: arithmetic
# sets its speed, though {figure}`1,000 tokens <pass.tokens=1000>` take only a few times as long.
# **Decode is *memory-bound*:** each token takes
# {eval}`f"{1000 * forward_seconds(13e9, 1, H100):.1f}"`&nbsp;ms, nearly all of it spent reading
# weights. That is why the first word takes a moment and the rest arrives in a steady stream. Three
# things help:
#
# - *a lighter model*: fewer weights (pruning), fewer bits per weight (quantization
#   {cite:p}`awq2023`), or a small model taught by a large one (distillation);
# - *a draft*: a small model proposes a few tokens, and the large one checks them all in one pass,
#   without changing the distribution of its answers (speculative decoding
#   {cite:p}`specdec_leviathan2022,specdec_chen2023`);
# - *better systems*: serve many users in one pass (batching), and manage the KV cache well
#   {cite:p}`pagedattention2023`.
#
# The cache is not small. For each token it has read, Llama 2 7B {cite:p}`llama2` stores:

# %%
from cs336_core.accounting import kv_cache_bytes

cache = kv_cache_bytes(preset("llama-2-7b"))  # @stepover
print(f"{cache / 1024:.0f} KiB per token")

# %% [markdown]
# So a long conversation costs more with every question: its cache grows, and the model reads all of
# it for each new token.
#
# You also choose how to pick the next token. Always taking the most likely one (*greedy decoding*)
# can lead to a dead end. *Beam search* keeps several candidates. Chat models use *sampling*: they
# draw at random, likely tokens more often, and a *temperature* sets how much more often.

# %% [markdown]
# (part-scaling)=
# ## Scaling laws: how large?
#
# You have enough compute for one large run. How many parameters $N$ should the model have, and on
# how many tokens $D$ should you train it? The number of FLOPs in a run is
#
# $$C \approx 6\,N D$$
#
# because the forward pass does one multiplication and one addition per (active) parameter and
# token, and the backward pass twice as much. So a fixed budget forces a trade-off: the larger the
# model, the fewer tokens it sees. Plotted against model size, the loss forms a valley. Where is its
# bottom?

# %% tags=["remove-input"]
from cs336_core.widgets import Isoflop

Isoflop(budget=5, size=1, key="valley")

# %% [markdown]
# *Seventy-two runs with nine budgets, from CS336's assignment on scaling; their losses are
# synthetic. Each curve is one budget (an IsoFLOP curve), and each diamond marks its best model.*
#
# Left of the bottom, the model is {figure}`too small <valley.size=1>` for its budget. Right of it,
# the model is {figure}`undertrained <valley.size=8>`: the budget ran out before it had read enough.
# Now plot only the bottoms: the best size and the best number of tokens for each budget. On
# logarithmic axes they form straight lines, the sign of a *power law*, and a straight line is easy
# to extrapolate.

# %% tags=["hide-input"]
from cs336_core.scaling import chinchilla_optima, fit_power_law, fit_valleys, isoflop_runs

valleys = fit_valleys(isoflop_runs())
budgets = [valley.flops for valley in valleys]
size_law = fit_power_law(budgets, [valley.params for valley in valleys])
theirs = chinchilla_optima()
their_params, their_flops, their_tokens = zip(*theirs, strict=True)
their_law = fit_power_law(their_flops, their_params)
reach = [6e18, 2e25]
with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 3.6))
    for law, strength, who in [(size_law, 1, "assignment"), (their_law, 0.5, "Chinchilla")]:
        sizes_along = [law(flops) for flops in reach]
        tokens_along = [flops / 6 / law(flops) for flops in reach]
        axes.loglog(reach, sizes_along, "-", color="C0", alpha=strength)
        axes.loglog(reach, tokens_along, "--", color="C1", alpha=strength)
        axes.text(3e25, sizes_along[-1] * 1.1, f"parameters, {who}", va="top")
        axes.text(3e25, tokens_along[-1] / 1.1, f"tokens, {who}", va="bottom")
    axes.plot(budgets, [valley.params for valley in valleys], "o", color="C0", markersize=4)
    axes.plot(budgets, [valley.tokens for valley in valleys], "s", color="C1", markersize=4)
    axes.plot(their_flops, their_params, "o", color="C0", markersize=4, alpha=0.5)
    axes.plot(their_flops, their_tokens, "s", color="C1", markersize=4, alpha=0.5)
    axes.set(xlabel="training FLOPs", ylabel="parameters or tokens")
    axes.set(xlim=(3e18, 2e25), ylim=(1e8, 2e13))
    axes.set_xticks([1e19, 1e21, 1e23, 1e25], ["10¹⁹", "10²¹", "10²³", "10²⁵"])
    axes.set_yticks([1e9, 1e11, 1e13], ["1 B", "100 B", "10 T"])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Best number of parameters and of tokens against training FLOPs, for the assignment's runs "
    "and for Chinchilla, on logarithmic axes. All four are straight lines of nearly one slope, "
    f"{size_law.exponent:.2f} and {their_law.exponent:.2f} for the parameters. Chinchilla's models "
    "are smaller for the same budget, with more tokens.",
)

# %% [markdown]
# *The best numbers of parameters (solid) and tokens (dashed) in two studies.*
#
# The slope says how to scale up. For the parameters it is {eval}`f"{size_law.exponent:.2f}"` here
# and {eval}`f"{their_law.exponent:.2f}"` for Chinchilla {cite:p}`chinchilla2022`, about one half:
# with a hundred times the compute, make the model ten times as large and train it on ten times as
# many tokens. Two years earlier, {cite:t}`kaplan2020` had measured 0.73, which favors larger models
# and fewer tokens.
#
# The distance between a study's two lines is the ratio $D/N$. Chinchilla's ratio has become a rule
# of thumb, and is the number of this part: **about 20 tokens per parameter.**

# %%
for size, _, best_tokens in theirs[:4]:  # @stepover
    ratio = f"{best_tokens / size:.0f} tokens each"
    print(f"{size / 1e9:4.1f} B parameters, {ratio}")

# %% [markdown]
# The study's authors then trained Chinchilla with the compute of Gopher {cite:p}`gopher2021`, which
# has 280 billion parameters. Chinchilla has 70 billion and read 1.4 trillion tokens,
# {eval}`f"{1.4e12 / 70e9:.0f}"` per parameter. It did better, as the plot of exam scores shows.
#
# The rule is a measurement, not a law of nature. The Llama 3 team measured again and found
# {eval}`f"{16.55e12 / 402e9:.0f}"` tokens per parameter; their largest model was trained on
# {eval}`f"{tokens / params:.0f}"` {cite:p}`llama3`. The synthetic runs above give
# {eval}`f"{valleys[4].tokens / valleys[4].params:.1f}"`. And a later study found that the optimizer
# behind Chinchilla's own fit of the loss had stopped too early {cite:p}`besiroglu2024`.
#
# And the rule counts only the compute for *training*. A model that will be used a lot should be
# smaller and trained for longer {cite:p}`sardana2023`. Llama 3.1 8B was trained on about 15
# trillion tokens, {eval}`f"{round(15e12 / 8.03e9, -1):,.0f}"` per parameter {cite:p}`llama31card`.
#
# So remember the method rather than the number: **run small experiments, fit a law, and extrapolate
# to the large run.**

# %% tags=["remove-cell"]
from math import exp

perplexity = exp(2)
margin_of_2 = 1 / (1 + exp(-2))

# %% [markdown]
# (part-data)=
# ## Data: it does not fall from the sky
#
# **A model can only do what its training data taught it.** So first decide what it should do:
# answer in Chinese, write programs, calculate? Then find a way to measure that.
#
# The simplest measure is *perplexity*, the exponential of the loss on text that the model has not
# seen. A loss of 2 means a perplexity of {eval}`f"{perplexity:.1f}"`: the model is as unsure as if
# it were choosing among {eval}`f"{perplexity:.1f}"` equally likely tokens. Evaluation does not stop
# there:
#
# - *benchmarks* with known answers: MMLU {cite:p}`mmlu2020`, HellaSwag {cite:p}`hellaswag2019`,
#   GSM8K {cite:p}`gsm8k`;
# - *instruction following*: IFEval {cite:p}`ifeval2023` checks answers with a program, while
#   AlpacaEval {cite:p}`alpacaeval2023` and WildBench {cite:p}`wildbench2024` ask a language model
#   to judge;
# - *more compute at test time*: a chain of thought, or several answers and a vote (ensembling);
# - *whole systems*: with search (retrieval-augmented generation, RAG), or as agents that use tools.

# %% [markdown]
# Then you need text. It comes from web pages (many crawled by Common Crawl), books, papers and
# code. Some of it is licensed; what else may be used is a legal question {cite:p}`fairuse2023`. But
# a crawler delivers pages like this one:

# %%
import re

page = """<html><head><title>Tea</title><script>track("x93")</script></head>
<body><nav><a href="/">Home</a> <a href="/shop">Shop</a></nav>
<p>Green tea wants water of 80 degrees.</p>
<footer>Accept all cookies? <a href="/no">Settings</a></footer>
</body></html>"""

content = "\n".join(re.findall(r"<p>(.*?)</p>", page))
part = 100 * len(content) / len(page)
print(content)
print(f"{len(content)} of {len(page)} characters: {part:.0f} %")

# %% [markdown]
# In this toy example, **only {eval}`f"{part:.0f} %"` of the page is text**: that is the number to
# remember. Billions of real pages go through three steps. *Transform* HTML and PDF into text.
# *Filter*: assess the quality of each page, and drop what is poor or harmful. *Deduplicate*: the
# web repeats itself, and a model should not train on every copy {cite:p}`dedup2021`. Two large open
# data sets document each step: FineWeb {cite:p}`fineweb2024` and DataComp-LM {cite:p}`dclm2024`.

# %% [markdown]
# (part-alignment)=
# ## Alignment: from continuing to helping
#
# Ask a *base model*, one trained only to continue text: “What is the capital of France?” It may go
# on: “What is the capital of Germany?” Lists of questions are common on the web, and the
# model does not know that you want an answer.
#
# *Alignment* teaches a model to follow instructions, in a certain style and within guardrails:
# refuse harmful requests, and do not make things up. There are two kinds of training data for this:

# %%
pair = {
    "prompt": "What is the capital of France?",
    "response": "Paris.",
}
preference = {
    "prompt": "Explain gravity to a child.",
    "chosen": "The Earth pulls on things, as a magnet pulls on a nail.",
    "rejected": "Gravity is the curvature of a Lorentzian manifold.",
}

# %% [markdown]
# *Supervised fine-tuning* (SFT) continues training on pairs like the first one; the loss usually
# counts only the tokens of the response. People write the pairs, which is expensive, or models do.
# It may not take many: {cite:t}`lima2023` fine-tuned a base model with 65 billion parameters on
# 1,000 carefully chosen pairs.
#
# *Learning from feedback* uses the second kind. **Writing a good answer is hard; saying which of
# two is better is easy.** If each answer has a score $r$, the usual model of such a choice is
#
# $$P(A \text{ is preferred to } B) = \frac{1}{1 + e^{-(r_A - r_B)}}$$
#
# so that a margin of 2 points wins {eval}`f"{100 * margin_of_2:.0f} %"` of the time. A *reward
# model* learns such scores from comparisons, and then *reinforcement learning from human feedback*
# (RLHF) trains the language model toward answers with high scores. {cite:t}`instructgpt2022`
# applied RLHF to instructions of all kinds. Human raters preferred the answers of their model with
# 1.3 billion parameters to those of GPT-3, which is **{eval}`f"{175 / 1.3:.0f}"` times as large**:
# the number of this part.
#
# Feedback need not come from people. A *verifier* can be a program that runs tests or checks
# arithmetic, or a language model that acts as judge {cite:p}`constitutional2022`. Three algorithms
# are everywhere:
#
# - **PPO**, Proximal Policy Optimization {cite:p}`ppo2017`: reinforcement learning in small steps.
#   A second network estimates what an answer will be worth.
# - **DPO**, Direct Preference Optimization {cite:p}`dpo2023`: no reward model and no sampling; the
#   comparisons go straight into the loss.
# - **GRPO**, Group Relative Policy Optimization {cite:p}`deepseekmath_grpo`: sample several answers
#   to each question, and compare each one with their average. No second network is needed.
#
# GRPO's comparison is easy to do by hand. Of four answers to an addition problem, the first and the
# last are right:

# %%
from statistics import mean, pstdev

rewards = [1, 0, 0, 1]
average, deviation = mean(rewards), pstdev(rewards)
print([(reward - average) / deviation for reward in rewards])

# %% [markdown]
# Training then makes the right answers more likely, and the wrong ones less. Had all four been
# right, there would be nothing to learn from them.

# %% [markdown]
# ## The common thread
#
# **Efficiency drives the design** in all five parts. Tokenization shortens sequences, and heads
# that share keys and values shrink the cache. Scaling laws replace a search at full size, filters
# save compute, and alignment lets a small model do the job of a larger one.
#
# All of these choices respond to a shortage of compute. When good text becomes the scarce resource,
# some of them will change. If you know *why* each was made, you will see which ones.

# %% tags=["remove-cell"]
from dataclasses import replace

from cs336_core.accounting import Conventions, count_flops, flops_fraction

twice = 2 * gpt3.d_model
longer_gpt3 = replace(gpt3, context_length=twice)
at_twice = count_flops(longer_gpt3, 1, twice, Conventions(head=False))
attention_at_twice = flops_fraction(at_twice, "projections", "scores")

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer.
#
# **1.** A model has width 12,288, and its MLP is four times as wide. Above which sequence length
# does attention, including its scores, take more FLOPs than the MLP? (Count all scores, even those
# that the mask hides.)
#
# ```{dropdown} Answer
# Above {eval}`f"{2 * 12_288:,}"` tokens, twice the width. At exactly that length, attention takes
# {eval}`f"{100 * attention_at_twice:.0f} %"` of the layers' FLOPs.
# ```
#
# **2.** A task is solved only if ten tokens in a row are right. How often must a model get a single
# token right to solve half of such tasks?
#
# ```{dropdown} Answer
# {eval}`f"{100 * 0.5 ** (1 / 10):.1f} %"`. At 80&nbsp;% per token it solves
# {eval}`f"{100 * exact_match(0.8, 10):.0f} %"` of the tasks, and looks as if it could hardly do
# them at all.
# ```
#
# **3.** You have 10²¹ FLOPs. How large a model does the rule of 20 tokens per parameter recommend?
#
# ```{dropdown} Answer
# $C = 6 N \cdot 20 N$, so $N = \sqrt{C / 120}$: {eval}`f"{(1e21 / 120) ** 0.5 / 1e9:.1f}"` billion
# parameters and {eval}`f"{20 * (1e21 / 120) ** 0.5 / 1e9:.0f}"` billion tokens.
# ```
#
# **4.** The 13-billion-parameter model from the section on inference reads 1,000 tokens and writes
# 1,000. Which takes longer, and by what factor?
#
# ```{dropdown} Answer
# Writing, by a factor of {eval}`round(writing / reading)`: {eval}`f"{writing:.1f} s"` against
# {eval}`f"{reading:.3f} s"`. The number of operations is the same.
# ```

# %% [markdown]
# ## Where to go from here
#
# Begin where a model begins, at its input: {doc}`/lectures/02_tokenization`.
#
# Stanford publishes the lectures of CS336 as programs, in
# [stanford-cs336/spring2025-lectures](https://github.com/stanford-cs336/spring2025-lectures). To
# step through one, open “Step through this lecture” above and drop a file from `var/traces` on it.
# In Chinese, there are notes on [cnblogs](https://www.cnblogs.com/apachecn/p/19577358) and a [wiki
# by Datawhale](https://datawhaler.feishu.cn/wiki/SBGEw3kFfipFQbkStGocaFVHnSf).

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
