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
# # Tokenization
#
# A language model never sees a letter. It reads numbers, and it answers with numbers. Turning text
# into these numbers, and the numbers back into text, is called *tokenization*.
#
# This page watches real tokenizers at work, then builds the three obvious ones and sees each of
# them fail. At the end it counts who pays for the choice. It takes about forty minutes with its
# experiments. You need to be able to read a little Python; you need to know nothing about language
# models.

# %% [markdown]
# ## Text in, numbers out
#
# Here is a greeting with three kinds of writing in it, and what GPT-2 {cite:p}`gpt2` reads in its
# place.

# %%
from cs336_core.tokenization import load_encoding

greeting = "Hello, 🌍! 你好!"
gpt2 = load_encoding("gpt2")  # @stepover
ids = gpt2.encode(greeting)
print(ids)

# %% [markdown]
# {eval}`len(greeting)` characters have become {eval}`len(ids)` numbers. A piece of text that has a
# number of its own is a *token*; its number is the token's *id*. Side by side:

# %%
from cs336_core.notebook.token_table import TokenTable

TokenTable(greeting, {"GPT-2": gpt2})

# %% [markdown]
# Each box is a token, with its id below. `␣` is a space. Boxes such as `20 F0 9F` hold no text but
# bytes, in hexadecimal: in them are parts of a character that this tokenizer could not keep whole.
# We come back to them.
#
# To turn text into ids is to *encode* it; the way back is to *decode*. A tokenizer is an object
# that does both, and it must bring back exactly what it was given. That is its *round trip*.

# %%
print(gpt2.decode(ids))
assert gpt2.decode(ids) == greeting

# %% [markdown]
# What does the model do with ids? It says how probable each id is as the next one. A language model
# gives a probability to every sequence of tokens, and it knows nothing of text but these sequences.

# %% [markdown]
# ## The vocabulary
#
# All tokens of a tokenizer together are its *vocabulary*. The *vocabulary size* is the number of
# ids. They are counted from 0, so the largest is one less. Here are three that have been in wide
# use. (In each of the newer two, a few ids stand for nothing.)

# %%
encodings = {  # @stepover
    "GPT-2": gpt2,
    "GPT-4": load_encoding("cl100k_base"),
    "GPT-4o": load_encoding("o200k_base"),
}
gpt4o = encodings["GPT-4o"]
for name, encoding in encodings.items():
    print(f"{name:7} {encoding.vocab_size:7,} ids")

# %% [markdown]
# An id is a name and not a quantity: tokens with neighbouring ids have nothing in common. Even the
# first 256 ids, which GPT-2 gives to the single bytes, do not stand in the order of the bytes.

# %%
for token_id in [0, 1, 220, 995, 996]:
    print(token_id, repr(gpt2.decode([token_id])))

# %% [markdown]
# To the model an id is the number of a row. It owns a table, the *embedding*, with a row of numbers
# for every id, and reading a token means fetching its row. In the smallest GPT-2 a row has 768
# numbers.

# %%
from cs336_core.accounting import count_parameters
from cs336_core.model.presets import preset

smallest = preset("gpt2-small")
params = count_parameters(smallest)  # @stepover
table = params.components["embedding"]
percent = 100 * table / params.total
print(f"{table:,} numbers, {percent:.0f} % of that model")

# %% [markdown]
# So a vocabulary is not free. Its table takes memory, every row has to be learned, and for each
# token that the model writes it has to weigh all ids against each other.

# %% [markdown]
# ## Play
#
# Here is the greeting again, in bytes, for GPT-2, and for GPT-4o. Write something else in its
# place: your name, a long number, a line of code, another language. Who needs the fewest tokens,
# and for which text does GPT-2 do hardly better than bytes?

# %%
from cs336_core.widgets import Playground

Playground(greeting, tokenizers=["bytes", "gpt2", "o200k"], key="play")

# %% [markdown]
# ## Predict: where does the space go?
#
# Now four experiments. Say your answer aloud before you open ours; a wrong guess is what you learn
# from.
#
# `the cat in the hat` has five words and four spaces. How many tokens does GPT-4o make of it?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("the cat in the hat", {"GPT-4o": gpt4o})

