"""Encodes and decodes text with a byte-level BPE tokenizer, fast and exactly.

Text is cut into pre-tokens, and `word_encoding.py` turns these into ids: one by one where the text
is short, a block at a time where it is longer.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import SupportsIndex

import numpy as np

from cs336_core.tokenization.arguments import check_text, described
from cs336_core.tokenization.encoding.special_policy import Names, SpecialPolicy
from cs336_core.tokenization.encoding.word_encoder import WordEncoder
from cs336_core.tokenization.errors import (
    EncodingError,
    TokenizationError,
    UnknownIdError,
    WrongTypeError,
)
from cs336_core.tokenization.ids import Ids, id_list
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import PATTERNS, compiled, in_ascii
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut, pieces
from cs336_core.tokenization.pretokenization.spans import Integers, split
from cs336_core.tokenization.pretokenization.special_tokens import NO_SPECIAL_TOKENS, SpecialTokens
from cs336_core.tokenization.text import utf8

_SHORT = 2500  # characters: up to here a loop is faster than operations on arrays (measured)
# A list of a short text, an array of a long one: each as it was computed, until one is needed.
IdSequence = list[int] | Integers
_ORDINARY = SpecialPolicy(NO_SPECIAL_TOKENS, (), ())


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
        self._refuse_all = SpecialPolicy(self._specials, (), "all")
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
        allowed_special: Names = (),
        disallowed_special: Names = "all",
    ) -> list[int]:
        """Turn `text` into ids.

        A special token in the text becomes its id if it is in `allowed_special`. Otherwise it is
        refused, so that text from outside cannot smuggle one in, unless `disallowed_special` does
        not name it: then it is ordinary text. "all" allows all special tokens, or disallows all
        that are not allowed. As in tiktoken, `disallowed_special` may name any text.

        Raises `SpecialTokenError` for a special token that is refused, `EncodingError` for a lone
        surrogate, `WrongTypeError` for what is not a string.
        """
        return self._encode(text, self._policy(allowed_special, disallowed_special))

    def encode_ordinary(self, text: str) -> list[int]:
        """Turn `text` into ids; what looks like a special token is text like any other."""
        return self._encode(text, _ORDINARY)

    def encode_batch(
        self,
        texts: Iterable[str],
        *,
        allowed_special: Names = (),
        disallowed_special: Names = "all",
    ) -> list[list[int]]:
        """Turn each of several texts into ids; an error says which of them is at fault."""
        if isinstance(texts, str):
            raise WrongTypeError(
                f"texts is {described(texts)}; give a list of strings, or call encode for one text"
            )
        policy = self._policy(allowed_special, disallowed_special)
        ids = []
        for i, text in enumerate(texts):
            try:
                ids.append(self._encode(text, policy))
            except TokenizationError as error:
                raise type(error)(f"texts[{i}]: {error}") from None
        return ids

    def encode_to_numpy(
        self,
        text: str,
        *,
        allowed_special: Names = (),
        disallowed_special: Names = "all",
    ) -> Integers:
        """Turn `text` into an array of ids, as `encode` does."""
        ids = self._encode_segments(text, self._policy(allowed_special, disallowed_special))
        return np.asarray(ids, np.int64)

    def encode_iterable(
        self,
        strings: Iterable[str],
        *,
        allowed_special: Names = (),
        disallowed_special: Names = "all",
    ) -> Iterator[int]:
        """Yield the ids of the text that `strings` make together, such as the lines of a file.

        Holds a piece of the text at a time, if its pattern is one that text can be cut for (GPT-2,
        cl100k, o200k); else all of it.
        """
        return self._encode_pieces(strings, self._policy(allowed_special, disallowed_special))

    def encode_with_offsets(
        self,
        text: str,
        *,
        allowed_special: Names = (),
        disallowed_special: Names = "all",
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

    def decode(self, ids: Ids, errors: str = "replace") -> str:
        """Turn ids back into text; bytes that are not UTF-8 become U+FFFD, or what `errors` says.

        `ids` may be a list, an array, a tensor, or any other iterable of integers. Raises as
        `decode_bytes` does.
        """
        return self.decode_bytes(ids).decode("utf-8", errors)

    def decode_bytes(self, ids: Ids) -> bytes:
        """Turn ids back into bytes.

        Raises `UnknownIdError` for an id that is not in the vocabulary, `WrongTypeError` for one
        that is not an integer.
        """
        vocab = self.params.vocab
        known = id_list(ids)
        try:
            return b"".join([vocab[token_id] for token_id in known])
        except KeyError as error:
            unknown: int = error.args[0]
        gaps = f": its {len(vocab):,} ids have gaps" if len(vocab) < self.vocab_size else ""
        raise UnknownIdError(
            f"ids[{known.index(unknown)}] is {unknown}, which is not in the vocabulary "
            f"({min(vocab)} to {max(vocab)}{gaps}); was it made by another tokenizer?"
        )

    def stream_decoder(self) -> StreamDecoder:
        """Return a decoder for ids that arrive one by one."""
        return StreamDecoder(self)

    def _policy(self, allowed: Names, disallowed: Names) -> SpecialPolicy:
        """Return what becomes of special tokens."""
        if isinstance(allowed, tuple) and not allowed and disallowed == "all":
            return self._refuse_all  # the default, made once
        return SpecialPolicy(self._specials, allowed, disallowed)

    def _encode(self, text: str, policy: SpecialPolicy, start: int = 0) -> list[int]:
        """Turn `text`, which begins at position `start` of a longer one, into a list of ids."""
        ids = self._encode_segments(text, policy, start)
        return ids if isinstance(ids, list) else ids.tolist()

    def _encode_pieces(self, strings: Iterable[str], policy: SpecialPolicy) -> Iterator[int]:
        """Encode the text that `strings` make together, a piece at a time."""
        start = 0
        for piece in pieces(strings, self.params.pattern, policy.uncut()):
            yield from self._encode(piece, policy, start)
            start += len(piece)

    def _encode_segments(self, text: str, policy: SpecialPolicy, start: int = 0) -> IdSequence:
        """Encode special tokens, and the segments of ordinary text between them."""
        check_text(text)
        policy.check(text, start)
        try:
            if not policy.allowed.names:
                return self._encode_segment(text)
            return _joined(
                [self.params.special_tokens[part]] if i % 2 else self._encode_segment(part)
                for i, part in enumerate(policy.allowed.split(text))
            )
        except EncodingError:
            utf8(text, start)  # raises with the position in the whole text
            raise

    def _encode_segment(self, text: str) -> IdSequence:
        """Encode ordinary text: pre-token by pre-token if it is short, else block by block."""
        if len(text) > _SHORT and can_cut(self.params.pattern):
            blocks = pieces([text], self.params.pattern, NO_SPECIAL_TOKENS)
            return np.concatenate([self._words.encode(utf8(block)) for block in blocks])
        if self._in_ascii and text.isascii():
            words = self._in_ascii.findall(text)
        else:
            words = split(text, self._pattern)
        return self._words.encode_each(words)


def _joined(segments: Iterable[IdSequence]) -> IdSequence:
    """Join the ids of segments: a list, unless one of them is an array."""
    found = list(segments)
    if any(not isinstance(ids, list) for ids in found):
        return np.concatenate([np.asarray(ids, np.int64) for ids in found])
    return list(chain.from_iterable(found))


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

    def feed(self, ids: SupportsIndex | Ids) -> str:
        """Return the text that is complete with this id, or with these; raise as `decode` does."""
        is_single = isinstance(ids, SupportsIndex) and getattr(ids, "ndim", 0) == 0
        listed = id_list([ids] if is_single else ids)
        return self._decoder.decode(self._tokenizer.decode_bytes(listed))

    def finish(self) -> str:
        """Return what is left: nothing, or U+FFFD for a character that was never completed."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text
