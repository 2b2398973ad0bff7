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
# A good tokenizer has one token for a frequent word, a few pieces for a rare one, and bytes for
# everything else. Nobody could write down the list of pieces by hand. Byte pair encoding (BPE)
# finds them by counting, and nearly every large language model reads text that BPE has split.
#
# On this page we build BPE from scratch on a text of five words, run it forward and backward on any
# text you like, and then train it on the plays of Shakespeare. It takes about three quarters of an
# hour, and as long again if you write the five functions yourself. You need to know that text is
# stored as bytes, and what a token id is: {doc}`02_tokenization` explains both.

# %% [markdown]
# ## A text is a list of bytes
#
# Here is our text. Stored as UTF-8, it is a list of numbers between 0 and 255, one for each letter
# and each space.

# %%
text = "the cat in the hat"
ids = list(text.encode("utf-8"))
print(ids)

# %% [markdown]
# That is already a tokenizer: {eval}`len(ids)` tokens, and a vocabulary of 256. It can represent
# any text. But it is wasteful: the model has to read a token for every single letter, and the cost
# of reading grows with the number of tokens.
#
# So the question is: **can we represent the same text with fewer tokens, without losing anything?**

# %% [markdown]
# ## Find what repeats
#
# Count every pair of adjacent ids. The pair `(116, 104)` is `t` followed by `h`.

# %%
from cs336_core.tokenization import count_pairs

counts = count_pairs(ids)
best = max(counts.values())
for (left, right), count in counts.items():  # @stepover
    if count == best:
        pair = f"{chr(left)!r} + {chr(right)!r}"
        print(f"({left}, {right})  {pair}  {count} times")

# %% [markdown]
# {eval}`len([c for c in counts.values() if c == best])` pairs are tied for first place. We break
# ties by taking the pair that was seen first: `t` + `h`.
#
# Now give this pair an id of its own, the first free one: 256. Wherever `t` is followed by `h`,
# write 256 instead.

# %%
from cs336_core.tokenization import merge

shorter = merge(ids, (116, 104), 256)
print(shorter)

# %% [markdown]
# The list now has {eval}`len(shorter)` numbers instead of {eval}`len(ids)`, and nothing is lost: if
# you know that 256 means `th`, you can undo it. **Count the pairs and merge the most frequent
# one:** that is all there is to BPE. The rest is repetition.

# %% [markdown]
# ## Your turn: count and merge
#
# You will understand the rest of this page best if you write these two functions yourself. Python
# runs right in this page; the tests show you the first input that your function gets wrong.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("count_pairs", key="write-count-pairs")  # @stepover

# %% tags=["remove-input"]
YourTurn("merge", key="write-merge")  # @stepover

# %% [markdown]
# ## Step through the merges
#
# `t` and `h` merge first, by our rule for ties. Predict the next merge before you see it.

# %% tags=["remove-input"]
from cs336_core.tokenization import bpe_steps, train_bpe
from cs336_core.widgets import Prediction

options = ["`th` + `e`", "`e` + `␣`", "`c` + `a`", "`a` + `t`"]
question = "Which pair merges next, after `t`\u00a0+\u00a0`h`?"
Prediction(question, options, options[0], closes="hat", key="next-pair")  # @stepover

# %%
from cs336_core.widgets import BPETimeMachine

BPETimeMachine(text, num_merges=12, compact=True, key="hat")

# %% tags=["remove-cell"]
repeats = next(i for i, step in enumerate(bpe_steps(text, 12)) if step.count == 1)
assert train_bpe(text, 3).vocab[257] == b"the"
assert train_bpe(text, 3).vocab[258] == b"the "

# %% [markdown]
# Things to try:
#
# - {figure}`Stop at merge 3 <hat.step=3>`. The new token is `the␣`, a word *with the space after
#   it*. **BPE does not know what a word is.**
# - Look at the pair counts {figure}`from merge 4 on <hat.step=4>`. Every pair occurs once. There is
#   nothing left to discover, but the algorithm goes on and memorizes this one sentence.
# - Watch the bytes per token go up with every merge, {figure}`all the way <hat.step=12>`. Is a
#   higher number always better?
#
# ```{dropdown} Answer
# No. This number is measured on the text that the merges were learned from, and any text can be
# memorized. What counts is the number on *other* text, and there the last of these tokens hardly
# ever occur.
# ```

# %% [markdown]
# ## Your turn: train
#
# Can you put the two functions together, before you read how we did it?

# %% tags=["remove-input"]
YourTurn("train_bpe", key="write-train-bpe")  # @stepover

# %% [markdown]
# ## The whole algorithm
#
# **Training repeats two steps, count and merge,** and records two things: the *vocabulary*, which
# maps each id to its bytes, and the *merges*, in the order in which they were learned. This is the
# whole function, exactly as it is in `cs336_core/tokenization/bpe.py`.