# %% [markdown]
# ```{dropdown} Why
# {eval}`len(gpt4o.encode("the cat in the hat"))` tokens: the spaces cost nothing. A space belongs
# to the word behind it, so `␣cat` is one token. Nearly every word of English has a space in front,
# so this is the form in which a word is met most.
# ```

# %% [markdown]
# ## Predict: the same word twice
#
# `hello hello`. Will the same id stand there twice?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("hello hello", encodings)

# %% [markdown]
# ```{dropdown} Why
# No. GPT-4o writes {eval}`str(gpt4o.encode("hello")[0])` for the first and
# {eval}`str(gpt4o.encode(" hello")[0])` for the second, since the second has a space in front. To
# the model these are two rows that share nothing. That they are the same word, it has to find out
# from the texts that it is trained on. The same goes for `Hello` and `HELLO`.
# ```

# %% [markdown]
# ## Predict: long numbers
#
# How do the three tokenizers cut `1234567`? And which tokens does it share with `234567`, the same
# number without its million?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("1234567 234567", encodings)

# %% tags=["remove-cell"]
long_number = [gpt4o.decode([i]) for i in gpt4o.encode("1234567")]
cut_number = [gpt4o.decode([i]) for i in gpt4o.encode("234567")]
nine_digits = [gpt2.decode([i]) for i in gpt2.encode("123456789")]

# %% [markdown]
# ```{dropdown} Why
# GPT-4 and GPT-4o cut digits in threes, from the left: {eval}`"·".join(long_number)`. People group
# from the right: 1,234,567. So the cut of a number depends on how long it is, and
# {eval}`"·".join(cut_number)` has no token in common with the longer number.
#
# GPT-2 has no such rule. It has tokens for the groups of digits that were frequent in its texts:
# `123456789` becomes {eval}`"·".join(nine_digits)`. That our two numbers share their `45` and `67`
# is luck.
#
# This shows when a model calculates. {cite:t}`singh2024` found that GPT-3.5 and GPT-4 add better
# when the groups are made to start from the right.
# ```

# %% [markdown]
# ## Predict: Chinese, and a picture
#
# `你好` (hello) has two characters, `🌍` has one. How many tokens do they cost in each vocabulary?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("你好🌍", encodings)

# %% tags=["remove-cell"]
hello_costs = [len(encoding.encode("你好")) for encoding in encodings.values()]

# %% [markdown]
# ```{dropdown} Why
# For `你好`: {eval}`", ".join(map(str, hello_costs))` tokens. GPT-2's vocabulary was made from
# English texts. It has no token for these characters and falls back on a few bytes at a time.
# GPT-4o's must have been made from enough Chinese to own the whole word.
#
# No vocabulary has the globe in one piece. All three cut it in the middle of a character.
# ```
#
# What happens when a model stops there, after the first token of the globe?

# %%
globe = gpt2.encode("🌍")
print(gpt2.decode(globe[:1]), gpt2.decode(globe))

# %% [markdown]
# Half a character isn't valid text, so a replacement character is shown until the rest arrives. A
# program that streams a model's answer has to wait for whole characters.

# %% [markdown]
# ## What to ask of a tokenizer
#
# **Nothing is lost.** Every text can be encoded, and comes back as it was.
#
# **Sequences are short.** The model works for every token. On top of that, attention compares each
# token with every other: twice the tokens, four times the comparisons.
#
# **The vocabulary is of use.** A row costs memory, and a row that hardly any text calls for is
# hardly ever trained.
#
# The second one can be measured. The *compression ratio* is the number of bytes that a token stands
# for, on average, where the text is stored as UTF-8. Higher means shorter.

# %%
from cs336_core.tokenization import compression_ratio

for name, encoding in encodings.items():
    ratio = compression_ratio(greeting, encoding.encode(greeting))
    print(f"{name:7} {ratio:.2f} bytes per token")

