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
# You can use a language model without knowing how it works. This course takes the other way: it
# builds one, from the bytes of a text to a model that follows instructions. This page says why, and
# what there is to build.
#
# It takes about half an hour. You need school mathematics with logarithms, and to have talked to a
# language model once. The little Python here can be skipped. It computes the numbers in the text,
# except those quoted from the sources named beside them. The page follows the first lecture of
# CS336 {cite:p}`cs336_2025`.

# %% [markdown]
# ## Understanding by building
#
# Around 2017, researchers trained their own models. A few years later they downloaded one and
# adjusted it. Today many only write prompts. Each step saves work, and each hides something.
#
# What is hidden comes back. Why does a model stumble over the letters of a word? Why does the first
# word of an answer take so long, and why does every further question in a long conversation cost
# more? The answers lie in the layers below, and to change a layer you have to know it.
#
# So the idea of the course is: **you understand what you have built.** It has one catch.

# %% [markdown]
# ## Models have become an industry
#
# Take a large model whose makers describe how they trained it, Llama 3.1 {cite:p}`llama3`. It has
# 405 billion *parameters*, the numbers that training adjusts. It read 15.6 trillion *tokens*,
# pieces of text: words, or parts of words. It did so on up to 16,384 GPUs of the kind H100.
#
# Later on this page we see where `training_flops` comes from; `training_run` only divides. Its
# `mfu` is the utilization: 0.4 means that the chips do 40 % of what their data sheet promises
# {cite:p}`palm2022`. The makers report 38 to 43 %.

# %%
from cs336_core.accounting import H100, training_flops, training_run

params, tokens, n_gpus = 405e9, 15.6e12, 16_384
flops = training_flops(params, tokens)
days = training_run(flops, H100, n_gpus, mfu=0.4).days
print(f"{flops:.1e} FLOPs, {days:.0f} days")

# %% [markdown]
# One such GPU alone would need about {eval}`f"{round(days * n_gpus / 365, -2):,.0f}"` years. Meta's
# own count is 30.84 million GPU hours {cite:p}`llama31card`, or
# {eval}`f"{30.84e6 / 24 / n_gpus:.0f}"` days of all of them. Ours is a first estimate: it leaves
# out attention's scores, takes one utilization for the whole run, and lets all GPUs work from the
# first hour to the last.
#
# And Llama is one of the open models. The report on GPT-4 discloses nothing about the model's size,
# its data or its training, and gives competition and safety as the reasons {cite:p}`gpt4`.
#
# Models, the machines below them and the teams around them have grown so much that no course covers
# every detail, and nobody builds a frontier model by hand. What a course can build is small. Does
# the small one teach anything about the large?
#
# Often it does. But not always: **more is different.** Here are two examples.

# %% [markdown]
# ## More is different: where the work goes
#
# A Transformer is a pile of equal layers, and a layer has two halves. *Attention* lets tokens look
# at each other. The *MLP* (multilayer perceptron, also called feed-forward network or FFN) works on
# each token alone. Which half is more work?
#
# Work is counted in FLOPs, *floating-point operations*: one addition or one multiplication of two
# numbers. (With a capital S, FLOPS or FLOP/s is a speed. We write FLOPs for the work.) Here is a
# small model in training, one operation per line. The forward pass through its layers counts twice,
# because it is often rerun to save memory (*recomputation*).

# %%
from cs336_core.accounting import Conventions, count_flops, flops_fraction
from cs336_core.model.config import ModelConfig

length = 2048
small = ModelConfig(
    vocab_size=51_200, context_length=length, n_layers=24,
    d_model=1536, n_heads=16, activation="relu",
)  # fmt: skip
twice_forward = Conventions(work="training", recompute="full")
counted = count_flops(small, 1, length, twice_forward)  # @stepover
for row in counted:  # @stepover
    if row.flops:
        per_token = f"{row.flops / length / 1e9:5.2f} GFLOPs per token"
        print(f"{row.operation:9} {row.group:12} {per_token}")

# %% [markdown]
# Attention takes {eval}`f"{100 * flops_fraction(counted, 'projections', 'scores'):.0f} %"` of it
# and the MLP {eval}`f"{100 * flops_fraction(counted, 'mlp'):.0f} %"`: about the same. The rest, the
# *LM head*, turns the last layer's output into a score for every token of the vocabulary, its
# *logits*.
#
# In 2022 Stephen Roller, one of the authors of the OPT models {cite:p}`opt2022`, posted this count
# for eight sizes {cite:p}`roller2022`. His table became famous for its last row: at 175 billion
# parameters, **80 % of the work is in the MLP.** It is in the first lecture of the course, and in
# many notes on it. The dashed lines show it. The solid lines are our count, for the same models. As
# the post seems to do, we count all scores, also those that a mask hides later.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.accounting import count_parameters, posted_rows, recount_flops
from cs336_core.notebook import figures

ATTENTION, MLP = "#c8641e", "C0"
posted = posted_rows()
counts = [recount_flops(each.config) for each in posted]
sizes = [count_parameters(each.config).total for each in posted]
mlp_posted = [each.percent["mlp"] for each in posted]
mlp_counted = [100 * flops_fraction(each, "mlp") for each in counts]
attention_posted = [each.percent["projections"] + each.percent["scores"] for each in posted]
attention_counted = [100 * flops_fraction(each, "projections", "scores") for each in counts]