# %% tags=["hide-input"]
import inspect

from IPython.display import Markdown

Markdown(f"```python\n{inspect.getsource(bpe_steps)}```")

# %%
params = train_bpe(text, num_merges=3)  # @stepinto train_bpe bpe_steps
print(params.merges)
print({token_id: params.vocab[token_id] for token_id in [256, 257, 258]})

# %% [markdown]
# Here is that training run, line by line, with its variables in view. Click on `ids` to follow it:
# the marks on the timeline show where it changes, and the arrows beside its name jump from one
# change to the next. The viewer opens right after `ids` has been assigned; step back to see the
# beginning.

# %% tags=["hide-input"]
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

TraceViewer(trace(train_bpe, text, 3, inspect_all=True), step=6, key="training")

# %% [markdown]
# ## From compression to language
#
# {cite:t}`gage1994` invented BPE to make files smaller. He replaced the most frequent pair of bytes
# with a byte that the file did not use, and repeated this until no byte was free or no pair was
# worth replacing. All he wanted was a short file.
#
# {cite:t}`sennrich2016` saw another use for the pieces. They worked on translation, where words
# that never occurred in training were a problem. So they learned pieces from *one* collection of
# text and used them to split *other* text. That way, even a new word, such as `lowest`, consists of
# pieces of known words.
#
# Their example is a dictionary of four words with their counts. `low` occurred five times, so each
# pair in it counts five times. (They also mark the end of each word, to learn which pieces end a
# word. We leave that out.)

# %%
from cs336_core.tokenization import train_bpe_words

read = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
learned = train_bpe_words(read, 7, "first-seen")  # @stepover
pieces = [left + right for left, right in learned]
print([piece.decode() for piece in pieces])

# %% [markdown]
# `est` comes second, before any whole word. It occurs nine times, in two words that have little
# else in common. **No rule of grammar was needed to find the ending of *newest* and *widest*.**
#
# Now predict each merge yourself; the machine keeps score. Then
# {figure}`encode a new word <words.part=encoding>`, `lowest`, with all the merges. Which pieces do
# you get?

# %% tags=["hide-input"]
BPETimeMachine(words=read, num_merges=12, predict=True, new_text="lowest", key="words")

# %% tags=["remove-cell"]
from cs336_core.tokenization import BPEParams, encode

twelve = BPEParams.trained(train_bpe_words(read, 12, "first-seen"))
of_lowest = [twelve.vocab[token_id].decode() for token_id in encode("lowest", twelve)]

# %% [markdown]
# ```{dropdown} Answer
# {eval}`" + ".join(of_lowest)`: the word `low` and the ending `est`, each learned from other
# words.
# ```

# %% [markdown]
# ## When two pairs are equally frequent
#
# In that example, `es` and `st` are tied at nine times each. Any *tie-break* rule will do, as long
# as everybody uses the same one. We took the pair that was seen first. Another rule takes the
# lexicographically greatest pair of bytes, comparing left halves first, then right ones. Since `s`
# comes after `e`, that rule takes `st`.
#
# Does it matter? Here is how the two rules split the word `newest`.

# %%
for tie_break in ["first-seen", "lexicographic"]:  # @stepover
    learned = BPEParams.trained(train_bpe_words(read, 6, tie_break))
    cut = [learned.vocab[each] for each in encode("newest", learned)]
    print(f"{tie_break:14} {b' + '.join(cut).decode()}")

# %% [markdown]
# The same words, the same counts, and two vocabularies: one has learned `new`, the other `west`.
# **Either is fine, but a model that was trained with one cannot read the other's ids.** Try it in
# the machine above: after six merges with
# {figure}`the first rule <words.predict=false&words.step=6>`, and with
# {figure}`the second <words.predict=false&words.tie_break=lexicographic&words.step=6>`.

# %% [markdown]
# ## Words first
#
# {cite:t}`gpt2` applied BPE to bytes, as we do, so that no text is ever unknown. They ran into a
# new problem: frequent words filled up the vocabulary in many versions, `dog.`, `dog!`, `dog?`. So
# they split the text into words and punctuation before counting anything, and **never merged across
# a boundary.** This is *pre-tokenization*.

# %%
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.tokenization.pretokenization.split import split

print(split("the cat, and the dog?", GPT2))  # @stepover

# %% [markdown]
# Notice where the spaces went: to the front of the next word. So `the␣`, the third merge of our
# little text, is no longer possible. Its two halves are on different sides of a boundary.
#
# Pre-tokenization has another benefit. The text is now a collection of words, most of them
# repeated, so each distinct word needs to be processed only once. As we will see, this helps make
# training fast.

