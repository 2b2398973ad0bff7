"""What Python trains and encodes with both tie-breaks, with and without pre-tokens."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from typing import Any

import regex

from cs336_core.tokenization import (
    BPEParams,
    BPETokenizer,
    FewMergesWarning,
    bpe_steps,
    encode,
    train,
    train_bpe,
    word_bpe_steps,
)
from cs336_core.tokenization.bpe_words import TieBreak, split_words
from cs336_core.tokenization.params import Merges
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.tokenization.pretokenization.split import split
from tests.tokenization.small import PAPER

MERGES = 12
ALPHABETS = [
    "a",
    "ab",
    "abc ",
    "the cat in hat  ",
    "éü猫🐈 a\n",
    "it's 12 'll, \t\n\u00a0x",
    "\x00\u202e<b>&é",
]
TEXTS = [
    "",
    "a",
    " ",
    "aa",
    "aaa",
    "aaaa",
    "aaaaaaa",
    "abab",
    "aab aab",
    "the cat in the hat",
    "猫猫",
]
STEPS = 6
STEP_ALPHABETS = ["ab", "abc ", "the cat in hat", "éü猫🐈 a"]
STEP_TEXTS = ["the cat in the hat", "aaaaaaa", "", "a", "猫猫猫", "abababab"]


def texts(rng: random.Random) -> list[tuple[str, str]]:
    """Return texts to train on, each with a new text to encode."""
    pairs = [(text, text + "the hat") for text in TEXTS]
    for _ in range(100):
        alphabet = rng.choice(ALPHABETS)
        old, new = (rng.choices(alphabet, k=rng.randint(0, longest)) for longest in (60, 25))
        pairs.append(("".join(old), "".join(new)))
    return pairs


def corpora(rng: random.Random) -> list[dict[str, int]]:
    """Return words with counts, with pairs that occur in more than one word."""
    corpora: list[dict[str, int]] = [PAPER, {}, {"ab": 1}, {"xa": 1, "cd": 5, "ab": 5}]
    for _ in range(60):
        words = ("".join(rng.choices("abé", k=rng.randint(1, 8))) for _ in range(rng.randint(1, 6)))
        corpora.append({word: rng.randint(1, 4) for word in words})
    return corpora


def trained(counts: dict[str, int], tie_break: TieBreak) -> Iterator[tuple[list[int], int, int]]:
    """Yield each merge: the ids of its pair, its count, and the number of pairs with that count."""
    ids = {bytes([byte]): byte for byte in range(256)}
    for step in word_bpe_steps(counts, MERGES, tie_break):
        left, right = step.pair
        yield [ids[left], ids[right]], step.count, len(step.candidates)
        ids[left + right] = len(ids)


def case_of(
    counts: dict[str, int], tie_break: TieBreak, new_text: str, pattern: str | None
) -> tuple[dict[str, Any], Merges]:
    """Return a case of training and of encoding a new text, and the merges that were learned."""
    steps = list(trained(counts, tie_break))
    vocab = [bytes([byte]) for byte in range(256)]
    for (left, right), _, _ in steps:
        vocab.append(vocab[left] + vocab[right])
    merges = [(vocab[left], vocab[right]) for (left, right), _, _ in steps]
    params = BPEParams.trained(merges, pattern=pattern)
    ids = BPETokenizer(params).encode(new_text)
    assert pattern is not None or ids == encode(new_text, params)
    words = split_words(counts)
    for step in word_bpe_steps(counts, MERGES, tie_break):
        words = step.words
    case = {
        "steps": [[*pair, count, tied] for pair, count, tied in steps],
        "tokens": sum(len(word) * count for word, count in words.items()),
        "new_text": new_text,
        "ids": ids,
    }
    return case, merges


def of_text(text: str, new_text: str, pattern: str | None, tie_break: TieBreak) -> dict[str, Any]:
    """Return one case of a text, in which reference and fast trainer agree."""
    counts: dict[str, int] = {}
    for word in split(text, regex.compile(pattern) if pattern else None):
        counts[word] = counts.get(word, 0) + 1
    case, merges = case_of(counts, tie_break, new_text, pattern)
    if text:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FewMergesWarning)
            fast = train([text], 256 + MERGES, pattern=pattern, tie_break=tie_break)
        assert fast.merges == merges
    if pattern is None and tie_break == "first-seen":
        assert train_bpe(text, MERGES).merges == merges
        assert [step.count for step in bpe_steps(text, MERGES)] == [s[2] for s in case["steps"]]
    return {
        "text": text,
        "pretokenization": "gpt2" if pattern else "none",
        "tie_break": tie_break,
        **case,
    }


def golden_time_machine() -> list[dict[str, Any]]:
    """Return every case, the same ones each time."""
    rng = random.Random(1995)
    ties: list[TieBreak] = ["first-seen", "lexicographic"]
    cases = [
        of_text(text, new_text, pattern, tie_break)
        for text, new_text in texts(rng)
        for pattern in (None, GPT2)
        for tie_break in ties
    ]
    for counts in corpora(rng):
        for tie_break in ties:
            case, _ = case_of(counts, tie_break, "lowest newer aab", None)
            cases.append({"words": list(counts.items()), "tie_break": tie_break, **case})
    return cases


def golden_bpe() -> list[dict[str, Any]]:
    """Return texts with every step of their training: all pair counts, the new token, the ids."""
    rng = random.Random(336)
    texts = list(STEP_TEXTS)
    for _ in range(80):
        alphabet = rng.choice(STEP_ALPHABETS)
        texts.append("".join(rng.choices(alphabet, k=rng.randint(0, 30))))
    return [
        {
            "text": text,
            "steps": [
                {
                    "pair": step.pair,
                    "counts": [[*pair, count] for pair, count in step.counts.items()],
                    "token": list(step.new_token),
                    "after": step.after,
                }
                for step in bpe_steps(text, STEPS)
            ],
        }
        for text in texts
    ]
