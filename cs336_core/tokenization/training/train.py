"""Trains a byte-level BPE tokenizer on a corpus of any size.

The algorithm and its results are those of the references: `bpe.py`, and `bpe_words.py` for text
that is split into pre-tokens. This module gets them from gigabytes of text.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace
from typing import Literal, get_args

from cs336_core.tokenization.arguments import whole_number
from cs336_core.tokenization.errors import (
    CorpusError,
    FewMergesWarning,
    TokenizationError,
    VocabularyError,
)
from cs336_core.tokenization.params import BPEParams, Merges, special_token_texts
from cs336_core.tokenization.pretokenization.patterns import resolve_pattern
from cs336_core.tokenization.training.corpus import Corpus
from cs336_core.tokenization.training.count import OnProgress, Progress, count_pretokens
from cs336_core.tokenization.training.merge_loop import Rules, merge_batches
from cs336_core.tokenization.training.word_counts import Counts

# In the order of the numbers in `pair_heap.py`
TieBreak = Literal["lexicographic", "first-seen", "huggingface"]


def train(
    corpus: Corpus,
    vocab_size: int,
    special_tokens: Iterable[str] = (),
    *,
    pattern: str | None = "gpt2",
    continue_from: BPEParams | None = None,
    tie_break: TieBreak = "lexicographic",
    min_frequency: int = 1,
    max_token_length: int | None = None,
    errors: str = "strict",
    field: str = "text",
    num_workers: int | None = None,
    executor: Executor | None = None,
    progress: OnProgress | None = None,
) -> BPEParams:
    """Train on a corpus: a path, an open file, or an iterable of paths, open files and strings.

    The vocabulary has `vocab_size` ids: the 256 bytes, the merges in the order they are learned,
    and the special tokens. It has fewer, with a `FewMergesWarning`, if no pair is left to merge.
    The number of workers does not change the result.

    Args:
        corpus: each path, file or string is a separate document.
        vocab_size: the number of ids.
        special_tokens: texts that no merge crosses; each gets an id after the merges.
        pattern: splits text into pre-tokens, which no merge crosses either: "gpt2", "cl100k",
            "o200k", "none" (or `None`), or a regular expression for the `regex` package.
        continue_from: a tokenizer to enlarge. All its tokens keep their ids; its pattern splits the
            corpus, its merges are applied, and more are learned. They get the next free ids, and
            then the new special tokens do.
        tie_break: which of several equally frequent pairs merges: "lexicographic" takes the
            greatest pair of byte strings, "first-seen" the pair that occurs first in the corpus,
            "huggingface" the pair of lowest ids, as the trainer of `tokenizers` does.
        min_frequency: a pair that occurs less often does not merge.
        max_token_length: no token is longer, in bytes; by default there is no limit.
        errors, field, num_workers, executor: how the corpus is read (files may be compressed, or
            have JSON lines), and what counts its pre-tokens; see `count_pretokens`.
        progress: called with a `Progress` from time to time.

    Raises `CorpusError` for an empty corpus, or a `vocab_size` too small for the bytes and special
    tokens; `SpecialTokenError` for unusable special tokens; `EncodingError` for text that is not
    Unicode; `OSError` for a file that cannot be read; `VocabularyError` to continue from a
    tokenizer that changes texts before it splits them, or merges characters (Llama 2), or has
    merges that do not build each token once (Llama 3).

    >>> low = train(["low lower lowest"], 258)
    >>> low.merges
    [(b'o', b'w'), (b'l', b'ow')]
    >>> train(["low lower lowest"], 259, continue_from=low).merges
    [(b'o', b'w'), (b'l', b'ow'), (b'low', b'e')]
    """
    params = continue_from or BPEParams.trained([], pattern=resolve_pattern(pattern))
    special_tokens = special_token_texts(special_tokens)
    num_merges = _num_merges(vocab_size, len(special_tokens), len(params.vocab))
    _rules(tie_break, min_frequency, max_token_length)  # raises before the corpus is read
    if params.steps or params.byte_tokens:
        raise VocabularyError(
            "this tokenizer changes texts before it merges (steps or byte_tokens of its params), "
            "which training does not do; continue from another, or train a new one"
        )
    _numbered(params.merges)  # raises for merges that cannot be continued
    counts = count_pretokens(
        corpus,
        [*params.special_tokens, *special_tokens],
        pattern=params.pattern,
        errors=errors,
        field=field,
        num_workers=num_workers,
        executor=executor,
        progress=progress,
    )
    merges = learn_merges(
        counts,
        num_merges,
        tie_break,
        min_frequency=min_frequency,
        max_token_length=max_token_length,
        known=params.merges,
        progress=progress,
    )
    first = max(params.vocab) + 1
    tokens = [left + right for left, right in merges] + [text.encode() for text in special_tokens]
    special = {text: first + len(merges) + i for i, text in enumerate(special_tokens)}
    return replace(
        params,
        vocab=params.vocab | dict(enumerate(tokens, first)),
        merges=params.merges + merges,
        special_tokens=params.special_tokens | special,
    )


def learn_merges(
    counts: Counts,
    num_merges: int,
    tie_break: TieBreak = "lexicographic",
    *,
    min_frequency: int = 1,
    max_token_length: int | None = None,
    known: Merges | None = None,
    progress: OnProgress | None = None,
) -> Merges:
    """Learn merges from counted pre-tokens, as `train` does.

    With `known`, these merges are applied first, and those that follow are learned.

    Raises `CorpusError` if there are no pre-tokens.
    """
    rules = _rules(tie_break, min_frequency, max_token_length)
    num_merges = min(whole_number("num_merges", num_merges), sys.maxsize)
    if num_merges < 0:
        raise CorpusError(f"num_merges is {num_merges}; it must be 0 or more")
    if not len(counts):
        raise CorpusError("the corpus is empty: there is no text to learn from")
    tokens, pairs = _numbered(known or [])
    merges: Merges = []
    for batch in merge_batches(counts, num_merges, rules, pairs):
        for left, right in batch.tolist():
            merges.append((tokens[left], tokens[right]))
            tokens.append(tokens[left] + tokens[right])
        if progress:
            progress(Progress("merge", len(merges), num_merges))
    if len(merges) < num_merges:
        warnings.warn(
            f"training ended after {len(merges)} of {num_merges} merges: no pair is left to merge "
            "in this corpus",
            FewMergesWarning,
            stacklevel=2,
        )
    return merges


def _num_merges(vocab_size: int, num_special: int, num_known: int) -> int:
    """Return how many merges fill the vocabulary; raise `CorpusError` if it is too small."""
    vocab_size = whole_number("vocab_size", vocab_size)
    if vocab_size < num_known + num_special:
        known = "256 bytes" if num_known == 256 else f"{num_known} known tokens"
        raise CorpusError(
            f"vocab_size is {vocab_size}; {known} and {num_special} special tokens need at least "
            f"{num_known + num_special}"
        )
    return vocab_size - num_known - num_special


def _numbered(merges: Merges) -> tuple[list[bytes], list[tuple[int, int]]]:
    """Return all tokens, the bytes first, and each merge as a pair of their numbers.

    Raises `VocabularyError` unless each merge joins two earlier tokens to a new one.
    """
    ids = {bytes([byte]): byte for byte in range(256)}
    pairs = []
    for rank, (left, right) in enumerate(merges):
        if left not in ids or right not in ids or left + right in ids:
            raise VocabularyError(
                f"training cannot continue after merge {rank}, of {left!r} and {right!r}: "
                "it must join two tokens of earlier merges, and be the only one to build its token"
            )
        pairs.append((ids[left], ids[right]))
        ids[left + right] = len(ids)
    return list(ids), pairs


def _rules(tie_break: TieBreak, min_frequency: int, max_token_length: int | None) -> Rules:
    """Return the rules as the merge loop takes them.

    Raises `TokenizationError` for an unknown tie-break, `CorpusError` for a limit below 1,
    `WrongTypeError` for one that is not a whole number.
    """
    names = get_args(TieBreak)
    if tie_break not in names:
        either = " or ".join(map(repr, names))
        raise TokenizationError(f"tie_break is {tie_break!r}; it must be {either}")
    limits = {"min_frequency": min_frequency, "max_token_length": max_token_length}
    for name, limit in limits.items():
        if limit is not None and whole_number(name, limit) < 1:
            raise CorpusError(f"{name} is {limit}; it must be 1 or more")
    return Rules(names.index(tie_break), min_frequency, max_token_length)
