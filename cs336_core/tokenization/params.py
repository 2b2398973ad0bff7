"""What training learns and a tokenizer needs: vocabulary, merges, special tokens, pattern."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cs336_core.tokenization.arguments import described, string_list
from cs336_core.tokenization.errors import (
    SpecialTokenError,
    VocabularyError,
    WrongTypeError,
    quoted,
)

Merges = list[tuple[bytes, bytes]]

MOST_IDS = 2**31
LONGEST_SPECIAL = 10_000  # characters

# Bytes in no UTF-8 text, so a vocabulary needs no tokens for them; GPT-NeoX's has none.
UNUSED = frozenset([0xC0, 0xC1, *range(0xF5, 0x100)])


@dataclass(frozen=True)
class BPEParams:
    """A byte-level BPE tokenizer, as data.

    A tokenizer trained here has its ids in one order: the 256 single bytes (id = byte value), one
    id for each merge in the order the merges were learned, then the special tokens. Tokenizers from
    elsewhere may number their tokens as they like, and leave gaps.

    Attributes:
        vocab: id -> the bytes that the token stands for, special tokens included.
        merges: the pairs that merge, by their bytes, in rank order: the first is tried first.
        special_tokens: the text of each special token -> its id.
        pattern: the regular expression that cuts text into pre-tokens, which no merge crosses;
            `None` where text is not cut.
        ignore_merges: whether a pre-token that is itself a token becomes that token even where the
            merges build something else from its bytes. Always so in tiktoken and in Llama 3; a
            trained tokenizer, whose merges build all of its tokens, gives the same ids either way.
        text_tokens: those of `special_tokens` that belong to the text, such as the tag of a tool
            call: Hugging Face's `skip_special_tokens` does not skip them.

    """

    vocab: dict[int, bytes]
    merges: Merges
    special_tokens: dict[str, int] = field(default_factory=dict)
    pattern: str | None = None
    ignore_merges: bool = False
    text_tokens: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Raise `VocabularyError` or `SpecialTokenError` where the parts do not fit together."""
        check_special_tokens(self.special_tokens, self.vocab)
        for text in self.text_tokens - self.special_tokens.keys():
            raise SpecialTokenError(f"{quoted(text)} is in text_tokens, but not in special_tokens")
        ids = self.ids  # raises where two ids stand for the same bytes
        missing = [byte for byte in range(256) if bytes([byte]) not in ids and byte not in UNUSED]
        if missing:
            raise VocabularyError(
                f"the vocabulary has no token for byte {missing[0]:#04x} ({len(missing)} of the "
                f"{256 - len(UNUSED)} bytes that UTF-8 uses are missing), so it could not encode "
                "every text; add a token for each"
            )
        for token_id in (min(self.vocab), max(self.vocab)):
            if not 0 <= token_id < MOST_IDS:
                raise VocabularyError(
                    f"{self.vocab[token_id]!r} has id {token_id}; ids go from 0 to {MOST_IDS - 1:,}"
                )
        for rank, (left, right) in enumerate(self.merges):
            for part in (left, right, left + right):
                if part not in ids:
                    raise VocabularyError(
                        f"merge {rank} joins {left!r} and {right!r}, and the vocabulary has no "
                        f"token {part!r}"
                    )

    @cached_property
    def ids(self) -> dict[bytes, int]:
        """The bytes of each ordinary token -> its id."""
        special = set(self.special_tokens.values())
        ids: dict[bytes, int] = {}
        for token_id, token in self.vocab.items():
            if token_id in special:
                continue
            if token in ids:
                raise VocabularyError(f"ids {ids[token]} and {token_id} both stand for {token!r}")
            ids[token] = token_id
        return ids

    @classmethod
    def trained(
        cls, merges: Merges, special_tokens: Iterable[str] = (), pattern: str | None = None
    ) -> BPEParams:
        """Make params whose ids go in the order of training: bytes, merges, special tokens.

        >>> params = BPEParams.trained([(b"t", b"h")], ["<|end|>"])
        >>> params.vocab[256], params.special_tokens
        (b'th', {'<|end|>': 257})
        """
        tokens = [bytes([byte]) for byte in range(256)]
        tokens += [left + right for left, right in merges]
        special = unique_special_tokens(special_tokens)
        first = len(tokens)
        return cls(
            vocab=dict(enumerate(tokens + [text.encode() for text in special])),
            merges=list(merges),
            special_tokens={text: first + i for i, text in enumerate(special)},
            pattern=pattern,
        )


def unique_special_tokens(special_tokens: Iterable[str]) -> Sequence[str]:
    """Return the special tokens as they are.

    Raises `SpecialTokenError` for one that cannot be, `WrongTypeError` for what is no list of them.
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
                f"special token {text!r} holds a lone surrogate, which UTF-8 cannot write"
            ) from None
        if len(text) > LONGEST_SPECIAL:
            raise SpecialTokenError(
                f"special token {quoted(text)} is too long; up to {LONGEST_SPECIAL:,} can be used"
            )
        if text in seen:
            raise SpecialTokenError(f"special token {text!r} is given twice; give it once")
        seen.add(text)
    return texts


def check_special_ids(special_tokens: object) -> None:
    """Raise `WrongTypeError` for what does not give each special token an id."""
    if not isinstance(special_tokens, Mapping):
        raise WrongTypeError(
            f"special_tokens is {described(special_tokens)}; it must be a dict with the id of each "
            'special token, such as {"<|endoftext|>": 50256}'
        )


def check_special_tokens(special_tokens: dict[str, int], vocab: dict[int, bytes]) -> None:
    """Raise `SpecialTokenError` where special tokens and vocabulary do not agree."""
    check_special_ids(special_tokens)
    unique_special_tokens(special_tokens)
    owner: dict[int, str] = {}
    for text, token_id in special_tokens.items():
        if token_id in owner:
            raise SpecialTokenError(
                f"special tokens {owner[token_id]!r} and {text!r} both have id {token_id}"
            )
        owner[token_id] = text
        if vocab.get(token_id) != text.encode():
            raise SpecialTokenError(
                f"special token {text!r} has id {token_id}, which stands for "
                f"{vocab.get(token_id)!r} in the vocabulary"
            )
