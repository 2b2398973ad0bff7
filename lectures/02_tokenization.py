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
# A language model never sees a letter. It reads numbers and answers with numbers. Turning text into
# these numbers, and the numbers back into text, is called *tokenization*.
#
# Start by playing. Each colored box is a piece of the text, and the numbers of the pieces are
# listed below the boxes. Type something else: your name,
# {figure}`a long number <play.text=31415926535897932384626433832795>`,
# {figure}`a line of code <play.text=        return [word.lower() for word in words]>` or
# {figure}`Chinese <play.text=我喜欢语言模型。>`. Which tokenizer needs the fewest pieces? And for
# which of these texts is GPT-2's hardly better than single bytes?

# %% tags=["remove-input"]
from cs336_core.widgets import Playground

welcome = "Tokenization turns text into numbers. 你好, 🌍!"
Playground(welcome, tokenizers=["bytes", "gpt2", "o200k"], key="play")

# %% tags=["remove-cell"]
from cs336_core.tokenization import load_encoding

line = "        return [word.lower() for word in words]"
clause = "我喜欢语言模型。"
line_costs, clause_costs = (
    [len(load_encoding(name).encode(each)) for name in ("gpt2", "o200k_base")]
    for each in (line, clause)
)

# %% [markdown]
# ```{dropdown} What you should see
# GPT-4o's tokenizer, o200k, never needs more pieces than GPT-2's here. For the line of code it
# needs {eval}`line_costs[1]`, and GPT-2's {eval}`line_costs[0]`, mostly because of the leading
# spaces. For the Chinese clause, GPT-2's is hardly better than bytes: {eval}`clause_costs[0]`
# pieces for {eval}`len(clause.encode())` bytes, where o200k needs {eval}`clause_costs[1]`.
# ```
#
# On this page you watch real tokenizers at work, build the three obvious ones, and see each of them
# fail. At the end, we work out which languages pay for the choice of vocabulary. It takes about
# forty minutes, experiments included. You should be able to read a little Python; you don't need to
# know anything about language models. (The website
# [Tiktokenizer](https://tiktokenizer.vercel.app) tokenizes text for many other models.)

# %% [markdown]
# ## Text in, numbers out
#
# Here is a greeting that mixes English, an emoji and Chinese, and what GPT-2 {cite:p}`gpt2` sees
# instead.

# %%
from cs336_core.tokenization import load_encoding

greeting = "Hello, 🌍! 你好!"
gpt2 = load_encoding("gpt2")  # @stepover
ids = gpt2.encode(greeting)
print(ids)

# %% [markdown]
# {eval}`len(greeting)` characters have become {eval}`len(ids)` numbers. A piece of text with a
# number of its own is a *token*, and the number is its *id*. Side by side:

# %%
from cs336_core.notebook.token_table import TokenTable

TokenTable(greeting, {"GPT-2": gpt2})

# %% [markdown]
# Each box is a token, with its id below. `␣` is a space. Boxes such as `20 F0 9F` show bytes in
# hexadecimal, because such a token holds only part of a character. We will come back to them.
#
# You *encode* text into ids, and *decode* ids back into text. A tokenizer does both, and decoding
# must give back exactly the text that was encoded. This is called the *round trip*.

# %%
print(gpt2.decode(ids))
assert gpt2.decode(ids) == greeting

# %% [markdown]
# What does the model do with ids? Given the ids so far, it predicts how likely each possible id is
# to come next. **A language model assigns probabilities to sequences of tokens, and these sequences
# are all it ever sees of text.**

# %% [markdown]
# ## The vocabulary
#
# How many ids are there? That depends on the tokenizer. Here are three widely used ones:

# %%
encodings = {  # @stepover
    "GPT-2": gpt2,
    "GPT-4": load_encoding("cl100k_base"),
    "GPT-4o": load_encoding("o200k_base"),
}
gpt4o = encodings["GPT-4o"]
for name, encoding in encodings.items():  # @stepover
    print(f"{name:7} {encoding.vocab_size:7,} ids")

# %% [markdown]
# All the tokens of a tokenizer form its *vocabulary*, and the *vocabulary size* is the number of
# ids. Since ids are counted from 0, the largest one is the size minus one. (The newer two leave a
# few ids unused.)
#
# An id is a name, not a quantity: tokens with neighboring ids may have nothing in common. Even the
# first 256 ids, which GPT-2 gives to the single bytes, are not in byte order.

