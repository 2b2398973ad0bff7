"""Trains a byte-level BPE tokenizer on a corpus of any size.

The algorithm is the reference's (`reference.py`, and `words.py` for text that is cut into
pre-tokens), and so are the results; this is the way to get them from gigabytes.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from itertools import islice
from typing import get_args

from cs336_core.tokenization.arguments import whole_number
from cs336_core.tokenization.bpe_words import TieBreak
from cs336_core.tokenization.errors import CorpusError, FewMergesWarning, TokenizationError
from cs336_core.tokenization.params import BPEParams, Merges, unique_special_tokens
from cs336_core.tokenization.pretokenization.patterns import named
from cs336_core.tokenization.training.corpus import Corpus
from cs336_core.tokenization.training.count import count_pretokens
from cs336_core.tokenization.training.merge_loop import MergeLoop
from cs336_core.tokenization.training.progress import EVERY, OnProgress, Progress
from cs336_core.tokenization.training.word_counts import Counts


def train(  # noqa: PLR0913  (each but two has a default)
    corpus: Corpus,
    vocab_size: int,
    special_tokens: Iterable[str] = (),
    *,
    pattern: str | None = "gpt2",
    tie_break: TieBreak = "lexicographic",
    errors: str = "strict",
    num_workers: int | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
) -> BPEParams:
    """Train on a corpus: a path, an open file, or an iterable of paths, open files and strings.

    The vocabulary has the 256 bytes, the merges in the order they were learned, and the special
    tokens, `vocab_size` in all; fewer, with a `FewMergesWarning`, where no pair is left to merge.
    The result is the same for any number of workers.

    Args:
        corpus: the text; each path, file or string is a document of its own.
        vocab_size: how many ids there are to be.
        special_tokens: marks that no merge crosses and that get an id each, at the end.
        pattern: how text is cut into pre-tokens, which no merge crosses either: "gpt2", "cl100k",
            "o200k", "none" (or `None`), or a regular expression for the `regex` package.
        tie_break: which of several equally frequent pairs merges: "lexicographic" takes the one
            with the greatest bytes, "first-seen" the one that comes first in the corpus.
        errors: what to do with bytes that are no UTF-8: "strict", "replace" or "ignore".
        num_workers: how many threads count pre-tokens; see `count_pretokens`.
        executor: who counts them instead.
        progress: called with how far it has come.

    Raises `CorpusError` for an empty corpus, or a `vocab_size` too small for bytes and special
    tokens; `SpecialTokenError` for special tokens that cannot be; `EncodingError` for text that is
    not Unicode; `OSError` for a file that cannot be read.

    >>> train(["low lower lowest"], 259).merges
    [(b'o', b'w'), (b'l', b'ow'), (b'low', b'e')]
    """
    special_tokens = unique_special_tokens(special_tokens)
    pattern = named(pattern)
    num_merges = _num_merges(vocab_size, special_tokens)
    _check_tie_break(tie_break)
    counts = count_pretokens(
        corpus,
        special_tokens,
        pattern=pattern,
        errors=errors,
        ordered=tie_break == "first-seen",
        num_workers=num_workers,
        executor=executor,
        progress=progress,
    )
    merges = learn_merges(counts, num_merges, tie_break, progress=progress)
    return BPEParams.trained(merges, special_tokens, pattern)


def learn_merges(
    counts: Counts,
    num_merges: int,
    tie_break: TieBreak = "lexicographic",
    *,
    progress: OnProgress | None = None,
) -> Merges:
    """Learn merges from pre-tokens that have been counted already, as `train` does.

    Raises `CorpusError` where there are no pre-tokens, or where ties are to be decided by what was
    seen first and nobody has noted that (`count_pretokens(..., ordered=True)` does).
    """
    _check_tie_break(tie_break)
    num_merges = min(whole_number("num_merges", num_merges), sys.maxsize)
    if num_merges < 0:
        raise CorpusError(f"num_merges is {num_merges}; it must be 0 or more")
    if not len(counts):
        raise CorpusError("the corpus is empty: there is no text to learn from")
    if tie_break == "first-seen" and not counts.is_ordered:
        raise CorpusError(
            'tie_break="first-seen" needs to know where each pre-token occurs first: count with '
            "ordered=True"
        )
    data, lengths, repeats = counts.flat()
    # Zipf: the last of n merges is about half as frequent as it were if all were alike.
    floor = int(lengths @ repeats) // (2 * max(num_merges, 1))
    loop = MergeLoop(data, lengths, repeats, tie_break, floor)
    merges: Merges = []
    with _without_garbage_collection():
        for left, right in islice(loop.merges(), num_merges):
            merges.append((loop.tokens[left], loop.tokens[right]))
            if progress and (len(merges) % EVERY == 0 or len(merges) == num_merges):
                progress(Progress("merge", len(merges), num_merges))
    if len(merges) < num_merges:
        warnings.warn(
            f"training ended after {len(merges)} of {num_merges} merges: no pair is left to merge "
            "in this corpus",
            FewMergesWarning,
            stacklevel=2,
        )
    return merges


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Do without the search for cycles, which would look at every pair that waits, for nothing."""
    enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if enabled:
            gc.enable()


def _num_merges(vocab_size: int, special_tokens: Iterable[str]) -> int:
    """Return how many merges fill the vocabulary; raise `CorpusError` if it has no room."""
    special = len(list(special_tokens))
    vocab_size = whole_number("vocab_size", vocab_size)
    if vocab_size < 256 + special:
        raise CorpusError(
            f"vocab_size is {vocab_size}; 256 bytes and {special} special tokens need at least "
            f"{256 + special}"
        )
    return vocab_size - 256 - special


def _check_tie_break(tie_break: str) -> None:
    """Raise `TokenizationError` for a tie-break that there is not."""
    if tie_break not in get_args(TieBreak):
        names = " or ".join(map(repr, get_args(TieBreak)))
        raise TokenizationError(f"tie_break is {tie_break!r}; it can be {names}")
