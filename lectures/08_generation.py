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
# # Generation and inference
#
# A language model does not write by itself. It returns a probability for every possible next token;
# a program around it chooses a token, appends it to the text, and runs the model again. That
# program decides whether the answer is dull or wild, how long users wait, and what they pay.
#
# On this page you train a small model and generate text with all the common decoding methods. Then
# you make the model faster and smaller, and measure what each technique costs. Reading it takes
# about three quarters of an hour. You should know {doc}`05_transformer`; {doc}`06_accounting`
# explains why generation is slow.

# %% [markdown]
# ## A model to play with
#
# Our model has to be small enough to train while this page is built: it has two layers of width 64
# and a vocabulary of 1,024 tokens, and trains on eleven plays by Shakespeare. *Hamlet* is held out.

# %%
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.texts.shakespeare import plays
from cs336_core.tokenization import BPETokenizer, train

texts = {}
for title, text in list(plays().items())[:12]:  # @stepover
    texts[title] = text.replace("\n\n", "\n")  # no blank lines
hamlet = texts.pop("Hamlet")
tokenizer = BPETokenizer(train(texts.values(), 1024, num_workers=1))  # @stepover
corpus = tokenizer.encode("\n".join(texts.values()))  # @stepover
config = ModelConfig(
    vocab_size=1024,
    context_length=64,
    n_layers=2,
    d_model=64,
    n_heads=4,
    d_ff=160,
    tied_embeddings=True,
)
torch.manual_seed(336)  # the same random numbers in every run
model = LanguageModel(config)  # @stepover

# %%
from cs336_core.inference import score_text
from cs336_core.training import AdamW, random_batches, train_steps
from cs336_core.training.schedules import build_schedule

n_steps = 400
batches = random_batches(corpus, batch_size=16, context_length=64)  # @stepover
optimizer = AdamW(model.parameters(), betas=(0.9, 0.95))  # @stepover
schedule = build_schedule("cosine", 0.01, n_steps, warmup=20)  # @stepover
losses = []
for step in train_steps(  # @stepover
    model,
    batches,
    optimizer,
    n_steps=n_steps,
    schedule=schedule,
    max_norm=1.0,
):
    losses.append(step.loss)
passage = hamlet[20_000:24_000]
scored = score_text(model, tokenizer, passage)  # @stepover
quality = {"trained": scored}
print(f"loss {losses[0]:.2f} -> {losses[-1]:.2f} nats per token")
print(f"Hamlet: perplexity {scored.perplexity_per_token:.0f} per token,")
print(f"        {scored.bits_per_byte:.2f} bits per byte")

# %% [markdown]
# A perplexity of {eval}`f"{quality['trained'].perplexity_per_token:.0f}"` means that the tokens of
# *Hamlet* are, on average, as hard to predict for this model as a fair choice among that many
# tokens. *Bits per byte* measure the size of the text if the model compressed it, where 8 means no
# compression at all. **Compare perplexities only between models with the same tokenizer; compare
# any two models in bits per byte.**

# %% [markdown]
# A model can also score a text that somebody else wrote: add up the log-probabilities of its
# tokens, each given the tokens before it. Which of these two lines does our model prefer?

# %%
for line in ["The king is dead, my lord.", "Lord dead my, the is king."]:  # @stepover
    scored = score_text(model, tokenizer, line)
    bits = scored.bits_per_byte
    print(f"{line}  {-scored.nats:.1f} nats, {bits:.2f} bits per byte")

# %% [markdown]
# The model gives the English word order the higher probability, so even a model this small has
# learned some English. Speech recognizers rank their candidate transcripts in the same way, and
# multiple-choice benchmarks use such scores to see which answer a model prefers.

# %% [markdown]
# ## Greedy: always the likeliest token
#
# The model reads a *prompt*, here the beginning of a speech. What comes next?

# %%
from cs336_core.inference import GREEDY, generate

prompt = "HAMLET\nI am"
prompt_ids = tokenizer.encode(prompt)  # @stepover
with torch.no_grad():  # @stepover
    logits = model(torch.tensor([prompt_ids]))[0, -1]
top = logits.softmax(-1).topk(6)
for prob, token_id in zip(top.values, top.indices, strict=True):  # @stepover
    print(f"{100 * prob:5.1f} %  {tokenizer.decode([int(token_id)])!r}")

# %% [markdown]
# *Greedy decoding* appends the first of these and repeats:

# %%
written = list(  # @stepinto _generate Sampling draw
    generate(model, prompt_ids, n_tokens=3, sampling=GREEDY)
)
print(repr(tokenizer.decode(written)))

# %%
written = list(generate(model, prompt_ids, n_tokens=48, sampling=GREEDY))  # @stepover
print(prompt + tokenizer.decode(written))

# %% tags=["remove-cell"]
from collections import Counter

from cs336_core.tokenization.labels import visible

followed = Counter(zip(written, written[1:], written[2:], strict=False))
(phrase, repeats), *_ = followed.most_common(1)

# %% [markdown]
# The text soon repeats itself: “{eval}`visible(tokenizer.decode(phrase))`” occurs {eval}`repeats`
# times. There are two possible reasons. One is that the model is bad, which this one certainly is.
# The other is that greedy decoding is a bad way to search: the most probable text need not begin
# with the most probable token. **Greedy decoding never takes a token back**, and every later token
# depends on it.

# %% [markdown]
# ## Beam search: keep several partial texts
#
# *Beam search* keeps the $K$ most probable partial texts, called beams. At each step, every beam is
# extended by each of its $K$ most probable next tokens, which gives $K^2$ candidates, and the $K$
# most probable of those survive. Here are three steps with $K = 3$, by the model of
# {doc}`05_transformer`, which runs in your browser. Step forward: can the text that greedy decoding
# would choose be dropped?