# %% [markdown]
# ## The time machine
#
# Now train on a real text, a speech that you may know. **You can undo every step:** go forward and
# backward as you like.
#
# - Move through the merges. The vocabulary grows, and a curve shows the bytes per token.
# - Click on a token, such as {figure}`␣the␣ <machine.step=20&machine.token=265>`, to see how it was
#   formed: from which two tokens, what those were formed from, and so on down to the bytes.
# - {figure}`Split into words first <machine.pretokenization=gpt2&machine.step=30>`. What happens to
#   the tokens that end in a space? Which frequent pair can no longer merge?
# - Train on a text of your own: another language, a program, or
#   {figure}`one word, over and over <machine.text=banana banana banana banana&machine.step=9>`.

# %%
from cs336_core.texts.shakespeare import plays

corpus = plays()  # @stepover
hamlet = corpus.pop("Hamlet")
begin = hamlet.index("To be, or not to be: that is the question:")
speech = hamlet[begin : hamlet.index("\n\n", begin)]

# %% tags=["hide-input"]
BPETimeMachine(speech, num_merges=100, new_text="To sleep, to dream", key="machine")

# %% tags=["remove-cell"]
from itertools import pairwise

in_words = split(speech, GPT2)
across = [before[-1] + after[0] for before, after in pairwise(in_words)]
most_across = max(set(across), key=across.count)
ending = sum(step.new_token.endswith(b" ") for step in bpe_steps(speech, 100))

# %% [markdown]
# ```{dropdown} What you should see
# Without splitting, {eval}`ending` of the 100 new tokens end in a space; with it, none does. The
# most frequent pair that cannot merge is {eval}`repr(most_across)`: it occurs
# {eval}`across.count(most_across)` times before any merge, each time across a word boundary. The
# line above the list of pairs always shows such a pair.
# ```

# %% [markdown]
# ## Use it on a new text
#
# Training happens once. From then on, the merges are only *applied*. To encode a text that was not
# part of the training data, start from its bytes and replay the merges in the order in which they
# were learned.

# %%
from cs336_core.tokenization import compression_ratio, decode

new_ids = encode("the hat", params)  # @stepinto encode
assert decode(new_ids, params) == "the hat"
for new_text in ["the hat", "that", "a dog", "猫"]:  # @stepover
    new_ids = encode(new_text, params)
    ratio = compression_ratio(new_text, new_ids)
    print(f"{new_text!r:9} {new_ids}\n{'':9} {ratio:.2f} bytes per token")
    assert decode(new_ids, params) == new_text

# %% [markdown]
# Notice two things. First, `a dog` shares no word with the training text, and still it can be
# encoded: its bytes are in the vocabulary. **No text is ever unknown.** Second, the Chinese
# character for cat costs {eval}`len(encode("猫", params))` tokens, since our text had no Chinese in
# it. A tokenizer cannot shorten what it has not seen.
#
# The order of the merges matters. Learn nine merges from `the cat in the hat` and apply them to
# `hat hath`. Most of them find nothing to merge. But both words contain an `a` followed by
# a `t`, and `at` is a token.

# %% tags=["remove-input"]
question = "Will both words end up with the token `at`?"
Prediction(question, ["yes", "no"], "no", closes="encoding", key="both")  # @stepover

# %% tags=["hide-input"]
BPETimeMachine(text, num_merges=9, part="encoding", new_text="hat hath", key="encoding")

# %% tags=["remove-cell"]
nine = train_bpe(text, 9)
of_hath = [nine.vocab[token_id].decode() for token_id in encode("hath", nine)]

# %% [markdown]
# ```{dropdown} Answer
# No: `hath` ends up as {eval}`"·".join(of_hath)`. Two merges compete for its `t`, and `t` + `h` was
# learned first. An encoder that always took the longest matching token, from left
# to right, would produce `h·at·h`: the same number of tokens, but different ids. A model must see
# text split the same way as during training.
# ```
#
# *Decoding* is simple: look up the bytes of every id and concatenate them. If a model stops in the
# middle of a character, the bytes are not valid UTF-8, and you see a replacement character:

# %%
print(decode(encode("猫", params)[:2], params))  # @stepover

# %% [markdown]
# ### Your turn: there and back
#
# Now write `encode` and `decode`; both are short. The tests check that you apply the merges in
# order, and try characters that are cut in half.

# %% tags=["remove-input"]
YourTurn("encode", key="write-encode")  # @stepover

# %% tags=["remove-input"]
YourTurn("decode", key="write-decode")  # @stepover