with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 3.6))
    for color, solid, dashed, name in [
        (MLP, mlp_counted, mlp_posted, "MLP"),
        (ATTENTION, attention_counted, attention_posted, "attention"),
    ]:
        axes.semilogx(sizes, dashed, "--", color=color, linewidth=1.5)
        axes.semilogx(sizes, solid, "-o", color=color, markersize=4)
        axes.text(2.1e11, solid[-1], f"{name}, counted\n{solid[-1]:.1f} %", va="center")
        axes.text(2.1e11, dashed[-1], f"{name}, posted\n{dashed[-1]:.0f} %", va="center")
    axes.set(xlabel="parameters", ylabel="percent of the FLOPs", ylim=(0, 100))
    axes.set_xticks([1e9, 1e10, 1e11], ["1 B", "10 B", "100 B"])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Percent of a training step's FLOPs against model size, from 760 million to 175 billion "
    f"parameters. Posted: the MLP rises from {mlp_posted[0]:.0f} to {mlp_posted[-1]:.0f}, "
    f"attention falls from {attention_posted[0]:.0f} to {attention_posted[-1]:.0f}. Counted: the "
    f"MLP rises from {mlp_counted[0]:.1f} to {mlp_counted[-1]:.1f} and flattens, attention falls "
    f"from {attention_counted[0]:.1f} to {attention_counted[-1]:.1f}.",
)

# %% [markdown]
# *See where the solid line of the MLP goes: it flattens. Then look at the dashed one, which climbs
# on.*
#
# The two agree that the MLP gains. They do not agree how much: {eval}`f"{mlp_posted[-1]:.0f} %"` or
# {eval}`f"{mlp_counted[-1]:.1f} %"`? The post has no formula. But one count gives all 40 numbers of
# its table, to the last digit that is printed. It is ours, with one difference in the four matrices
# that make queries, keys, values and the output. Each layer has $4 d^2$ numbers in them, for a
# width of $d$. The table comes out with $d^2 + 4 s d$, where $s$ is the length of the text.
#
# How that came about we can only guess; $4 s d$ looks like $4 d^2$ with the length in place of one
# width. In any case, matrices of weights cannot depend on the length of the text.

# %%
from cs336_core.accounting import flops_by_group, posted_projection_flops

large = posted[-1].config
by_group = flops_by_group(counts[-1])  # @stepover
by_post = by_group | {"projections": posted_projection_flops(large)}
for name, count in [("counted", by_group), ("posted", by_post)]:  # @stepover
    whole = sum(count.values())
    print(f"{name:8} MLP {100 * count['mlp'] / whole:.1f} %", end=", ")
    print(f"300 billion tokens take {300e9 * whole / length:.2e} FLOPs")

# %% [markdown]
# There is a witness. The last report of the team that trained OPT gives the cost of 300 billion
# tokens: about 4.30e23 FLOPs {cite:p}`optfinal2022`. That is our count, and not the other.
#
# So what does happen with scale? As long as the MLP is four times as wide as the model, it has
# twice the parameters of attention's matrices, *at every size*. It can never take more than two
# thirds. What fades are the two other things: the scores, by which tokens look at each other, from
# {eval}`f"{100 * flops_fraction(counted, 'scores'):.1f} %"` to
# {eval}`f"{100 * flops_fraction(counts[-1], 'scores'):.1f} %"`, and the LM head, from
# {eval}`f"{100 * flops_fraction(counted, 'head'):.1f} %"` to
# {eval}`f"{100 * flops_fraction(counts[-1], 'head'):.1f} %"`.
#
# The lesson stays, and it is why engineers look at the MLP first: **a small model leads you to
# speed up the wrong thing.** A second lesson came with it: count for yourself.
# {doc}`What a model costs </lectures/06_accounting>` does this for every convention and every kind
# of layer.

# %% [markdown]
# ## More is different: abilities that appear
#
# Ask models of growing size to calculate with remainders, or to answer exam questions from 57
# fields. These are scores that {cite:t}`wei2022emergent` collected. We have read them off their
# figure, so each is right to half a point, and a few that lie under others are missing.

# %% tags=["hide-input"]
from cs336_core.scaling import emergence_scores

scores = emergence_scores()
looks = {
    "GPT-3": ("C0", "-", "o"),
    "LaMDA": ("C1", "--", "s"),
    "Gopher": ("C1", "--", "s"),
    "Chinchilla": ("C1", ":", "^"),
}
with figures.style():
    figure, panels = plt.subplots(1, 2, figsize=(5.6, 3.0), sharey=True)
    for axes, task, title in [
        (panels[0], "Mod. arithmetic accuracy", "arithmetic with remainders"),
        (panels[1], "Multi-task NLU (MMLU) accuracy", "exam questions (MMLU)"),
    ]:
        for name, (color, line, marker) in looks.items():
            own = [score for score in scores if (score.task, score.model) == (task, name)]
            x, y = [each.train_flops for each in own], [each.percent for each in own]
            axes.semilogx(x, y, color=color, linestyle=line, marker=marker, markersize=4)
            if own:
                axes.text(x[-1] * 1.5, y[-1], name, va="center")
        axes.set_title(title, fontsize=10.5)
        axes.set(xlabel="training FLOPs", xlim=(1e18, 5e25), ylim=(-2, 75))
        axes.set_xticks([1e20, 1e22, 1e24])
        axes.minorticks_off()
    panels[0].set_ylabel("percent right")
    panels[1].axhline(25, color="C1", linewidth=1, linestyle=":")
    panels[1].text(1.3e18, 27, "guessing")
    plt.close(figure)
figures.inline(
    figure,
    alt="Percent of right answers against training FLOPs for two tasks. Arithmetic with "
    "remainders: below 2 percent for GPT-3 and LaMDA up to 1e22 FLOPs, then up to 33 and 16. Exam "
    "questions: near the 25 percent of guessing up to 1e22 FLOPs, then 44 for GPT-3, 60 for "
    "Gopher and 68 for Chinchilla.",
)

# %% [markdown]
# *Cover the right third of each picture with your hand. Would you have foreseen what is there?*
#
# Up to some scale nothing moves, and then it does. Such an ability is called *emergent*: small
# models do not have it and larger ones do, so that the small ones do not foretell it. Here are
# three rows of the paper's list: the first to appear, one of the middle, the last.

# %%
from cs336_core.scaling import emergent_abilities

abilities = emergent_abilities()  # @stepover
abilities = sorted(abilities, key=lambda each: each.train_flops)  # @stepover
for each in (abilities[0], abilities[10], abilities[-1]):  # @stepover
    model = f"{each.model} {each.params}"
    print(f"{each.train_flops:.1e} FLOPs: {each.name} ({model})")