# %%
for token_id in [0, 1, 220, 995, 996]:  # @stepover
    print(token_id, repr(gpt2.decode([token_id])))

# %% [markdown]
# To the model, an id is an index into a table, the *embedding*. The table has a row of numbers for
# every id, and the model reads a token by looking up its row. In the smallest GPT-2, a row has 768
# numbers.

# %%
from cs336_core.accounting import count_parameters
from cs336_core.model.presets import preset

smallest = preset("gpt2-small")  # @stepover
params = count_parameters(smallest)  # @stepover
table = params.components["embedding"]
percent = 100 * table / params.total
print(f"{table:,} numbers, {percent:.0f} % of that model")

# %% [markdown]
# **So a vocabulary is not free.** Its table takes memory, every row has to be learned, and for each
# token that the model generates, it has to score every id.

# %% [markdown]
# ## Predict: where does the space go?
#
# Now for four experiments. Commit to a guess before you look; you will learn most from the wrong
# ones. `the cat in the hat` has five words and four spaces.

# %% tags=["remove-input"]
from cs336_core.widgets import Prediction

hat_tokens = len(gpt4o.encode("the cat in the hat"))  # @stepover
question = "How many tokens is `the cat in the hat` for GPT-4o?"
Prediction(question, ["4", "5", "9", "18"], str(hat_tokens), key="spaces")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("the cat in the hat", {"GPT-4o": gpt4o})

# %% [markdown]
# ```{dropdown} Why
# {eval}`hat_tokens` tokens: **the spaces cost nothing.** A space belongs to the word after it, so
# `␣cat` is one token. Nearly every English word follows a space, so this is the form in which it
# occurs most often.
# ```

# %% [markdown]
# ## Predict: the same word twice
#
# Here is a word, a space, and the same word again.

# %% tags=["remove-input"]
first, *_, last = gpt4o.encode("hello hello")  # @stepover
same = "yes" if first == last else "no"
question = "Do both words of `hello hello` get the same id?"
Prediction(question, ["yes", "no"], same, key="twice")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("hello hello", encodings)

# %% [markdown]
# ```{dropdown} Why
# No. For GPT-4o the first is {eval}`str(gpt4o.encode("hello")[0])` and the second is
# {eval}`str(gpt4o.encode(" hello")[0])`, since the second includes a space. **To the model, these
# are two unrelated rows;** it has to learn from its training data that they are the same word. The
# same goes for `Hello` and `HELLO`.
# ```

# %% [markdown]
# ## Predict: long numbers
#
# How do the three tokenizers split `1234567`? Compare it with `234567`, the same number without the
# million.

# %% tags=["remove-input"]
shared = set(gpt4o.encode("1234567")) & set(gpt4o.encode("234567"))  # @stepover
how_many = ["none of them", "one", "all but the first"]
question = "For GPT-4o, how many tokens of `1234567` reappear in `234567`?"
Prediction(question, how_many, how_many[len(shared)], key="digits")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("1234567 234567", encodings)

# %% tags=["remove-cell"]
long_number = [gpt4o.decode([i]) for i in gpt4o.encode("1234567")]
cut_number = [gpt4o.decode([i]) for i in gpt4o.encode("234567")]
nine_digits = [gpt2.decode([i]) for i in gpt2.encode("123456789")]

# %% [markdown]
# ```{dropdown} Why
# GPT-4 and GPT-4o split digits into groups of three, from the left: {eval}`"·".join(long_number)`.
# People group from the right: 1,234,567. So **how a number is split depends on its length**, and
# {eval}`"·".join(cut_number)` has no token in common with the longer number.
#
# GPT-2 has no such rule. It has tokens for the groups of digits that were frequent in its training
# data: `123456789` becomes {eval}`"·".join(nine_digits)`. It is pure luck that our two numbers
# share `45` and `67`.
#
# The grouping matters for arithmetic: {cite:t}`singh2024` found that GPT-3.5 and GPT-4 add more
# accurately when the digits are grouped from the right.
# ```

