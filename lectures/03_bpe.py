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
# A tokenizer should write frequent words with one token, rare words with a few pieces, and anything
# else byte by byte. Nobody could write down the list of such pieces. Byte pair encoding, BPE for
# short, finds them by counting. Nearly every large language model reads text that it has cut.
#
# This page builds it from nothing, on a text of five words; lets you run it on any text, forwards
# and backwards; and then turns it loose on the plays of Shakespeare. It takes about forty minutes.
# You need to know that text is stored as bytes, and what an id is: {doc}`02_tokenization` explains
# both.

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
        pair = f"{chr(left)!r} + {chr(right)!r}"
        print(f"({left}, {right})  {pair}  {count} times")

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
# ## Your turn: count and merge
#
# You will understand the rest of this page best if you have written these two functions yourself.
# Python runs in this page; the tests show you the first list that your function gets wrong.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("count_pairs", key="write-count-pairs")  # @stepover

# %% tags=["remove-input"]
YourTurn("merge", key="write-merge")  # @stepover

# %% [markdown]
# ## Step through the merges
#
# Before you move the slider, guess: which pair merges after `th`? And is the space part of it?

# %%
from cs336_core.widgets import BPETimeMachine

BPETimeMachine(text, num_merges=12, compact=True, key="hat")

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
#   left to discover, but the algorithm does not know that: it goes on and memorizes this one
#   sentence.
# - Watch the bytes per token. They go up with every merge. Is a higher number always better?

# %% [markdown]
# ## Your turn: train
#
# Before you read how we wrote it: can you put the two functions together?

# %% tags=["remove-input"]
YourTurn("train_bpe", key="write-train-bpe")  # @stepover

# %% [markdown]
# ## The whole algorithm
#
# Training repeats the move and writes down two things: the *vocabulary*, which says what bytes each
# id stands for, and the *merges*, in the order in which they were learned. This is the whole
# function, just as it stands in `cs336_core/tokenization/bpe.py`.

# %% tags=["hide-input"]
import inspect

from IPython.display import Markdown

Markdown(f"```python\n{inspect.getsource(bpe_steps)}```")

# %%
params = train_bpe(text, num_merges=3)
print(params.merges)
print({token_id: params.vocab[token_id] for token_id in [256, 257, 258]})

# %% [markdown]
# Here is that training as it runs, line by line, with its variables in view. Click on `ids` to
# follow it: the marks on the timeline are its changes, and the arrows beside its name go from one
# to the next. The viewer opens where `ids` has just been assigned; step back to see the beginning.

# %% tags=["hide-input"]
from cs336_core.trace import trace
from cs336_core.widgets import TraceViewer

TraceViewer(  # @stepover
    trace(train_bpe, text, 3, inspect_all=True), step=6, key="training"
)

# %% [markdown]
# ## From compression to language
#
# {cite:t}`gage1994` invented the move to make files smaller. He replaced the most frequent pair of
# bytes by a byte that the file did not use, and went on until no byte was free, or no pair worth
# it. The file was to become short, and that was all.
#
# {cite:t}`sennrich2016` saw that the pieces are good for something else. They wanted to translate,
# and translation fails on words that were never seen. So they learned the pieces from *one*
# collection of texts and cut *other* texts with them. A word that nobody has met yet, such as
# `lowest`, is now written with pieces of words that are known.
#
# Their example is a dictionary of four words, each with the number of times that it was read. A
# pair inside of `low` counts five times, since `low` was read five times. (They put a mark at the
# end of each word, and so learn which pieces end one. Here there is none.)

# %%
from cs336_core.tokenization import train_bpe_words

read = {"low": 5, "lower": 2, "widest": 3, "newest": 6}
learned = train_bpe_words(read, 7, "first-seen")
pieces = [left + right for left, right in learned]
print([piece.decode() for piece in pieces])

# %% [markdown]
# `est` comes second, before any whole word. It occurs in two words that are otherwise different,
# and so it has been read nine times. No rule of grammar was needed to find the ending of *newest*
# and *widest*.
#
# Now predict each merge yourself. The machine counts how many you get right, and remembers it. Then
# choose *Encoding a new text*, which applies all the merges: which pieces does `lowest` get?

