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
# # Byte pair encoding
#
# A language model reads numbers. Something has to turn text into numbers first, and the numbers
# back into text. That something is a *tokenizer*, and the one that nearly every large model uses is
# byte pair encoding, BPE for short.
#
# This page builds it from nothing, on a text of five words, and then lets it loose on a real one.
# It takes about ten minutes. You need to have met UTF-8, or to believe that text is stored as
# bytes.

# %% [markdown]
# ## A text is a list of bytes
#
# Here is the text that we start from. Stored as UTF-8, it is a list of numbers between 0 and 255,
# one for each letter and one for each space.

# %%
text = "the cat in the hat"
ids = list(text.encode("utf-8"))
print(ids)

# %% [markdown]
# That already is a tokenizer: {eval}`len(ids)` tokens, and a vocabulary of 256. It can write every
# text there is. But it is wasteful. The model has to read one token for every single letter, and
# the cost of reading grows with the number of tokens.
#
# So the question is: **can we write the same text with fewer tokens, without losing anything?**

# %% [markdown]
# ## Find what repeats
#
# Look at every pair of neighbours, and count. The pair `(116, 104)` is `t` followed by `h`.

# %%
from cs336_core.tokenization import count_pairs

counts = count_pairs(ids)
best = max(counts.values())
for (left, right), count in counts.items():
    if count == best:
        print(f"({left}, {right})  {chr(left)!r} + {chr(right)!r}  {count} times")

# %% [markdown]
# {eval}`len([c for c in counts.values() if c == best])` pairs share the first place. We need a rule
# for ties, and take the pair that was seen first: `t` + `h`.
#
# Now give this pair a number of its own, the first that is free: 256. Wherever `t` and `h` stand
# side by side, write 256 instead.

# %%
from cs336_core.tokenization import merge

shorter = merge(ids, (116, 104), 256)
print(shorter)

# %% [markdown]
# The list has {eval}`len(shorter)` numbers now instead of {eval}`len(ids)`, and nothing is lost:
# whoever knows that 256 means `th` can undo it. That one move, *count the pairs and merge the most
# frequent*, is all there is to BPE. The rest is repetition.

# %% [markdown]
# ## Step through the merges
#
# Before you move the slider, guess: which pair merges after `th`? And is the space part of it?

# %%
from cs336_core.widgets import BPEStepper

BPEStepper(text, num_merges=12, key="hat")

# %% tags=["remove-cell"]
from cs336_core.tokenization import bpe_steps, train_bpe

repeats = next(i for i, step in enumerate(bpe_steps(text, 12)) if step.count == 1)
assert train_bpe(text, 3).vocab[258] == b"the "

# %% [markdown]
# Things to try:
#
# - Stop at merge 3. The new token is `the␣`, a word *with the space behind it*. Nothing told BPE
#   what a word is.
# - Look at the pair counts from merge {eval}`repeats` on. Every pair occurs once. There is nothing
#   left to discover, but the algorithm does not know that: it goes on and learns this one sentence
#   by heart.
# - Watch the bytes a token. They go up with every merge. Is a higher number always better?

# %% [markdown]
# ## The whole algorithm
#
# Training repeats the move and writes down two things: the *vocabulary*, which says what bytes each
# id stands for, and the *merges*, in the order in which they were learned. This is the function
# behind the stepper, just as it stands in `cs336_core/tokenization/reference.py`.

# %% tags=["hide-input"]
import inspect

from IPython.display import Markdown

Markdown(f"```python\n{inspect.getsource(bpe_steps)}```")

# %%
params = train_bpe(text, num_merges=3)
print(params.merges)
print({token_id: token for token_id, token in params.vocab.items() if token_id >= 256})

# %% [markdown]
# Here is that training as it runs, line by line, with its variables in view. Click on `ids` to
# follow it: the marks on the timeline are its changes, and the arrows beside its name go from one
# to the next.

# %% tags=["hide-input"]
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

recorded = trace(train_bpe, text, 3, inspect_all=True)  # @stepover
TraceViewer(recorded, key="training")

# %% [markdown]
# ## Use it on a new text
#
# To *encode* a text that the training has never seen, start from its bytes and replay the merges in
# the order they were learned. The order matters: `the` can only be made once there is `th`.

# %%
from cs336_core.tokenization import compression_ratio, decode, encode

for new_text in ["the hat", "that", "a dog", "猫"]:
    new_ids = encode(new_text, params)
    print(f"{new_text!r:12} {new_ids}  {compression_ratio(new_text, new_ids):.2f} bytes a token")
    assert decode(new_ids, params) == new_text

# %% [markdown]
# Two things to see here. `a dog` has nothing in common with the training text, and still it can be
# written: its bytes are in the vocabulary. **No text is ever unknown.** And the Chinese cat costs
# {eval}`len(encode("猫", params))` tokens for one character, since our text had no Chinese in it.
# What a tokenizer has not seen, it cannot shorten.
#
# To *decode*, look up the bytes of every id and join them. A model may stop in the middle of a
# character; then the bytes are not valid UTF-8, and a replacement character stands in.

# %%
print(decode(encode("猫", params)[:2], params))