# %% [markdown]
# ## Predict: Chinese, and an emoji
#
# `你好` (hello) has two characters of three bytes each, and `🌍` is one character of four bytes.

# %% tags=["remove-input"]
cost = len(gpt2.encode("你好🌍"))  # @stepover
question = "How many tokens is `你好🌍` for GPT-2?"
Prediction(question, ["2", "3", "7", "10"], str(cost), key="chinese")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
TokenTable("你好🌍", encodings)

# %% tags=["remove-cell"]
hello_costs = [len(encoding.encode("你好")) for encoding in encodings.values()]

# %% [markdown]
# ```{dropdown} Why
# `你好` takes {eval}`", ".join(map(str, hello_costs))` tokens with the three tokenizers. GPT-2's
# vocabulary was trained on English text. It has no token for these characters and falls back to a
# few bytes at a time. GPT-4o's was evidently trained on enough Chinese to have a token for the
# whole word.
#
# None of them has a token for the globe. All three split its bytes across two or more tokens.
# ```
#
# What if a model stops in the middle, after the first token of the globe?

# %%
globe = gpt2.encode("🌍")
print(gpt2.decode(globe[:1]), gpt2.decode(globe))

# %% [markdown]
# Half a character is not valid UTF-8, so the decoder shows a replacement character instead. **A
# program that streams a model's answer has to wait for whole characters.**

# %% [markdown]
# ## What makes a good tokenizer
#
# GPT-2 needs {eval}`len(ids)` tokens for the greeting. Is that good? Compute the *compression
# ratio*, the average number of UTF-8 bytes per token:

# %%
from cs336_core.tokenization import compression_ratio

for name, encoding in encodings.items():  # @stepover
    ratio = compression_ratio(greeting, encoding.encode(greeting))
    print(f"{name:7} {ratio:.2f} bytes per token")

# %% [markdown]
# Higher is better, because shorter sequences are cheaper. The model does work for every token. On
# top of that, attention compares each token with every other: twice the tokens, four times the
# comparisons.
#
# But a high ratio is not enough. **A good tokenizer loses nothing, keeps sequences short, and uses
# nearly every row of the embedding:**
#
# - every text can be encoded, and decoding returns it unchanged;
# - a token stands for many bytes;
# - no row is wasted: each one costs memory, and a row whose token hardly ever occurs is hardly ever
#   trained.

# %% [markdown]
# Your turn: write `compression_ratio` yourself. Python runs right in this page and shows you where
# your results differ from ours.

# %% tags=["remove-input"]
from cs336_core.widgets import YourTurn

YourTurn("compression_ratio", key="write-ratio")  # @stepover

# %% [markdown]
# Where does a good vocabulary come from? Before we train one, let us try the obvious candidates:
# characters, bytes and words.

# %% [markdown]
# ## First try: characters
#
# Every character already has a number. Python's `ord` returns it, and `chr` turns it back into the
# character:

# %%
from cs336_core.tokenization import CharacterTokenizer

characters = CharacterTokenizer()
print(ord("a"), ord("你"), chr(20320), chr(127757))
print(characters.encode(greeting))  # @stepinto CharacterTokenizer.encode
assert characters.decode(characters.encode(greeting)) == greeting

# %% [markdown]
# The number is the character's *code point* in Unicode. So here is a one-line tokenizer that needs
# no training and loses nothing. The greeting has
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
print(f"{table:,} numbers in rows of {smallest.d_model}")

# %% [markdown]
# That table alone is about {eval}`round(table / params.total)` times as large as all of the
# smallest GPT-2. And what would it buy us? Python ships with its own manual, a long English text
# with code. Let us count how many different characters the manual uses.

# %%
from pydoc_data.topics import topics

manual = "\n".join(topics[name] for name in sorted(topics))
different = characters.used(manual)
print(f"{len(manual):,} characters, {different} different ones")

# %% [markdown]
# For this text, all other rows are useless. Mixing languages helps little. Here is one paragraph
# in two dozen languages; we will meet it again.

# %%
from collections import Counter

from cs336_core.texts.declaration import ARTICLE_2

counts = Counter("".join(ARTICLE_2.values()))
once = sum(count == 1 for count in counts.values())
print(f"{len(counts)} characters, {once} of them only once")

