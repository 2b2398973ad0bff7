"""Tokens that the merges do not build: the same ids as Hugging Face's and OpenAI's tokenizers.

A vocabulary may have tokens that no merge produces, or that another merge always preempts. With
`ignore_merges`, as in Llama 3, a pre-token of these bytes still becomes such a token.
"""

from __future__ import annotations

import base64
import itertools
import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import tiktoken
import tokenizers

from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, save_tiktoken
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import GPT2

Pairs = Sequence[tuple[str, str]]

# Vocabulary beyond the bytes, and merges.
VOCABULARIES: dict[str, tuple[Sequence[str], Pairs]] = {
    "every token is built": (["ab", "abc"], [("a", "b"), ("ab", "c")]),
    "no merge produces it": (["ab", "xyz", "bcd"], [("a", "b")]),
    "another merge comes first": (
        ["bc", "ab", "abc"],
        [("b", "c"), ("a", "b"), ("ab", "c")],
    ),
    "built in two ways": (
        ["bc", "ab", "abc", "abcd"],
        [("b", "c"), ("a", "b"), ("ab", "c"), ("a", "bc"), ("abc", "d")],
    ),
    "a part that merges later": (["abc", "ab", "ca"], [("ab", "c"), ("c", "a"), ("a", "b")]),
    "a merge that enables an earlier one": (
        ["cab", "abc", "ab"],
        [("c", "ab"), ("ab", "c"), ("a", "b")],
    ),
}


def random_merges(seed: int) -> tuple[Sequence[str], Pairs]:
    """Return merges in an order that training would not find, and a few tokens without any."""
    draw = random.Random(seed)
    tokens = ["a", "b", "c"]
    while len(tokens) < 20:
        token = draw.choice(tokens) + draw.choice(tokens)
        if token not in tokens and len(token) < 9:
            tokens.append(token)
    pairs = [pair for pair in itertools.product(tokens, repeat=2) if "".join(pair) in tokens]
    draw.shuffle(pairs)
    return tokens[3:], pairs[: draw.randrange(1, len(pairs))]


VOCABULARIES |= {f"random merges {seed}": random_merges(seed) for seed in range(10)}

# Some single words, then enough words to be encoded all at once.
_WORDS = [
    *["".join(word) for size in (1, 2, 3, 4, 5) for word in itertools.product("abcd", repeat=size)],
    *["".join(random.Random(seed).choices("abc", k=5 + seed % 8)) for seed in range(100)],
    *["xyz", "xyzxyz", "ca" * 3, "abcab", "bcbcd", "aabc" * 40, "cab" * 90, "ab" * 3, "é", "猫"],
]
TEXTS = [*_WORDS[:80], *_WORDS[-10:], " ".join(_WORDS)]


def params_of(tokens: Iterable[str], pairs: Pairs, *, ignore_merges: bool) -> BPEParams:
    vocab = [bytes([byte]) for byte in range(256)] + [token.encode() for token in tokens]
    merges = [(left.encode(), right.encode()) for left, right in pairs]
    return BPEParams(dict(enumerate(vocab)), merges, {}, GPT2, ignore_merges)


def theirs(path: Path) -> list[list[int]]:
    """Encode the texts as Hugging Face does."""
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    return [encoding.ids for encoding in tokenizer.encode_batch(TEXTS)]


def ours(params: BPEParams) -> list[list[int]]:
    """Encode the texts one by one."""
    tokenizer = BPETokenizer(params)
    return [tokenizer.encode(text) for text in TEXTS]


@pytest.mark.parametrize("ignore_merges", [True, False])
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_tokenizer_json_gives_the_same_ids(
    tmp_path: Path, vocabulary: str, *, ignore_merges: bool
) -> None:
    params = params_of(*VOCABULARIES[vocabulary], ignore_merges=ignore_merges)
    path = tmp_path / "tokenizer.json"
    save_huggingface(params, path)
    assert json.loads(path.read_text())["model"]["ignore_merges"] is ignore_merges
    assert load_huggingface(path) == params
    assert ours(params) == theirs(path)


def ranked(tokens: Iterable[str]) -> dict[bytes, int]:
    vocab = [bytes([byte]) for byte in range(256)] + [token.encode() for token in tokens]
    return {token: rank for rank, token in enumerate(vocab)}


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_rank_file_gives_the_same_ids(tmp_path: Path, vocabulary: str) -> None:
    ranks = ranked(VOCABULARIES[vocabulary][0])
    path = tmp_path / "bpe.tiktoken"
    lines = [f"{base64.b64encode(token).decode()} {rank}\n" for token, rank in ranks.items()]
    path.write_text("".join(lines))
    openai = tiktoken.Encoding("", pat_str=GPT2, mergeable_ranks=ranks, special_tokens={})
    params = load_tiktoken(path, {}, GPT2)
    assert ours(params) == openai.encode_ordinary_batch(TEXTS)
    save_tiktoken(params, path)
    assert path.read_text() == "".join(lines)
    # And through Hugging Face's form.
    save_huggingface(params, tmp_path / "tokenizer.json")
    assert theirs(tmp_path / "tokenizer.json") == ours(params)


def test_only_tokenizer_json_can_save_tokens_that_merges_do_not_build(tmp_path: Path) -> None:
    for vocabulary in ("no merge produces it", "another merge comes first"):
        params = params_of(*VOCABULARIES[vocabulary], ignore_merges=True)
        with pytest.raises(VocabularyError, match=r"the merges do not build .* tokenizer\.json"):
            save_gpt2(params, tmp_path / "folder")
        with pytest.raises(VocabularyError, match=r"a rank file .* save it as tokenizer\.json"):
            save_tiktoken(replace(params, ignore_merges=False), tmp_path / "bpe.tiktoken")
    assert list(tmp_path.iterdir()) == []
    # If the merges alone decide, the two files are enough.
    built = params_of(*VOCABULARIES["every token is built"], ignore_merges=True)
    for one in (replace(params, ignore_merges=False), built):
        save_gpt2(one, tmp_path)
        assert load_gpt2(tmp_path, (), "gpt2") == replace(one, ignore_merges=False)
