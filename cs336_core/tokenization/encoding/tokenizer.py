"""Encodes and decodes text with a byte-level BPE tokenizer, fast and exactly.

Text is split into pre-tokens, and `word_encoder.py` turns these into ids: one by one in a short
text, a block at a time in a longer one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import SupportsIndex

import numpy as np

from cs336_core.tokenization.arguments import check_text, described, utf8
from cs336_core.tokenization.encoding.preparation import Preparation
from cs336_core.tokenization.encoding.special_policy import SpecialNames, SpecialPolicy
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

_SHORT = 2500  # characters: up to here a loop is faster than operations on arrays (measured)
# A list for a short text, an array for a long one: converted only if the caller needs the other.
IdSequence = list[int] | Integers
_ORDINARY = SpecialPolicy(NO_SPECIAL_TOKENS, (), ())


class BPETokenizer:
    """A byte-level BPE tokenizer: vocabulary, merges, special tokens and pattern.

    >>> from cs336_core.tokenization.params import BPEParams
    >>> tokenizer = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")]))
    >>> tokenizer.encode("the hat")
    [257, 32, 104, 97, 116]
    """

    def __init__(self, params: BPEParams) -> None:
        """Build the tokenizer from the params that `train` or one of the loaders returns."""
        self.params = params
        self._words = WordEncoder(params)
        self._preparation = Preparation(params)
        self._specials = SpecialTokens(params.special_tokens)
        self._refuse_all = SpecialPolicy(self._specials, (), "all")
        self._pattern = compiled(params.pattern) if params.pattern is not None else None
        self._in_ascii: re.Pattern[str] | None = None
        if params.pattern is not None and params.pattern in PATTERNS.values():
            self._in_ascii = re.compile(in_ascii(params.pattern), re.ASCII)

    @property
    def vocab_size(self) -> int:
        """The largest id plus one: the number of rows in a model's embedding table."""
        return max(self.params.vocab) + 1

    def encode(
        self,
        text: str,
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> list[int]:
        """Turn `text` into ids.

        A special token in the text becomes one id if it is in `allowed_special`. Otherwise it is
        refused if it is in `disallowed_special`, so that untrusted text cannot smuggle one in, and
        encoded as ordinary text if it is in neither. "all" allows every special token, or disallows
        every one that is not allowed. As in tiktoken, `disallowed_special` may name any text.

        Raises `SpecialTokenError` for a disallowed special token, `EncodingError` for a lone
        surrogate, `WrongTypeError` if `text` is not a string.
        """
        return self._encode(text, self._policy(allowed_special, disallowed_special))

    def encode_ordinary(self, text: str) -> list[int]:
        """Turn `text` into ids, with special tokens as ordinary text."""
        return self._encode(text, _ORDINARY)

    def encode_batch(
        self,
        texts: Iterable[str],
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> list[list[int]]:
        """Turn each of several texts into ids; an error names the index of its text."""
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
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> Integers:
        """Turn `text` into ids as `encode` does; return them as an array of int64."""
        ids = self._encode_segments(text, self._policy(allowed_special, disallowed_special))
        return np.asarray(ids, np.int64)

    def encode_iterable(
        self,
        strings: Iterable[str],
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> Iterator[int]:
        """Yield the ids of the concatenated `strings`, such as the lines of a file.

        Holds one piece of the text at a time if safe cuts are known for the pattern (GPT-2, cl100k,
        o200k), otherwise all of it.
        """
        return self._encode_pieces(strings, self._policy(allowed_special, disallowed_special))

    def encode_with_offsets(
        self,
        text: str,
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the ids of `text`, and the range of characters (begin, end) that each stands for.

        If a character is split over several tokens, the range of each includes the character.
        """
        ids = self.encode(
            text, allowed_special=allowed_special, disallowed_special=disallowed_special
        )
        if self._preparation and self.decode_bytes(ids) != text.encode():
            raise TokenizationError(
                "this tokenizer changes the text before it encodes it (normalization, or white "
                "space that it adds or removes), so its tokens have no positions in the text"
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
        """Turn ids back into text; bytes that are not UTF-8 become U+FFFD, unless `errors` differs.

        `ids` may be a list, an array, a tensor, or any other iterable of integers. Raises as
        `decode_bytes` does.
        """
        text = self.decode_bytes(ids).decode("utf-8", errors)
        return text.removeprefix(" ") if self.params.steps.prefix else text

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
            f"({min(vocab)} to {max(vocab)}{gaps}); do they come from another tokenizer?"
        )

    def stream_decoder(self) -> StreamDecoder:
        """Return a decoder for ids that arrive one by one."""
        return StreamDecoder(self)

    def _policy(self, allowed: SpecialNames, disallowed: SpecialNames) -> SpecialPolicy:
        """Return the policy for special tokens."""
        if isinstance(allowed, tuple) and not allowed and disallowed == "all":
            return self._refuse_all  # the default, built once
        return SpecialPolicy(self._specials, allowed, disallowed)

    def _encode(self, text: str, policy: SpecialPolicy, start: int = 0) -> list[int]:
        """Turn `text`, which begins at position `start` of a longer text, into a list of ids."""
        ids = self._encode_segments(text, policy, start)
        return ids if isinstance(ids, list) else ids.tolist()

    def _encode_pieces(self, strings: Iterable[str], policy: SpecialPolicy) -> Iterator[int]:
        """Encode the concatenated `strings`, a piece at a time."""
        start = 0
        if self._preparation:
            yield from self._encode("".join(strings), policy)
            return
        for piece in pieces(strings, self.params.pattern, policy.unsplittable()):
            yield from self._encode(piece, policy, start)
            start += len(piece)

    def _encode_segments(self, text: str, policy: SpecialPolicy, start: int = 0) -> IdSequence:
        """Encode special tokens, and the segments of ordinary text between them."""
        check_text(text)
        policy.check(text, start)
        try:
            if self._preparation:
                return self._encode_prepared(policy.allowed.split(text))
            if not policy.allowed.names:
                return self._encode_segment(text)
            return _joined(
                [self.params.special_tokens[part]] if i % 2 else self._encode_segment(part)
                for i, part in enumerate(policy.allowed.split(text))
            )
        except EncodingError:
            utf8(text, start)  # raises with the position in the whole text
            raise

    def _encode_prepared(self, parts: list[str]) -> list[int]:
        """Encode ordinary text and special tokens, alternating, after normalizing and splitting."""
        ids: list[int] = []
        for i, part in enumerate(self._preparation.strip(parts)):
            if i % 2:
                ids.append(self.params.special_tokens[part])
                continue
            for text in self._preparation.split(part, is_first=i == 0):
                found = self._encode_segment(text)
                ids += found if isinstance(found, list) else found.tolist()
        if incomplete := self._words.incomplete:
            ids = [byte_id for token_id in ids for byte_id in incomplete.get(token_id, [token_id])]
        return ids

    def _encode_segment(self, text: str) -> IdSequence:
        """Encode ordinary text: pre-token by pre-token if it is short, otherwise block by block."""
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
    """Decodes ids as they arrive, and never returns half a character.

    >>> decoder = StreamDecoder(BPETokenizer(BPEParams.trained([])))
    >>> [decoder.feed(byte) for byte in "né".encode()], decoder.finish()
    (['n', '', 'é'], '')
    """

    def __init__(self, tokenizer: BPETokenizer) -> None:
        """Decode with the vocabulary of `tokenizer`."""
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._added_space = bool(tokenizer.params.steps.prefix)

    def feed(self, ids: SupportsIndex | Ids) -> str:
        """Return the text that one or several ids complete; raise as `decode` does."""
        is_single = isinstance(ids, SupportsIndex) and getattr(ids, "ndim", 0) == 0
        listed = id_list([ids] if is_single else ids)
        text = self._decoder.decode(self._tokenizer.decode_bytes(listed))
        if self._added_space and text:
            self._added_space = False
            return text.removeprefix(" ")
        return text

    def finish(self) -> str:
        """Return the rest: U+FFFD for an incomplete character, otherwise nothing."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text