# %% [markdown]
# The first model adds numbers of 8 digits, with room to write down the steps (a scratchpad). The
# second answers questions of yes or no, step by step (a chain of thought, CoT). The last decides
# whether a word means the same in two sentences.
#
# The list has {eval}`len(abilities)` rows. Some tasks have several, and 13 rows are ways of
# prompting or training. They do not come together: from the first row to the last, compute grows
# about {eval}`f"{round(abilities[-1].train_flops / abilities[0].train_flops, -3):,.0f}"` times.

# %% [markdown]
# ### Is it the model, or the ruler?
#
# Suppose that an answer has ten digits, and that a model gets each digit right nine times out of
# ten. How often is the whole answer right?

# %%
from cs336_core.scaling import exact_match

print(f"{100 * exact_match(p=0.9, length=10):.0f} %")

# %% [markdown]
# The score asks for everything or nothing, and so it hides what a model has already learned. In the
# picture below a model gets better at one digit as evenly as can be: with ten times the compute,
# half of its errors are gone. It is always the same model; only the length of the answer differs.

# %% tags=["hide-input"]
decades = [each / 10 for each in range(81)]
per_digit = [1 - 0.9 / 2**each for each in decades]
lengths = [1, 4, 16, 64]
with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 3.2))
    for length, strength in zip(lengths, [1, 0.8, 0.6, 0.45], strict=True):
        right = [100 * exact_match(p, length) for p in per_digit]
        flops_spent = [10 ** (18 + each) for each in decades]
        axes.semilogx(flops_spent, right, "-", color="C0", alpha=strength)
        middle = next(i for i, percent in enumerate(right) if percent > 40)
        axes.text(flops_spent[middle] * 1.3, 34, f"{length} digits".replace("1 digits", "1 digit"))
    axes.set(xlabel="training FLOPs (an example)", ylabel="percent right", ylim=(0, 103))
    axes.set_xticks([1e18, 1e20, 1e22, 1e24, 1e26])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Percent of right answers against compute for answers of 1, 4, 16 and 64 digits. One digit "
    "rises from the start and levels off. The longer the answer, the longer the curve stays at "
    "zero before it rises.",
)

# %% [markdown]
# *Go along the lower edge: the longer the answer, the longer nothing seems to happen.*
#
# {cite:t}`schaeffer2023` showed this for real models. With the same outputs, a score that jumps can
# be exchanged for one that gives credit for each token, and then the improvement is smooth. Is
# emergence a mirage, then? Partly. If you need the whole answer right, you do meet the step. But to
# see it coming, track something smooth: the *loss* on the right answer, that is, how much it
# surprises the model.
#
# So what does a small model say about a large one? That is the question of the next section.

# %% [markdown]
# ## Mechanics, mindset, intuitions
#
# There are three kinds of knowledge, and they carry over from small to large in different ways.
#
# **Mechanics**: how things work. What a Transformer computes, how a GPU is fed, how a model is
# split over many. This is the same at every size, and a course can teach it.
#
# **Mindset**: get the most out of the hardware, and take scale seriously. This can be taught, too.
#
# **Intuitions**: which data and which design give a good model. These carry over in part only,
# since much depends on scale. A course can give you some, for how to choose data and how to shape a
# model, but not all of them.
#
# Sometimes nobody has a reason. {cite:t}`glu2020` tried variants of the MLP, found the one that
# most models use today (SwiGLU), and closed by attributing their success, “as all else, to divine
# benevolence”. An experiment is then all the knowledge there is.

# %% [markdown]
# ## The bitter lesson
#
# {cite:t}`sutton2019` looked back on seventy years of research and found: methods that make use of
# more computation win in the end, over methods that build in what people know. He calls it the
# bitter lesson.
#
# It is often misread as “only scale matters, algorithms do not”. What it says is that algorithms
# matter *that scale*. As a rule of thumb:
#
# > **accuracy = efficiency × resources**
#
# An example. To train an image classifier to the quality of AlexNet took 44 times less compute in
# 2019 than in 2012, by better algorithms alone {cite:p}`hernandez2020`. Hardware got cheaper as
# well. Say by Moore's law: double for the same money, every two years.

# %%
algorithms, years = 44, 2019 - 2012
hardware = 2 ** (years / 2)
both = algorithms * hardware
print(f"{algorithms} x {hardware:.1f} = {both:.0f} times as much")

# %% tags=["hide-input"]
with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 3.0))
    for width, height, strength, label in [
        (hardware, algorithms, 0.12, f"both: {algorithms * hardware:.0f} ×"),
        (1, algorithms, 0.3, f"algorithms alone: {algorithms} ×"),
        (hardware, 1, 0.3, f"hardware alone: {hardware:.0f} ×"),
        (1, 1, 1, ""),
    ]:
        axes.bar(0, height, width, align="edge", color="C0", alpha=strength)
        axes.text(width + 0.15, height - 1 if height > 1 else 0.4, label, va="center")
    axes.set(xlabel="resources", ylabel="efficiency", xlim=(0, 15), ylim=(0, 46))
    axes.set_xticks([1, 5, 10])
    axes.set_yticks([1, 20, 40])
    plt.close(figure)
figures.inline(
    figure,
    alt="Rectangles whose width is resources and whose height is efficiency. The start of 2012 is "
    f"1 by 1, a speck in the corner. Hardware makes it {hardware:.0f} wide, algorithms make it "
    f"{algorithms} high; both together give an area of {algorithms * hardware:.0f}.",
)

# %% [markdown]
# *What you get is the area. The speck in the lower left corner is 2012.*
#
# Efficiency is not only for those who have little. The more you spend, the more it is worth: to
# waste one percent of the Llama run above is to waste {eval}`f"{0.01 * days * n_gpus / 365:.0f}"`
# years of a GPU. Of a weekend on one GPU it is {eval}`round(0.01 * 48 * 60)` minutes.
#
# So this is the question of the whole course: **what is the best model that can be built from the
# compute and the data that you have?**

