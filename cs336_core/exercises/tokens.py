"""Exercises of the lectures on tokenization: from counting pairs to a whole tokenizer."""

from __future__ import annotations

import random
from collections.abc import Iterator

from cs336_core.exercises.exercise import Case, Exercise
from cs336_core.tokenization import bpe
from cs336_core.tokenization.bpe import count_pairs, merge
from cs336_core.tokenization.params import BPEParams

_HAT = "the cat in the hat"
_CHINESE = "猫和猫"  # bytes above 127
_EMPTY = "The input may be empty."
_OVERLAP = "Pairs may overlap: in [7, 7, 7] the pair (7, 7) begins twice."
_OVERLAP_MERGE = "A merged token is used up: after a merge, go on behind both of its halves."
_BYTES = "Text is counted in UTF-8: one character may take several bytes."


def _random_ids(count: int, length: int) -> Iterator[list[int]]:
    """Yield lists of a few different ids, in which pairs repeat and overlap."""
    rng = random.Random(336)  # noqa: S311  (texts to try)
    for _ in range(count):
        yield rng.choices([7, 8, 9], k=length)


def _encoding_case(text: str, corpus: str, num_merges: int, note: str = "") -> Case:
    """Return the encoding of a text with a tokenizer trained on a corpus."""
    shown = f"{text!r}, train_bpe({corpus!r}, {num_merges})"
    return Case((text, bpe.train_bpe(corpus, num_merges)), shown, note)


def _decoding_case(ids: list[int], corpus: str, num_merges: int, note: str = "") -> Case:
    """Return the decoding of ids with a tokenizer trained on a corpus."""
    shown = f"{ids}, train_bpe({corpus!r}, {num_merges})"
    return Case((ids, bpe.train_bpe(corpus, num_merges)), shown, note)


def train_bpe(text: str, num_merges: int) -> BPEParams:
    """Learn up to `num_merges` merges from `text`; fewer if no pair is left to merge."""
    ids = list(text.encode("utf-8"))
    vocab = {byte: bytes([byte]) for byte in range(256)}
    merges = []
    for new_id in range(256, 256 + num_merges):
        counts = count_pairs(ids)
        if not counts:
            break
        left, right = max(counts, key=counts.__getitem__)
        merges.append((vocab[left], vocab[right]))
        vocab[new_id] = vocab[left] + vocab[right]
        ids = merge(ids, (left, right), new_id)
    return BPEParams(vocab=vocab, merges=merges)


COMPRESSION_RATIO = Exercise(
    name="compression_ratio",
    task="Compute how many bytes of a text, stored as UTF-8, one of its tokens stands for on "
    "average.",
    start='''\
def compression_ratio(text, ids):
    """Return the bytes of UTF-8 in `text` per token of `ids`.

    >>> compression_ratio("the cat", [258, 99, 97, 116])
    1.75
    """
''',
    hints=(
        "The ratio is a division: what is above the line, and what below?",
        "`len(text)` counts characters. The ratio counts bytes, and `猫` has three.",
        '`text.encode("utf-8")` gives the bytes; divide their number by `len(ids)`.',
    ),
    cases=(
        Case(("the cat", [258, 99, 97, 116])),
        Case(("aaaa", [97, 97, 97, 97])),
        Case(("猫", [231, 140, 171]), note=_BYTES),
        Case(("Hello, 🌍!", [15496, 11, 12520, 234, 235, 0]), note=_BYTES),
        Case(("na\u00efve", [110, 97, 195, 175, 118, 101]), note=_BYTES),
        Case((_HAT, [1]), note="A single token is enough for a ratio."),
    ),
    reference=bpe.compression_ratio,
    solution=bpe.compression_ratio,
)