# %%
BPETimeMachine(words=read, num_merges=12, new_text="lowest", key="words")

# %% [markdown]
# ## When two pairs are equally frequent
#
# In that example `es` and `st` are tied: nine times each. Any rule will do as a *tie-break*, as
# long as everybody uses the same one. We took the pair that was seen first. Another rule takes the
# pair with the greatest bytes, first by its left half, then by its right; `s` comes after `e`, so
# it takes `st`.
#
# Does it matter? Here is the word `newest`, split by one learner and by the other.

# %%
from cs336_core.tokenization import BPEParams, encode

for tie_break in ["first-seen", "lexicographic"]:
    learned = BPEParams.trained(train_bpe_words(read, 6, tie_break))
    cut = [learned.vocab[each] for each in encode("newest", learned)]
    print(f"{tie_break:14} {b' + '.join(cut).decode()}")

# %% [markdown]
# The same words, the same counts, and two vocabularies: one has learned `new`, the other `west`.
# Each is as good as the other, but a model that was trained with one cannot read the other's ids.
# Try it in the machine above: *Of tied pairs* switches the rule.

# %% [markdown]
# ## Words first
#
# {cite:t}`gpt2` brought BPE to bytes, as on this page, so that no text is ever unknown. They met a
# new trouble. Frequent words ate up the vocabulary, each in many versions: `dog.`, `dog!`, `dog?`.
# So they cut the text into words and punctuation before anything is counted, and never merge across
# a cut. That is *pre-tokenization*.

# %%
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.tokenization.pretokenization.split import split

print(split("the cat, and the dog?", GPT2))

# %% [markdown]
# See where the spaces went: to the front of the next word. So `the␣`, the third merge of our little
# text, can never be made again. Its two halves stand on different sides of a cut.
#
# Pre-tokenization does something else as well. The text is now a collection of words, most of them
# repeated, and one need only count each different word once. This is what makes training fast, as
# we shall see.

# %% [markdown]
# ## The time machine
#
# Now on a real text, forwards and backwards. Here is a speech that you may know.
#
# - Move through the merges. The vocabulary grows, and a curve shows how many bytes a token stands
#   for.
# - Click on a token, in the text or in the vocabulary, to see how it was formed: from which two
#   tokens, and from which those were formed, down to the bytes.
# - Switch *Split into words first*. What happens to the tokens that end with a space? Which pair
#   would be the most frequent, and may not merge?
# - Write your own text in its place: another language, a program, your name a hundred times.

# %%
from cs336_core.texts.shakespeare import plays

corpus = plays()  # @stepover
hamlet = corpus.pop("Hamlet")
begin = hamlet.index("To be, or not to be: that is the question:")
speech = hamlet[begin : hamlet.index("\n\n", begin)]

# %% tags=["hide-input"]
BPETimeMachine(speech, num_merges=100, new_text="To sleep, to dream", key="machine")

# %% [markdown]
# ## Use it on a new text
#
# Training is done once. From then on the merges are only *applied*. To encode a text that the
# training has never seen, start from its bytes and replay the merges in the order they were
# learned.

# %%
from cs336_core.tokenization import compression_ratio, decode

for new_text in ["the hat", "that", "a dog", "猫"]:
    new_ids = encode(new_text, params)
    ratio = compression_ratio(new_text, new_ids)
    print(f"{new_text!r:10} {ratio:.2f} bytes per token: {new_ids}")
    assert decode(new_ids, params) == new_text

# %% [markdown]
# Two things to see here. `a dog` has nothing in common with the training text, and still it can be
# written: its bytes are in the vocabulary. **No text is ever unknown.** And the Chinese cat costs
# {eval}`len(encode("猫", params))` tokens for one character, since our text had no Chinese in it.
# What a tokenizer has not seen, it cannot shorten.
#
# The order matters. Here are merges that were learned from `the cat in the hat`, applied to
# `hat hath`, one at a time. Most of them find nothing to join. Both words have an `a` and a `t`
# side by side, and `at` is a token. Before you step: will it stand in both of them in the end?

