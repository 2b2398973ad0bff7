"""Text as numbers: each character of the texts has an id, and so has their end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Vocabulary:
    """The characters of some texts, and one more token that is before and after each text.

    Attributes:
        characters: sorted; the id of each is its index.
        end: the id of the token between texts.

    >>> vocabulary = Vocabulary(["anna", "han"])
    >>> vocabulary.characters, vocabulary.end
    (['a', 'h', 'n'], 3)
    >>> vocabulary.encode("han")
    [3, 1, 0, 2, 3]
    >>> vocabulary.decode([1, 0, 2])
    'han'
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.characters = sorted({character for text in texts for character in text})
        self.end = len(self.characters)

    def __len__(self) -> int:
        """Return the number of ids."""
        return len(self.characters) + 1

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text, from its beginning to its end.

        Raises `ValueError` for a character that no text had.
        """
        return [self.end, *map(self.characters.index, text), self.end]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids."""
        return "".join(self.characters[each] for each in ids)
