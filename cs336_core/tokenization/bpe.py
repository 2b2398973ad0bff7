"""Byte pair encoding, as short and obvious as it can be.

This is the algorithm of Sennrich et al. (2016, "Neural Machine Translation of Rare Words with
Subword Units", section 3.2), on bytes instead of characters and without pre-tokenization: every
adjacent pair of the text may merge, spaces included. Faster trainers are tested against it, so
clarity wins over speed: each merge rereads the whole sequence, O(merges x length) in total.

If several pairs share the highest count, the one seen first in the sequence merges ("first-seen").
The module needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cs336_core.tokenization.arguments import Ids, id_list
from cs336_core.tokenization.errors import UnknownIdError
from cs336_core.tokenization.params import BPEParams

IdPair = tuple[int, int]


def count_pairs(ids: Sequence[int]) -> dict[IdPair, int]:
    """Count every adjacent pair of `ids`, in first-seen order.

    >>> count_pairs([1, 2, 3, 1, 2])
    {(1, 2): 2, (2, 3): 1, (3, 1): 1}
    """
    counts: dict[IdPair, int] = {}
    for pair in pairwise(ids):
        counts[pair] = counts.get(pair, 0) + 1  # @inspect pair
    return counts


def merge(ids: Sequence[int], pair: IdPair, new_id: int) -> list[int]:
    """Replace each occurrence of `pair` in `ids` by `new_id`, from left to right.

    Overlapping occurrences merge once: in `[7, 7, 7]` the first two sevens merge.

    >>> merge([5, 6, 5, 6, 7], (5, 6), 256)
    [256, 256, 7]
    >>> merge([7, 7, 7], (7, 7), 256)
    [256, 7]
    """
    merged: list[int] = []
    i = 0
    while i < len(ids):
        if i + 1 < len(ids) and (ids[i], ids[i + 1]) == pair:
            merged.append(new_id)
            i += 2
        else:
            merged.append(ids[i])
            i += 1
    return merged


@dataclass(frozen=True)
class BPEStep:
    """One merge as it happens: the counts, the winner, and the sequence before and after.

    Attributes:
        counts: every adjacent pair of `before` with its count, in first-seen order.
        pair: the two ids that merge, the first of `candidates`.
        count: how often `pair` occurs in `before`. Occurrences may overlap (`aaa` has `aa` twice),
            so the merge may remove fewer tokens than this.
        candidates: every pair with the highest count, in first-seen order.
        new_id: the id of the new token.
        new_token: the bytes it stands for.
        before: the ids that were counted.
        after: the ids with `pair` replaced by `new_id`.

    """

    counts: dict[IdPair, int]
    pair: IdPair
    count: int
    candidates: tuple[IdPair, ...]
    new_id: int
    new_token: bytes
    before: tuple[int, ...]
    after: tuple[int, ...]


def bpe_steps(text: str, num_merges: int) -> Iterator[BPEStep]:
    """Train on `text` and yield a `BPEStep` for each merge, at most `num_merges`.

    Ends early when a single token is left. Raises `ValueError` for a negative `num_merges`,
    `UnicodeEncodeError` for a text that UTF-8 cannot encode (a lone surrogate).

    >>> [step.new_token for step in bpe_steps("the cat in the hat", 3)]
    [b'th', b'the', b'the ']
    """
    if num_merges < 0:
        raise ValueError(f"num_merges is {num_merges}; it must be 0 or more")
    ids = list(text.encode("utf-8"))  # @inspect ids
    vocab = {byte: bytes([byte]) for byte in range(256)}
    for new_id in range(256, 256 + num_merges):
        counts = count_pairs(ids)  # @inspect counts
        if not counts:
            return
        count = max(counts.values())  # @inspect count
        candidates = tuple(pair for pair in counts if counts[pair] == count)
        pair = candidates[0]  # @inspect pair
        vocab[new_id] = vocab[pair[0]] + vocab[pair[1]]  # @inspect vocab
        before, ids = ids, merge(ids, pair, new_id)  # @inspect ids
        yield BPEStep(
            counts, pair, count, candidates, new_id, vocab[new_id], tuple(before), tuple(ids)
        )


def train_bpe(text: str, num_merges: int) -> BPEParams:
    """Learn up to `num_merges` merges from `text`; fewer if no pair is left to merge.

    Raises as `bpe_steps` does.

    >>> params = train_bpe("the cat in the hat", 3)
    >>> params.merges
    [(b't', b'h'), (b'th', b'e'), (b'the', b' ')]
    >>> len(params.vocab)
    259
    """
    vocab = {byte: bytes([byte]) for byte in range(256)}
    merges: list[tuple[bytes, bytes]] = []
    for step in bpe_steps(text, num_merges):
        left, right = step.pair
        merges.append((vocab[left], vocab[right]))  # @inspect merges
        vocab[step.new_id] = step.new_token
    return BPEParams(vocab=vocab, merges=merges)


def encode(text: str, params: BPEParams) -> list[int]:
    """Turn `text` into ids: start from its bytes and apply every merge in rank order.

    Raises `UnicodeEncodeError` for a text that UTF-8 cannot encode (a lone surrogate).

    >>> encode("the hat", train_bpe("the cat in the hat", 3))
    [258, 104, 97, 116]
    """
    id_of = {token: token_id for token_id, token in params.vocab.items()}
    ids = list(text.encode("utf-8"))  # @inspect ids
    for left, right in params.merges:
        ids = merge(ids, (id_of[left], id_of[right]), id_of[left + right])  # @inspect ids
    return ids


def decode(ids: Ids, params: BPEParams) -> str:
    """Turn `ids` back into text.

    Bytes that are not UTF-8 (a character cut in half) become U+FFFD, the replacement character,
    since a model may emit any ids. Raises `UnknownIdError` for an id that is not in the vocabulary.

    >>> decode([258, 104, 97, 116], train_bpe("the cat in the hat", 3))
    'the hat'
    """
    tokens: list[bytes] = []
    for token_id in id_list(ids):
        if token_id not in params.vocab:
            raise UnknownIdError(
                f"id {token_id} is not in the vocabulary (0 to {len(params.vocab) - 1})"
            )
        tokens.append(params.vocab[token_id])
    return b"".join(tokens).decode("utf-8", errors="replace")


def compression_ratio(text: str, ids: Sequence[int]) -> float:
    """Return how many UTF-8 bytes of `text` one token of `ids` stands for, on average.

    Higher means fewer tokens; 1.0 is one token per byte. Raises `ValueError` if `ids` is empty.

    >>> compression_ratio("the cat", list(b"the cat"))
    1.0
    """
    if not ids:
        raise ValueError("no tokens: a compression ratio needs at least one")
    return len(text.encode("utf-8")) / len(ids)
