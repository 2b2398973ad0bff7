"""The parameters of a BPE tokenizer: vocabulary, merges, special tokens, pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from cs336_core.tokenization.arguments import described, string_list, utf8, whole_number, wrong_type
from cs336_core.tokenization.errors import (
    SpecialTokenError,
    VocabularyError,
    WrongTypeError,
    quoted,
)
from cs336_core.tokenization.text_steps import TextSteps, TokenFlag

TokenPair = tuple[bytes, bytes]
Merges = list[TokenPair]

MAX_IDS = 2**31
MAX_SPECIAL_LENGTH = 10_000  # characters

# Bytes that never occur in UTF-8. A vocabulary needs no tokens for them, and GPT-NeoX's has none.
UNUSED_BYTES = frozenset([0xC0, 0xC1, *range(0xF5, 0x100)])


@dataclass(frozen=True, repr=False)
class BPEParams:
    """A BPE tokenizer on bytes, or on characters with bytes as a fallback, as data.

    Tokenizers trained here number their tokens in this order: the 256 single bytes (id = byte
    value), one id for each merge in the order the merges were learned, then the special tokens.
    Other tokenizers may use any ids and leave gaps.

    Attributes:
        vocab: id -> the token's bytes, special tokens included.
        merges: the pairs of tokens that merge, as bytes, in rank order (lowest rank first).
        special_tokens: text of each special token -> its id.
        pattern: the regular expression that splits text into pre-tokens, which no merge crosses;
            `None` if text is not split.
        ignore_merges: whether a pre-token that is in the vocabulary becomes that token even if the
            merges would build something else from its bytes. True for tiktoken and Llama 3. It
            makes no difference to a tokenizer trained here, whose merges build all of its tokens.
        flags: special token -> how its matching differs from the usual one; see `text_steps`.
        steps: what happens to a text before `pattern` splits it.
        byte_tokens: the ids of the 256 bytes if merging begins with characters, as in Llama 2. Only
            a character that is not a token becomes bytes; -1 for a byte that is such a token. Empty
            if merging begins with bytes.
        unapplied: settings of a tokenizer.json that do not concern the ids of a text, such as
            truncation. They are saved again, but not applied.

    """

    vocab: dict[int, bytes]
    merges: Merges
    special_tokens: dict[str, int] = field(default_factory=dict)
    pattern: str | None = None
    ignore_merges: bool = False
    flags: dict[str, frozenset[TokenFlag]] = field(default_factory=dict)
    steps: TextSteps = field(default_factory=TextSteps)
    byte_tokens: tuple[int, ...] = ()
    unapplied: dict[str, object] = field(default_factory=dict)

    ranked: ClassVar[bool] = False  # in `RankedParams`, whether the merges follow from the ids

    def __post_init__(self) -> None:
        """Raise an error if a part has the wrong type, or if the parts contradict each other."""
        self.check_vocab()
        check_merges(self.merges)
        ids = self.ids
        for rank, (left, right) in enumerate(self.merges):
            for part in (left, right, left + right):
                if part not in ids:
                    raise VocabularyError(
                        f"merge {rank} joins {left!r} and {right!r}, but the vocabulary has no "
                        f"token {part!r}"
                    )

    def check_vocab(self) -> None:
        """Raise an error if anything but the merges is wrong."""
        self._check_types()
        self._check_special_tokens()
        ids = self.ids  # raises if two ids stand for the same bytes
        missing = [
            byte for byte in range(256) if bytes([byte]) not in ids and byte not in UNUSED_BYTES
        ]
        if missing and not self.byte_tokens:
            raise VocabularyError(
                f"the vocabulary has no token for byte {missing[0]:#04x} ({len(missing)} of the "
                f"{256 - len(UNUSED_BYTES)} bytes that UTF-8 uses are missing), so it could not "
                "encode every text; add a token for each"
            )
        for token_id in (min(self.vocab), max(self.vocab)):
            if not 0 <= token_id < MAX_IDS:
                raise VocabularyError(
                    f"{self.vocab[token_id]!r} has id {token_id}; ids go from 0 to {MAX_IDS - 1:,}"
                )

    def __repr__(self) -> str:
        """Return the sizes: a vocabulary would fill screens.

        >>> BPEParams.trained([(b"t", b"h")], ["<|end|>"])
        <BPEParams: 258 tokens, 1 merges, 1 special tokens, pattern None>
        """
        pattern = None if self.pattern is None else quoted(self.pattern, 40)
        return (
            f"<BPEParams: {len(self.vocab):,} tokens, {len(self.merges):,} merges, "
            f"{len(self.special_tokens):,} special tokens, pattern {pattern}>"
        )

    def _check_types(self) -> None:
        """Raise `WrongTypeError` if the vocabulary or the pattern has the wrong type."""
        if not isinstance(self.vocab, dict):
            raise wrong_type("vocab", self.vocab, "a dict, id -> bytes")
        if not isinstance(self.pattern, str | None):
            raise wrong_type("pattern", self.pattern, "a string or None")
        if {*map(type, self.vocab)} - {int} or {*map(type, self.vocab.values())} - {bytes}:
            for token_id, token in self.vocab.items():
                if type(token_id) is not int or type(token) is not bytes:
                    raise WrongTypeError(
                        f"vocab has the id {described(token_id)}, for {described(token)}; an id is "
                        "an int, and a token is bytes"
                    )

    def _check_special_tokens(self) -> None:
        """Raise `SpecialTokenError` if the special tokens contradict the vocabulary."""
        check_special_ids(self.special_tokens)
        owner: dict[int, str] = {}
        for text in special_token_texts(self.special_tokens):
            token_id = self.special_tokens[text]
            if (other := owner.setdefault(token_id, text)) != text:
                raise SpecialTokenError(
                    f"special tokens {other!r} and {text!r} both have id {token_id}"
                )
            if self.vocab.get(token_id) != self.token_bytes(text):
                raise SpecialTokenError(
                    f"special token {text!r} has id {token_id}, which stands for "
                    f"{self.vocab.get(token_id)!r} in the vocabulary"
                )
        for text in self.flags.keys() - self.special_tokens.keys():
            raise SpecialTokenError(f"{quoted(text)} has flags, but is not in special_tokens")

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """Bytes of each ordinary token -> its id."""
        special = {
            token_id
            for text, token_id in self.special_tokens.items()
            if "ordinary" not in self.flags.get(text, ())
        }.union(self.byte_tokens)
        ids: dict[bytes, int] = {}
        for token_id, token in self.vocab.items():
            if token_id in special:
                continue
            if token in ids:
                raise VocabularyError(f"ids {ids[token]} and {token_id} both stand for {token!r}")
            ids[token] = token_id
        return ids

    @property
    def text_tokens(self) -> frozenset[str]:
        """The special tokens that belong to the text; skipping special tokens keeps them."""
        return frozenset(text for text, flags in self.flags.items() if "text" in flags)

    def token_bytes(self, text: str) -> bytes:
        """Return the bytes that a special token decodes to."""
        return utf8(text.replace("▁", " ") if self.byte_tokens else text)

    @classmethod
    def trained(
        cls, merges: Merges, special_tokens: Iterable[str] = (), pattern: str | None = None
    ) -> BPEParams:
        """Return params with ids in training order: bytes, merges, special tokens.

        Raises as `special_token_texts` does.

        >>> params = BPEParams.trained([(b"t", b"h")], ["<|end|>"])
        >>> params.vocab[256], params.special_tokens
        (b'th', {'<|end|>': 257})
        """
        check_merges(merges)
        tokens = [bytes([byte]) for byte in range(256)]
        tokens += [left + right for left, right in merges]
        special = special_token_texts(special_tokens)
        first = len(tokens)
        return cls(
            vocab=dict(enumerate(tokens + [text.encode() for text in special])),
            merges=list(merges),
            special_tokens={text: first + i for i, text in enumerate(special)},
            pattern=pattern,
        )


def check_merges(merges: object) -> None:
    """Raise `WrongTypeError` unless `merges` is a list of pairs of bytes."""
    if not isinstance(merges, list):
        raise wrong_type("merges", merges, "a list of pairs of bytes")
    for rank, pair in enumerate(merges):
        if not isinstance(pair, tuple) or [*map(type, pair)] != [bytes, bytes]:
            raise wrong_type(f"merges[{rank}]", pair, "a pair of bytes")


def special_token_texts(special_tokens: Iterable[str]) -> list[str]:
    """Check special tokens and return them in order.

    Raises `SpecialTokenError` for one that is empty, too long, given twice or not valid Unicode,
    `WrongTypeError` if they are not a list of strings.
    """
    texts = string_list("special_tokens", special_tokens, "a list of special tokens")
    seen: set[str] = set()
    for text in texts:
        if not text:
            raise SpecialTokenError("a special token is empty; it needs at least one character")
        try:
            text.encode()
        except UnicodeEncodeError:
            raise SpecialTokenError(
                f"special token {text!r} has a lone surrogate, which UTF-8 cannot write"
            ) from None
        if len(text) > MAX_SPECIAL_LENGTH:
            raise SpecialTokenError(
                f"special token {quoted(text)} is too long; up to {MAX_SPECIAL_LENGTH:,} "
                "characters are allowed"
            )
        if text in seen:
            raise SpecialTokenError(f"special token {text!r} is given twice; give it once")
        seen.add(text)
    return texts


def params_of(tokenizer: object) -> BPEParams:
    """Return the params of a tokenizer, or params unchanged; raise `WrongTypeError` otherwise."""
    params = getattr(tokenizer, "params", tokenizer)
    if isinstance(params, BPEParams):
        return params
    raise wrong_type("the tokenizer", tokenizer, "a BPETokenizer or BPEParams")


def check_special_ids(special_tokens: object) -> None:
    """Raise `WrongTypeError` unless `special_tokens` maps each special token to an id."""
    if not isinstance(special_tokens, Mapping):
        expected = 'a dict with the id of each special token, such as {"<|endoftext|>": 50256}'
        raise wrong_type("special_tokens", special_tokens, expected)
    for text, token_id in special_tokens.items():
        whole_number(f"the id of special token {text!r}", token_id)