# %% [markdown]
# Your turn: write that function. Python runs in this page and shows you where yours and ours
# differ.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("compression_ratio", key="write-ratio")  # @stepover

# %% [markdown]
# Where does such a vocabulary come from? Before we train one, let us try what comes to mind first:
# take the characters, the bytes, or the words.

# %% [markdown]
# ## First try: characters
#
# A text is a sequence of characters, and each already has a number: its *code point* in Unicode.
# Python gives it with `ord`, and `chr` is the way back.

# %%
from cs336_core.tokenization import CharacterTokenizer

characters = CharacterTokenizer()
print(ord("a"), ord("你"), chr(20320), chr(127757))
print(characters.encode(greeting))
assert characters.decode(characters.encode(greeting)) == greeting

# %% [markdown]
# No training, and nothing gets lost: a tokenizer in one line. The greeting has
# {eval}`f"{compression_ratio(greeting, characters.encode(greeting)):.2f}"` bytes per token, since
# its globe takes four bytes and each Chinese character three. Plain English has exactly 1.
#
# Now look at the vocabulary.

# %%
import unicodedata

unassigned = ("Cn", "Cs", "Co")
categories = map(unicodedata.category, map(chr, range(0x110000)))
assigned = sum(category not in unassigned for category in categories)
print(f"{characters.vocab_size:,} code points")
version = unicodedata.unidata_version
print(f"{assigned:,} are characters in Unicode {version}")
table = characters.vocab_size * smallest.d_model
print(f"{table:,} numbers in a table with rows of {smallest.d_model}")

# %% [markdown]
# That table alone is about {eval}`round(table / params.total)` times the whole smallest GPT-2.
# And what would it buy? Python carries its own manual with it, a long text of English and code.
# Count what it uses.

# %%
from pydoc_data.topics import topics

manual = "\n".join(topics[name] for name in sorted(topics))
different = characters.used(manual)
print(f"{len(manual):,} characters, {different} different ones")

# %% [markdown]
# All other rows would lie idle. Nor does it help to mix languages. Here is one paragraph in two
# dozen of them; we shall meet it again.

# %%
from collections import Counter

from cs336_core.texts.declaration import ARTICLE_2

counts = Counter("".join(ARTICLE_2.values()))
once = sum(count == 1 for count in counts.values())
print(f"{len(counts)} different characters, {once} of them only once")

# %% [markdown]
# A row that is visited once learns next to nothing. This is the first failure: **rare ids**.
#
# Vocabularies in use have such rows, too. GPT-2's has one for {eval}`repr(gpt2.decode([43453]))`,
# the name of somebody in a web forum, which models hardly ever meet while they are trained. When
# they meet it later, they behave strangely {cite:p}`magikarp2024`.

# %% [markdown]
# ## Second try: bytes
#
# Then go down one level. Text is stored as bytes, numbers from 0 to 255. UTF-8 writes the 128
# characters of *ASCII* with one byte each: the letters a to z, the digits, the signs of an English
# keyboard. Everything else takes two to four bytes, even the curly quotes and the pound sign.

# %%
from cs336_core.tokenization import ByteTokenizer

single_bytes = ByteTokenizer()
assert single_bytes.decode(single_bytes.encode(greeting)) == greeting
TokenTable("né你🌍", {"characters": characters, "bytes": single_bytes})

# %% tags=["remove-cell"]
from itertools import chain

not_surrogates = chain(range(0xD800), range(0xE000, 0x110000))
possible_bytes = set("".join(map(chr, not_surrogates)).encode())  # @stepover
manual_bytes = set(manual.encode())

# %% [markdown]
# The vocabulary has {eval}`single_bytes.vocab_size` ids. It is tiny, and no text is ever unknown.
# Nearly all of it can be used: {eval}`single_bytes.vocab_size - len(possible_bytes)` byte values
# never occur in UTF-8. (Python's manual gets by with {eval}`len(manual_bytes)`.) The compression
# ratio is exactly 1, by definition: a token *is* a byte. And that is the trouble.

