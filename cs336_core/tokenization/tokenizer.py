"""Encodes and decodes text with a byte-level BPE tokenizer, fast and exactly.

Text is cut into pre-tokens, and `word_encoding.py` turns these into ids: one by one where the text
is short, a block at a time where it is longer.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

import numpy as np

from cs336_core.tokenization.cuts import can_cut, pieces
from cs336_core.tokenization.errors import SpecialTokenError, UnknownIdError
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.patterns import PATTERNS, compiled, in_ascii
from cs336_core.tokenization.spans import Integers, split
from cs336_core.tokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.text import utf8
from cs336_core.tokenization.word_encoding import WordEncoder

All = Literal["all"]
_SHORT = 4000  # characters: up to here a loop is faster than operations on arrays (measured)
_NO_SPECIAL = SpecialTokens([])


class BPETokenizer:
    """A tokenizer made of vocabulary, merges, special tokens and pattern.

    >>> from cs336_core.tokenization.params import BPEParams
    >>> tokenizer = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")]))
    >>> tokenizer.encode("the hat")
    [257, 32, 104, 97, 116]
    """

    def __init__(self, params: BPEParams) -> None:
        """Take what training returned, or a file held."""
        self.params = params
        self._words = WordEncoder(params)
        self._specials = SpecialTokens(params.special_tokens)
        self._pattern = compiled(params.pattern) if params.pattern is not None else None
        self._in_ascii: re.Pattern[str] | None = None
        if params.pattern is not None and params.pattern in PATTERNS.values():
            self._in_ascii = re.compile(in_ascii(params.pattern), re.ASCII)

    @property
    def vocab_size(self) -> int:
        """The largest id and one: what a model's embedding needs."""
        return max(self.params.vocab) + 1

    def encode(
        self,
        text: str,
        *,
        allowed_special: All | Collection[str] = (),
        disallowed_special: All | Collection[str] = "all",
    ) -> list[int]:
        """Turn `text` into ids.

        A special token in the text becomes its id if it is in `allowed_special`; otherwise it is
        refused, so that text from outside cannot smuggle one in, unless `disallowed_special` does
        not name it: then it is ordinary text. "all" stands for all of them; what is allowed is not
        disallowed.

        Raises `SpecialTokenError` for a special token that is refused, or one that this tokenizer
        has not; `EncodingError` for a lone surrogate.
        """
        specials = self._policy(text, allowed_special, disallowed_special)
        if not specials:
            return self.encode_ordinary(text)
        ids: list[int] = []
        for i, part in enumerate(specials.split(text)):
            if i % 2:
                ids.append(self.params.special_tokens[part])
            else:
                ids.extend(self.encode_ordinary(part))
        return ids

    def encode_ordinary(self, text: str) -> list[int]:
        """Turn `text` into ids; what looks like a special token is text as any other."""
        if len(text) <= _SHORT or not can_cut(self.params.pattern):
            return self._encode_short(text)
        ids: list[int] = self.encode_to_numpy(text, disallowed_special=()).tolist()
        return ids

    def encode_batch(
        self,
        texts: Iterable[str],
        *,
        allowed_special: All | Collection[str] = (),
        disallowed_special: All | Collection[str] = "all",
    ) -> list[list[int]]:
        """Turn each of several texts into ids."""
        return [
            self.encode(
                text, allowed_special=allowed_special, disallowed_special=disallowed_special
            )
            for text in texts
        ]

    def encode_to_numpy(
        self,
        text: str,
        *,
        allowed_special: All | Collection[str] = (),
        disallowed_special: All | Collection[str] = "all",
    ) -> Integers:
        """Turn `text` into an array of ids, as `encode` does."""
        specials = self._policy(text, allowed_special, disallowed_special)
        if specials or not can_cut(self.params.pattern):
            return np.array(
                self.encode(
                    text, allowed_special=allowed_special, disallowed_special=disallowed_special
                ),
                np.int64,
            )
        parts = [
            self._words.encode(utf8(piece))
            for piece in pieces([text], self.params.pattern, _NO_SPECIAL)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def encode_iterable(
        self,
        strings: Iterable[str],
        *,
        allowed_special: All | Collection[str] = (),
        disallowed_special: All | Collection[str] = "all",
    ) -> Iterator[int]:
        """Yield the ids of the text that `strings` make together, such as the lines of a file.

        Holds a piece of the text at a time, if its pattern is one that text can be cut for (GPT-2,
        cl100k, o200k); else all of it.
        """
        for piece in pieces(strings, self.params.pattern, self._specials):
            yield from self.encode(
                piece, allowed_special=allowed_special, disallowed_special=disallowed_special
            )

    def encode_with_offsets(
        self,
        text: str,
        *,
        allowed_special: All | Collection[str] = (),
        disallowed_special: All | Collection[str] = "all",
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the ids of `text`, and for each the characters it stands for, from and to.

        Where a character is spread over several tokens, each of them stands for the whole of it.
        """
        ids = self.encode(
            text, allowed_special=allowed_special, disallowed_special=disallowed_special
        )
        sizes = [len(character.encode()) for character in text]
        character_of = np.repeat(np.arange(len(text)), sizes).tolist()
        offsets, begin = [], 0
        for token_id in ids:
            end = begin + len(self.params.vocab[token_id])
            offsets.append((character_of[begin], character_of[end - 1] + 1))
            begin = end
        return ids, offsets

    def decode(self, ids: Iterable[int], errors: str = "replace") -> str:
        """Turn ids back into text; bytes that are no UTF-8 become U+FFFD, or what `errors` says.

        Raises `UnknownIdError` for an id that stands for nothing.
        """
        return self.decode_bytes(ids).decode("utf-8", errors)

    def decode_bytes(self, ids: Iterable[int]) -> bytes:
        """Turn ids back into bytes; raise `UnknownIdError` for an id that stands for nothing."""
        ids = list(ids)
        try:
            return b"".join([self.params.vocab[token_id] for token_id in ids])
        except KeyError as error:
            place = ids.index(error.args[0])
            raise UnknownIdError(
                f"id {error.args[0]!r}, number {place} of {len(ids)}, is not in the vocabulary, "
                f"whose ids go from 0 to {self.vocab_size - 1}"
            ) from None

    def stream_decoder(self) -> StreamDecoder:
        """Return a decoder for ids that arrive one by one."""
        return StreamDecoder(self)

    def _policy(
        self, text: str, allowed: All | Collection[str], disallowed: All | Collection[str]
    ) -> SpecialTokens:
        """Return the special tokens to look for; raise where `text` has one that is refused."""
        every = self.params.special_tokens
        if allowed == "all":
            allowed = every.keys()
        elif not allowed and (
            not every or (disallowed == "all" and not self._specials.first(text))
        ):
            return _NO_SPECIAL
        for name in allowed:
            if name not in every:
                raise SpecialTokenError(
                    f"{name!r} is allowed as a special token, and this tokenizer has none such; it "
                    f"has {', '.join(map(repr, every)) or 'none'}"
                )
        refused = (every.keys() if disallowed == "all" else set(disallowed)) - set(allowed)
        if refused:
            finder = self._specials if len(refused) == len(every) else SpecialTokens(refused)
            if match := finder.first(text):
                raise SpecialTokenError(
                    f"the text has the special token {match.group()!r} at position "
                    f"{match.start()}: allow it with allowed_special to make it one id, or pass "
                    "disallowed_special=() to take it as ordinary text"
                )
        return self._specials if len(allowed) == len(every) else SpecialTokens(allowed)

    def _encode_short(self, text: str) -> list[int]:
        """Encode pre-token by pre-token."""
        if self._in_ascii and text.isascii():
            words = self._in_ascii.findall(text)
        else:
            words = split(text, self._pattern)
        return self._words.encode_each(words)


class StreamDecoder:
    """Decodes ids as they arrive, and never gives out half a character.

    >>> decoder = StreamDecoder(BPETokenizer(BPEParams.trained([])))
    >>> [decoder.feed(byte) for byte in "né".encode()], decoder.finish()
    (['n', '', 'é'], '')
    """

    def __init__(self, tokenizer: BPETokenizer) -> None:
        """Decode with the vocabulary of `tokenizer`."""
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token_id: int) -> str:
        """Return the text that is complete with this id; raise `UnknownIdError` for no such id."""
        return self._decoder.decode(self._tokenizer.decode_bytes([token_id]))

    def finish(self) -> str:
        """Return what is left: nothing, or U+FFFD for a character that was never completed."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text