# %% [markdown]
# A row that is looked up only once learns next to nothing. This is the first failure: **rare ids.**
#
# Real vocabularies have such rows, too. GPT-2's has one for `␣SolidGoldMagikarp`, a username on a
# web forum. Models hardly ever see this token in training, and when they meet it
# later, they behave strangely {cite:p}`magikarp2024`.

# %% [markdown]
# ## Second try: bytes
#
# So go down one level. Text is stored as bytes, numbers from 0 to 255. The most common encoding,
# UTF-8, stores the 128 characters of *ASCII* in one byte each: the English letters, the digits, the
# punctuation on a US keyboard. Everything else takes two to four bytes, even curly quotes and the £
# sign.

# %%
from cs336_core.tokenization import ByteTokenizer

single_bytes = ByteTokenizer()
assert single_bytes.decode(single_bytes.encode(greeting)) == greeting  # @stepinto ByteTokenizer
TokenTable("né你🌍", {"characters": characters, "bytes": single_bytes})

# %% tags=["remove-cell"]
from itertools import chain

not_surrogates = chain(range(0xD800), range(0xE000, 0x110000))
possible_bytes = set("".join(map(chr, not_surrogates)).encode())
manual_bytes = set(manual.encode())

# %% [markdown]
# The vocabulary has {eval}`single_bytes.vocab_size` ids. It is tiny, and no text is ever unknown.
# Nearly all of it is used: only {eval}`single_bytes.vocab_size - len(possible_bytes)` byte values
# never occur in UTF-8. (Python's manual gets by with {eval}`len(manual_bytes)`.) The compression
# ratio is exactly 1 by definition, since a token *is* a byte. And that is the problem. For the
# manual:

# %%
in_bytes = len(single_bytes.encode(manual))
in_tokens = len(gpt4o.encode(manual))
print(f"{in_bytes:,} bytes, {in_tokens:,} tokens of GPT-4o")
longer = in_bytes / in_tokens
print(f"{longer:.1f}× as long, {longer**2:.0f}× the comparisons")

# %% [markdown]
# This is the second failure: **long sequences.** And it gets worse if we go down one more level, to
# single bits, with a vocabulary of two:

# %%
from cs336_core.tokenization import BitTokenizer

sentence = "I love LLM"
stored = sentence.encode()
print(*stored)
print(*(f"{byte:08b}" for byte in stored[:4]), "...")
for tokenizer in [BitTokenizer(), single_bytes]:  # @stepover
    ids = tokenizer.encode(sentence)
    ratio = compression_ratio(sentence, ids)
    size = tokenizer.vocab_size
    print(f"{size} ids: {len(ids)} tokens, {ratio} bytes per token")

# %% [markdown]
# ## Third try: words
#
# So go the other way, and make tokens longer: split the text into words, and give every distinct
# word an id. A classic rule is the pattern `\w+|.`: a run of letters and digits, or else any single
# character.

# %%
from cs336_core.tokenization import WordTokenizer

by_word = WordTokenizer.train(sentence)  # @stepinto WordTokenizer.train
print(by_word.vocab)
ids = by_word.encode(sentence)  # @stepinto WordTokenizer.encode
print(ids, compression_ratio(sentence, ids), "bytes per token")  # @stepover

# %% [markdown]
# That is {eval}`len(by_word.encode(sentence))` tokens for three words: by this rule, a space is a
# token, too. GPT-2 has a better rule, and you have seen it: the space goes with the word after it.

# %%
spaced = r" ?\w+| ?[^\s\w]+|\s+"
by_word = WordTokenizer.train(sentence, pattern=spaced)
print(by_word.vocab)
ids = by_word.encode(sentence)
print(ids, round(compression_ratio(sentence, ids), 2), "bytes per token")  # @stepover

# %% [markdown]
# Now try this rule on a real text, the whole manual:

# %%
by_word = WordTokenizer.train(manual, pattern=spaced)
ratio = compression_ratio(manual, by_word.encode(manual))  # @stepover
assert by_word.decode(by_word.encode(manual)) == manual
print(f"{by_word.vocab_size:,} ids, {ratio:.2f} bytes per token")

# %% [markdown]
# Short sequences at last, with a vocabulary that is small compared with GPT-2's. But it covers only
# this one text. The more you read, the more new words appear.