# %%
in_bytes = len(single_bytes.encode(manual))
in_tokens = len(gpt4o.encode(manual))
print(f"the manual: {in_bytes:,} bytes, {in_tokens:,} tokens of GPT-4o")
longer = in_bytes / in_tokens
print(f"{longer:.1f} times as long, {longer**2:.0f} times the comparisons")

# %% [markdown]
# This is the second failure: **long sequences**. What is saved in the vocabulary is paid for in
# length. One can drive it further and take the bits, with a vocabulary of two:

# %%
from cs336_core.tokenization import BitTokenizer

sentence = "I love LLM"
for tokenizer in [BitTokenizer(), single_bytes]:
    ids = tokenizer.encode(sentence)
    ratio = compression_ratio(sentence, ids)
    size = tokenizer.vocab_size
    print(f"{size} ids: {len(ids)} tokens, {ratio} bytes per token")

# %% [markdown]
# ## Third try: words
#
# So go the other way, and make tokens longer. Cut the text into words, and give every different
# word an id. The classic rule is the pattern `\w+|.`: letters and digits that stand together, or
# else any single character.

# %%
from cs336_core.tokenization import WordTokenizer

by_word = WordTokenizer.train(sentence)
print(by_word.vocab)
ids = by_word.encode(sentence)
print(ids, compression_ratio(sentence, ids), "bytes per token")

# %% [markdown]
# {eval}`len(by_word.encode(sentence))` tokens for three words: by this rule a space is a token too.
# GPT-2 showed a better one, and you have met it: the space goes with the word behind it.

# %%
spaced = r" ?\w+| ?[^\s\w]+|\s+"
by_word = WordTokenizer.train(sentence, pattern=spaced)
print(by_word.vocab)
ids = by_word.encode(sentence)
print(ids, round(compression_ratio(sentence, ids), 2), "bytes per token")

# %% [markdown]
# Now with a real text, the whole manual.

# %%
by_word = WordTokenizer.train(manual, pattern=spaced)
ratio = compression_ratio(manual, by_word.encode(manual))
assert by_word.decode(by_word.encode(manual)) == manual
print(f"{by_word.vocab_size:,} ids, {ratio:.2f} bytes per token")

# %% [markdown]
# Short sequences at last, with a vocabulary that is small beside GPT-2's. But it was made from this
# one text. Read on, and new words keep coming.

# %% tags=["hide-input"]
import re

import matplotlib.pyplot as plt

from cs336_core.notebook import figures