# %% [markdown]
# ## Special tokens
#
# A model needs markers that are not text: a document ends here, the user's turn begins there. These
# are *special tokens*. Each gets an id of its own, after those of the merges. No merge produces a
# special token or crosses one, so consecutive documents stay apart.

# %%
from cs336_core.tokenization import BPETokenizer, train

marked = BPETokenizer(train([text], 256 + 3 + 1, ["<|endoftext|>"]))  # @stepover
two_documents = "the hat<|endoftext|>the cat"
print(marked.encode(two_documents, allowed_special="all"))

# %% [markdown]
# But what if a user *types* those characters? If they turned into the special id, anybody could end
# the document or speak for the model. **So a tokenizer should reject untrusted text that contains a
# special token**, unless you allow that token by name or have it encoded as ordinary text.

# %%
import textwrap

from cs336_core.tokenization import SpecialTokenError

try:
    marked.encode(two_documents)
except SpecialTokenError as error:
    print(textwrap.fill(str(error), width=40), end="\n\n")
print(len(marked.encode_ordinary("<|endoftext|>")), "tokens, all ordinary")

# %% [markdown]
# ## Five megabytes of Shakespeare
#
# There is little to learn from five words. So let us train on {eval}`len(corpus)` plays, all but
# *Hamlet*, which we hold out. The vocabulary will have 10,000 ids: 256 bytes, one special token for
# the end of a document, and the rest from merges.

# %%
size = sum(len(play.encode("utf-8")) for play in corpus.values())
trained = train(corpus.values(), 10_000, ["<|endoftext|>"])  # @stepover
shakespeare = BPETokenizer(trained)  # @stepover
merges = trained.merges
tokens = [shakespeare.decode([256 + rank]) for rank in range(len(merges))]
longest = sorted(tokens, key=len, reverse=True)

print(f"{size:,} bytes, {len(merges):,} merges")
for name, few in {"first": tokens[:12], "longest": longest[:12]}.items():  # @stepover
    listed = " ".join(token.replace(" ", "␣") for token in few)
    print(textwrap.fill(f"{name}: {listed}", width=40))

# %% tags=["remove-cell"]
pieces_of_hamlet = [shakespeare.decode([token_id]) for token_id in shakespeare.encode(" Hamlet")]

# %% [markdown]
# First come pairs of letters, and soon short words, each with the space before it. Among the
# longest are `notwithstanding`, `handkerchief`, and the names of earls, each with one token in
# ordinary spelling and one in capitals. `Hamlet` becomes
# {eval}`"·".join(pieces_of_hamlet).replace(" ", "␣")`, since we held out the one play that is full
# of his name.
#
# The longest tokens of a vocabulary show what it was trained on. GPT-2 was trained on the web. Here
# are its longest tokens that consist only of letters.

# %%
from cs336_core.tokenization import load_encoding

vocab = load_encoding("gpt2").params.vocab.values()  # @stepover
texts = [token.decode(errors="replace") for token in vocab]
of_letters = [each for each in texts if each.strip().isalpha()]
print(*sorted(of_letters, key=len, reverse=True)[:6], sep="\n")

# %% [markdown]
# Nobody writes such words. The runs of `ÃÂ` are *mojibake*: text whose UTF-8 bytes were misread as
# letters, stored, and misread again, twice as long each time. The others come from buttons, shops
# and comment sections, repeated on thousands of pages. **To an algorithm that only counts, such a
# string is as good as a word.**

# %% [markdown]
# ## Zipf: a few tokens do most of the work
#
# How often is each token used? Count the tokens, and sort the counts, highest first.

# %%
import numpy as np

used = shakespeare.encode_to_numpy("\n".join(corpus.values()))  # @stepover
frequencies = np.bincount(used, minlength=shakespeare.vocab_size)
by_rank = sorted(frequencies.tolist(), reverse=True)
most = shakespeare.decode([frequencies.argmax()])
print(f"{len(used):,} tokens, most often {most!r}")

# %% [markdown]
# The tenth most frequent token occurs {eval}`f"{by_rank[9]:,}"` times.

# %% tags=["remove-input"]
options = ["about half as often", "about a tenth as often", "about a hundredth as often"]
question = "How often does the hundredth occur, compared with the tenth?"
Prediction(question, options, options[1], key="hundredth")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
for rank in [1, 10, 100, 1000]:  # @stepover
    times = by_rank[rank - 1]
    print(f"rank {rank:5,}: {times:7,} times, product {rank * times:,}")

# %% tags=["remove-cell"]
most_used = 100 * sum(by_rank[:500]) / len(used)

# %% [markdown]
# ```{dropdown} Why
# From rank 10 to rank 1,000, the product of rank and frequency hardly changes: ten times the rank,
# a tenth of the uses. For words this is *Zipf's law* {cite:p}`zipf1949`, and it holds for tokens as
# well.
# ```
#
# So **the 500 most frequent tokens make up {eval}`f"{most_used:.0f} %"` of the text**, followed by
# a long tail of rare ones. Here are all the ranks at once.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.notebook import figures