# %% tags=["hide-input"]
import re

import matplotlib.pyplot as plt

from cs336_core.notebook import figures

read = re.findall(r"\w+", manual)
thousands = range(1, len(read) // 1000 + 1)
different = [len(set(read[: 1000 * n])) for n in thousands]
rare = sum(count == 1 for count in Counter(read).values())

with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 2.8))
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
# *Different words found so far, reading Python's manual from beginning to end.*
#
# The curve bends, but it does not level off: there is no end to names, numbers, typos and coinages,
# so a vocabulary of words has no fixed size. (The curve counts runs of letters and digits,
# {eval}`f"{different[-1]:,}"` distinct ones by the end. The tokenizer above has more ids, since
# `the`, `␣the` and each run of punctuation have their own.) Of the words on the curve,
# {eval}`f"{100 * rare / len(set(read)):.0f} %"` occur only once. Rare ids again.
#
# Worse, the vocabulary has no id for a word that never occurred in training. Such words are *out of
# vocabulary* (OOV), and all of them get the same id, *unknown*, written `<unk>`. Here is what the
# tokenizer trained on Python's manual makes of a sentence from the Universal Declaration of Human
# Rights:

# %%
import textwrap

english = ARTICLE_2["English"]
for shown in [english, by_word.decode(by_word.encode(english))]:  # @stepover
    print(textwrap.fill(shown, width=40), end="\n\n")

# %% [markdown]
# Everyone, rights, freedoms: all gone, and no model can bring them back. This is the third failure:
# **unknown words.** They break the round trip.
#
# And not every script puts spaces between words. To this pattern, a clause of Chinese is one long
# word:

# %%
print(WordTokenizer.train(ARTICLE_2["Chinese"]).vocab[1:4])

# %% [markdown]
# ## How to look good without knowing a word
#
# Unknown words also do a quieter kind of harm: they distort the usual measure of a language model.
# *Perplexity* measures how unsure a model is of the next token. At a perplexity of 20, it is as
# unsure as if it were choosing among 20 equally likely tokens. Lower is better.
#
# Take the simplest possible model, which knows how often each id occurs and nothing else. Now
# shrink its vocabulary.

# %% tags=["remove-input"]
question = "What happens to its perplexity as the vocabulary shrinks?"
Prediction(question, ["rises", "stays the same", "falls"], "falls", key="perplexity")  # @stepover

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Answer", "code_prompt_hide": "Answer"}
from IPython.display import Markdown

from cs336_core.tokenization.unigram import unigram_perplexity

in_words = [by_word.decode([each]) for each in by_word.encode(manual)]
common = [word for word, _ in Counter(in_words).most_common()]
lines = ["| words | unknown | perplexity |", "|--:|--:|--:|"]
for known in [len(common), 1000, 100, 10, 0]:  # @stepover
    ids = WordTokenizer(common[:known], pattern=spaced).encode(manual)
    unknown = 100 * ids.count(0) / len(ids)
    perplexity = unigram_perplexity(ids)
    lines.append(f"| {known:,} | {unknown:.0f} % | {perplexity:.2f} |")
Markdown("\n".join(lines))

# %% [markdown]
# ```{dropdown} Why
# It falls, all the way to {eval}`f"{perplexity:.0f}"`: a model with no words in its vocabulary is
# never surprised, since everything is `<unk>`. It looks perfect and says nothing.
# ```
#
# **So perplexities are comparable only between models with the same tokenizer.** If the tokenizers
# differ and both lose nothing, compare the loss per byte of text instead.

# %% [markdown]
# ## In between
#
# Characters and bytes can spell any text, but they make it long. Words keep it short, but fail on
# anything new. GPT-2 is in between:

# %%
long_word = "floccinaucinihilipilification"
TokenTable(f"the tokenization of {long_word}", {"GPT-2": gpt2})