# %% tags=["remove-input"]
from cs336_core.widgets import DecodingTree

DecodingTree(key="tree")  # @stepover

# %% [markdown]
# - {figure}`Greedy decoding <tree.method=greedy&tree.step=8>` takes the most probable token at each
#   step. Compare its $\log p$ after 8 tokens with that of {figure}`three beams
#   <tree.method=beam&tree.width=3&tree.step=8>`. Step backward: where do the two texts part?
# - Draw the tokens {figure}`at random <tree.method=sampling&tree.step=8>`, with several seeds. What
#   does a low temperature do to $\log p$? And what do you get with a top-k of 1?
#
# ```{dropdown} Answers
# Yes, as soon as $K$ other texts are more probable. Three beams find a far more probable text than
# greedy decoding. The texts part where the most probable token leads into
# an open sentence, in which every further token is uncertain. The beams also keep a token that
# looks worse at that step, but after which the model is sure of what follows, such as the end of a
# line. Sampled texts are far less probable than the one that beam search finds. A lower temperature
# makes them more probable, and a top-k of 1 is greedy decoding.
# ```
#
# Back to our own model. How much more probable is the text that a wider beam finds after 20 tokens?

# %%
from cs336_core.inference import beam_search
from cs336_core.inference.continuations import Continuations

found = {}
for width in [1, 3, 10]:  # @stepover
    next_probs = Continuations(model, prompt_ids)
    found[width] = beam_search(next_probs, width, length=20)[0]
    text = tokenizer.decode(found[width].tokens)
    print(f"K = {width:2}: log p = {found[width].log_prob:.1f} {text!r}")

# %% [markdown]
# The text that 10 beams find is {eval}`f"{found[10].prob / found[1].prob:,.0f}"` times as probable
# as the greedy one. **A wider beam usually finds more probable text**, so greedy decoding was
# indeed a poor search. But is the more probable text better?
#
# One problem is length. Every further token multiplies the probability of a text by a number below
# 1, so the most probable text is often a short one. Translation systems therefore divide the
# log-probability by a *length penalty* {cite:p}`gnmt2016`. Another problem is that the beams are
# often nearly the same. Diverse beam search lowers a beam's score for tokens that other beams have
# already chosen {cite:p}`diversebeam2016`. Both are options of `beam_search`.

# %% [markdown]
# ## Why the likeliest text is dull
#
# To see how probable good text is, we have the model continue eight passages of *Hamlet* for 48
# tokens, with six decoding methods; the seventh continuation is Shakespeare's own. For each method
# we compute two numbers: how much the text surprises the model, in bits per token, and what
# fraction of its three-token sequences repeat an earlier one.

# %% tags=["hide-input"]
from statistics import fmean

from IPython.display import Markdown

from cs336_core.inference import Sampling, token_log_probs

in_hamlet = tokenizer.encode(hamlet)
starts = range(3_000, 27_000, 3_000)
ways = {
    "beam search, K = 4": None,
    "greedy": GREEDY,
    "greedy, penalty 1.3": Sampling(temperature=0, repetition_penalty=1.3),
    "temperature 0.7": Sampling(temperature=0.7),
    "top-p 0.9": Sampling(top_p=0.9),
    "temperature 1": Sampling(),
}
continued = {name: [] for name in [*ways, "Shakespeare"]}
for number, start in enumerate(starts):
    begun = in_hamlet[start : start + 16]
    for name, sampling in ways.items():
        if sampling is None:
            best = beam_search(Continuations(model, begun), 4, 48)[0]
            continued[name].append((begun, list(best.tokens)))
            continue
        seeded = torch.Generator().manual_seed(number)
        new = list(generate(model, begun, n_tokens=48, sampling=sampling, generator=seeded))
        continued[name].append((begun, new))
    continued["Shakespeare"].append((begun, in_hamlet[start + 16 : start + 64]))
surprise, repeated = {}, {}
lines = ["| continued by | bits per token | repeated |", "|---|--:|--:|"]
for name, pairs in continued.items():
    bits, parts = [], []
    for begun, new in pairs:
        log_probs = token_log_probs(model, begun + new)[len(begun) - 1 :]
        bits.append(-log_probs.mean().item() / 0.6931)
        triples = list(zip(new, new[1:], new[2:], strict=False))
        parts.append(1 - len(set(triples)) / len(triples))
    surprise[name], repeated[name] = fmean(bits), fmean(parts)
    lines.append(f"| {name} | {surprise[name]:.1f} | {100 * repeated[name]:.0f} % |")
Markdown("\n".join(lines))

# %% [markdown]
# Greedy decoding and beam search find what they look for: text that hardly surprises the model, at
# {eval}`f"{surprise['greedy']:.1f}"` bits per token. Shakespeare surprises it by
# {eval}`f"{surprise['Shakespeare']:.1f}"` bits per token, about as much as text sampled from the
# model's own probabilities. {cite:t}`nucleus2019` found the same for large models.
#
# A *repetition penalty* {cite:p}`ctrl2019` lowers the logits of tokens that the text already
# contains. But this treats only the symptom. The fraction of repeated sequences falls from
# {eval}`f"{100 * repeated['greedy']:.0f} %"` to
# {eval}`f"{100 * repeated['greedy, penalty 1.3']:.0f} %"`, but the choice is still greedy, and the
# penalty also hits a name or a comma that the text needs twice.
#
# **The most probable text is dull and repetitive; people don't write what is easiest to predict.**
# So for open-ended writing, we sample. Search is still the right choice where there is one right
# answer, as in translation or arithmetic.

