"""Encodes and decodes text with a BPE tokenizer, fast and exactly.

Text is split into special tokens and ordinary text, which `encoder.py` turns into ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.arguments import Ids, utf8
from cs336_core.tokenization.encoding.batch import encode_in_threads
from cs336_core.tokenization.encoding.decoder import Decoder, StreamDecoder
from cs336_core.tokenization.encoding.encoder import Encoder
from cs336_core.tokenization.encoding.offsets import character_ranges
from cs336_core.tokenization.encoding.preparation import Preparation
from cs336_core.tokenization.encoding.special_policy import SpecialNames, SpecialPolicy
from cs336_core.tokenization.encoding.surrogates import join_surrogates
from cs336_core.tokenization.errors import SpecialTokenError, TokenizationError
from cs336_core.tokenization.params import BPEParams, check_special_ids
from cs336_core.tokenization.pretokenization.patterns import PATTERNS
from cs336_core.tokenization.pretokenization.safe_cuts import pieces
from cs336_core.tokenization.pretokenization.special_tokens import NO_SPECIAL_TOKENS, SpecialTokens

_ORDINARY = SpecialPolicy(NO_SPECIAL_TOKENS, (), ())
_END_OF_TEXT = "<|endoftext|>"


class BPETokenizer:
    """A BPE tokenizer: vocabulary, merges, special tokens and pattern.

    >>> from cs336_core.tokenization.params import BPEParams
    >>> tokenizer = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")]))
    >>> tokenizer.encode("the hat")
    [257, 32, 104, 97, 116]
    >>> tokenizer
    BPETokenizer(258 tokens, no pattern)
    """

    def __init__(self, params: BPEParams) -> None:
        """Build the tokenizer from the params that `train` or one of the loaders returns."""
        self.params = params
        self._encoder = Encoder(params)
        self._decoder = Decoder(params)
        self._preparation = Preparation.of(params)
        self._specials = SpecialTokens(params.special_tokens)
        self._refuse_all = SpecialPolicy(self._specials, (), "all")

    def __reduce__(self) -> tuple[type[BPETokenizer], tuple[BPEParams]]:
        """Pickle the params alone: the rest follows from them."""
        return type(self), (self.params,)

    def __eq__(self, other: object) -> bool:
        """Whether two tokenizers have the same params, and so give the same ids."""
        if not isinstance(other, BPETokenizer):
            return NotImplemented
        return self.params == other.params

    def __hash__(self) -> int:
        """Equal tokenizers have the same hash."""
        return hash((len(self.params.vocab), len(self.params.merges), self.params.pattern))

    def __repr__(self) -> str:
        """Return the sizes and the name of the pattern."""
        params = self.params
        names = {pattern: f"the {name} pattern" for name, pattern in PATTERNS.items()}
        pattern = "no pattern" if params.pattern is None else names.get(params.pattern, "a pattern")
        special = f", {len(params.special_tokens):,} of them special" * bool(params.special_tokens)
        return f"BPETokenizer({len(params.vocab):,} tokens{special}, {pattern})"

    @property
    def vocab_size(self) -> int:
        """The largest id plus one: the number of rows in a model's embedding table."""
        return max(self.params.vocab) + 1

    @property
    def n_vocab(self) -> int:
        """The same as `vocab_size`, by tiktoken's name for it."""
        return self.vocab_size

    @property
    def eot_token(self) -> int:
        """The id of `<|endoftext|>`; raises `SpecialTokenError` if there is no such token."""
        if _END_OF_TEXT not in self.params.special_tokens:
            raise SpecialTokenError(f"this tokenizer has no special token {_END_OF_TEXT!r}")
        return self.params.special_tokens[_END_OF_TEXT]

    def token_to_id(self, token: str | bytes) -> int | None:
        """Return the id of a token, special tokens included; `None` if it is not a token."""
        if isinstance(token, str):
            if token in self.params.special_tokens:
                return self.params.special_tokens[token]
            token = utf8(token)
        return self.params.ids.get(token)

    def id_to_token(self, token_id: int) -> bytes | None:
        """Return the bytes of a token; `None` if it is not in the vocabulary."""
        return self.params.vocab.get(token_id)

    def with_special_tokens(self, special_tokens: Mapping[str, int]) -> BPETokenizer:
        """Return this tokenizer with more special tokens, text -> id.

        Raises `SpecialTokenError` for an id that another token has, and as `BPEParams` does.
        """
        check_special_ids(special_tokens)
        params = self.params
        new = {token_id: utf8(text) for text, token_id in special_tokens.items()}
        for token_id, token in new.items():
            if params.vocab.get(token_id, token) != token or token_id in params.ids.values():
                raise SpecialTokenError(
                    f"special token {token.decode()!r} has id {token_id}, which stands for "
                    f"{params.vocab[token_id]!r} in the vocabulary; give it another id"
                )
        return type(self)(
            replace(
                params,
                vocab=params.vocab | new,
                special_tokens=params.special_tokens | dict(special_tokens),
            )
        )

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
        num_threads: int | None = None,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> list[list[int]]:
        """Turn each of several texts into ids; an error names the index of its text.

        Uses up to `num_threads` threads, by default one per core.
        """
        policy = self._policy(allowed_special, disallowed_special)

        def encode(text: str) -> list[int]:
            return self._encode(text, policy)

        def encode_group(group: Sequence[str]) -> list[list[int]]:
            if policy.allowed or self._preparation:
                return list(map(encode, group))
            if policy.refused.first("".join(group)):  # in one of them, or across two
                for text in group:
                    policy.check(text)
            return self._encoder.encode_batch(group)

        return encode_in_threads(texts, num_threads, encode, encode_group)

    def encode_to_numpy(
        self,
        text: str,
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> NDArray[np.int64]:
        """Turn `text` into ids as `encode` does; return them as an array of int64."""
        policy = self._policy(allowed_special, disallowed_special)
        if self._preparation:
            return np.array(self._encode(text, policy), np.int64)
        policy.check(text)
        try:
            ids = self._encode_to_array(text, policy)
        except UnicodeEncodeError:
            ids = self._encode_to_array(join_surrogates(text), policy)
        return ids.astype(np.int64)

    def encode_iterable(
        self,
        strings: Iterable[str],
        *,
        allowed_special: SpecialNames = (),
        disallowed_special: SpecialNames = "all",
    ) -> Iterator[int]:
        """Yield the ids of the concatenated `strings`, such as the lines of a file.

        Holds one piece of the text at a time if safe cuts are known for the pattern (GPT-2, cl100k,
        o200k, Llama 3, Qwen 2), otherwise all of it.
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
        if self._preparation and self.decode_bytes(ids) != join_surrogates(text).encode():
            raise TokenizationError(
                "this tokenizer changes the text before it encodes it (normalization, or white "
                "space that it adds or removes), so its tokens have no positions in the text"
            )
        vocab = self.params.vocab
        return ids, character_ranges(text, (len(vocab[token_id]) for token_id in ids))

    def decode(
        self, ids: Ids, errors: str = "replace", *, skip_special_tokens: bool = False
    ) -> str:
        """Turn ids back into text; bytes that are not UTF-8 become U+FFFD, unless `errors` differs.

        `ids` may be a list, an array, a tensor, or any other iterable of integers. With
        `skip_special_tokens`, special tokens are left out, except those that belong to the text
        (`BPEParams.text_tokens`). Raises as `decode_bytes` does.
        """
        data = self._decoder.decode(ids, skip_special_tokens)
        text = data.decode("utf-8", errors)
        return text.removeprefix(" ") if self.params.steps.prefix else text

    def decode_batch(
        self, batch: Iterable[Ids], errors: str = "replace", *, skip_special_tokens: bool = False
    ) -> list[str]:
        """Turn each of several sequences of ids back into text, as `decode` does."""
        return [self.decode(ids, errors, skip_special_tokens=skip_special_tokens) for ids in batch]

    def decode_bytes(self, ids: Ids) -> bytes:
        """Turn ids back into bytes.

        Raises `UnknownIdError` for an id that is not in the vocabulary, `WrongTypeError` for one
        that is not an integer.
        """
        return self._decoder.decode(ids)

    def stream_decoder(self) -> StreamDecoder:
        """Return a decoder for ids that arrive one by one."""
        return StreamDecoder(self.decode_bytes, added_space=bool(self.params.steps.prefix))

    def _policy(self, allowed: SpecialNames, disallowed: SpecialNames) -> SpecialPolicy:
        """Return the policy for special tokens."""
        if isinstance(allowed, tuple) and not allowed and disallowed == "all":
            return self._refuse_all  # the default, built once
        return SpecialPolicy(self._specials, allowed, disallowed)

    def _encode(self, text: str, policy: SpecialPolicy, start: int = 0) -> list[int]:
        """Turn `text`, which begins at position `start` of a longer text, into a list of ids."""
        policy.check(text, start)
        try:
            return self._encode_segments(text, policy)
        except UnicodeEncodeError:
            return self._encode_segments(join_surrogates(text, start), policy)

    def _encode_segments(self, text: str, policy: SpecialPolicy) -> list[int]:
        """Encode special tokens, and the segments of ordinary text between them."""
        preparation = self._preparation
        if preparation is None and not policy.allowed:
            return self._encoder.encode(text)
        ids: list[int] = []
        parts = preparation.parts(text, policy.allowed) if preparation else policy.parts(text)
        for part, is_special in parts:
            if is_special:
                ids.append(self.params.special_tokens[part])
            else:
                ids += self._encoder.encode(part)
        if incomplete := self._encoder.incomplete:
            ids = [byte_id for token_id in ids for byte_id in incomplete.get(token_id, [token_id])]
        return ids

    def _encode_to_array(self, text: str, policy: SpecialPolicy) -> NDArray[np.int32]:
        """Encode special tokens, and the segments of ordinary text between them."""
        if not policy.allowed:
            return self._encoder.encode_to_array(text)
        segments = [
            np.array([self.params.special_tokens[part]], np.int32)
            if i % 2
            else self._encoder.encode_to_array(part)
            for i, part in enumerate(policy.allowed.split(text))
        ]
        return np.concatenate(segments)

    def _encode_pieces(self, strings: Iterable[str], policy: SpecialPolicy) -> Iterator[int]:
        """Encode the concatenated `strings`, a piece at a time."""
        start = 0
        if self._preparation:
            yield from self._encode("".join(strings), policy)
            return
        for piece in pieces(strings, self.params.pattern, policy.unsplittable()):
            yield from self._encode(piece, policy, start)
            start += len(piece)