ranks = np.unique(np.geomspace(1, shakespeare.vocab_size, 200).astype(int))
heights = [by_rank[rank - 1] for rank in ranks]

with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 3.2))
    axes.plot(ranks, heights, label="tokens of the plays")
    axes.plot(ranks, 10 * by_rank[9] / ranks, label="in inverse proportion to rank")
    axes.set(xscale="log", yscale="log", xlabel="rank", ylabel="times used")
    axes.set(xlim=(1, 10_000), ylim=(1, 4e5))
    axes.set_xticks([1, 10, 100, 1000, 10_000], ["1", "10", "100", "1,000", "10,000"])
    axes.set_yticks([1, 10, 100, 1000, 10_000, 100_000])
    axes.set_yticklabels(["1", "10", "100", "1,000", "10,000", "100,000"])
    axes.minorticks_off()
    axes.legend(loc="lower left")
    plt.close(figure)
figures.inline(
    figure,
    alt="How often a token is used against its rank, both on logarithmic scales: from rank 10 to "
    "some thousands the points follow a straight line that falls by a factor of ten for each "
    "factor of ten in rank; the last thousand falls off to nothing.",
)

# %% [markdown]
# *Each token of the vocabulary, from the most to the least frequent. Both axes are logarithmic.*
#
# At the end of the tail, the curve breaks off: {eval}`by_rank.count(0)` ids are never used at all.
# Some are bytes that do not occur in the plays. But look at the others:

# %%
steps_between = [
    shakespeare.decode([token_id])
    for token_id in range(256, shakespeare.vocab_size - 1)
    if frequencies[token_id] == 0
]
print(len(steps_between), "tokens that a merge created:")
print(textwrap.fill(" ".join(steps_between[:12]), width=40))

# %% [markdown]
# `LOUCESTER` was a step on the way to `GLOUCESTER`. Once the whole name was a token, `LOUCESTER` no
# longer occurred on its own. A model trained on these plays never sees such tokens, yet each takes
# up a row of its embedding.

# %% [markdown]
# ## How far does it go?
#
# What if we stop training earlier? Here are the bytes per token on a play from the training data;
# on *Hamlet*, which we held out; and on other kinds of text: Python's manual, and the Universal
# Declaration of Human Rights in French and in Chinese. Watch what {eval}`f"{len(merges):,}"` merges
# do for Chinese.

# %% tags=["hide-input"]
from pydoc_data.topics import topics

from cs336_core.texts.declaration import ARTICLE_2

tried = {
    "Macbeth, which it was trained on": corpus["Macbeth"],
    "Hamlet, which it was not": hamlet,
    "Python's manual": "\n".join(topics[name] for name in sorted(topics)),
    "the Declaration in French": ARTICLE_2["French"],
    "the Declaration in Chinese": ARTICLE_2["Chinese"],
}
sizes = [256, 512, 1024, 2048, 4096, len(merges) + 256]
ratios = {name: [] for name in tried}
for vocab_size in sizes:
    learned = BPEParams.trained(merges[: vocab_size - 256], (), shakespeare.params.pattern)
    tokenizer = BPETokenizer(learned)
    for name, each in tried.items():
        ratios[name].append(compression_ratio(each, tokenizer.encode(each)))

with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 4.6))
    forms = ["C0o-", "C0s--", "C1^-", "C1D-", "C1v-"]
    for (name, each), form in zip(ratios.items(), forms, strict=True):
        axes.plot(sizes, each, form, markersize=5, linewidth=1.5, label=name)
    axes.set(xlabel="vocabulary size", ylabel="bytes per token", xscale="log", ylim=(0.8, 4.9))
    axes.set_xticks(sizes, [f"{vocab_size:,}" for vocab_size in sizes])
    axes.minorticks_off()
    axes.legend(loc="upper left")
    plt.close(figure)
figures.inline(
    figure,
    alt=f"Bytes per token against vocabulary size, from 256 to {sizes[-1]:,}. "
    + " ".join(
        f"{name}: {', '.join(f'{ratio:.2f}' for ratio in each)}." for name, each in ratios.items()
    ),
)

# %% tags=["remove-cell"]
seen, unseen, code, french, chinese = (each[-1] for each in ratios.values())
chinese_text = ARTICLE_2["Chinese"]
chinese_cost = len(shakespeare.encode(chinese_text)) / len(chinese_text)

