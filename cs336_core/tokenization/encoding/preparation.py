"""What happens to a text before its pattern splits it, and how merging on characters begins."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import compiled
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.pretokenization.split import split
from cs336_core.tokenization.text_steps import TokenFlag

_SPACE_BEFORE = regex.compile(r"\s+\Z")
_SPACE_AFTER = regex.compile(r"\A\s+")


class Preparation:
    """Finds special tokens as Hugging Face's tokenizers do; normalizes and splits other text.

    It needs the whole text at once.
    """

    def __init__(self, params: BPEParams) -> None:
        """Take the steps and the flags of a tokenizer."""
        self._steps = params.steps
        self._splits = [compiled(pattern) for pattern in params.steps.splits]
        self._on_characters = bool(params.byte_tokens)
        self._flags = params.flags
        self._finders = lru_cache(maxsize=16)(self._new_finders)

    @classmethod
    def of(cls, params: BPEParams) -> Preparation | None:
        """Return the preparation for a tokenizer, `None` if it has nothing to do."""
        flags = frozenset[TokenFlag]().union(*params.flags.values())
        are_late = {"normalized" in params.flags.get(text, ()) for text in params.special_tokens}
        strips = flags & {"lstrip", "rstrip"}
        in_two_passes = len(are_late) == 2  # see `parts`
        needed = params.steps or params.byte_tokens or strips or in_two_passes
        return cls(params) if needed else None

    def parts(self, text: str, allowed: SpecialTokens) -> Iterator[tuple[str, bool]]:
        """Yield special tokens, with True, and the normalized parts of the text between them.

        Special tokens that are normalized are found after all others, in normalized text.
        """
        early, late = self._finders(allowed)
        for i, part in enumerate(self._split_off(early, text)):
            if i % 2:
                yield part, True
                continue
            segment = self._normalized(part, is_first=i == 0)
            for j, piece in enumerate(self._split_off(late, segment)):
                if j % 2:
                    yield piece, True
                else:
                    yield from ((pretoken, False) for pretoken in self._pretokens(piece))

    def _new_finders(self, allowed: SpecialTokens) -> tuple[SpecialTokens, SpecialTokens]:
        """Return what finds the tokens that are not normalized, and what finds the others."""
        late = {text for text in allowed.names if "normalized" in self._flags.get(text, ())}
        return allowed.only(allowed.names - late), allowed.only(frozenset(late))

    def _split_off(self, specials: SpecialTokens, text: str) -> list[str]:
        """Split `text` into ordinary text and special tokens, alternating.

        Removes the white space that the match of a special token includes.
        """
        parts = specials.split(text)
        for i in range(1, len(parts), 2):
            flags = self._flags.get(parts[i], ())
            if "lstrip" in flags:
                parts[i - 1] = _SPACE_BEFORE.sub("", parts[i - 1])
            if "rstrip" in flags:
                parts[i + 1] = _SPACE_AFTER.sub("", parts[i + 1])
        return parts

    def _normalized(self, text: str, *, is_first: bool) -> str:
        """Normalize a segment of text; `is_first` if the text begins here."""
        if self._on_characters:  # where a space is written as this character
            text = text.replace("▁", " ")
        return self._steps.normalized(text, is_first=is_first)

    def _pretokens(self, text: str) -> list[str]:
        """Split text by the patterns that come before the last one."""
        parts = [text]
        for pattern in self._splits:
            parts = [part for whole in parts for part in split(whole, pattern)]
        return parts


class Start(NamedTuple):
    """How merging begins, as merges of bytes."""

    byte_ids: list[int]  # the id of each byte, -1 for none
    merges: list[tuple[int, int, int]]  # (left id, right id, merged id), in rank order
    # Ids for the first bytes of a character -> the ids that they become if it is not a token
    incomplete: dict[int, list[int]]


def start_of(params: BPEParams) -> Start:
    """Return how merging begins.

    To begin with characters is to begin with bytes and to merge those of a character first: no
    other merge can come before, since bytes as such have none.
    """
    ids = params.ids
    byte_ids = [ids.get(bytes([byte]), -1) for byte in range(256)]
    if params.ranked:  # they follow from the ids
        return Start(byte_ids, [], {})
    merges = [(ids[left], ids[right], ids[left + right]) for left, right in params.merges]
    if not params.byte_tokens:
        return Start(byte_ids, merges, {})
    ascii_ids = [ids.get(bytes([byte]), params.byte_tokens[byte]) for byte in range(128)]
    byte_ids = [*ascii_ids, *params.byte_tokens[128:]]
    first = max(params.vocab) + 1
    of_prefix: dict[bytes, int] = {}  # the first bytes of a character -> an id of their own
    joins: list[tuple[int, int, int]] = []
    for token, token_id in ids.items():
        if len(token) == 1 or len(token.decode()) != 1:
            continue  # not a character of several bytes
        left = byte_ids[token[0]]
        for end in range(2, len(token)):
            if token[:end] not in of_prefix:
                of_prefix[token[:end]] = first + len(of_prefix)
                joins.append((left, byte_ids[token[end - 1]], of_prefix[token[:end]]))
            left = of_prefix[token[:end]]
        joins.append((left, byte_ids[token[-1]], token_id))
    incomplete = {
        token_id: [byte_ids[byte] for byte in prefix] for prefix, token_id in of_prefix.items()
    }
    return Start(byte_ids, joins + merges, incomplete)
