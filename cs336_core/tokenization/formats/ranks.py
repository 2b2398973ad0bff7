"""Merges from ranks: what OpenAI's files leave out.

They list tokens in the order in which training made them, and not what each was made of. But the
bytes of a token show it: the merges of lower rank turn them into two tokens, and those are its
parts. Where that never leads to two, as for some tokens of Llama 3, no merge makes the token, and
only a pre-token of exactly these bytes becomes it.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cs336_core.tokenization.encoding.merge_table import Merges as MergeTable
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.params import BPEParams, Merges
from cs336_core.tokenization.text import utf8

_MOST_WORK = 200_000_000  # bytes compared to find the parts of all tokens; o200k needs 11 million


def params_from_ranks(
    ranks: Mapping[bytes, int], special_tokens: Mapping[str, int], pattern: str | None
) -> BPEParams:
    """Return the tokenizer that gives the same ids as tiktoken does with these ranks.

    Raises `VocabularyError` as `merges_from_ranks` and `BPEParams` do.
    """
    vocab = {rank: token for token, rank in ranks.items()}
    vocab |= {token_id: utf8(text) for text, token_id in special_tokens.items()}
    merges = merges_from_ranks(ranks)
    return BPEParams(vocab, merges, dict(special_tokens), pattern, ignore_merges=True)


def rank_file(ranks: Mapping[bytes, int]) -> bytes:
    r"""Return the rank file of these tokens, in the order of their ranks.

    >>> rank_file({b" the": 262, b"!": 0})
    b'IQ== 0\nIHRoZQ== 262\n'
    """
    in_order = sorted(ranks.items(), key=lambda item: item[1])
    return b"".join(b"%b %d\n" % (base64.b64encode(token), rank) for token, rank in in_order)


def merges_from_ranks(ranks: Mapping[bytes, int]) -> Merges:
    """Return the merges that make the tokens, in the order of their ranks.

    Tokens that no merge makes are left out. Raises `VocabularyError` where the tokens are so many
    and so long that the search would take minutes.

    >>> merges_from_ranks({b"t": 0, b"h": 1, b"e": 2, b"th": 3, b"the": 4, b"hat": 5})
    [(b't', b'h'), (b'th', b'e')]
    """
    tokens = sorted(ranks, key=ranks.__getitem__)
    order = {token: i for i, token in enumerate(tokens)}
    byte_ids = np.array([order.get(bytes([byte]), len(tokens)) for byte in range(256)])
    made = [token for token in tokens if len(token) > 1]
    splits = [
        (order[left], order[right], order[token])
        for token, left, right in _splits(made, [*map(len, tokens)])
        if left in order and right in order
    ]
    table = MergeTable(
        [(left, right) for left, right, _ in splits], [token for _, _, token in splits]
    )
    # Two tokens of these bytes are left in one way only, so the ties between splits do not matter.
    words = np.repeat(np.arange(len(made)), [len(token) for token in made])
    parts, of = table.apply_to_all(
        byte_ids[np.frombuffer(b"".join(made), np.uint8)], words, leave=2
    )
    counts = np.bincount(of, minlength=len(made))
    first = np.cumsum(counts) - counts
    lefts, rights = parts[first].tolist(), parts[first + counts - 1].tolist()
    return [
        (tokens[left], tokens[right])
        for left, right, count in zip(lefts, rights, counts.tolist(), strict=True)
        if count == 2 and max(left, right) < len(tokens)  # or a byte is no token
    ]


def _splits(made: Sequence[bytes], lengths: Sequence[int]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield each token with each two parts of it that are as long as some tokens are."""
    there = set(lengths) - {0}
    sizes = Counter(map(len, made))
    cuts = {size: [cut for cut in there if size - cut in there] for size in sizes}
    work = sum(count * size * len(cuts[size]) for size, count in sizes.items())
    if work > _MOST_WORK:
        raise VocabularyError(
            f"the tokens are too many and too long (up to {max(lengths):,} bytes) to find their "
            "merges; is this the vocabulary of a tokenizer?"
        )
    for token in made:
        for cut in cuts[len(token)]:
            yield token, token[:cut], token[cut:]