COUNT_PAIRS = Exercise(
    name="count_pairs",
    task="Count how often each pair of neighbors occurs in a list of ids.",
    start='''\
def count_pairs(ids):
    """Return a dict: each pair of neighbors in `ids` -> how often it occurs.

    >>> count_pairs([1, 2, 3, 1, 2])
    {(1, 2): 2, (2, 3): 1, (3, 1): 1}
    """
''',
    hints=(
        "Begin with an empty dict, and go through the positions at which a pair begins.",
        "`zip(ids, ids[1:])` yields each id with the one after it.",
        "`counts[pair] = counts.get(pair, 0) + 1` counts a pair that may be new.",
    ),
    cases=(
        Case(([1, 2, 3, 1, 2],)),
        Case(([7, 8],)),
        Case(([7, 7, 7],), note=_OVERLAP),
        Case(([],), note=_EMPTY),
        Case(([5],), note="A single id has no neighbor."),
        Case(([1, 2, 2, 1],), note="(1, 2) and (2, 1) are different pairs."),
        Case((list(_CHINESE.encode()),)),
        Case((list(_HAT.encode()),)),
        *(Case((ids,)) for ids in _random_ids(5, 12)),
    ),
    reference=bpe.count_pairs,
    solution=bpe.count_pairs,
)

MERGE = Exercise(
    name="merge",
    task="Replace each occurrence of a pair in a list of ids by one new id, from left to right.",
    start='''\
def merge(ids, pair, new_id):
    """Return a new list in which `new_id` stands for each `pair`.

    >>> merge([5, 6, 5, 6, 7], (5, 6), 256)
    [256, 256, 7]
    """
''',
    hints=(
        "Build a new list. Go through `ids` with an index `i`, in a `while` loop.",
        "If `ids[i]` and `ids[i + 1]` are the pair, append `new_id` and move on by 2; if not, "
        "append `ids[i]` and move on by 1.",
        "At the last id there is no `ids[i + 1]`: test `i + 1 < len(ids)` first.",
    ),
    cases=(
        Case(([5, 6, 5, 6, 7], (5, 6), 256)),
        Case(([5, 6, 7, 5], (5, 6), 256), note="The last id may be half of a pair."),
        Case(([7, 5, 6], (5, 6), 256), note="The pair may be at the end."),
        Case(([6, 5], (5, 6), 256), note="(6, 5) is not the pair (5, 6)."),
        Case(([7, 7, 7], (7, 7), 256), note=_OVERLAP_MERGE),
        Case(([7, 7, 7, 7], (7, 7), 256), note=_OVERLAP_MERGE),
        Case(([], (5, 6), 256), note=_EMPTY),
        Case(([5], (5, 6), 256)),
        Case((list(_CHINESE.encode()), (231, 140), 256)),
        *(Case((ids, (7, 8), 300)) for ids in _random_ids(4, 12)),
        *(Case((ids, (9, 9), 301), note=_OVERLAP_MERGE) for ids in _random_ids(4, 12)),
    ),
    reference=bpe.merge,
    solution=bpe.merge,
)

TRAIN_BPE = Exercise(
    name="train_bpe",
    task="Train: merge the most frequent pair, again and again, and write down the merges and the "
    "vocabulary.",
    imports="from cs336_core.tokenization import BPEParams, count_pairs, merge",
    start='''\
from cs336_core.tokenization import BPEParams, count_pairs, merge


def train_bpe(text, num_merges):
    """Learn up to `num_merges` merges from `text`; of tied pairs, the one seen first merges.

    >>> train_bpe("the cat in the hat", 3).merges
    [(b't', b'h'), (b'th', b'e'), (b'the', b' ')]
    """
    ids = list(text.encode("utf-8"))
    vocab = {byte: bytes([byte]) for byte in range(256)}
    merges = []
    # Count the pairs, merge the most frequent one, write it down; repeat.
    return BPEParams(vocab=vocab, merges=merges)
''',
    hints=(
        "The new ids are 256, 257, and so on: one for each merge, so loop over "
        "`range(256, 256 + num_merges)`.",
        "`max(counts, key=counts.get)` is the most frequent pair, and of tied pairs the one that "
        "was seen first. If there is no pair, stop.",
        "The bytes of the new token are those of its halves, "
        "`vocab[new_id] = vocab[left] + vocab[right]`; the merge is the pair of their bytes, and "
        "`ids = merge(ids, pair, new_id)` is the text for the next round.",
    ),
    cases=(
        Case((_HAT, 1)),
        Case((_HAT, 3)),
        Case(("aaaa", 1), note="A merge is two byte strings: (b'a', b'a'), not two ids."),
        Case(("abab", 5), note="Fewer merges than allowed: stop when no pair is left."),
        Case(("", 3), note=_EMPTY),
        Case(("a", 3), note="A single byte has no neighbor to merge with."),
        Case((_HAT, 0), note="With 0 merges the vocabulary is the 256 bytes."),
        Case(("ab ba", 1), note="Of tied pairs, the one seen first merges."),
        Case(("zyzyxaxa", 4), note="Of tied pairs, the one seen first merges."),
        Case(("aaabaaab", 4), note="Count again after each merge: the pairs have changed."),
        Case((_CHINESE, 4), note=_BYTES),
        Case((_HAT, 12)),
    ),
    reference=bpe.train_bpe,
    solution=train_bpe,
    parts=("merges", "vocab"),
)