# %% tags=["remove-cell"]
with torch.no_grad():  # @stepover
    everywhere = model(torch.tensor(in_hamlet[: 64 * 40]).view(40, 64)).softmax(-1)
tail = float((everywhere * (everywhere < 0.001)).sum(-1).mean())

# %% [markdown]
# ## Sampling, and how to avoid the tail
#
# Sampling has a problem of its own: the tail of the distribution. At any position, most of the
# {eval}`f"{config.vocab_size:,}"` tokens are wrong. Each of them has a tiny probability, but there
# are many. Averaged over a part of *Hamlet*, the tokens with a probability below 0.1 % together
# have {eval}`f"{100 * tail:.0f} %"` of the probability, so that is how often a sampled token comes
# from the tail. There are four common remedies:
#
# - *Temperature*: divide the logits by a number $T$. A temperature below 1 sharpens the
#   distribution, and one above 1 flattens it; a temperature of 0 means greedy decoding.
# - *Top-k*: keep the $k$ most probable tokens {cite:p}`topk2018`.
# - *Top-p*: keep the most probable tokens that together reach a probability of $p$, the *nucleus*
#   {cite:p}`nucleus2019`.
# - *Min-p*: keep the tokens that are at least $p$ times as probable as the most probable one
#   {cite:p}`minp2024`.
#
# Your turn: write the softmax with a temperature. It takes only a few lines of code:

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("softmax", key="write-softmax")  # @stepover

# %% [markdown]
# The figure shows our model's probabilities for the next token after three texts. After a speaker's
# name, the model is fairly sure that the line ends; in the middle of a sentence, it is unsure. The
# *entropy* measures that: it is 0 bits if one token is certain, and 10 bits if all 1,024 are
# equally likely.

# %% tags=["remove-input"]
from cs336_core.tokenization.labels import label
from cs336_core.tokenization.protocol import token_bytes
from cs336_core.widgets import SamplingBars

shown = {}
with torch.no_grad():  # @stepover
    for text in ["KING HENRY", "The king", prompt]:
        ids = torch.tensor([tokenizer.encode(text)])
        shown[visible(text)] = model(ids)[0, -1].tolist()
names = [label(token_bytes(tokenizer, i)) for i in range(config.vocab_size)]  # @stepover
SamplingBars(shown, names)  # @stepover

# %% [markdown]
# How many tokens does each rule keep after these texts?

# %% tags=["hide-input"]
rules = {
    "top-k 20": Sampling(top_k=20),
    "top-p 0.9": Sampling(top_p=0.9),
    "min-p 0.1": Sampling(min_p=0.1),
}
kept = {}
for name, rule in rules.items():
    kept[name] = [int((rule.probs(torch.tensor([scores])) > 0).sum()) for scores in shown.values()]
lines = [f"| after | {' | '.join(rules)} |", "|---|--:|--:|--:|"]
for text, *row in zip(shown, *kept.values(), strict=True):
    lines.append(f"| `{text}` | {' | '.join(map(str, row))} |")
Markdown("\n".join(lines))

# %% [markdown]
# **Top-p and min-p keep few tokens where the model is sure and many where it is not; top-k keeps
# the same number everywhere.** Your turn: find the tokens of the nucleus, and rescale their
# probabilities.

# %% tags=["remove-input"]
YourTurn("keep_top_p", key="write-top-p")  # @stepover

# %% [markdown]
# Here is the same speech, sampled with three settings:

# %%
from cs336_core.inference import generate_text

for temperature, top_p in [(0.5, 1.0), (1.0, 0.9), (1.5, 1.0)]:  # @stepover
    sampling = Sampling(temperature=temperature, top_p=top_p)
    pieces = generate_text(
        model,
        tokenizer,
        prompt,
        n_tokens=32,
        sampling=sampling,
        generator=torch.Generator().manual_seed(1),
    )
    print(f"--- temperature {temperature}, top-p {top_p}")
    print(prompt + "".join(pieces))

# %% [markdown]
# `generate_text` yields the text piece by piece as the model writes it. It never yields half a
# character, and can stop at a given string. The random numbers come from the generator, so the same
# seed gives the same text.

# %% [markdown]
# ## Prefill and decode
#
# When you ask a chatbot, nothing happens at first; then the answer appears in a steady stream. The
# reason is that the model first reads the whole prompt in a single pass, called *prefill*, and then
# writes one token per pass, which is called *decode*. Here are the times for Llama 3 8B on one
# H100, as computed in {doc}`06_accounting`, with a prompt of 8,192 tokens and an answer of 40:

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.accounting import H100, decode, prefill
from cs336_core.model.presets import preset
from cs336_core.notebook import figures

llama = preset("llama-3-8b")
first = prefill(llama, 1, 8192, H100)
per_token = decode(llama, 1, 8192, H100)
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 1.6))
    axes.barh(0, first.seconds, 0.5, color="C0")
    for token in range(40):
        left = first.seconds + token * per_token.seconds
        axes.barh(0, 0.8 * per_token.seconds, 0.5, left=left, color="C1")
    axes.text(first.seconds / 2, 0.36, "prefill", ha="center", color="C0")
    axes.text(first.seconds + 20 * per_token.seconds, 0.36, "decode", ha="center", color="C1")
    axes.set(xlabel="seconds", yticks=[], ylim=(-0.4, 0.75))
    axes.grid(visible=False)
    plt.close(figure)