# %% tags=["hide-input"]
BPETimeMachine(text, num_merges=9, part="encoding", new_text="hat hath", key="encoding")

# %% tags=["remove-cell"]
nine = train_bpe(text, 9)
of_hath = [nine.vocab[token_id].decode() for token_id in encode("hath", nine)]

# %% [markdown]
# ```{dropdown} Answer
# No: `hath` ends as {eval}`"·".join(of_hath)`. Two merges compete for its `t`, and the one of `t`
# and `h` was learned first. An encoder that took the longest token it can find, from left to right,
# would write `h·at·h`: as many tokens, and other ids. A model must be given the cuts that it was
# trained on.
# ```
#
# To *decode* is simple: look up the bytes of every id and join them. A model may stop in the middle
# of a character; then the bytes are not valid UTF-8, and a replacement character stands in.

# %%
print(decode(encode("猫", params)[:2], params))

# %% [markdown]
# ### Your turn: there and back
#
# Both directions are short. The tests try merges in their order, and characters cut in half.

# %% tags=["remove-input"]
YourTurn("encode", key="write-encode")  # @stepover

# %% tags=["remove-input"]
YourTurn("decode", key="write-decode")  # @stepover

# %% [markdown]
# ## Special tokens
#
# A model needs marks that are no text: here a document ends, here the user's turn begins. They are
# *special tokens*. Each gets an id of its own after the last merge. No merge makes one, and none
# crosses one, so documents that stand one after another do not run together.

# %%
from cs336_core.tokenization import BPETokenizer, train

marked = BPETokenizer(train([text], 256 + 3 + 1, ["<|endoftext|>"]))
two_documents = "the hat<|endoftext|>the cat"
print(marked.encode(two_documents, allowed_special="all"))

# %% [markdown]
# But what if a visitor of your site *types* those letters? If they became the id, anybody could end
# the document, or speak in the place of the model. So what comes from outside is refused, unless it
# is allowed by name; or it is read as the letters that it is.

# %%
from cs336_core.tokenization import SpecialTokenError

try:
    marked.encode(two_documents)
except SpecialTokenError as error:
    print(error)
print(len(marked.encode_ordinary("<|endoftext|>")), "tokens, all ordinary")

# %% [markdown]
# ## Five megabytes of Shakespeare
#
# Five words cannot teach much. Let us train on {eval}`len(corpus)` plays, all but *Hamlet*, which
# we keep for later. The vocabulary is to have 10,000 ids: 256 bytes, one mark for the end of a
# document, and the rest from merges.

# %%
size = sum(len(play.encode("utf-8")) for play in corpus.values())
trained = train(corpus.values(), 10_000, ["<|endoftext|>"])  # @stepover
shakespeare = BPETokenizer(trained)  # @stepover
merges = trained.merges
tokens = [shakespeare.decode([256 + rank]) for rank in range(len(merges))]
longest = sorted(tokens, key=len, reverse=True)

print(f"{size:,} bytes, {len(merges):,} merges")
print("first:  ", *map(repr, tokens[:12]))
print("longest:", *map(repr, longest[:12]))

# %% tags=["remove-cell"]
pieces_of_hamlet = [shakespeare.decode([token_id]) for token_id in shakespeare.encode(" Hamlet")]

# %% [markdown]
# First come pairs of letters, and soon whole little words, each with its space in front. At the
# other end stand `notwithstanding`, `handkerchief`, and earls, who have their tokens in small
# letters and in capitals. `Hamlet` is written
# {eval}`"·".join(pieces_of_hamlet).replace(" ", "␣")`: the one play that is full of him was held
# back.
#
# The longest tokens of a vocabulary show what it was trained on. Here are those of GPT-2 that are
# letters only. It was trained on the web.

# %%
from cs336_core.tokenization import load_encoding

vocab = load_encoding("gpt2").params.vocab.values()  # @stepover
texts = [token.decode(errors="replace") for token in vocab]
of_letters = [each for each in texts if each.strip().isalpha()]
print(*sorted(of_letters, key=len, reverse=True)[:6], sep="\n")

