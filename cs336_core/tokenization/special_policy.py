"""What becomes of a special token in a text: one id, ordinary text, or an error.

The rules are those of tiktoken's `allowed_special` and `disallowed_special`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from cs336_core.tokenization.errors import SpecialTokenError, WrongTypeError
from cs336_core.tokenization.special_tokens import SpecialTokens

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
        allowed_names = known.names if _is_all(allowed) else _names("allowed_special", allowed)
        refused_names = (
            known.names - allowed_names
            if _is_all(disallowed)
            else _names("disallowed_special", disallowed)
        )
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
        """Return all texts that must stay in one piece where a text is cut."""
        return self._known.only(self._known.names | self.refused.names)


def _is_all(names: Names) -> bool:
    return isinstance(names, str) and names == "all"


def _names(argument: str, given: Names) -> frozenset[str]:
    """Return names as a set; raise `WrongTypeError` for anything but texts."""
    if isinstance(given, str):
        raise WrongTypeError(
            f'{argument} is {given!r}; it is "all" or a collection of special tokens, such as '
            f"{{{given!r}}}"
        )
    if not isinstance(given, Iterable):
        raise WrongTypeError(
            f'{argument} is {given!r}, of type {type(given).__name__}; it is "all" or a collection '
            "of special tokens"
        )
    names = list(given)
    for name in names:
        if not isinstance(name, str):
            raise WrongTypeError(
                f"{argument} has {name!r}, of type {type(name).__name__}; a special token is a "
                "string"
            )
    return frozenset(names)