read = re.findall(r"\w+", manual)
thousands = range(1, len(read) // 1000 + 1)
different = [len(set(read[: 1000 * n])) for n in thousands]
rare = sum(count == 1 for count in Counter(read).values())

with figures.style():  # @stepover
    figure, axes = plt.subplots()
    axes.plot(thousands, different)
    axes.set(xlabel="thousands of words read", ylabel="different words", xlim=(0, None))
    axes.set(ylim=(0, None))
    plt.close(figure)
figures.inline(
    figure,
    alt=f"Different words against words read: the curve flattens and keeps rising. After "
    f"{len(read):,} words it has come to {different[-1]:,}.",
)

# %% [markdown]
# The curve bends, and it does not end: names, numbers, typing errors and new inventions never do.
# (It counts runs of letters and digits, {eval}`f"{different[-1]:,}"` different ones by the end. The
# tokenizer above has more ids, since `the`, `␣the` and each run of punctuation have ids of their
# own.) Of the words on the curve, {eval}`f"{100 * rare / len(set(read)):.0f} %"` occur only once.
# Rare ids again.
#
# Worse is what happens to a word that was never read. The vocabulary has no id for it, so all such
# words get one and the same: *unknown*, written `<unk>`. Here is what the tokenizer of Python's
# manual makes of a sentence from the Universal Declaration of Human Rights.

# %%
english = ARTICLE_2["English"]
print(english)
print()
print(by_word.decode(by_word.encode(english)))

# %% [markdown]
# Everyone, rights, freedoms: all gone, and no model can bring them back. This is the third failure,
# **unknown words**. It breaks the round trip.
#
# And not all writing has spaces between its words. To the pattern, a clause of Chinese is one long
# word:

# %%
print(WordTokenizer.train(ARTICLE_2["Chinese"]).vocab[1:4])

# %% [markdown]
# ## How not to be surprised
#
# Unknown words do a quieter harm: they spoil the measure. *Perplexity* measures how hard prediction
# is: a perplexity of 20 means that the model is as unsure as if it had to choose among 20 equally
# likely tokens. Lower is better.
#
# Take the simplest model there is, which knows how often each id occurs and nothing else. Now let
# it know fewer and fewer words. What will its perplexity do?

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from cs336_core.tokenization.unigram import unigram_perplexity

in_words = [by_word.decode([each]) for each in by_word.encode(manual)]
common = [word for word, _ in Counter(in_words).most_common()]
rows = []
for known in [len(common), 1000, 100, 10, 0]:  # @stepover
    ids = WordTokenizer(common[:known], pattern=spaced).encode(manual)
    unknown = f"{100 * ids.count(0) / len(ids):3.0f} % unknown"
    perplexity = unigram_perplexity(ids)
    words = f"{known:5,} words: {unknown}"
    rows.append(f"{words}, perplexity {perplexity:6.2f}")
print(*rows, sep="\n")

# %% [markdown]
# ```{dropdown} Why
# It falls, down to {eval}`f"{perplexity:.0f}"`: the model that knows no word at all is never
# surprised, since everything is `<unk>`. It looks perfect and says nothing.
#
# So perplexities can be compared only where the tokens are the same. Where they differ, and nothing
# is lost, one compares the surprise for each byte of the text instead.
# ```

# %% [markdown]
# ## In between
#
# Characters and bytes never fail to spell a text, and make it long. Words make it short, and fail
# on what is new. What one would like is both: a frequent word in one token, a rare word in a few
# pieces that are frequent themselves, and bytes where all else fails. That is what GPT-2 does.

# %%
long_word = "floccinaucinihilipilification"
TokenTable(f"the tokenization of {long_word}", {"GPT-2": gpt2})

# %% [markdown]
# Pieces such as `ization` and `ification` carry meaning, and nobody wrote a list of them. They were
# found by counting, in a large collection of texts, a *corpus*. Only how many there shall be is
# chosen beforehand.
#
# The idea is that of a code which gives frequent letters short names and rare ones long names
# {cite:p}`huffman1952`. But there the letters are given. Here the tokenizer has to discover what
# its letters are, a comparison that we owe to {cite:t}`brown2024handbook`.
#
# The best known way to discover them is byte pair encoding, brought to language by
# {cite:t}`sennrich2016`. GPT-2 and its successors use it, GPT-4 among them, and so do the Llama
# models. WordPiece, the tokenizer of BERT {cite:p}`bert2018`, is a relative.

# %% [markdown]
# ## What is counted decides
#
# Here is a small vocabulary, trained by byte pair encoding on this very page, on its prose and its
# code. {doc}`03_bpe` shows how that is done. See it beside two large ones.

# %%
from cs336_core.texts.own_pages import lecture_text
from cs336_core.tokenization import BPETokenizer, train

page = lecture_text("02_tokenization")  # @stepover
own = BPETokenizer(train([page], vocab_size=2000))  # @stepover
Playground(
    "Tokenization turns text into ids. 🌍",
    tokenizers=["trained", "gpt2", "o200k"],
    trained=own,
    key="own",
)

# %% tags=["remove-cell"]
page_ratios = {
    name: compression_ratio(page, tokenizer.encode_ordinary(page))
    for name, tokenizer in {"own": own, "GPT-2": gpt2}.items()
}

# %% [markdown]
# With {eval}`own.vocab_size` ids it has a token for the whole word `Tokenization`, and even one for
# the globe, which the other two have to cut. Both are common on this page. On the text that it was
# trained on it gets {eval}`f"{page_ratios['own']:.2f}"` bytes per token, more than GPT-2 with its
# {eval}`gpt2.vocab_size` ids, {eval}`f"{page_ratios['GPT-2']:.2f}"`.
#
# Now write about something else, cooking or football, or in another language. A vocabulary is good
# at what it was made from.

# %% [markdown]
# ## The token tax
#
# So what is found by counting depends on what was counted, and that was mostly English. Article 2
# of the Universal Declaration begins:
#
# > Everyone is entitled to all the rights and freedoms set forth in this Declaration, without
# > distinction of any kind, such as race, colour, sex, **language**, religion, political or other
# > opinion, national or social origin, property, birth or other status. (Our emphasis.)
#
# Here is this paragraph in {eval}`len(ARTICLE_2)` languages. They all say the same, or nearly so.
# How many tokens does it take to say it?

# %%
costs = {}
for name, encoding in encodings.items():  # @stepover
    costs[name] = {
        language: len(encoding.encode(paragraph))
        for language, paragraph in ARTICLE_2.items()
    }  # fmt: skip
print({name: cost["English"] for name, cost in costs.items()})

# %% [markdown]
# English needs {eval}`costs["GPT-2"]["English"]` tokens in each of the three. That is no accident:
# every word, with the space before it, and every comma is a token already, and no tokenizer of this
# kind merges across words. English has reached the floor. In the figure it is 1, and each step to
# the right is twice as many.

# %% tags=["hide-input"]
order = sorted(ARTICLE_2, key=lambda language: costs["GPT-2"][language])
tax = {
    name: {language: cost[language] / cost["English"] for language in order}
    for name, cost in costs.items()
}
heaviest = {name: max(each, key=each.__getitem__) for name, each in tax.items()}

with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(4.8, 6.4))
    figures.dot_plot(axes, tax)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 2, 4, 8, 16], ["1", "2", "4", "8", "16"])
    axes.set(xlabel="tokens, as a multiple of English", xlim=(0.9, 17.5))
    axes.legend(loc="upper right")
    plt.close(figure)