# %% [markdown]
# Nobody writes such words. The rows of `ÃÂ` are *mojibake*: text whose UTF-8 bytes were read as if
# each were a letter, stored, and misread again and again, every time twice as long. The others are
# on buttons, in shops and under comments, again and again on thousands of pages. To a counter that
# is as good as a word.

# %% [markdown]
# ## Zipf: a few do most of the work
#
# How often is each token used? Count, and sort the counts, the highest first.

# %%
import numpy as np

used = shakespeare.encode_to_numpy("\n".join(corpus.values()))  # @stepover
frequencies = np.bincount(used, minlength=shakespeare.vocab_size)
by_rank = sorted(frequencies.tolist(), reverse=True)
most = shakespeare.decode([frequencies.argmax()])
print(f"{len(used):,} tokens; the most frequent is {most!r}")

# %% [markdown]
# The tenth in this order occurs {eval}`f"{by_rank[9]:,}"` times. How often will the hundredth?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
for rank in [1, 10, 100, 1000]:
    times = by_rank[rank - 1]
    print(f"rank {rank:5,}: {times:7,} times, product {rank * times:,}")

# %% tags=["remove-cell"]
most_used = 100 * sum(by_rank[:500]) / len(used)

# %% [markdown]
# ```{dropdown} Why
# From rank 10 to rank 1,000 the product of rank and frequency hardly changes: ten times the rank, a
# tenth of the uses. For words this is *Zipf's law* {cite:p}`zipf1949`, and it holds for tokens as
# well.
# ```
#
# So the 500 most frequent tokens make up {eval}`f"{most_used:.0f} %"` of the text, and there is a
# long tail of rare ones. Here are all ranks at once.

# %% tags=["hide-input"]
import matplotlib.pyplot as plt

from cs336_core.notebook import figures

ranks = np.unique(np.geomspace(1, shakespeare.vocab_size, 200).astype(int))
heights = [by_rank[rank - 1] for rank in ranks]

with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(5.2, 3.4))
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
# At the end of the tail the line breaks off: {eval}`by_rank.count(0)` ids are never used at all.
# Some are bytes that do not occur in English. But look at these.

# %%
steps_between = [
    shakespeare.decode([token_id])
    for token_id in range(256, shakespeare.vocab_size - 1)
    if frequencies[token_id] == 0
]
print(len(steps_between), "tokens that a merge created:")
print(*steps_between[:12])

# %% [markdown]
# `LOUCESTER` was a step on the way to `GLOUCESTER`. Once that was a token, nothing was left of its
# parts. A model never meets such tokens in training, and they take up a row in its table all the
# same.

# %% [markdown]
# ## How far does it go?
#
# Let us stop the training earlier, after fewer merges, and see how many bytes a token stands for:
# on one of the plays it was trained on; on *Hamlet*, which it has not seen; and on texts of another
# kind: Python's manual, and the Universal Declaration of Human Rights in French and in Chinese.
# Watch what {eval}`f"{len(merges):,}"` merges do for Chinese.

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
for vocab_size in sizes:  # @stepover
    learned = BPEParams.trained(merges[: vocab_size - 256], (), shakespeare.params.pattern)
    tokenizer = BPETokenizer(learned)
    for name, each in tried.items():
        ratios[name].append(compression_ratio(each, tokenizer.encode(each)))

with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(4.8, 4.2))
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
# On the plays, each doubling of the vocabulary gains less than the one before: the most frequent
# pairs are used up first. On other texts the gains go up and down, for what helps the plays helps
# those only by chance.
#
# *Hamlet* comes out at {eval}`f"{unseen:.2f}"` bytes per token, *Macbeth* at
# {eval}`f"{seen:.2f}"`. With 512 or 1,024 ids *Hamlet* still does a little better. Then the gap
# opens, and it widens with the vocabulary: late merges spell the names and phrases of the plays
# that the tokenizer was trained on. This is why a tokenizer, too, has to be judged on text that it
# has not seen.
#
# Python's manual is English, and comes to {eval}`f"{code:.2f}"`. French shares letters and some
# words. In Chinese **nothing** was gained: {eval}`f"{chinese:.2f}"`, which is
# {eval}`f"{chinese_cost:.1f}"` tokens per character, as if there were no tokenizer at all. All of
# those merges were spent on English. Nobody meant harm; it is what counting does. The cure is to
# count other texts as well, and to make room for them with a larger vocabulary.