# %% [markdown]
# ## A real text
#
# Five words cannot teach much. Python carries its own manual with it, so let us train on three
# chapters of that: what objects are, how names are bound, how exceptions work.

# %%
from pydoc_data.topics import topics

manual = topics["objects"] + topics["execmodel"] + topics["exceptions"]
steps = list(bpe_steps(manual, num_merges=400))  # @stepover

print(f"{len(manual.encode('utf-8')):,} bytes became {len(steps[-1].after):,} tokens")
print("first merges: ", [step.new_token.decode() for step in steps[:12]])
longest = sorted((step.new_token for step in steps), key=len, reverse=True)
print("longest words:", [token.decode() for token in longest if token.strip().isalpha()][:8])

# %% tags=["remove-cell"]
assert {b"e ", b"th", b"in"} <= {step.new_token for step in steps[:12]}

# %% [markdown]
# The first merges are ends of words and common little ones: `e` with a space behind it, `th`, `in`.
# Later ones are whole words of this manual. BPE was told no word of English and no word of Python;
# it found them by counting.
#
# Here is the first paragraph of that manual in the stepper, so that you can watch it happen.

# %%
opening = manual.split("\n\n")[1]
BPEStepper(opening, num_merges=60, key="manual")

# %% [markdown]
# ## How far does it go?
#
# The first merges shorten the text the most, since the most frequent pairs are used up first. The
# solid line is the text that the tokenizer was trained on.
#
# The dashed line is the honest one: another chapter of the same manual, which the training did not
# see.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core import figures

unseen = topics["function"]
unseen_ids, unseen_ratio = list(unseen.encode("utf-8")), []
for step in steps:  # @stepover
    unseen_ids = merge(unseen_ids, step.pair, step.new_id)
    unseen_ratio.append(compression_ratio(unseen, unseen_ids))
seen_ratio = [compression_ratio(manual, step.after) for step in steps]  # @stepover

with figures.style():  # @stepover
    figure, axes = plt.subplots()
    axes.plot(range(1, 401), seen_ratio, label="the chapters it was trained on")
    axes.plot(range(1, 401), unseen_ratio, label="a chapter it has not seen")
    axes.set(xlabel="merges", ylabel="bytes a token", xlim=(0, 400), ylim=(1, None))
    axes.legend(loc="upper left")
    plt.close(figure)
figures.inline(
    figure,
    alt=f"Bytes a token against the number of merges: both curves rise steeply, then flatten. "
    f"After 400 merges it is {seen_ratio[-1]:.2f} on the training text and "
    f"{unseen_ratio[-1]:.2f} on an unseen chapter.",
)

# %% [markdown]
# After 400 merges a token stands for {eval}`f"{seen_ratio[-1]:.2f}"` bytes of the training text and
# {eval}`f"{unseen_ratio[-1]:.2f}"` bytes of the unseen chapter. The gap is what was learned by
# heart. Real tokenizers are trained on gigabytes, with tens of thousands of merges, so that what
# they learn holds for any text of the same kind.

# %% [markdown]
# ## What we left out
#
# Three decisions turn this into a tokenizer that is used in practice. Each has its reason.
#
# **Words first.** {cite:t}`gpt2` cut the text into words and punctuation before they count, and
# never merge across a cut. That forbids our third merge, `the` with the space behind it; the space
# goes to the front of the next word instead. Without this step, frequent phrases would eat up the
# vocabulary: `dog.`, `dog!` and `dog?` would all become tokens.
#
# **Ties.** When two pairs are equally frequent, any rule will do, as long as everybody uses the
# same one. We take the pair that was seen first. Another common rule takes the pair whose bytes are
# greatest. Two trainers with different rules learn different vocabularies from the same text.
#
# **Special tokens.** A model needs marks such as “here a document ends”. They get ids of their own
# after the last merge, and they never come out of ordinary text.

# %% [markdown]
# ## Where it comes from
#
# BPE began as a way to compress files {cite:p}`gage1994`. {cite:t}`sennrich2016` brought it to
# language, to let a translation model write rare words piece by piece. {cite:t}`gpt2` ran it on
# bytes, as we did here, so that no text is unknown. Models that read plain bytes and need no
# tokenizer exist too {cite:p}`byt5,blt2024`; so far, most large models keep theirs.

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Each answer was computed when this page was built.
#
# **1.** How many tokens are left of `aaaa` after one merge? And of `aaa`?
#
# ```{dropdown} Answer
# {eval}`len(merge(list(b"aaaa"), (97, 97), 256))` and
# {eval}`len(merge(list(b"aaa"), (97, 97), 256))` tokens. The merge runs from left to right and
# does not take a letter twice, so `aaa` becomes `aa` and a single `a`.
# ```
#
# **2.** Train on `the cat in the hat` with 3 merges. Which ids does `the cat` get?
#
# ```{dropdown} Answer
# {eval}`str(encode("the cat", params))`. One token for `the␣`, then three bytes.
# ```
#
# **3.** Is there a text that becomes *longer* than its bytes when it is encoded?
#
# ```{dropdown} Answer
# No. Encoding starts from the bytes, and a merge only ever replaces two tokens by one.
# ```

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
