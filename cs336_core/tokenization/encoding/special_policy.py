"""What a special token in a text becomes: one id, ordinary text, or an error.

The rules are those of tiktoken's `allowed_special` and `disallowed_special`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from cs336_core.tokenization.arguments import check_text, string_list
from cs336_core.tokenization.errors import SpecialTokenError
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens

SpecialNames = Literal["all"] | Iterable[str]


class SpecialPolicy:
    """Which texts are refused, and which special tokens become one id each."""

    def __init__(
        self, known: SpecialTokens, allowed: SpecialNames, disallowed: SpecialNames
    ) -> None:
        """Build the policy for a tokenizer whose special tokens are `known`.

        To allow an unknown name has no effect. A name that is both allowed and disallowed is
        refused, while "all" disallows every special token that is not allowed.

        Raises `WrongTypeError` for anything but "all" or a collection of strings.
        """
        allowed_names = _names("allowed_special", allowed, known.names)
        refused_names = _names("disallowed_special", disallowed, known.names - allowed_names)
        self.refused = known.only(refused_names)  # they need not be special tokens
        self.allowed = known.only(allowed_names & known.names)  # all others are ordinary text
        self._known = known

    def check(self, text: str, start: int = 0) -> None:
        """Raise `SpecialTokenError` if `text` has a refused text; positions count from `start`.

        Raises `WrongTypeError` if it is not a string.
        """
        check_text(text)
        match = self.refused.first(text)
        if match is None:
            return
        found, position = match.group(), start + match.start()
        if found in self._known.names:
            raise SpecialTokenError(
                f"the text has the special token {found!r} at position {position}: allow it with "
                "allowed_special to encode it as one id, or pass disallowed_special=() to encode "
                "it as ordinary text"
            )
        raise SpecialTokenError(
            f"the text has {found!r} at position {position}, and disallowed_special names it: "
            "remove it from one of the two"
        )

    def parts(self, text: str) -> Iterator[tuple[str, bool]]:
        """Yield special tokens that are allowed, with True, and the text between them."""
        return ((part, bool(i % 2)) for i, part in enumerate(self.allowed.split(text)))

    def unsplittable(self) -> SpecialTokens:
        """Return the texts that must not be split when a long text is encoded in pieces."""
        return self._known.only(self._known.names | self.refused.names)


def _names(argument: str, names: SpecialNames, everything: frozenset[str]) -> frozenset[str]:
    """Return names as a set, `everything` for "all"; raise `WrongTypeError` for anything else."""
    if isinstance(names, str) and names == "all":
        return everything
    return frozenset(string_list(argument, names, '"all" or a collection of special tokens'))