# %% [markdown]
# ## How it is made fast
#
# The function that we started with reads the whole text again for every merge. For five words that
# is fine. For these plays it would be slow, so the training above was done by `train`, which finds
# the same merges in another way. Three ideas make the difference, and a compiler.
#
# **Count each word once.** The plays have many words, most of them repeated.

# %%
from cs336_core.tokenization import count_pretokens

counted = count_pretokens(corpus.values())  # @stepover
print(f"{counted.counts.sum():,} words, {len(counted):,} different ones")
print(f"{size:,} bytes, {len(counted.data):,} in different words")

# %% tags=["remove-cell"]
different = [word.decode() for word in counted.to_dict()]  # @stepover
remaining = sum(len(shakespeare.encode_ordinary(word)) for word in different)  # @stepover
joins = len(counted.data) - remaining
read_again = len(merges) * remaining

# %% [markdown]
# **Touch only what changes.** Lay the different words out in one row, with a gap between them. For
# every pair, keep a list of the positions where it begins. Here are `low`, which occurs five times,
# and `lower`, which occurs twice.

# %%
from cs336_core.tokenization.training import pair_lists
from cs336_core.tokenization.training.word_counts import Counts

words = Counts.from_dict({b"low": 5, b"lower": 2})
row = pair_lists.lay_out(words)
pairs, _ = pair_lists.pairs_of_bytes(row)
print("tokens:  ", row.token)  # -1 is a gap
print("counts:  ", pairs.frequency)
print("first at:", pairs.first)
print("next at: ", row.following)

# %% [markdown]
# The first pair, `l` + `o`, occurs {eval}`int(pairs.frequency[0])` times: first at position
# {eval}`int(pairs.first[0])`, next at {eval}`int(row.following[pairs.first[0]])`, and nowhere else.
# To merge it, a program visits these two positions and no others. At each, the pairs that overlap
# it leave their lists, and the pairs of the new token enter theirs.
#
# All the merges of Shakespeare together join {eval}`f"{joins:,}"` pairs. Reading the different
# words again for each merge would mean looking at {eval}`f"{read_again // 10**6}"` million tokens
# or more, {eval}`f"{round(read_again / joins):,}"` times as many.
#
# **Look only at the top.** The pairs wait in a heap, the most frequent on top. When a merge makes a
# pair rarer, its entry in the heap stays as it is: an old entry may be too high, but never too low.
# So if the entry on top is still true, no other pair is more frequent, and it merges. If not, it
# moves down to where it belongs.
#
# **Compile the loops.** This is how a position leaves the list of its pair:

# %%
import inspect

print(inspect.getsource(pair_lists.remove_position.py_func))

# %% [markdown]
# It is plain Python, on arrays of numbers. The decorator passes it to numba, which translates it
# into machine code when it is first called and stores the result. That is why this Python program
# keeps up with programs written in Rust.
#
# A fast program is easy to get wrong: `aaa`, ties, a pair that a merge has just brought about. So
# the slow one is kept, as short and obvious as it can be, to hold the fast one against. The tests
# do so on thousands of random texts, with both rules for ties. You can do it here.

# %%
act = hamlet[: hamlet.index("ACT II")]
words = split(act, GPT2)
word_counts = {word: words.count(word) for word in set(words)}  # @stepover
slow = train_bpe_words(word_counts, 200)  # @stepover
fast = train([act], 256 + 200).merges  # @stepover
assert slow == fast
print("the same", len(fast), "merges")

