r"""Whole words as tokens: short sequences, but some words are unknown.

This is what tokenizers did before subwords. The vocabulary grows with the training text, and the
next text still has words that are not in it. They all become the same unknown token, `<unk>`, and
their meaning is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cs336_core.tokenization.arguments import Ids, utf8
from cs336_core.tokenization.errors import UnknownWordError, VocabularyError
from cs336_core.tokenization.simple import checked_ids

PATTERN = r"\w+|."


def segments(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    r"""Yield each match of `pattern`, and the text between matches, with its position.

    Nothing is lost: joined, the segments are `text`.

    >>> list(segments("cat!\nhat", re.compile(PATTERN)))
    [(0, 'cat'), (3, '!'), (4, '\n'), (5, 'hat')]
    """
    end = 0
    for match in pattern.finditer(text):
        begin, after = match.span()
        if begin > end:
            yield end, text[end:begin]
        if after > begin:
            yield begin, text[begin:after]
        end = after
    if end < len(text):
        yield end, text[end:]


class WordTokenizer:
    """A token is one word, or the text between two words.

    The vocabulary is a list of distinct words; `train` collects it from a text. Id 0 stands for
    every other word, and decodes as the text `unknown`; with `unknown=None` other words are
    refused. `pattern` is a regular expression of the standard library's `re`.

    Raises `VocabularyError` for a word that is empty or given twice, or an invalid pattern;
    `EncodingError` for a lone surrogate in a word.

    >>> tokenizer = WordTokenizer.train("I love LLM")
    >>> tokenizer.encode("I love BPE"), tokenizer.decode([1, 2, 3, 2, 0])
    ([1, 2, 3, 2, 0], 'I love <unk>')
    """

    def __init__(
        self, words: Sequence[str], *, pattern: str = PATTERN, unknown: str | None = "<unk>"
    ) -> None:
        self.pattern = compiled(pattern)
        self.unknown = unknown
        self.vocab = [*words] if unknown is None else [unknown, *words]
        self.ids: dict[str, int] = {}
        for token_id, word in enumerate(self.vocab):
            if not utf8(word):
                raise VocabularyError(f"word {token_id} of the vocabulary is empty; leave it out")
            if word in self.ids:
                raise VocabularyError(
                    f"ids {self.ids[word]} and {token_id} both stand for {word!r}; give each word "
                    "once, and leave out the text of the unknown token"
                )
            self.ids[word] = token_id

    @classmethod
    def train(
        cls, text: str, *, pattern: str = PATTERN, unknown: str | None = "<unk>"
    ) -> WordTokenizer:
        """Return a tokenizer whose words are the distinct segments of `text`, in first-seen order.

        >>> WordTokenizer.train("the cat in the hat").vocab
        ['<unk>', 'the', ' ', 'cat', 'in', 'hat']
        """
        utf8(text)
        found = segments(text, compiled(pattern))
        words = dict.fromkeys(word for _, word in found if word != unknown)
        return cls(list(words), pattern=pattern, unknown=unknown)

    @property
    def vocab_size(self) -> int:
        """The number of words, plus one for the unknown token."""
        return len(self.vocab)

    def encode(self, text: str) -> list[int]:
        """Return the ids of the words of `text`, 0 for each unknown one.

        Raises `UnknownWordError` for an unknown word where `unknown` is `None`, `EncodingError`
        for a lone surrogate.
        """
        utf8(text)
        ids: list[int] = []
        for position, word in segments(text, self.pattern):
            if word not in self.ids and self.unknown is None:
                raise UnknownWordError(
                    f"the word {word!r} at position {position} is not in the vocabulary of "
                    f"{self.vocab_size} words; train on a text that has it, or choose a text for "
                    'unknown words, such as unknown="<unk>"'
                )
            ids.append(self.ids.get(word, 0))
        return ids

    def decode(self, ids: Ids) -> str:
        """Return the words of `ids` as one text; raise `UnknownIdError` for an id without a word.

        Unknown words come back as the text of the unknown token; `unknown_words` lists them.
        """
        return "".join(self.vocab[token_id] for token_id in checked_ids(ids, self.vocab_size))

    def unknown_words(self, text: str) -> list[str]:
        """Return every occurrence in `text` of a word that is not in the vocabulary.

        >>> WordTokenizer.train("I love LLM").unknown_words("I love BPE, BPE")
        ['BPE', ',', 'BPE']
        """
        return [word for _, word in segments(text, self.pattern) if word not in self.ids]


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression; raise `VocabularyError` if it is invalid."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise VocabularyError(f"pattern {pattern!r} is not a regular expression: {error}") from None