figures.inline(
    figure,
    alt=f"Prefill takes {first.seconds:.2f} seconds; then 40 decoding steps follow, each of "
    f"{1000 * per_token.seconds:.1f} milliseconds.",
)

# %% [markdown]
# All {eval}`f"{first.tokens:,}"` tokens of the prompt take {eval}`f"{first.seconds:.2f}"` seconds,
# while each token of the answer takes {eval}`f"{1000 * per_token.seconds:.1f}"` milliseconds. Per
# token, decode takes {eval}`f"{per_token.seconds / (first.seconds / first.tokens):.0f}"` times as
# long as prefill. **Prefill is limited by compute. Decode is limited by memory bandwidth, because
# each pass reads all the weights for a single token.**

# %% [markdown]
# ### The KV cache
#
# A decode pass computes only the latest token, because the keys and values of all earlier tokens
# are in the *KV cache*. Let's count the FLOPs of writing 50 tokens, with and without the cache:

# %%
from torch.utils.flop_counter import FlopCounterMode

measured, cached_text = {}, {}
for use_cache in [True, False]:  # @stepover
    seeded = torch.Generator().manual_seed(0)
    with FlopCounterMode(display=False) as counter:
        cached_text[use_cache] = list(
            generate(
                model,
                prompt_ids,
                n_tokens=50,
                generator=seeded,
                use_cache=use_cache,
            )
        )
    measured[use_cache] = counter.get_total_flops()
print(f"with a cache:    {measured[True] / 1e6:4.0f} MFLOPs")
print(f"without a cache: {measured[False] / 1e6:4.0f} MFLOPs")
print("same text:", cached_text[True] == cached_text[False])

# %% tags=["remove-cell"]
caches = model.new_caches()
cache_sizes = []
with torch.no_grad():  # @stepover
    for token_id in prompt_ids + cached_text[True]:
        model(torch.tensor([[token_id]]), caches=caches)
        cache_sizes.append(sum(cache.nbytes for cache in caches))
per_cached_token = cache_sizes[0]
assert cache_sizes == [per_cached_token * n for n in range(1, len(cache_sizes) + 1)]
by_formula = 2 * 2 * 64 * 4

# %% [markdown]
# The figure shows what each pass computes and what it takes from the cache, with one row per pass
# and one column per position of the text.

# %% tags=["hide-input"]
paper = figures.LABEL_BOX["facecolor"]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 2.6))
    n_prompt = len(prompt_ids)
    for number in range(1, 11):
        end = n_prompt + number - 1
        start = 0 if number == 1 else end - 1
        axes.barh(number, start, 0.75, left=0.5, color="C1", alpha=0.35)
        axes.barh(number, end - start, 0.75, left=start + 0.5, color="C0")
    axes.text(n_prompt / 2 + 0.5, 1, "prefill", ha="center", va="center", color=paper, size=8)
    axes.text(n_prompt / 2, 6, "from the cache", ha="center", va="center", size=8)
    axes.set(xlabel="position", ylabel="pass", xticks=[1, 5, 10, 15], yticks=[1, 4, 7, 10])
    axes.invert_yaxis()
    axes.grid(visible=False)
    plt.close(figure)
figures.inline(
    figure,
    alt="The first pass computes all positions of the prompt. Each later pass computes one and "
    "takes all earlier ones from the cache, which is one position longer every time.",
)

# %% [markdown]
# Each token adds {eval}`f"{per_cached_token:,}"` bytes to the cache: a key and a value, each of
# {eval}`config.d_model` numbers of 4 bytes, in each of {eval}`config.n_layers` layers. **The cache
# saves compute at the cost of memory**: without it, every new token recomputes the whole text; with
# it, the keys and values of the whole text stay in memory.

# %% [markdown]
# ## Many users: continuous batching
#
# A pass that reads all the weights for one token can just as well serve a whole batch of requests.
# But their answers end at different times. If the batch runs until its longest answer is complete,
# the finished requests occupy slots without using them. *Continuous batching* instead decides
# before every pass which requests take part {cite:p}`orca2022`: a request leaves as soon as its
# answer is complete, and a waiting one takes its slot.
#
# How much memory should a server reserve for the KV cache of a request, if it does not know how
# long the answer will be? *PagedAttention* {cite:p}`pagedattention2023` reserves nothing in
# advance. It divides the memory into small blocks, and gives a request another block whenever its
# last one is full. Here are six requests, with up to 12 tokens per pass and 16 blocks of 4 tokens:

# %%
from cs336_core.inference.batching import generate_batch
from cs336_core.inference.scheduler import Request

# The number of tokens in each prompt, and in its answer
lengths = [(4, 12), (10, 5), (6, 18), (22, 4), (3, 9), (8, 6)]
requests = []
for start, (n, n_new) in zip(starts, lengths, strict=False):  # @stepover
    some_prompt = in_hamlet[start : start + n]
    seeded = torch.Generator()
    requests.append(Request(some_prompt, n_new, generator=seeded))
passes = list(  # @stepover
    generate_batch(
        model,
        requests,
        n_blocks=16,
        block_size=4,
        tokens_per_pass=12,
    )
)
print(f"{len(passes)} passes for {sum(n for _, n in lengths)} new tokens")

# %% tags=["hide-input"]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.0))
    for number, each in enumerate(passes, start=1):
        for work in each.work:
            is_prompt = work.n_computed > 1
            color = "C0" if is_prompt else "C1"
            axes.barh(work.request + 1, 0.9, 0.7, left=number - 0.45, color=color)
            if is_prompt:
                axes.text(
                    number,
                    work.request + 1,
                    work.n_computed,
                    ha="center",
                    va="center",
                    color=paper,
                    size=9,
                )
        for request in each.preempted:
            axes.plot(number, request + 1, "x", color="C0")
    axes.set(xlabel="pass", ylabel="request", yticks=range(1, 7), xlim=(0, len(passes) + 1))
    axes.invert_yaxis()
    axes.grid(visible=False)
    plt.close(figure)