# %% [markdown]
# Here is how long it takes, measured once on one machine with two cores: 32,000 tokens from 100 MB
# of prose, code and many languages. The last one is as fast as ours, with a third of the memory.
# How this was measured, and more results, are in the project's `BENCHMARKS.md`.
#
# | trainer | seconds | memory |
# |---|---:|---:|
# | ours (Python, numba) | 2.00 | 449 MB |
# | Hugging Face (Rust) | 21.77 | 494 MB |
# | rustbpe (Rust) | 10.63 | 265 MB |
# | gigabpe (Rust) | 2.01 | 153 MB |

# %% [markdown]
# ## Other ways to cut
#
# BPE is a heuristic. It takes at every step what is most frequent now, and never looks back. It has
# relatives that do otherwise. WordPiece, the tokenizer of BERT {cite:p}`bert2018`, also merges
# pairs, and prefers those that occur together more often than their parts would let one expect. The
# *unigram* model {cite:p}`kudo2018` goes the other way: it begins with too many pieces and removes
# those that matter least to how probable the text is. SentencePiece {cite:p}`sentencepiece2018` is
# a program that trains BPE or a unigram model. It treats the space as a letter like any other, and
# so needs no cutting into words beforehand.

# %% [markdown]
# ## Could we do without?
#
# A tokenizer is trained apart from the model, on counts alone, and the model cannot change it
# afterwards. Many would like to be rid of it. There are models that read bytes.
#
# **Read the bytes as they are.** ByT5 {cite:p}`byt5` does, and stands up well to typing errors. It
# pays with sequences that are several times as long.
#
# **Group them inside the model.** MegaByte {cite:p}`megabyte2023` cuts bytes into patches of
# equal length; a large model works on patches, a small one spells each of them out. The Byte Latent
# Transformer {cite:p}`blt2024` ends a patch where the next byte becomes hard to predict, so easy
# stretches cost little. Its authors report that it keeps up with a model that uses tokens, up to 8
# billion parameters.
#
# **Give up the table.** T-FREE {cite:p}`tfree2024` has no row for each token. It describes a word
# by the triples of letters in it, so words that are written alike begin alike.
#
# So far, most large models keep their tokenizer. Reading long sequences of bytes at the price of
# short ones is a promising field, and not a settled one.

# %% tags=["remove-cell"]
of_repeated = [step.new_token for step in bpe_steps("a" * 16, 10)]
greedy = list(bpe_steps("aabaaab", 2))[-1].after
cleverer = merge(merge(list(b"aabaaab"), (97, 98), 256), (97, 256), 257)

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
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
#
# **4.** Train on sixteen times the letter `a`, with as many merges as there are. How many will that
# be, and how long is the longest token?
#
# ```{dropdown} Answer
# {eval}`len(of_repeated)` merges: each doubles the longest token, to
# {eval}`len(of_repeated[-1])` letters, and then one token is left.
# ```
#
# **5.** You train a vocabulary of 10,000 ids, bytes and one special token included. How many merges
# is that?
#
# ```{dropdown} Answer
# {eval}`f"{len(merges):,}"`: 10,000 less 256 bytes less one special token.
# ```
#
# **6.** Take `aabaaab` and two merges. The most frequent pair is `aa`. Does BPE end with as few
# tokens as one can have?
#
# ```{dropdown} Answer
# No. BPE merges `aa` first and ends with {eval}`len(greedy)` tokens. Who merges `ab` first and then
# `a` + `ab` ends with {eval}`len(cleverer)`: `aab·a·aab`. BPE takes the best merge of the moment,
# and does not look ahead.
# ```
#
# **7.** A friend trains on the same text, with the same number of merges, and gets other ids. Name
# three decisions that may differ.
#
# ```{dropdown} Answer
# How the text is cut into words first; which of two equally frequent pairs merges; and in which
# order ids are given out, special tokens among them.
# ```

# %% [markdown]
# ## What comes next
#
# You can now turn any text into ids and back, and you know what the ids are worth. The next two
# lectures build the model that reads them: {doc}`04_attention` and {doc}`05_transformer`. To look
# back, {doc}`02_tokenization` shows real tokenizers at work, and {doc}`/book/glossary` explains the
# terms.
#
# To build a tokenizer along with somebody else, watch the two-hour video of {cite:t}`karpathy2024`.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