figures.inline(
    figure,
    alt="Tokens of the same paragraph as a multiple of English. "
    + " ".join(
        f"{name}: {', '.join(f'{language} {value:.1f}' for language, value in each.items())}."
        for name, each in tax.items()
    ),
)

# %% tags=["remove-cell"]
byte_counts = {language: len(text.encode()) for language, text in ARTICLE_2.items()}
as_bytes = [each for each, count in byte_counts.items() if costs["GPT-2"][each] == count]

# %% [markdown]
# In GPT-2's vocabulary {eval}`heaviest["GPT-2"]` costs
# {eval}`f"{tax['GPT-2'][heaviest['GPT-2']]:.1f}"` times as much as English. For
# {eval}`len(as_bytes)` of the languages ({eval}`", ".join(as_bytes)`) it was of no help at all: as
# many tokens as bytes.
#
# It is not that these texts are so much longer. The Chinese one has
# {eval}`byte_counts["Chinese"]` bytes where the English has
# {eval}`byte_counts["English"]`, and still it costs
# {eval}`f"{tax['GPT-2']['Chinese']:.1f}"` times the tokens. The vocabulary was made for somebody
# else.
#
# {cite:t}`petrov2023` measured this on two thousand sentences in some two hundred languages. For
# GPT-4's vocabulary they found up to 15 times as many tokens as in English, for GPT-2's up to 19,
# both in Shan, a language of Myanmar. They call for vocabularies that are fair by design.

# %% [markdown]
# ## What a larger vocabulary buys
#
# From GPT-2 to GPT-4o the vocabulary grew fourfold and, to judge by its tokens, much more text in
# other languages was counted. Here is the same paragraph again, in English and in all
# {eval}`len(ARTICLE_2)` languages together, and Python's manual, under every tokenizer of this
# page.

# %% tags=["hide-input"]
tried = {
    "bits": BitTokenizer(),
    "bytes": single_bytes,
    **encodings,
    "characters": characters,
}
everyone = "".join(ARTICLE_2.values())
texts = {"English": english, "all languages": everyone, "the manual": manual}
bought = {  # @stepover
    label: [compression_ratio(text, tokenizer.encode(text)) for tokenizer in tried.values()]
    for label, text in texts.items()
}
sizes = [tokenizer.vocab_size for tokenizer in tried.values()]