# %% [markdown]
# ## A map of the course
#
# Five parts. Each is one kind of efficiency, and each gets a core idea and a number below.
#
# - {ref}`Basics <part-basics>`: a whole pipeline that works, from text to a trained model. Lectures
#   {doc}`Tokenization </lectures/02_tokenization>`,
#   {doc}`Byte pair encoding </lectures/03_bpe>`, {doc}`Attention </lectures/04_attention>`,
#   {doc}`The Transformer </lectures/05_transformer>` and
#   {doc}`What a model costs </lectures/06_accounting>`.
# - {ref}`Systems <part-systems>`: the most out of the hardware, in training and in use.
# - {ref}`Scaling laws <part-scaling>`: small experiments that show how to build the large one.
# - {ref}`Data <part-data>`: what the model should be able to do, and what it has to read for that.
# - {ref}`Alignment <part-alignment>`: from a model that continues texts to one that helps.

# %% [markdown]
# (part-basics)=
# ## Basics: a pipeline that works
#
# The aim of the first part is modest and complete: a **tokenizer**, a **model** and its
# **training**, small, but with nothing missing. At Stanford, students write them by themselves,
# with few functions of PyTorch. They may ask an AI assistant about concepts, but must not let it
# solve the task.

# %% [markdown]
# ### Text into numbers
#
# A model reads integers. A *tokenizer* cuts a text into pieces, the *tokens*, and gives each a
# number: it *encodes*. From the numbers it *decodes* the same text. This is GPT-2's.

# %%
from cs336_core.tokenization import load_encoding

ids = load_encoding("gpt2").encode("Hello, world!")  # @stepover
print(ids, repr(load_encoding("gpt2").decode(ids)))  # @stepover

# %% [markdown]
# The course builds *byte pair encoding* {cite:p}`sennrich2016`: what is frequent gets one token,
# what is rare gets several. The {doc}`next lecture </lectures/02_tokenization>` plays with
# tokenizers, the {doc}`one after </lectures/03_bpe>` trains one step by step. There are models
# without a tokenizer, which read bytes {cite:p}`byt5,blt2024`. They are promising. The largest
# models do not work like that yet.

# %% [markdown]
# ### A model
#
# The starting point is the Transformer {cite:p}`transformer2017`. Each id becomes a list of
# numbers, its *embedding*, and layer after layer works on these. In attention, every token asks a
# question (its query $Q$), all tokens show what they have (keys $K$), and what they tell (values
# $V$) is mixed by how well question and key fit:
#
# $$\operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt{d_k}} + M\right) V$$
#
# Here $d_k$ is how many numbers a key has, and softmax turns scores into weights that add up to 1.
# The mask $M$ hides the future, so that a token sees itself and those before it only. (Where texts
# of unequal length are filled up, it hides the filling, the *padding*, too.)
#
# A model made of such layers continues texts; it is called *decoder-only*, and nearly all of
# today's are. An *encoder* such as BERT sees the whole text and fills in blanks, which suits
# sorting texts better than writing them {cite:p}`bert2018`. The first Transformer had both, and the
# decoder's *cross-attention* asked the encoder.
#
# How large is it? Two numbers almost tell: a layer has 4 matrices of $d \times d$ in attention, and
# in the MLP two of $d \times 4d$, as much as 8 of those. GPT-3 has 96 layers and $d$ = 12,288
# {cite:p}`gpt3`.

# %%
from cs336_core.model.presets import preset

gpt3 = preset("gpt3-175b")  # @stepover
in_layers = 12 * gpt3.n_layers * gpt3.d_model**2
print(f"12 x 96 x 12,288² = {in_layers / 1e9:.0f} billion parameters")

# %% [markdown]
# Twelve times the layers times the width squared: that is the number of this part. The name of
# GPT-3 says 175; the embeddings of 50,257 tokens add {eval}`f"{50_257 * 12_288 / 1e9:.1f}"`
# billion.

# %% [markdown]
# Much has been tried since 2017. What changed, piece by piece:
#
# - the *activation*, which bends straight lines: ReLU, then GeLU {cite:p}`gelu2016` and SwiGLU
#   {cite:p}`glu2020`;
# - the *positions*, without which a text is a bag of words: sine waves, then rotations, RoPE
#   {cite:p}`rope2021`, in which scores depend on distances;
# - the *norm*, which keeps numbers in range: LayerNorm {cite:p}`layernorm2016`, then RMSNorm
#   {cite:p}`rmsnorm2019`; and its place, before the halves and not after them
#   {cite:p}`prenorm2020`;
# - the *MLP*: one for all tokens, or a *mixture of experts* {cite:p}`moe2017`, where each layer
#   sends each token to a few of many, so that a model can hold more without more work for a token.
#   Mixtral holds 46.7 billion parameters and uses 12.9 of them for a token {cite:p}`mixtral`;
# - *attention*: to all tokens, to a window {cite:p}`longformer2020`, or linear
#   {cite:p}`linearattn2020`; heads that share keys and values, all of them (MQA {cite:p}`mqa2019`)
#   or in groups (GQA {cite:p}`gqa2023`); keys and values that are squeezed, MLA
#   {cite:p}`deepseekv2`;
# - no attention at all: state-space models such as Mamba {cite:p}`mamba2023`.

# %% [markdown]
# ### Training
#
# Training shows the model a text, token by token, and moves its parameters so that the next token
# becomes less of a surprise. How large the surprise is on average is the loss: minus the logarithm
# of the probability that the model gave to the token that came. No labels are needed: the text is
# its own answer.
#
# There is still much to choose:
#
# - the *optimizer*, which moves the parameters: AdamW {cite:p}`adamw2017`, newer Muon
#   {cite:p}`muon2024` and SOAP {cite:p}`soap2024`;
# - the *learning rate* and its schedule: a warm-up, then down, along a cosine for example
#   {cite:p}`cosine2016`;
# - the *batch size*: how many tokens for one move, put together from several passes where memory is
#   short (gradient accumulation);
# - *regularization*, against overfitting: dropout, weight decay, labels that are a little less than
#   certain (label smoothing);
# - the *hyperparameters*: heads, widths, layers; how long to train, and how often to repeat data.
#
# No recipe fits all, as the handbook of {cite:t}`brown2024handbook` says; it lists recipes that are
# worth reading.