figures.inline(
    figure,
    alt="Which requests take part in each pass. All start with a part of their prompt, of up to 12 "
    "tokens, and go on with one token per pass. Requests that started late lose their blocks once "
    "and start again.",
)

# %% tags=["remove-cell"]
utilization = fmean(each.n_cached / (4 * each.n_blocks) for each in passes if each.n_blocks)
one_by_one = sum(n_new for _, n_new in lengths)
reserved, held = [], []
alive = dict(enumerate(lengths))
started = set()
for each in passes:
    started |= {work.request for work in each.work}
    for work in each.work:
        if work.is_done:
            del alive[work.request]
    reserved.append(config.context_length * len(started & alive.keys()))
    held.append(each.n_cached)
reserved_use = sum(held) / sum(reserved)
alone = [
    list(generate(model, each.prompt_ids, n_tokens=each.n_tokens, generator=torch.Generator()))
    for each in requests
]
together = [[] for _ in requests]
for each in passes:
    for work in each.work:
        if work.new_id is not None:
            together[work.request].append(work.new_id)
assert alone == together

# %% [markdown]
# *Blue: part of a prompt, with its number of tokens. Gray: one new token. ×: no block was free, so
# the request that had started last gave its blocks back; their contents are recomputed later.*
#
# Every request gets the same text as it would alone, but the batch takes {eval}`len(passes)` passes
# instead of {eval}`one_by_one`. The long prompt of request 4 is processed in chunks alongside the
# other requests' tokens, so the others keep writing in the meantime {cite:p}`sarathi2024`.
#
# On average, the blocks in use are {eval}`f"{100 * utilization:.0f} %"` full. If we had reserved a
# full context of 64 tokens for each request, only {eval}`f"{100 * reserved_use:.0f} %"` of that
# memory would have been used. **With paging, more requests fit into the same memory, and a larger
# batch takes little extra time**: with Llama 3 8B on one H100, a decode pass takes
# {eval}`f"{1000 * decode(llama, 1, 2048, H100).seconds:.1f}"`&nbsp;ms for one request with 2,048
# tokens of context, and {eval}`f"{1000 * decode(llama, 32, 2048, H100).seconds:.1f}"`&nbsp;ms for
# 32 such requests.

# %% [markdown]
# ## A smaller model: distillation
#
# Next we need a second, faster model: one layer of width 32. It could learn from the plays, as the
# first model did. With *distillation* {cite:p}`distillation2015`, this student learns from the
# first model, its *teacher*: at each position, the target is not the token that came next but the
# teacher's probabilities for all 1,024 tokens. To compare, we train one small model on the plays
# and distill another, both for 150 steps on the same batches.

# %%
from itertools import islice

from cs336_core.inference.distillation import distill

small = ModelConfig(
    vocab_size=1024,
    context_length=64,
    n_layers=1,
    d_model=32,
    n_heads=2,
    d_ff=96,
    tied_embeddings=True,
)
torch.manual_seed(336)
from_text = LanguageModel(small)  # @stepover
student = LanguageModel(small)  # @stepover
student.load_state_dict(from_text.state_dict())  # @stepover
for _ in train_steps(  # @stepover
    from_text,
    random_batches(corpus, 16, 64),
    AdamW(from_text.parameters(), 0.01, weight_decay=0),
    n_steps=150,
):
    pass
inputs = (  # @stepover
    batch.inputs for batch in islice(random_batches(corpus, 16, 64), 150)
)
optimizer = AdamW(student.parameters(), 0.01, weight_decay=0)  # @stepover
divergences = list(distill(student, model, inputs, optimizer))  # @stepover
quality["from text"] = score_text(from_text, tokenizer, passage)  # @stepover
quality["distilled"] = score_text(student, tokenizer, passage)  # @stepover
for name in ["trained", "from text", "distilled"]:  # @stepover
    print(f"{name:10} {quality[name].bits_per_byte:.3f} bits per byte")

# %% tags=["remove-cell"]
gained = quality["from text"].bits_per_byte - quality["distilled"].bits_per_byte

# %% [markdown]
# **The teacher's probabilities carry more information than the next token alone**: they also show
# which other tokens were plausible. After the same number of steps, the distilled model is better
# than the one trained on the plays by {eval}`f"{gained:.2f}"` bits per byte.

# %% [markdown]
# ## Speculative decoding: draft, then check
#
# A pass of a large model that checks ten tokens takes hardly longer than a pass that writes one.
# But something has to propose the tokens. In *speculative decoding*
# {cite:p}`specdec_leviathan2022,specdec_chen2023`, a small model drafts a few tokens, and the large
# model checks all of them in one pass. A drafted token $x$ is accepted with probability
# $\min(1, p(x) / q(x))$, where $p$ is the large model's distribution and $q$ the small model's. At
# the first rejection, a replacement is drawn from $\max(0, p - q)$, rescaled to add up to 1, which
# favors the tokens that the small model underestimates. All drafts after the rejected one are
# discarded.
#
# Which distribution do the resulting tokens follow? Trace one check first; then we run 5,000 of
# them and count:

# %%
from cs336_core.inference.speculative import speculative_rounds, verify

with torch.no_grad():  # @stepover
    p = model(torch.tensor([prompt_ids]))[0, -1, top.indices].softmax(-1)
    q = student(torch.tensor([prompt_ids]))[0, -1, top.indices].softmax(-1)