# %% [markdown]
# *How well merges learned from the plays compress five texts. The solid blue line is a training
# text.*
#
# On the plays, each doubling of the vocabulary gains less than the one before, because the most
# frequent pairs merge first. On other texts the gains fluctuate, since merges that help the plays
# help elsewhere only by chance.
#
# *Hamlet* ends at {eval}`f"{unseen:.2f}"` bytes per token, *Macbeth* at {eval}`f"{seen:.2f}"`. With
# 512 or 1,024 ids, *Hamlet* still does a little better. Then a gap opens and widens with the
# vocabulary, because late merges spell the names and the rarer words of the training plays. **A
# tokenizer, too, must be evaluated on text that it was not trained on.**
#
# Python's manual is English and reaches {eval}`f"{code:.2f}"`. French gains, too, since it shares
# letters and some words with English. Chinese gains nothing: {eval}`f"{chinese:.2f}"`, or
# {eval}`f"{chinese_cost:.1f}"` tokens per character, as if we had learned no merges at all. All of
# them were spent on English, the only language that we counted. The cure is to count other texts as
# well, and to make room for them with a larger vocabulary.

# %% [markdown]
# ## How to make it fast
#
# Our first function rereads the whole text for every merge. For five words, that is fine. For these
# plays it would be slow, so we trained with `train`, which finds the same merges in another way. It
# combines three ideas and a compiler. **The best idea: keep a list of where each pair occurs, and
# never touch the rest.**
#
# ### Process each word once
#
# The plays have many words, most of them repeated.

# %%
from cs336_core.tokenization import count_pretokens

counted = count_pretokens(corpus.values())  # @stepover
n_words, n_bytes = counted.counts.sum(), len(counted.data)
print(f"all      {n_words:9,} words, {size:9,} bytes")
print(f"distinct {len(counted):9,} words, {n_bytes:9,} bytes")

# %% tags=["remove-cell"]
different = [word.decode() for word in counted.to_dict()]
remaining = sum(len(shakespeare.encode_ordinary(word)) for word in different)
joins = len(counted.data) - remaining
read_again = len(merges) * remaining

# %% [markdown]
# ### Touch only what changes
#
# Lay the distinct words out in one array, separated by gaps. For every pair, keep a list of the
# positions where it begins. Here are `low`, which occurs five times, and `lower`, which occurs
# twice.

# %%
from cs336_core.tokenization.training import pair_lists
from cs336_core.tokenization.training.word_counts import Counts

words = Counts.from_dict({b"low": 5, b"lower": 2})
row = pair_lists.lay_out(words)
pairs, _ = pair_lists.pairs_of_bytes(row)
print(*(f"{position:2}" for position in range(len(row.token))))
print(*(f"{'·' if token < 0 else chr(token):>2}" for token in row.token))

# %% tags=["hide-input"]
lines = ["| pair | count | positions |", "|---|--:|---|"]
for first, count in zip(pairs.first.tolist(), pairs.frequency.tolist(), strict=True):
    positions = [first]
    while (following := row.following[positions[-1]]) >= 0:
        positions.append(int(following))
    pair = " + ".join(f"`{chr(token)}`" for token in row.token[first : first + 2])
    lines.append(f"| {pair} | {count} | {', '.join(map(str, positions))} |")
Markdown("\n".join(lines))

# %% [markdown]
# The first pair, `l` + `o`, has a count of {eval}`int(pairs.frequency[0])`, but its list has only
# two positions: {eval}`int(pairs.first[0])` and {eval}`int(row.following[pairs.first[0]])`. To
# merge the pair, visit these two positions and no others. At each, the overlapping pairs leave
# their lists, and the pairs of the new token enter theirs.
#
# All the merges learned from the plays together join {eval}`f"{joins:,}"` pairs. Rereading the
# distinct words for each merge would mean looking at {eval}`f"{read_again // 10**6}"` million
# tokens or more, {eval}`f"{round(read_again / joins):,}"` times as many.
#
# ### Look only at the top
#
# The pairs are in a heap, the most frequent on top. When a merge makes a pair rarer, its entry in
# the heap stays as it is, so a stale entry may be too high but never too low. If the entry on top
# is still correct, no other pair is more frequent, and that pair merges. If not, the entry is
# corrected and sinks to where it belongs.
#
# ### Compile the loops
#
# This function removes a position from the list of its pair:

# %%
import inspect

print(inspect.getsource(pair_lists.remove_position.py_func))

# %% [markdown]
# It is plain Python on arrays of numbers. The decorator passes it to numba, which compiles it to
# machine code on the first call and caches the result. That is how this Python program keeps up
# with programs written in Rust.
#
# A fast program is easy to get wrong: think of `aaa`, of ties, of a pair that a merge has just
# created. So we keep the slow version, as short and obvious as possible, as a reference. The tests
# compare the two on more than a thousand random inputs, with both tie-breaks. You can compare them
# here:

# %%
act = hamlet[: hamlet.index("ACT II")]
words = split(act, GPT2)  # @stepover
word_counts = {word: words.count(word) for word in set(words)}  # @stepover
slow = train_bpe_words(word_counts, 200)  # @stepover
fast = train([act], 256 + 200).merges  # @stepover
assert slow == fast
print("the same", len(fast), "merges")

# %% [markdown]
# How long does it take to learn 32,000 tokens from 100 MB of prose, code and many languages? These
# times were measured on one machine with two cores. The last trainer is as fast as ours and needs a
# third of the memory. The project's `BENCHMARKS.md` has the method and more results.
#
# | trainer | seconds | memory (MiB) |
# |---|---:|---:|
# | ours (Python, numba) | 2.00 | 428 |
# | Hugging Face (Rust) | 21.77 | 471 |
# | rustbpe (Rust) | 10.63 | 253 |
# | gigabpe (Rust) | 2.01 | 146 |

# %% [markdown]
# ## Two relatives: WordPiece and unigram
#
# BPE is a greedy heuristic: at every step, it merges the pair that is most frequent now, and never
# reconsiders. Two relatives choose their pieces differently. Let us train both on our four words.
#
# ### WordPiece: is the pair more than chance?
#
# *WordPiece*, the tokenizer of BERT {cite:p}`bert2018`, merges pairs as well, but by another score:
# the count of the pair, divided by the product of the counts of its halves. A piece that does not
# begin a word is marked with `##`.

# %%
from cs336_core.tokenization.wordpiece import wordpiece_steps

wordpiece = list(wordpiece_steps(read, 6))  # @stepover

# %% tags=["hide-input"]
lines = ["| merge | pair | together | halves | score |", "|--:|---|--:|--:|--:|"]
for number, step in enumerate(wordpiece, start=1):
    pair, halves = " + ".join(f"`{half}`" for half in step.pair), "{} · {}".format(*step.halves)
    lines.append(f"| {number} | {pair} | {step.count} | {halves} | {step.score:.3f} |")
Markdown("\n".join(lines))

# %% [markdown]
# BPE began with `e` + `s`, because it occurs nine times. WordPiece begins with a pair that occurs
# only three times, but whose halves never occur apart. Every `w` at the beginning of a word is
# followed by an `i`, and there is no other `i`. **BPE counts how often two pieces are neighbors;
# WordPiece also counts how often they are not.**
#
# To encode a word, WordPiece ignores the order of the merges. It goes from left to right, and each
# time takes the longest piece that fits. If none does, the whole word is unknown.

# %%
from cs336_core.tokenization.wordpiece import (
    encode_wordpiece,
    train_wordpiece,
)

vocab = train_wordpiece(read, num_merges=6)  # @stepover
for word in ["lowest", "newer", "slow"]:  # @stepover
    print(f"{word:8} {encode_wordpiece(word, vocab)}")

# %% [markdown]
# ### Unigram: which pieces can we spare?
#
# The *unigram* model {cite:p}`kudo2018` goes the other way: it begins with too many pieces and
# removes some. Each piece has a probability, and the probability of a split is the product of its
# pieces' probabilities. So each word has a most probable split, its best one. To find it, find the
# best split of the first letter, of the first two, and so on: each of these splits ends with some
# piece, and what comes before that piece is a best split that you already have. This is the
# *Viterbi algorithm*. Here it is for `lowest`, with every substring of our words as a piece:

# %%
from cs336_core.tokenization.unigram import all_pieces, best_split, pruned

substrings = all_pieces(read)  # @stepover
print(len(substrings), "pieces, each as probable as it is frequent")

# %% tags=["hide-input"]
lines = ["| letters | best split | log probability |", "|---|---|--:|"]
for end in range(1, len("lowest") + 1):  # @stepover
    parts, log_probability = best_split("lowest"[:end], substrings)
    lines.append(
        f"| `{'lowest'[:end]}` | `{' + '.join(parts)}` | {log_probability:.2f} |".replace("-", "−")
    )
Markdown("\n".join(lines))

# %% [markdown]
# Which pieces can go? First estimate the probabilities from the words: count each piece in every
# split of every word, weighted by the probability of that split. (This is one round of expectation
# maximization, or EM.) Then remove the piece whose removal lowers the probability of the words the
# least, and repeat. Single letters stay.

# %%
for target in [46, 30, 20, 14]:  # @stepover
    remaining = pruned(read, substrings, target)
    lowest, _ = best_split("lowest", remaining)
    newer, _ = best_split("newer", remaining)
    print(f"{target}: {' + '.join(lowest):15} {' + '.join(newer)}")