# %% [markdown]
# (part-systems)=
# ## Systems: move less
#
# A GPU is a hall full of workshops (*streaming multiprocessors*, SMs). Each has a little fast
# memory beside the bench (SRAM). The large memory (DRAM, in the form of HBM) is a warehouse across
# the road. Work is quick. Fetching is slow. How slow? An H100 computes 989 trillion FLOPs a second,
# in 16 bits, and fetches 3.35 trillion bytes.

# %%
print(f"{H100.ridge_point():.0f} FLOPs in the time of one byte")

# %% [markdown]
# That is the number of this part. A program that fetches a byte and does less than
# {eval}`f"{H100.ridge_point():.0f}"` operations with it leaves the workshops waiting. So the core
# idea is: **to use the hardware well is to move less data.**
#
# On one GPU that means: fetch once, do everything that is to be done, and put back once.
# FlashAttention computes attention in tiles that fit into SRAM {cite:p}`flashattention2022`. It
# makes no fewer FLOPs; it moves fewer bytes, and that is why it is faster. Nor does it ever write
# down the whole table of scores, so its memory grows with the length of the text and not with the
# square.
#
# Between GPUs, moving is slower still. And one is not enough: training with Adam takes 16 bytes per
# parameter {cite:p}`zero2019`.

# %%
from cs336_core.accounting import training_bytes

needed = training_bytes(405_000_000_000).total  # @stepover
gpus = needed / H100.memory_bytes
print(f"{needed / 1e12:.1f} TB, the memory of {gpus:.0f} GPUs")

# %% [markdown]
# So parameters, gradients (how fast the loss grows with each parameter; training moves it the other
# way) and the optimizer's state (two running averages for each) are cut up, *sharded*, and spread
# over many GPUs: FSDP {cite:p}`fsdp2023`. Its forerunner, DDP, holds all of them on every GPU.
#
# The work is spread, too. *Data parallelism* gives each GPU its own texts. *Tensor parallelism*
# cuts up matrices, *pipeline parallelism* the pile of layers {cite:p}`megatron2021`, *sequence
# parallelism* the text {cite:p}`korthikanti2022`. As far as possible, the traffic runs while
# something is computed.

# %% [markdown]
# ### Using a model: prefill and decode
#
# A model is trained once and used for as long as it is useful. Every token costs $6N$ FLOPs in
# training and $2N$ when it is read or written later: a third. So once users have passed three times
# the training tokens through it, {eval}`f"{3 * tokens / 1e12:.0f}"` trillion for the Llama above,
# using it has taken as many FLOPs as making it. A model that many people use gets there. (In time
# and money it gets there sooner, as we shall see: writing uses the hardware badly.)
#
# An answer is made in two phases. *Prefill* reads the question, all its tokens in one pass: it
# scores what comes after the last one, and stores the keys and values of all in the *KV cache*.
# *Decode* writes the answer, one token per pass, since each depends on the one before; with
# the cache it need not read the earlier ones again. But every pass fetches all the weights. Here is
# the least time that a pass takes, by the number of tokens in it, for a model of 13 billion
# parameters on one H100.

# %%
from cs336_core.accounting import forward_seconds

for n_tokens in [1, 100, 1000]:  # @stepover
    seconds = forward_seconds(13e9, n_tokens, H100)
    print(f"{n_tokens:5,} tokens: {1000 * seconds:5.1f} ms")

# %% tags=["remove-cell"]
reading, writing = forward_seconds(13e9, 1000, H100), 1000 * forward_seconds(13e9, 1, H100)

# %% tags=["hide-input"]
at_once = [10 ** (each / 50) for each in range(181)]
with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 3.2))
    axes.loglog(at_once, [1000 * forward_seconds(13e9, each, H100) for each in at_once], "-")
    axes.axvline(H100.ridge_point(), color="C1", linewidth=1, linestyle=":")
    axes.text(H100.ridge_point() * 0.9, 40, f"{H100.ridge_point():.0f} tokens", ha="right")
    label = {"bbox": figures.LABEL_BOX}
    axes.text(1, 9, "waits for the weights\n(decode)", va="bottom", **label)
    axes.text(1100, 21, "computes\n(prefill)", va="top", **label)
    axes.set(xlabel="tokens in one pass", ylabel="milliseconds", ylim=(4, 150))
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_yticks([10, 100], ["10", "100"])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Least time of a pass against the tokens in it, both on logarithmic axes: flat at "
    f"{1000 * forward_seconds(13e9, 1, H100):.1f} milliseconds up to {H100.ridge_point():.0f} "
    "tokens, then rising in proportion.",
)

# %% [markdown]
# *Find the two phases: a long question lies on the slope, a single new token at the far left.*
#
# Up to {eval}`f"{H100.ridge_point():.0f}"` tokens, a pass takes as long as a pass of one. Prefill
# is *compute-bound*: it has work enough, and a very long prompt is read in chunks. Decode is
# *memory-bound*: {eval}`f"{1000 * forward_seconds(13e9, 1, H100):.1f}"` ms go by for every token,
# nearly all of it in fetching. That is why the first word takes a moment, and why the others then
# drip. Three ways help:
#
# - *a lighter model*: fewer weights (pruning), smaller numbers (quantization {cite:p}`awq2023`), a
#   small model taught by the large one (distillation);
# - *a draft*: a small model writes a few tokens ahead, and the large one checks them in one pass
#   and keeps as many as it accepts (speculative decoding
#   {cite:p}`specdec_leviathan2022,specdec_chen2023`). The rule for accepting is such that answers
#   come out exactly as likely as from the large model alone;
# - *better systems*: answer many users in one pass (batching), and keep what was computed for
#   earlier tokens, the KV cache, in good order {cite:p}`pagedattention2023`.
#
# The cache is not small. This is what Llama 2 with 7 billion parameters {cite:p}`llama2` keeps for
# every token that it has read.

