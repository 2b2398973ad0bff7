"""What happens to a text before its pattern splits it, and how merging on characters begins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import regex

from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import compiled
from cs336_core.tokenization.pretokenization.split import split
from cs336_core.tokenization.text_steps import TokenFlag

_SPACE_BEFORE = regex.compile(r"\s+\Z")
_SPACE_AFTER = regex.compile(r"\A\s+")


class Preparation:
    """Removes the white space that special tokens include, normalizes and splits text.

    It needs the whole text at once.
    """

    def __init__(self, params: BPEParams) -> None:
        """Take the steps and the flags of a tokenizer."""
        self._steps = params.steps
        self._splits = [compiled(pattern) for pattern in params.steps.splits]
        self._on_characters = bool(params.byte_tokens)
        self._before = {text for text, flags in params.flags.items() if "lstrip" in flags}
        self._after = {text for text, flags in params.flags.items() if "rstrip" in flags}

    @classmethod
    def of(cls, params: BPEParams) -> Preparation | None:
        """Return the preparation for a tokenizer, `None` if it has nothing to do."""
        flags = frozenset[TokenFlag]().union(*params.flags.values())
        needed = params.steps or params.byte_tokens or flags & {"lstrip", "rstrip"}
        return cls(params) if needed else None

    def strip(self, parts: Iterable[str]) -> list[str]:
        """Remove white space from ordinary text; every second part is a special token.

        As in Hugging Face's tokenizers, the match of a token may include the space beside it.
        """
        stripped = list(parts)
        for i in range(1, len(stripped), 2):
            if stripped[i] in self._before:
                stripped[i - 1] = _SPACE_BEFORE.sub("", stripped[i - 1])
            if stripped[i] in self._after:
                stripped[i + 1] = _SPACE_AFTER.sub("", stripped[i + 1])
        return stripped

    def split(self, text: str, *, is_first: bool) -> list[str]:
        """Normalize a segment of ordinary text and split it; `is_first` if the text begins here."""
        if self._on_characters:  # where a space is written as this character
            text = text.replace("▁", " ")
        parts = [self._steps.normalized(text, is_first=is_first)]
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