twenty = pruned(read, substrings, 20)  # @stepover
longer = [piece for piece in twenty if len(piece) > 1]
print(textwrap.fill(f"of the 20: {' '.join(longer)}", width=40))

# %% [markdown]
# With 20 pieces, both new words split where a grammarian would split them. With 14, only the four
# training words are left besides the letters: **the model has memorized its text.**
#
# *SentencePiece* {cite:p}`sentencepiece2018` is a program that trains BPE or a
# unigram model on raw text. It treats the space like any other character, so it needs no
# pre-tokenization.
#
# | algorithm | training | encoding |
# |---|---|---|
# | BPE | merge the most frequent pair | repeat the merges in order |
# | WordPiece | merge the pair with the highest score | longest piece first |
# | unigram | remove the least useful piece | most probable split |

# %% [markdown]
# ## Could we do without a tokenizer?
#
# A tokenizer is trained separately from the model, on counts alone, and the model cannot change it
# afterward. Many people would like to get rid of it, and there are three ways to try.
#
# - Read the bytes as they are. ByT5 {cite:p}`byt5` does this, and is robust to typos. It pays with
#   sequences that are several times as long.
# - Group the bytes inside the model. MegaByte {cite:p}`megabyte2023` splits them into patches of
#   equal length; a large model works on the patches, and a small one spells out the bytes of each.
#   The Byte Latent Transformer {cite:p}`blt2024` ends a patch where the next byte becomes hard to
#   predict, so easy stretches are cheap. Its authors report that it matches models that read
#   tokens, at up to 8 billion parameters.
# - Give up the embedding table. T-FREE {cite:p}`tfree2024` has no row per token. It represents a
#   word by its character trigrams (groups of three), so words with similar spellings start out with
#   similar vectors.
#
# **So far, most large models keep their tokenizer.** Models that read bytes as cheaply as tokens
# are promising, but the matter is not settled.

# %% tags=["remove-cell"]
of_repeated = [step.new_token for step in bpe_steps("a" * 16, 10)]
greedy = list(bpe_steps("aabaaab", 2))[-1].after
cleverer = merge(merge(list(b"aabaaab"), (97, 98), 256), (97, 256), 257)

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer.
#
# **1.** How many tokens are left of `aaaa` after one merge? And of `aaa`?
#
# ```{dropdown} Answer
# {eval}`len(merge(list(b"aaaa"), (97, 97), 256))` and
# {eval}`len(merge(list(b"aaa"), (97, 97), 256))` tokens. The merge runs from left to right and uses
# each letter once, so `aaa` becomes `aa` and a single `a`.
# ```
#
# **2.** Train on `the cat in the hat` with 3 merges. Which ids does `the cat` get?
#
# ```{dropdown} Answer
# {eval}`str(encode("the cat", params))`. One token for `the␣`, then three bytes.
# ```
#
# **3.** Can encoding make a text *longer* than its bytes?
#
# ```{dropdown} Answer
# No. Encoding starts from the bytes, and a merge only ever replaces two tokens with one.
# ```
#
# **4.** Train on a text of sixteen `a`s until there is nothing left to merge. How many merges is
# that, and how long is the longest token?
#
# ```{dropdown} Answer
# {eval}`len(of_repeated)` merges: each doubles the longest token, up to
# {eval}`len(of_repeated[-1])` letters, until one token is left.
# ```
#
# **5.** You train a vocabulary of 10,000 ids, bytes and one special token included. How many merges
# is that?
#
# ```{dropdown} Answer
# {eval}`f"{len(merges):,}"`: 10,000 minus 256 bytes minus one special token.
# ```
#
# **6.** Train on `aabaaab` with two merges. The most frequent pair is `aa`. Does BPE end with the
# fewest possible tokens?
#
# ```{dropdown} Answer
# No. BPE merges `aa` first and ends with {eval}`len(greedy)` tokens. Merging `ab` first and then
# `a` + `ab` would end with {eval}`len(cleverer)`: `aab·a·aab`. BPE takes the best merge of the
# moment and does not look ahead.
# ```
#
# **7.** A friend trains on the same text, with the same number of merges, and gets different ids.
# Name three choices that may differ.
#
# ```{dropdown} Answer
# How the text is split into words first; which of several tied pairs is merged; and the order in
# which ids are assigned, special tokens included.
# ```

# %% [markdown]
# ## What comes next
#
# You can now turn any text into ids and back, and you know what they stand for. The next two
# lectures build the model that reads them: {doc}`04_attention` and {doc}`05_transformer`. The
# {doc}`/book/glossary` explains the terms.
#
# To see a tokenizer built from scratch once more, watch the two-hour video by
# {cite:t}`karpathy2024`.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