# %%
from cs336_core.accounting import kv_cache_bytes

cache = kv_cache_bytes(preset("llama-2-7b"))  # @stepover
print(f"{cache / 1024:.0f} KiB per token")

# %% [markdown]
# So a long conversation costs more with every question: its cache grows, and each word of an answer
# fetches all of it.
#
# Which token comes next is a choice, too. The most likely one (*greedy*) may lead into a dead end.
# *Beam search* keeps the few best beginnings. Chat models draw by chance, the likely more often.

# %% [markdown]
# (part-scaling)=
# ## Scaling laws: how large?
#
# You have a budget of compute, and it is enough for one large run. How many parameters $N$, and how
# many training tokens $D$? First, what a run costs:
#
# $$C \approx 6\,N D$$
#
# Forward, each parameter takes one multiplication and one addition for each token. Backward, it
# takes twice that. This leaves out attention's scores. And it holds where every parameter works
# once for each token; in a mixture of experts only the active ones count.
#
# OPT, above, took more than the {eval}`f"{training_flops(175e9, 300e9):.2e}"` FLOPs of this rule:
# with recomputation the 6 is an 8, and the scores come on top.
#
# So a budget $C$ leaves a trade: with a larger model there are fewer tokens, and for each parameter
# there are $D/N = C / 6N^2$. A large model goes hungry, a small one cannot hold what it is fed.
# Somewhere between is the best.
#
# To find it, try. Here are 72 runs with nine budgets, from the course's assignment on scaling.
# Their losses look computed, not measured: good for practice. This is the best size for three of
# the budgets.

# %%
from cs336_core.scaling import fit_power_law, fit_valleys, isoflop_runs

runs = isoflop_runs()  # @stepover
valleys = fit_valleys(runs)  # @stepover
for valley in valleys[::4]:  # @stepover
    size = valley.params / 1e9
    print(f"{valley.flops:.0e} FLOPs: {size:5.2f} B parameters")

# %% tags=["hide-input"]
with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 4.2))
    for place, valley in enumerate(valleys):
        own = sorted(run.params for run in runs if run.flops == valley.flops)
        along = [own[0] * (own[-1] / own[0]) ** (i / 40) for i in range(41)]
        losses = [valley.loss_of(each) for each in along]
        strength = 0.35 + 0.65 * place / (len(valleys) - 1)
        axes.semilogx(along, losses, "-", color="C0", alpha=strength, linewidth=1.5)
        if place not in (3, 6):  # their names would lie on their neighbours
            axes.text(along[-1] * 1.15, losses[-1], f"{valley.flops:.0e}".replace("+", ""))
    points = [(run.params, run.loss) for run in runs]
    axes.plot(*zip(*points, strict=True), ".", color="C0", markersize=4)
    bottoms = [(valley.params, valley.loss) for valley in valleys]
    ink = plt.rcParams["text.color"]
    axes.plot(*zip(*bottoms, strict=True), "D--", color=ink, markersize=5, linewidth=1)
    axes.set(xlabel="parameters", ylabel="loss", xlim=(4e7, 3e11))
    axes.set_xticks([1e8, 1e9, 1e10, 1e11], ["0.1 B", "1 B", "10 B", "100 B"])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Loss against parameters for nine budgets from 6e18 to 3e21 FLOPs. Each budget makes a "
    f"valley. Its bottom moves from {valleys[0].params / 1e9:.1f} billion parameters and a loss of "
    f"{valleys[0].loss:.1f} to {valleys[-1].params / 1e9:.0f} billion and {valleys[-1].loss:.1f}.",
)

# %% [markdown]
# *Each line is one budget (IsoFLOP means the same FLOPs). Follow the diamonds: that is the best
# model for each budget. Where would the next one be?*
#
# Left of a valley's bottom the models are too small to hold what they read. Right of it they are
# large, but *undertrained*: the budget ran out before they had read enough. A parabola finds the
# bottom.
#
# Now put the bottoms on a picture of their own, the best size and the best number of tokens for
# each budget. On logarithmic axes they lie on straight lines. A straight line there is a *power
# law*, and it can be drawn further than the experiments went.

# %% tags=["hide-input"]
from cs336_core.scaling import chinchilla_optima

budgets = [valley.flops for valley in valleys]
size_law = fit_power_law(budgets, [valley.params for valley in valleys])
theirs = chinchilla_optima()
their_params, their_flops, their_tokens = zip(*theirs, strict=True)
their_law = fit_power_law(their_flops, their_params)
reach = [6e18, 1e25]
with figures.style():
    figure, axes = plt.subplots(figsize=(5.6, 3.8))
    for law, strength, who in [(size_law, 1, "practice"), (their_law, 0.5, "Chinchilla")]:
        sizes_along = [law(flops) for flops in reach]
        tokens_along = [flops / 6 / law(flops) for flops in reach]
        axes.loglog(reach, sizes_along, "-", color="C0", alpha=strength)
        axes.loglog(reach, tokens_along, "--", color="C1", alpha=strength)
        axes.text(1.5e25, sizes_along[-1] * 1.1, f"parameters, {who}", va="top", fontsize=9)
        axes.text(1.5e25, tokens_along[-1] / 1.1, f"tokens, {who}", va="bottom", fontsize=9)
    axes.plot(budgets, [valley.params for valley in valleys], "o", color="C0", markersize=4)
    axes.plot(budgets, [valley.tokens for valley in valleys], "s", color="C1", markersize=4)
    axes.plot(their_flops, their_params, "o", color="C0", markersize=4, alpha=0.5)
    axes.plot(their_flops, their_tokens, "s", color="C1", markersize=4, alpha=0.5)
    axes.set(xlabel="training FLOPs", ylabel="best number", xlim=(3e18, 1e25), ylim=(1e8, 2e13))
    axes.set_xticks([1e19, 1e21, 1e23, 1e25])
    axes.set_yticks([1e9, 1e11, 1e13], ["1 B", "100 B", "10 T"])
    axes.minorticks_off()
    plt.close(figure)