with figures.style():  # @stepover
    figure, axes = plt.subplots(figsize=(5.2, 3.4))
    axes.plot(sizes, bought["English"], "o", linestyle="", label="English")
    for label, marker, size in [("all languages", "s", 10), ("the manual", "^", 11)]:
        look = {"marker": marker, "markersize": size, "markerfacecolor": "none"}
        axes.plot(sizes, bought[label], linestyle="", label=label, **look)
    labels = {"GPT-2": "", "GPT-4": "GPT-2, GPT-4, GPT-4o", "GPT-4o": ""}
    for name, size, *ratios in zip(tried, sizes, *bought.values(), strict=True):
        at, label = (size, max(ratios)), labels.get(name, name)
        axes.annotate(label, at, (0, 9), textcoords="offset points", ha="center")
    axes.set(xlabel="vocabulary size", ylabel="bytes per token", xscale="log")
    axes.set(xlim=(0.8, 8e6), ylim=(-0.2, 5.9))
    axes.set_xticks([10, 1000, 100_000], ["10", "1,000", "100,000"])
    axes.minorticks_off()
    axes.legend(loc=(0.01, 0.5))
    plt.close(figure)
figures.inline(
    figure,
    alt="Bytes per token against vocabulary size. "
    + " ".join(
        f"{label}: {', '.join(f'{ratio:.2f}' for ratio in ratios)} for {', '.join(tried)}."
        for label, ratios in bought.items()
    ),
)

# %% [markdown]
# In this English paragraph nothing is gained after GPT-2: it has only common words. The manual has
# code, too. There GPT-2 gets {eval}`f"{bought['the manual'][2]:.2f}"` bytes per token and GPT-4
# {eval}`f"{bought['the manual'][3]:.2f}"`, mostly by the white space that indents code. From GPT-4
# to GPT-4o nothing more is gained.
#
# For all languages together it is {eval}`f"{bought['all languages'][2]:.2f}"` bytes per token with
# GPT-2 and {eval}`f"{bought['all languages'][4]:.2f}"` with GPT-4o. A larger vocabulary is one that
# more people can use.
#
# See where the characters stand: the largest vocabulary by far, and a low ratio. Size alone does
# nothing. What counts is which tokens one has.
#
# The tax has shrunk, and it is not gone. In GPT-4o's vocabulary {eval}`heaviest["GPT-4o"]` still
# pays {eval}`f"{tax['GPT-4o'][heaviest['GPT-4o']]:.1f}"` times what English pays.

# %% [markdown]
# ## What the tax costs
#
# Tokens are what a model works for, what it remembers, and what its users pay for. Take one shaped
# like Llama 3 8B {cite:p}`llama3`, with GPT-4o's vocabulary.
#
# To read a token takes about two floating-point operations for each of its parameters, attention
# aside {cite:p}`kaplan2020`; a little less, since the table of embeddings is only looked up. To
# remember the token, the model keeps two vectors, a key and a value, for each of its 32 layers and
# 8 key-value heads (its 32 query heads share them in fours), with 128 numbers of two bytes each.
# Let its window, the text that it can look at, have 8,192 tokens.

# %%
from cs336_core.accounting import forward_flops, kv_cache_bytes

llama = preset("llama-3-8b")
n_params = count_parameters(llama).total  # @stepover
flops_per_token = forward_flops(n_params, n_tokens=1)  # @stepover
bytes_per_token = kv_cache_bytes(llama)  # @stepover

languages = ["English", "Chinese", "Hindi", "Khmer", "Amharic", "Tibetan"]
for language in languages:
    tokens = costs["GPT-4o"][language]
    work = tokens * flops_per_token / 1e12
    memory = tokens * bytes_per_token / 2**20
    needs = f"{tokens:3} tokens, {work:.1f} TFLOPs, {memory:4.1f} MiB"
    print(f"{language:8} {needs}; {8192 // tokens:3} such paragraphs fit")