wanted = torch.stack([p, p])
coins = torch.Generator().manual_seed(336)
drafted = torch.multinomial(q, 1, generator=coins).tolist()
n_accepted, next_id = verify(drafted, [q], wanted, coins)  # @stepinto verify
outcome = "accepted" if n_accepted else f"rejected, {next_id} instead"
print(f"draft {drafted[0]}: {outcome}")

# %% tags=["hide-input"]
n_trials = 5_000
coins = torch.Generator().manual_seed(336)
drafts = torch.multinomial(q, n_trials, replacement=True, generator=coins).tolist()
counts, accepted_drafts = torch.zeros(6), 0
for draft in drafts:
    n_accepted, next_id = verify([draft], [q], wanted, coins)
    counts[draft if n_accepted else next_id] += 1
    accepted_drafts += n_accepted
lines = ["| token | small model | large model | drawn |", "|---|--:|--:|--:|"]
for i, token_id in enumerate(top.indices.tolist()):
    row = [f"{100 * each:.1f} %" for each in (q[i], p[i], counts[i] / n_trials)]
    lines.append(f"| `{visible(tokenizer.decode([token_id]))}` | {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% [markdown]
# *The six most probable tokens after our prompt, with both models restricted to them, and how often
# each was the result of {eval}`f"{n_trials:,}"` checks.*
#
# The drafts came from the small model, and {eval}`f"{100 * accepted_drafts / n_trials:.0f} %"` of
# them were accepted. Still, the resulting tokens follow the large model's distribution, up to
# chance. **Speculative decoding changes only the speed**: the text has exactly the distribution of
# the large model. This course's test suite confirms that with a chi-square test whose false-alarm
# rate is one in a million.
#
# Here is speculative decoding of a longer text, with up to four drafts per round:

# %%
rounds = list(  # @stepover
    speculative_rounds(
        model,
        student,
        prompt_ids,
        n_tokens=56,
        n_drafts=4,
        generator=torch.Generator().manual_seed(2),
    )
)
n_drafted = sum(len(each.drafts) for each in rounds)
n_right = sum(each.n_accepted for each in rounds)
n_written = n_right + len(rounds)
print(f"{len(rounds)} passes of the large model for {n_written} tokens")
print(f"{n_right} of {n_drafted} drafts accepted")

# %% tags=["hide-input"]
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.6))
    begin = 1
    for number, each in enumerate(rounds, start=1):
        for i, _ in enumerate(each.drafts):
            is_right = i < each.n_accepted
            look = {"color": "C0"} if is_right else {"facecolor": "none", "edgecolor": "C1"}
            axes.barh(number, 0.85, 0.7, left=begin + i - 0.42, **look)
        axes.barh(number, 0.85, 0.7, left=begin + each.n_accepted - 0.42, color="C1")
        begin += len(each.ids)
    axes.set(xlabel="position in the answer", ylabel="pass of the large model")
    axes.set_ylim(len(rounds) + 0.7, 0.3)
    axes.set_yticks([1, *range(5, len(rounds) + 1, 5)])
    axes.grid(visible=False)
    plt.close(figure)
figures.inline(
    figure,
    alt="One row per pass of the large model. Accepted drafts are filled, rejected ones are empty, "
    "and the token that the large model adds is gray; each row begins where the last one ended.",
)

# %% [markdown]
# *Blue: accepted drafts. Gray: the token that the large model adds, which replaces the first
# rejected draft. Hollow: drafts after a rejection, which are discarded.*
#
# If each draft is accepted with probability $a$, a round with $n$ drafts yields
# $1 + a + \dots + a^n$ tokens on average. But drafting takes time, too. How many drafts are best?

# %% tags=["remove-input"]
from cs336_core.widgets import DraftCount

DraftCount(drafts=4, accepted=70, cost=10, key="drafts")

# %% tags=["remove-cell"]
from cs336_core.accounting.serving import best_draft, speculative_speedup

best = {(a, cost): best_draft(a, cost) for a, cost in [(0.9, 0.1), (0.3, 0.1), (0.7, 0.3)]}
too_many = next(n for n in range(1, 13) if speculative_speedup(0.7, n, 0.3) < 1)

# %% [markdown]
# - How many drafts are best if {figure}`90 % are accepted <drafts.accepted=90>`, and how many if
#   {figure}`only 30 % are <drafts.accepted=30>`?
# - Make a draft {figure}`take 30 % of a pass <drafts.cost=30>` of the large model. How many drafts
#   are best now, and how many slow the text down?
#
# ```{dropdown} Answers
# If a draft takes a tenth of a pass, {eval}`best[0.9, 0.1]` drafts are best at 90 %, and
# {eval}`best[0.3, 0.1]` at 30 %. If it takes 30 % of a pass, {eval}`best[0.7, 0.3]`
# drafts are best at 70 %, and from {eval}`too_many` on, the text is written more slowly than
# without any.
# ```
#
# **The small model has to imitate the large one well, and be much faster.** That is why drafts
# often come from a distilled model, or from extra heads on the large model itself.

# %% [markdown]
# ## Fewer bits
#
# Decode spends its time reading weights from memory, and weights of half the size are read in half
# the time. *Quantization* stores each weight as a small integer, together with a *scale* that a
# group of neighboring weights shares. Here a group has 32 weights, and the largest absolute value
# among them sets the scale:
#
# $$w \approx s \cdot \operatorname{round}\Bigl(\frac{w}{s}\Bigr), \\
# s = \frac{\max |w|}{7} \ \text{in 4 bits.}$$

