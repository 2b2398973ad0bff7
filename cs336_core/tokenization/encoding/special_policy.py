"""What becomes of a special token in a text: one id, ordinary text, or an error.

The rules are those of tiktoken's `allowed_special` and `disallowed_special`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cs336_core.tokenization.arguments import string_list
from cs336_core.tokenization.errors import SpecialTokenError
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens

Names = Literal["all"] | Iterable[str]


class SpecialPolicy:
    """Which texts are refused, and which special tokens become one id each.

    Attributes:
        refused: the texts that may not occur. They need not be special tokens of the tokenizer.
        allowed: the special tokens that become one id; all others are ordinary text.

    """

    def __init__(self, known: SpecialTokens, allowed: Names, disallowed: Names) -> None:
        """Choose among the `known` special tokens of a tokenizer.

        A name that is not one of them may be allowed, and changes nothing. What is both allowed and
        disallowed by name is refused; "all" disallows what is not allowed.

        Raises `WrongTypeError` for anything but "all" or texts.
        """
        allowed_names = _names("allowed_special", allowed, known.names)
        refused_names = _names("disallowed_special", disallowed, known.names - allowed_names)
        self.refused = known.only(refused_names)
        self.allowed = known.only(allowed_names & known.names)
        self._known = known

    def check(self, text: str, start: int = 0) -> None:
        """Raise `SpecialTokenError` for a text that is refused; positions count from `start`."""
        match = self.refused.first(text)
        if match is None:
            return
        found, position = match.group(), start + match.start()
        if found in self._known.names:
            raise SpecialTokenError(
                f"the text has the special token {found!r} at position {position}: allow it with "
                "allowed_special to make it one id, or pass disallowed_special=() to take it as "
                "ordinary text"
            )
        raise SpecialTokenError(
            f"the text has {found!r} at position {position}, and disallowed_special names it: "
            "remove it from the one or from the other"
        )

    def uncut(self) -> SpecialTokens:
        """Return the texts that no cut may divide when a long text is encoded in pieces."""
        return self._known.only(self._known.names | self.refused.names)


def _names(argument: str, given: Names, every: frozenset[str]) -> frozenset[str]:
    """Return the names, `every` name for "all"; raise `WrongTypeError` for anything but strings."""
    if isinstance(given, str) and given == "all":
        return every
    return frozenset(string_list(argument, given, '"all" or a collection of special tokens'))