figures.inline(
    figure,
    alt="Best number of parameters and of tokens against training FLOPs, for the practice runs and "
    "for Chinchilla, on logarithmic axes. All four are straight lines of nearly the same slope, "
    f"{size_law.exponent:.2f} and {their_law.exponent:.2f} for the parameters. Chinchilla's models "
    "are smaller for the same budget, with more tokens.",
)

# %% [markdown]
# *Compare the slopes, then the distances. The slopes are alike; the distances are not.*
#
# The slope says how to grow. It is {eval}`f"{size_law.exponent:.2f}"` here and
# {eval}`f"{their_law.exponent:.2f}"` for Chinchilla {cite:p}`chinchilla2022`, about one half. So
# with a hundred times the compute, make the model ten times as large and read ten times as much.
# {cite:t}`kaplan2020` had measured 0.73 two years before, and advised larger models with less to
# read:
#
# - 0.73: ten times the compute makes {eval}`f"{10**0.73:.1f}"` times the parameters and
#   {eval}`f"{10**0.27:.1f}"` times the tokens;
# - 0.49: {eval}`f"{10**0.49:.1f}"` times the parameters and {eval}`f"{10**0.51:.1f}"` times the
#   tokens.
#
# The distance between the lines is $D/N$. Chinchilla's has become a rule of thumb, and it is the
# number of this part. In letters, $D \approx 20 N$: **about 20 tokens for each parameter.**

# %%
for size, _, best_tokens in theirs[:4]:  # @stepover
    each = f"{best_tokens / size:.0f} tokens per parameter"
    print(f"{size / 1e9:4.1f} B parameters: {each}")

# %% [markdown]
# Its authors tried it out. They spent the compute of Gopher {cite:p}`gopher2021`, a model with 280
# billion parameters, on one with 70 billion and 1.4 trillion tokens,
# {eval}`f"{1.4e12 / 70e9:.0f}"` for each: Chinchilla. It did better. Compare the two in the picture
# of exam questions.
#
# The rule is a measurement and no law of nature. The makers of Llama 3 measured anew, on their own
# data, and found {eval}`f"{16.55e12 / 402e9:.0f}"`; their large model got
# {eval}`f"{tokens / params:.0f}"` {cite:p}`llama3`. The practice runs give
# {eval}`f"{valleys[4].tokens / valleys[4].params:.1f}"`, but those losses look computed.
#
# Chinchilla's paper also fits a formula for the loss, $L = E + A/N^\alpha + B/D^\beta$. It should
# give the same answer. With the numbers that the paper prints it does not: the fit had stopped too
# early, and the numbers were rounded. Fitted again, to the runs as read off a figure of the paper,
# it does {cite:p}`besiroglu2024`.

# %%
from cs336_core.scaling import BESIROGLU, HOFFMANN

fits = {"as printed": HOFFMANN, "fitted again": BESIROGLU}
for name, formula in fits.items():  # @stepover
    best = formula.optimum(5.76e23)
    print(f"{name:12} {best.tokens / best.params:5.1f} per parameter")

# %% [markdown]
# And the rule says what is best for *training*. If a model will be used a lot, train a smaller one
# for longer {cite:p}`sardana2023`. The Llama 3.1 with 8 billion parameters, which many people
# run, read about 15 trillion tokens: some {eval}`f"{round(15e12 / 8.03e9, -1):,.0f}"` for each
# {cite:p}`llama31card`.

# %% [markdown]
# So take the method along, not the number: **run small experiments of your own, fit a law, and read
# off the large run**: its size, its tokens, its loss, its hyperparameters. That saves the search at
# full size, which nobody can pay for.

# %% [markdown]
# (part-data)=
# ## Data: it does not fall from the sky
#
# A model can only do what its training data taught it. So first decide what it should do: answer in
# Chinese, write programs, calculate? Then measure it.
#
# The simplest measure is *perplexity*: how surprised the model is by a text that it has not seen.
# It is the exponential of the loss, which was a logarithm.

# %%
from math import exp

print(f"a loss of 2 is a perplexity of {exp(2):.1f}")

# %% [markdown]
# So the model is as unsure as between {eval}`f"{exp(2):.1f}"` equally likely tokens. More telling,
# and more work:
#
# - *Tests* with known answers: MMLU {cite:p}`mmlu2020`, HellaSwag {cite:p}`hellaswag2019`, GSM8K
#   {cite:p}`gsm8k`.
# - *Instructions*: does it do what the user requested? IFEval {cite:p}`ifeval2023` checks by
#   program, AlpacaEval {cite:p}`alpacaeval2023` and WildBench {cite:p}`wildbench2024` by a judge,
#   which is a language model.
# - *More time to think*: a chain of thought before the answer, or several answers and a vote.
# - *Whole systems*: with search (retrieval-augmented generation, RAG), or as agents that use tools.

# %% [markdown]
# Then the reading has to be found. It comes from web pages that were collected (crawled, many of
# them by Common Crawl), books, papers, code; some of it is bought, and what may be used is a
# question of law {cite:p}`fairuse2023`. And it does not come as text. Look at a page as a crawler
# gets it:

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
# On this page only {eval}`f"{part:.0f} %"` was text: that is the number to remember. Three steps
# are needed for every one of billions of pages. *Transform* HTML and PDF into text. *Filter*: keep
# what is good, leave out what is harmful. *Deduplicate*: the web says many things many times, and a
# model should not read them as often {cite:p}`dedup2021`. Two large collections document every
# step: FineWeb {cite:p}`fineweb2024` and DataComp-LM {cite:p}`dclm2024`.