# %%
from cs336_core.inference.quantization import quantize

weights = torch.tensor([[0.31, -0.08, 0.7, -0.22]])
in_four_bits = quantize(weights, bits=4, group_size=4)  # @stepover
print(in_four_bits.dequantize())  # @stepover

# %% [markdown]
# How much worse does quantization make the model? Another way to shrink it is *pruning*
# {cite:p}`pruning2015`: set the smallest weights to zero, then train the others a little longer. We
# try both:

# %%
from copy import deepcopy

from cs336_core.inference.pruning import PruningMasks
from cs336_core.inference.quantization import quantize_model, weight_bytes

sizes = {"trained": weight_bytes(model)}  # @stepover
sizes["distilled"] = weight_bytes(student)  # @stepover
for bits in [8, 4, 2]:  # @stepover
    smaller = quantize_model(model, bits=bits)
    quality[f"{bits} bits"] = score_text(smaller, tokenizer, passage)
    sizes[f"{bits} bits"] = weight_bytes(smaller)
for percent in [30, 50, 70, 90]:  # @stepover
    pruned = deepcopy(model)
    masks = PruningMasks(pruned, percent / 100)
    masks.apply()
    quality[f"{percent} % pruned"] = score_text(pruned, tokenizer, passage)
    optimizer = AdamW(pruned.parameters(), 0.002, weight_decay=0)
    for _ in train_steps(pruned, batches, optimizer, n_steps=30):
        masks.apply()
    retrained = score_text(pruned, tokenizer, passage)
    quality[f"{percent} % pruned, retrained"] = retrained

# %% tags=["hide-input"]
embedding = model.embedding.weight.numel()
prunable = sum(each.numel() for each in model.parameters() if each.ndim == 2) - embedding
lines = ["| pruned | bits per byte | after retraining |", "|--:|--:|--:|"]
for percent in [30, 50, 70, 90]:
    # The entries that are left, and one bit per entry for where they are.
    left = prunable * 4 * (1 - percent / 100) + prunable / 8
    sizes[f"{percent} % pruned, retrained"] = sizes["trained"] - prunable * 4 + left
    before = quality[f"{percent} % pruned"].bits_per_byte
    after = quality[f"{percent} % pruned, retrained"].bits_per_byte
    lines.append(f"| {percent} % | {before:.2f} | {after:.2f} |")
Markdown("\n".join(lines))

# %% [markdown]
# Up to a point, the model can do without its smallest weights, and a little retraining repairs much
# of the damage at the higher fractions. The next figure compares the sizes and the quality of the
# quantized models, the pruned models and the distilled model. Which of them would you choose?

# %% tags=["hide-input"]
ways_to_shrink = {
    "quantized, bits": ("C0", "o", ["trained", "8 bits", "4 bits", "2 bits"]),
    "pruned, %": ("C1", "s", [f"{percent} % pruned, retrained" for percent in [30, 50, 70, 90]]),
    "distilled": ("C0", "D", ["distilled"]),
}
with figures.style():
    figure, axes = plt.subplots(figsize=(3.9, 3.2))
    for way, (color, marker, points) in ways_to_shrink.items():
        x = [sizes[name] / 1024 for name in points]
        y = [quality[name].bits_per_byte for name in points]
        axes.plot(x, y, marker=marker, color=color, ls="-" if color == "C0" else "--", label=way)
        for name, at_x, at_y in zip(points, x, y, strict=True):
            short = "32" if name == "trained" else name.split()[0]
            if name != "distilled":
                below = way == "quantized, bits" and name != "2 bits"
                axes.annotate(
                    short,
                    (at_x, at_y),
                    xytext=(0, -11) if below else (7, 4),
                    textcoords="offset points",
                    ha="center",
                    size=7,
                )
    axes.set(xlabel="size in KiB", ylabel="bits per byte of Hamlet", xlim=(120, 690))
    axes.margins(y=0.15)
    axes.legend(loc="upper right")
    plt.close(figure)
listed = "; ".join(
    f"{name} {sizes[name] / 1024:.0f} KiB, {quality[name].bits_per_byte:.2f} bits per byte"
    for _, _, points in ways_to_shrink.values()
    for name in points
)
figures.inline(
    figure, alt=f"Size against bits per byte of Hamlet, where lower is better: {listed}."
)

# %% [markdown]
# *Lower and further left is better. The embedding, which is
# {eval}`f"{100 * 4 * embedding / sizes['trained']:.0f} %"` of our tiny model, was neither pruned
# nor quantized; in a large model, it is only a small part.*
#
# **Here, 8 bits cost nothing and 4 bits next to nothing; 2 bits are too few.** Large models behave
# much the same, if the few very large activations and the weights that multiply them are handled
# with care {cite:p}`llmint8_2022,awq2023`. Pruning saves memory, but on most chips a matmul with
# scattered zeros is no faster. The distilled model is smaller *and* needs fewer FLOPs, but first
# you have to train it.

# %% [markdown]
# ## Where the waiting time goes
#
# A user sends a prompt of 4,000 tokens to Llama 3 8B on one H100 and gets an answer of 400 tokens.
# How long does it take until the first token appears, and until the last? And how many tokens per
# second does the GPU generate for all its users together? The times in the table are lower bounds:
# they assume the chip's peak FLOP/s and its peak bandwidth.

# %% tags=["hide-input"]
from cs336_core.accounting.inference import forward_step
from cs336_core.accounting.serving import expected_tokens