# %% [markdown]
# **A frequent word gets one token, a rare word a few frequent pieces, and bytes are there when all
# else fails.** Pieces such as `ization` and `ification` carry meaning, yet nobody wrote a list of
# them. They were found by counting, in a large collection of text, a *corpus*. Only their number
# was chosen in advance.
#
# Data compression has long given short codes to frequent letters and long codes to rare ones
# {cite:p}`huffman1952`. But there the alphabet is given, while a tokenizer has to discover its own,
# as {cite:t}`brown2024handbook` points out.
#
# The best-known way to discover the pieces is byte pair encoding, which {cite:t}`sennrich2016`
# brought from data compression to language. GPT-2 and its successors use it, GPT-4 included, and so
# do the Llama models. WordPiece, the tokenizer of BERT {cite:p}`bert2018`, is a relative.

# %% [markdown]
# ## You get what you count
#
# Here is a small vocabulary, trained by byte pair encoding on the prose and code of this very page,
# from the title down to here. ({doc}`03_bpe` shows how.) Compare it with two larger ones:

# %%
from cs336_core.texts.own_pages import lecture_text
from cs336_core.tokenization import BPETokenizer, train
from cs336_core.widgets import Playground

page = lecture_text("02_tokenization")  # @stepover
page = page[: page.index("## You get what you count")]
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
# With {eval}`own.vocab_size` ids, it has a token for the whole word `Tokenization`, and even one
# for the globe, which the other two have to split: both are in its training text. On its own
# training text it gets {eval}`f"{page_ratios['own']:.2f}"` bytes per token, more than GPT-2 with
# its {eval}`f"{gpt2.vocab_size:,}"` ids, which gets {eval}`f"{page_ratios['GPT-2']:.2f}"`.
#
# Now write about {figure}`cooking <own.text=Cook the onions gently in butter.>`, or about football,
# or in another language. Does the small vocabulary still need the fewest tokens?

# %% tags=["remove-cell"]
recipe = "Cook the onions gently in butter."
recipe_costs = [len(tokenizer.encode(recipe)) for tokenizer in (own, gpt2)]

# %% [markdown]
# ```{dropdown} What you should see
# No, it falls behind. The line about onions takes {eval}`recipe_costs[0]` tokens. GPT-2 needs
# {eval}`recipe_costs[1]`, one for each word and one for the period.
# ```
#
# **A vocabulary is good at what it was trained on.**

# %% [markdown]
# ## The token tax
#
# So the tokens you get depend on the text you count, and that text was mostly English. What does
# this mean for other languages? Article 2 of the Universal Declaration of Human Rights begins:
#
# > Everyone is entitled to all the rights and freedoms set forth in this Declaration, without
# > distinction of any kind, such as race, colour, sex, **language**, religion, political or other
# > opinion, national or social origin, property, birth or other status. (Our emphasis.)
#
# We have this paragraph in {eval}`len(ARTICLE_2)` languages. The translations all say the same
# thing, or nearly so. How many tokens does each of them take?

# %%
costs = {}
for name, encoding in encodings.items():  # @stepover
    costs[name] = {
        language: len(encoding.encode(paragraph))
        for language, paragraph in ARTICLE_2.items()
    }  # fmt: skip
print({name: cost["English"] for name, cost in costs.items()})

# %% [markdown]
# English needs {eval}`costs["GPT-2"]["English"]` tokens with all three. That is no accident: every
# word, with the space before it, and every comma is already one token, and tokenizers of this
# kind do not merge across words. English has reached the floor. Where are the others?

# %% tags=["hide-input"]
order = sorted(ARTICLE_2, key=lambda language: costs["GPT-2"][language])
tax = {
    name: {language: cost[language] / cost["English"] for language in order}
    for name, cost in costs.items()
}
heaviest = {name: max(each, key=each.__getitem__) for name, each in tax.items()}

with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 6.4))
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
# *Tokens of the same paragraph, as a multiple of English. Each vertical line marks twice the value
# of the one before it.*
#
# With GPT-2's vocabulary, {eval}`heaviest["GPT-2"]` costs
# {eval}`f"{tax['GPT-2'][heaviest['GPT-2']]:.1f}"` times as much as English. For three languages
# ({eval}`", ".join(as_bytes)`), it is no help at all: they need as many tokens as bytes.
#
# Length alone does not explain this. The Chinese text has {eval}`byte_counts["Chinese"]` bytes and
# the English one {eval}`byte_counts["English"]`, and still Chinese needs
# {eval}`f"{tax['GPT-2']['Chinese']:.1f}"` times as many tokens. **The vocabulary was made for
# somebody else.**
#
# {cite:t}`petrov2023` measured this on two thousand sentences in some two hundred languages. They
# found up to 15 times as many tokens as in English for GPT-4's vocabulary, and up to 19 for
# GPT-2's, both in Shan, a language of Myanmar. They call for vocabularies that are fair by design.