# %% [markdown]
# So the same request in Tibetan takes {eval}`f"{tax['GPT-4o']['Tibetan']:.1f}"` times the work, the
# memory, and the time to write the answer; the window holds that much less; and where attention
# compares all tokens with all, it is {eval}`round(tax['GPT-4o']['Tibetan'] ** 2)` times. Services
# that are paid by the token hand the bill on. {cite:t}`ahia2023` found that the speakers of many
# languages pay more for poorer answers, and often live where people can afford it least.

# %% [markdown]
# ## A necessary evil
#
# Now look at what we have. Text is cut before the model sees it, by rules and counts that know
# nothing of the model. The model cannot see the letters and digits inside a token. The same word
# has several ids. Some languages pay more than others.
#
# One day models may simply read bytes. There are some that do {cite:p}`byt5,blt2024`, and some of
# them have ways of their own to make long sequences cheap. Until then tokenization is worth its
# price: no text is unknown, sequences are short, and nearly every row is put to use.

# %% tags=["remove-cell"]
berry = [gpt4o.decode([token_id]) for token_id in gpt4o.encode("strawberry")]
letters = [gpt2.encode(letter)[0] for letter in "hello"]
indented = "    return x"
chinese = ARTICLE_2["Chinese"]

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer. Every number in the answers was computed when this page was
# built.
#
# **1.** How many tokens is `naïve` in characters, and how many in bytes?
#
# ```{dropdown} Answer
# {eval}`len(characters.encode("naïve"))` and {eval}`len(single_bytes.encode("naïve"))`: the `ï`
# takes two bytes.
# ```
#
# **2.** Somebody shows you `15496 11 995 0` as GPT-2's ids of our greeting, `Hello, 🌍! 你好!`. You
# have met all four of them above. Can it be true?
#
# ```{dropdown} Answer
# No: 995 is `␣world`. The ids decode to “{eval}`gpt2.decode([15496, 11, 995, 0])`”. The round trip
# finds such mistakes.
# ```
#
# **3.** Why do models find it hard to say how often `r` occurs in `strawberry`?
#
# ```{dropdown} Answer
# They do not see letters. GPT-4o reads {eval}`len(berry)` tokens, {eval}`"·".join(berry)`, and with
# a space in front {eval}`len(gpt4o.encode(" strawberry"))`. It has to memorize how each token is
# spelled.
# ```
#
# **4.** Decoding undoes encoding. Does encoding undo decoding?
#
# ```{dropdown} Answer
# No. Give GPT-2 the ids of the five letters h, e, l, l, o: {eval}`str(letters)`. They decode to
# `hello`, and `hello` encodes to {eval}`str(gpt2.encode("hello"))`. Many sequences of ids spell the
# same text, and the tokenizer writes only one of them.
# ```
#
# **5.** In characters, the Chinese paragraph has
# {eval}`f"{compression_ratio(chinese, characters.encode(chinese)):.2f}"` bytes per token, the
# English one 1. Are characters a better tokenizer for Chinese?
#
# ```{dropdown} Answer
# The ratio cannot tell: it counts bytes, and UTF-8 spends three on a Chinese character. Compare
# tokenizers on the same text. To compare languages, count the tokens of the same meaning, as we did
# for the tax.
# ```
#
# **6.** Code has many spaces. How many tokens is `return x`, indented by four of them, for GPT-2
# and for GPT-4o?
#
# ```{dropdown} Answer
# {eval}`len(gpt2.encode(indented))` and {eval}`len(gpt4o.encode(indented))`. GPT-2 has a token for
# each of the first three spaces; the fourth goes with the word. GPT-4o has one for all three.
# ```

# %% [markdown]
# ## What comes next
#
# How does one find good pieces? {doc}`03_bpe` builds the answer from nothing, byte by byte, and
# lets you watch it happen.
#
# For another take, see the two-hour video of {cite:t}`karpathy2024`. {cite:t}`brown2024handbook`
# points to it and to more, such as Masato Hagiwara's guide. On the web,
# [Tiktokenizer](https://tiktokenizer.vercel.app) shows the vocabularies of many more models.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
