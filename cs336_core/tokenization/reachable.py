"""Whether merges alone make every token of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise


def merged(data: bytes, ranks: Mapping[tuple[bytes, bytes], int]) -> list[bytes]:
    """Return the tokens of one pre-token: the pair of lowest rank merges first, from the left.

    >>> merged(b"the hat", {(b"t", b"h"): 0, (b"th", b"e"): 1})
    [b'the', b' ', b'h', b'a', b't']
    """
    tokens = [data[i : i + 1] for i in range(len(data))]
    while True:
        known = [(ranks[pair], i) for i, pair in enumerate(pairwise(tokens)) if pair in ranks]
        if not known:
            return tokens
        _, i = min(known)
        tokens[i : i + 2] = [tokens[i] + tokens[i + 1]]


def unreachable(tokens: Iterable[bytes], merges: Sequence[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield each token that the merges do not make of its own bytes.

    >>> list(unreachable([b"a", b"ab", b"abc"], [(b"a", b"b")]))
    [b'abc']
    """
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    return (token for token in tokens if len(merged(token, ranks)) > 1)
