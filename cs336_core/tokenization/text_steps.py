"""What a tokenizer does to a text before it splits it into pre-tokens."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

# How an added token may differ from a special token that is matched as it is:
# text: it belongs to the text, such as the tags of a tool call, and is not skipped in decoding.
# ordinary: merges build it too.
# lstrip, rstrip: its match includes the white space before it, after it.
# normalized: it is found after all others, in normalized text.
TokenFlag = Literal["text", "ordinary", "lstrip", "rstrip", "normalized"]


@dataclass(frozen=True)
class TextSteps:
    """What happens to a text before a pattern splits it into pre-tokens.

    Attributes:
        normalization: one of Unicode's normalization forms, such as "NFC", or `None`.
        prefix: where a space is put before the text: before "each" segment between special tokens,
            before each segment that lacks one ("missing"), or only at the beginning of the text
            ("first"), if it lacks one. `None` for no added space.
        splits: patterns that split the text one after another, before the last one does.

    """

    normalization: str | None = None
    prefix: Literal["each", "missing", "first"] | None = None
    splits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self != TextSteps()

    def normalized(self, text: str, *, is_first: bool = True) -> str:
        """Return a segment of a text, normalized, with a space before it if it needs one.

        >>> TextSteps("NFC", "first").normalized("cafe\u0301")
        ' café'
        """
        if self.normalization is not None:
            text = unicodedata.normalize(self.normalization, text)  # type: ignore[arg-type]
        lacks_space = self.prefix == "each" or not text.startswith(" ")
        wants_space = self.prefix in ("each", "missing") or (self.prefix == "first" and is_first)
        return f" {text}" if text and wants_space and lacks_space else text
