"""Merges from ranks: what OpenAI's files leave out.

They list tokens in the order in which training made them, and not what each was made of. But that
can be told: of the merges before it, its own bytes make two tokens, and those are its parts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.word_merging import Merges


def merges_from_ranks(ranks: Mapping[bytes, int]) -> list[tuple[bytes, bytes]]:
    """Return the merges that made the tokens, in the order of their ranks.

    Raises `VocabularyError` for a token that is not made of two others of lower rank.

    >>> merges_from_ranks({b"t": 0, b"h": 1, b"e": 2, b"th": 3, b"the": 4})
    [(b't', b'h'), (b'th', b'e')]
    """
    tokens = sorted(ranks, key=ranks.__getitem__)
    order = {token: i for i, token in enumerate(tokens)}
    made = [token for token in tokens if len(token) > 1]
    # Every way to cut a token in two that are tokens, too, in the order of the token's rank.
    splits = [
        (order[left], order[right], order[token])
        for token in made
        for cut in range(1, len(token))
        if (left := token[:cut]) in order and (right := token[cut:]) in order
    ]
    pairs = [(left, right) for left, right, _ in splits]
    merges = Merges(pairs, [merged for _, _, merged in splits])
    missing = [token for token in made if any(bytes([b]) not in order for b in token)]
    if missing:
        raise VocabularyError(f"token {missing[0]!r} has a byte that is no token itself")
    bytes_of_made = np.frombuffer(b"".join(made), np.uint8)
    ids = np.array([order.get(bytes([byte]), -1) for byte in range(256)])
    words = np.repeat(np.arange(len(made)), [len(token) for token in made])
    parts, of = merges.apply_to_all(ids[bytes_of_made], words, leave=2)
    counts = np.bincount(of, minlength=len(made))
    result = []
    places = np.cumsum(counts) - counts
    for i, token in enumerate(made):
        left, right = parts[places[i]], parts[places[i] + counts[i] - 1]
        if counts[i] != 2 or max(left, right) >= order[token]:
            raise VocabularyError(
                f"token {token!r}, rank {ranks[token]}, is not made of two others of lower rank"
            )
        result.append((tokens[left], tokens[right]))
    return result