# %% [markdown]
# ## What a larger vocabulary buys
#
# From GPT-2 to GPT-4o, the vocabulary grew fourfold. Judging by its tokens, GPT-4o's was also
# trained on much more text in other languages. Here is how six of this page's tokenizers compress
# three texts: the paragraph in English, the paragraph in all {eval}`len(ARTICLE_2)` languages
# together, and Python's manual.

# %% tags=["hide-input"]
tried = {
    "bits": BitTokenizer(),
    "bytes": single_bytes,
    **encodings,
    "characters": characters,
}
everyone = "".join(ARTICLE_2.values())
texts = {"English": english, "all languages": everyone, "the manual": manual}
bought = {
    label: [compression_ratio(text, tokenizer.encode(text)) for tokenizer in tried.values()]
    for label, text in texts.items()
}
sizes = [tokenizer.vocab_size for tokenizer in tried.values()]

with figures.style():
    figure, axes = plt.subplots(figsize=(4.2, 3.6))
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
# *Bytes per token of three texts with six tokenizers. Higher is better.*
#
# On the English paragraph, which has only common words, GPT-4 and GPT-4o do no better than GPT-2.
# The manual contains code as well. There, GPT-2 gets {eval}`f"{bought['the manual'][2]:.2f}"`
# bytes per token and GPT-4 {eval}`f"{bought['the manual'][3]:.2f}"`, mostly thanks to tokens for
# the runs of spaces that indent code. GPT-4o gains nothing more.
#
# All languages together get {eval}`f"{bought['all languages'][2]:.2f}"` bytes per token with GPT-2
# and {eval}`f"{bought['all languages'][4]:.2f}"` with GPT-4o. **A larger vocabulary can serve more
# people.**
#
# Now look at the character tokenizer: it has by far the largest vocabulary, but a low ratio. Size
# alone does nothing; what counts is which tokens are in the vocabulary.
#
# The tax has shrunk, but it is not gone. With GPT-4o's vocabulary, {eval}`heaviest["GPT-4o"]` still
# pays {eval}`f"{tax['GPT-4o'][heaviest['GPT-4o']]:.1f}"` times what English pays.

# %% [markdown]
# ## What the tax costs
#
# Every token takes compute and memory, and users are often billed per token. Take a model shaped
# like Llama 3 8B {cite:p}`llama3`, and suppose that it reads GPT-4o's tokens.
#
# Reading a token takes about two floating-point operations per parameter, not counting the
# attention scores {cite:p}`kaplan2020` (slightly fewer, since the embedding is only looked up). To
# remember the token, the model stores two vectors, a key and a value, in each of its 32 layers and
# for each of 8 key-value heads (shared by 32 query heads). Each vector has 128 numbers of two
# bytes. The model's context window, the most text that it can look at, is 8,192 tokens. Here is
# what the paragraph costs, and how many such paragraphs fit.

# %%
from cs336_core.accounting import forward_flops, kv_cache_bytes

llama = preset("llama-3-8b")  # @stepover
n_params = count_parameters(llama).total  # @stepover
flops_per_token = forward_flops(n_params, n_tokens=1)  # @stepover
bytes_per_token = kv_cache_bytes(llama)  # @stepover

work, memory = flops_per_token / 1e9, bytes_per_token / 1024
print(f"per token: {work:.0f} GFLOPs, {memory:.0f} KiB")

# %% tags=["hide-input"]
lines = ["| language | tokens | TFLOPs | MiB | fit in the window |", "|---|--:|--:|--:|--:|"]
for language in ["English", "Chinese", "Hindi", "Khmer", "Amharic", "Tibetan"]:
    tokens = costs["GPT-4o"][language]
    work, memory = tokens * flops_per_token / 1e12, tokens * bytes_per_token / 2**20
    numbers = f"{tokens} | {work:.1f} | {memory:.1f} | {8192 // tokens}"
    lines.append(f"| {language} | {numbers} |")