n_prompt, n_answer = 4000, 400
middle = n_prompt + n_answer // 2  # the context of a typical token of the answer
checking = forward_step(llama, 1, 5, H100, cached=middle)
served = {
    "one user": (prefill(llama, 1, n_prompt, H100), decode(llama, 1, middle, H100), 1),
    "one user, in 8 bits": (
        prefill(llama, 1, n_prompt, H100, "fp8"),
        decode(llama, 1, middle, H100, "fp8"),
        1,
    ),
    "one user, 4 drafts": (
        prefill(llama, 1, n_prompt, H100),
        checking,
        expected_tokens(0.7, 4),
    ),
    "32 users": (prefill(llama, 1, n_prompt, H100), decode(llama, 32, middle, H100), 1),
}
waiting, rates = {}, {}
lines = [
    "| served | first token | each further one | last token | tokens/s |",
    "|---|--:|--:|--:|--:|",
]
for name, (reading, writing, per_pass) in served.items():
    each_token = writing.seconds / per_pass
    waiting[name] = (reading.seconds, reading.seconds + n_answer * each_token)
    rates[name] = (32 if "32" in name else 1) / each_token
    row = f"{reading.seconds * 1000:.0f} ms | {each_token * 1000:.1f} ms"
    lines.append(f"| {name} | {row} | {waiting[name][1]:.1f} s | {rates[name]:,.0f} |")
Markdown("\n".join(lines))

# %% [markdown]
# *In 8 bits: weights, cache and arithmetic. 4 drafts: each is accepted with probability 0.7, and
# the small model's time is not counted. 32 users: the users decode together, but each prompt is
# prefilled on its own.*
#
# Prefill is limited by compute, so only fewer or cheaper FLOPs shorten the wait for the first
# token. Decode is limited by memory bandwidth, so smaller weights and speculative decoding shorten
# the rest. **A larger batch does not make any answer faster, but it makes each token cheaper**:
# with 32 users, the GPU generates {eval}`f"{rates['32 users'] / rates['one user']:.0f}"` times as
# many tokens per second, while each user waits
# {eval}`f"{waiting['32 users'][1] / waiting['one user'][1]:.1f}"` times as long. The table leaves
# out the queue: if requests arrive faster than the service can answer them, the queue grows, and
# every new user waits longer than the one before.

# %% tags=["remove-cell"]
from cs336_core.inference.beam_search import beam_steps

compared = sum(map(len, beam_steps(Continuations(model, prompt_ids), 4, 10)))  # @stepover
colder = Sampling(temperature=0.5).probs(torch.tensor([[4.0, 1.0]]).log())[0]  # @stepover
colder_ratio = float(colder[0] / colder[1])
flat = Sampling(top_p=0.9).probs(torch.zeros(1, 1024))  # @stepover
flat_kept = int((flat > 0).sum())
per_weight = 8 * quantize(torch.randn(8, 64), bits=4, group_size=32).nbytes / (8 * 64)  # @stepover
per_round = expected_tokens(0.8, 4)  # @stepover

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** How many candidates does beam search compare in all, with $K = 4$ and a text of 10 tokens?
#
# ```{dropdown} Answer
# {eval}`compared`: 4 in the first step, which extends only the prompt, and 16 in each of the other
# 9 steps. (To find the best 4 tokens of each beam, it looks at the probabilities of the whole
# vocabulary: about $K \cdot V \cdot T$ numbers for $T$ tokens and a vocabulary of $V$.)
# ```
#
# **2.** One token is four times as probable as another. How much more probable is it at a
# temperature of 0.5?
#
# ```{dropdown} Answer
# {eval}`f"{colder_ratio:.0f}"` times: dividing the logits by 0.5 doubles them, which squares the
# ratio of the probabilities.
# ```
#
# **3.** All 1,024 tokens are equally likely. How many does a top-p of 0.9 keep, and how many a
# min-p of 0.1?
#
# ```{dropdown} Answer
# Top-p keeps {eval}`f"{flat_kept:,}"`, the smallest number that reaches 0.9. Min-p keeps all of
# them, because each is as probable as the most probable one.
# ```
#
# **4.** You lower the temperature from 1 to 0. Does speculative decoding still write the same text
# as greedy decoding with the large model alone?
#
# ```{dropdown} Answer
# Yes, if both models use the same temperature. Each of $p$ and $q$ then gives one token the
# probability 1, so a draft is accepted exactly when it is the large model's most probable token.
# Otherwise, that token replaces the draft.
# ```
#
# **5.** Each draft is accepted with probability 0.8, and there are 4 per round. How many tokens
# does a round yield on average?
#
# ```{dropdown} Answer
# {eval}`f"{per_round:.2f}"`: $1 + 0.8 + 0.8^2 + 0.8^3 + 0.8^4$.
# ```
#
# **6.** Weights are quantized to 4 bits, and each group of 32 weights shares a 16-bit scale. How
# many bits does a weight take on average, with its part of the scale?
#
# ```{dropdown} Answer
# {eval}`f"{per_weight:g}"`: 4 bits of its own, plus 16 / 32 = 0.5 bits for the scale.
# ```
#
# **7.** Each block of a paged cache has room for 16 tokens. How much memory can a request waste at
# most?
#
# ```{dropdown} Answer
# The room for 15 tokens: only the request's last block can be partly empty.
# ```

# %% [markdown]
# ## What comes next
#
# You can now generate text with any model of this course, and explain what its users wait for. To
# see how production systems do it, read the code of [vLLM](https://github.com/vllm-project/vllm),
# which introduced PagedAttention, and of [llama.cpp](https://github.com/ggml-org/llama.cpp), which
# runs quantized models on laptops. {doc}`/book/glossary` explains every term.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