# %% [markdown]
# (part-alignment)=
# ## Alignment: from continuing to helping
#
# Ask a model that was only trained on texts, a *base model*: “What is the capital of France?” It
# may go on with “What is the capital of Germany? What is the capital of Italy?”. That is no fault.
# Lists of questions are common on the web, and the model continues texts. It has the knowledge, but
# it does not know that you want an answer.
#
# *Alignment* teaches it to follow instructions, in a certain style (how long, in what form, in what
# tone), and safely: to refuse harmful requests, and not to make things up.

# %% [markdown]
# ### By examples
#
# *Supervised fine-tuning* (SFT) goes on training with pairs of a question and a good answer. All
# weights may move, but the loss usually counts the answer's tokens only. The pairs are written by
# people, which is costly, or by models.
#
# A few may be enough: {cite:t}`lima2023` took 1,000 pairs, chosen with great care, on a base model
# of 65 billion parameters. Their explanation: SFT adds little knowledge, and shows which of its
# voices the model should use.

# %% [markdown]
# ### By feedback
#
# To write a good answer is hard; to say which of two is better is easy. So people compare. If
# answers had scores $r$, the usual model of such a choice is
#
# $$P(A \text{ is preferred to } B) = \frac{1}{1 + e^{-(r_A - r_B)}}$$
#
# A lead of 2 points then wins {eval}`f"{100 / (1 + exp(-2)):.0f} %"` of the time. A *reward model*
# learns such scores from comparisons, and then *reinforcement learning from human feedback* (RLHF)
# moves the model towards answers that it rates high.
#
# {cite:t}`instructgpt2022` applied it to instructions of every kind, and their number is that of
# this part: on questions like those of their users, answers of the model with 1.3 billion
# parameters were preferred to those of GPT-3, which is {eval}`f"{175 / 1.3:.0f}"` times as large.
#
# Not only people can judge. A *formal verifier* runs the program or checks the sum. A *learned* one
# is a reward model, or a language model that acts as judge {cite:p}`constitutional2022`. Where it
# is formal, the model can try by itself, as often as it likes.
#
# Three algorithms are met everywhere:
#
# - **PPO**, Proximal Policy Optimization {cite:p}`ppo2017`: reinforcement learning in small steps;
#   no update may change the model by much. (RLHF also fines it for moving far from where it began.)
#   It trains a second network on the side, which guesses what an answer will be worth.
# - **DPO**, Direct Preference Optimization {cite:p}`dpo2023`: no reward model and no trying out;
#   the comparisons go right into the loss.
# - **GRPO**, Group Relative Policy Optimization {cite:p}`deepseekmath_grpo`: write several answers
#   to the same question, and compare each with the average of its group. The second network is not
#   needed.
#
# The last one can be done by hand. Four answers to a sum, the first and the last one right:

# %%
from statistics import mean, pstdev

rewards = [1, 0, 0, 1]
average, deviation = mean(rewards), pstdev(rewards)
print([(reward - average) / deviation for reward in rewards])

# %% [markdown]
# The right ones get a push up, the wrong ones a push down. Had all four been right, there would be
# nothing to learn from them.

# %% [markdown]
# ## One thread
#
# Look back, and one idea runs through all five parts: efficiency decides the design. Bytes would be
# the more elegant input; tokens are cheaper. Heads share keys and values to save cache. Data is
# filtered so that no compute is spent on bad pages. Scaling laws replace the search at full size.
# Alignment lets a small model serve where otherwise a larger one would be needed.
#
# All this answers a world that is short of compute. When good text becomes what is short, the
# answers will change. If you know *why* each choice was made, you will see which.

# %% tags=["remove-cell"]
from dataclasses import replace

twice = 2 * gpt3.d_model
longer_gpt3 = replace(gpt3, context_length=twice)
at_twice = count_flops(longer_gpt3, 1, twice, Conventions(head=False))

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** From which length of text on does attention, with its scores, take more work than the MLP
# in a model of width 12,288? (The MLP is four times as wide; nothing is halved for the mask.)
#
# ```{dropdown} Answer
# From {eval}`2 * 12_288` tokens on, twice the width. Counted at that length, attention takes
# {eval}`f"{100 * flops_fraction(at_twice, 'projections', 'scores'):.0f} %"`.
# ```
#
# **2.** A task asks for ten right tokens in a row. How good must a model be at one token, to solve
# half of the tasks?
#
# ```{dropdown} Answer
# {eval}`f"{100 * 0.5 ** (1 / 10):.1f} %"`. At 80 % for a token it solves
# {eval}`f"{100 * exact_match(0.8, 10):.0f} %"` of the tasks, which looks as if it could not do
# them.
# ```
#
# **3.** You have 1e21 FLOPs. How large a model does the rule of 20 tokens for each parameter
# advise?
#
# ```{dropdown} Answer
# $C = 6 N \cdot 20 N$, so $N = \sqrt{C / 120}$: {eval}`f"{(1e21 / 120) ** 0.5 / 1e9:.1f}"` billion
# parameters and {eval}`f"{20 * (1e21 / 120) ** 0.5 / 1e9:.0f}"` billion tokens.
# ```
#
# **4.** The model of 13 billion parameters reads 1,000 tokens and writes 1,000. Which takes longer,
# and how many times?
#
# ```{dropdown} Answer
# Writing, {eval}`round(writing / reading)` times: {eval}`f"{writing:.1f} s"` against
# {eval}`f"{reading:.3f} s"`. The number of operations is the same.
# ```
#
# **5.** You get four times the compute. How much larger should the model be?
#
# ```{dropdown} Answer
# Twice as large: with an exponent of one half, $4^{0.5}$ = {eval}`f"{4**0.5:.0f}"`. The other
# factor of 2 goes into tokens.
# ```

# %% [markdown]
# ## What comes next
#
# The course begins where the model begins, at its input.
# {doc}`Tokenization </lectures/02_tokenization>` shows how text becomes numbers, and what that does
# to languages, digits and spaces. Then {doc}`Byte pair encoding </lectures/03_bpe>` builds the
# tokenizer that nearly every large model uses, {doc}`/lectures/04_attention` and
# {doc}`/lectures/05_transformer` the model itself, and {doc}`/lectures/06_accounting` counts what
# it costs.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