Markdown("\n".join(lines))

# %% [markdown]
# **The same request in Tibetan takes {eval}`f"{tax['GPT-4o']['Tibetan']:.1f}"` times the work and
# the memory.** An answer in Tibetan takes that much longer to write, the window holds that much
# less text, and attention makes {eval}`round(tax['GPT-4o']['Tibetan'] ** 2)` times as many
# comparisons. Services that charge per token pass these costs on. {cite:t}`ahia2023` found that
# speakers of many languages pay more for poorer answers, and often live where people can least
# afford it.

# %% [markdown]
# ## A necessary evil
#
# Let us take stock. Text is split before the model sees it, by rules and counts that know
# nothing of the model. The model cannot see the letters and digits inside a token, one word can
# have several ids, and some languages pay more than others.
#
# One day, models may simply read bytes. Some already do {cite:p}`byt5,blt2024`, and some of those
# have their own ways to make long sequences cheap. **Until then, tokenization is worth its price:**
# no text is unknown, sequences are short, and nearly every row is used.

# %% tags=["remove-cell"]
berry = [gpt4o.decode([token_id]) for token_id in gpt4o.encode("strawberry")]
letters = [gpt2.encode(letter)[0] for letter in "hello"]
indented = "    return x"
chinese = ARTICLE_2["Chinese"]

# %% [markdown]
# ## Check yourself
#
# Think first, then open the answer.
#
# **1.** How many tokens is `naïve` in characters, and how many in bytes?
#
# ```{dropdown} Answer
# {eval}`len(characters.encode("naïve"))` and {eval}`len(single_bytes.encode("naïve"))`: the `ï`
# takes two bytes.
# ```
#
# **2.** Someone claims that GPT-2's ids for our greeting, `Hello, 🌍! 你好!`, are
# `15496 11 995 0`. You have seen all four of them above. Can that be true?
#
# ```{dropdown} Answer
# No: 995 is `␣world`. The ids decode to “{eval}`gpt2.decode([15496, 11, 995, 0])`”. The round trip
# catches such mistakes.
# ```
#
# **3.** Why do models struggle to say how many times `r` occurs in `strawberry`?
#
# ```{dropdown} Answer
# They do not see letters. GPT-4o sees {eval}`len(berry)` tokens, {eval}`"·".join(berry)`, or just
# {eval}`len(gpt4o.encode(" strawberry"))` with a space in front. The model has to memorize how each
# token is spelled.
# ```
#
# **4.** Decoding undoes encoding. Does encoding undo decoding?
#
# ```{dropdown} Answer
# No. Give GPT-2 the ids of the five letters h, e, l, l, o: {eval}`str(letters)`. They decode to
# `hello`, and `hello` encodes to {eval}`str(gpt2.encode("hello"))`. Many sequences of ids spell the
# same text, and encoding returns only one of them.
# ```
#
# **5.** Split into characters, the Chinese paragraph has
# {eval}`f"{compression_ratio(chinese, characters.encode(chinese)):.2f}"` bytes per token, the
# English one 1. Are characters a better tokenizer for Chinese than for English?
#
# ```{dropdown} Answer
# The ratio cannot answer that: it counts bytes, and UTF-8 spends three on a Chinese character. Use
# it to compare tokenizers on the same text. To compare languages, count the tokens that it takes to
# say the same thing, as we did for the tax.
# ```
#
# **6.** Code has many spaces. How many tokens is `return x`, indented by four spaces, for GPT-2 and
# for GPT-4o?
#
# ```{dropdown} Answer
# {eval}`len(gpt2.encode(indented))` and {eval}`len(gpt4o.encode(indented))`. GPT-2 has a token for
# each of the first three spaces; the fourth goes with the word. GPT-4o has one for all three.
# ```

# %% [markdown]
# ## What comes next
#
# How do you find good pieces? {doc}`03_bpe` builds the answer from scratch, and lets you watch it
# happen.
#
# For another take, see the two-hour video by {cite:t}`karpathy2024`. {cite:t}`brown2024handbook`
# recommends it along with other material, such as Masato Hagiwara's guide.

# %% [markdown]
# ```{bibliography}
# :filter: docname in docnames
# ```