ENCODE = Exercise(
    name="encode",
    task="Encode a new text: start from its bytes, and apply the merges in the order in which they "
    "were learned.",
    imports="from cs336_core.tokenization import merge, train_bpe",
    start='''\
from cs336_core.tokenization import merge, train_bpe


def encode(text, params):
    """Return the ids of `text`; `params` has `merges`, pairs of bytes, and `vocab`, id -> bytes.

    >>> encode("the hat", train_bpe("the cat in the hat", 3))
    [258, 104, 97, 116]
    """
''',
    hints=(
        'Start from `list(text.encode("utf-8"))`, and go through `params.merges` in order.',
        "A merge is given in bytes, and `merge` takes ids. Turn the vocabulary around: "
        "`{token: token_id for token_id, token in params.vocab.items()}`.",
        "With `id_of` the turned vocabulary: "
        "`ids = merge(ids, (id_of[left], id_of[right]), id_of[left + right])`.",
    ),
    cases=(
        _encoding_case("the hat", _HAT, 3),
        _encoding_case("a dog", _HAT, 3, "Nothing may merge: then the ids are the bytes."),
        _encoding_case("", _HAT, 3, _EMPTY),
        _encoding_case("猫", _HAT, 3, _BYTES),
        _encoding_case("猫和", _CHINESE, 4, _BYTES),
        _encoding_case("hat hath", _HAT, 9, "Merges apply in the order they were learned."),
        _encoding_case("aaaaa", "aaaa", 2, _OVERLAP_MERGE),
        _encoding_case("ababab", "abab", 2),
        _encoding_case("that hat in the cat", _HAT, 12),
    ),
    reference=bpe.encode,
    solution=bpe.encode,
)

DECODE = Exercise(
    name="decode",
    task="Decode ids back into text, also where a character is cut in half.",
    imports="from cs336_core.tokenization import train_bpe",
    start='''\
from cs336_core.tokenization import train_bpe


def decode(ids, params):
    """Return the text of `ids`; bytes that are not UTF-8 become the replacement character.

    >>> decode([258, 104, 97, 116], train_bpe("the cat in the hat", 3))
    'the hat'
    """
''',
    hints=(
        "`params.vocab[token_id]` is the bytes of an id.",
        'Join the bytes of all ids first, `b"".join(...)`, and decode once: a character may be '
        "split over several tokens.",
        '`data.decode("utf-8", errors="replace")` writes the replacement character where the bytes '
        "are not valid.",
    ),
    cases=(
        _decoding_case([258, 104, 97, 116], _HAT, 3),
        _decoding_case([], _HAT, 3, _EMPTY),
        _decoding_case([231, 140, 171], _HAT, 3, "One character, three ids: join, then decode."),
        _decoding_case([256, 171, 97], "猫猫", 1, "A token may end inside a character."),
        _decoding_case([231, 140], _HAT, 3, "Half a character: use errors='replace'."),
        _decoding_case([255, 97], _HAT, 3, "The byte 255 never occurs in UTF-8."),
        _decoding_case([258, 258, 256], _HAT, 3),
    ),
    reference=bpe.decode,
    solution=bpe.decode,
)

ALL = (COMPRESSION_RATIO, COUNT_PAIRS, MERGE, TRAIN_BPE, ENCODE, DECODE)
