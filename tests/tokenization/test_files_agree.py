"""Saved tokenizers: tiktoken and Hugging Face read them and give the same ids."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
import tiktoken
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from tiktoken.load import load_tiktoken_bpe

from cs336_core.tokenization.bpe_words import train_bpe_words
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, save_tiktoken
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import LLAMA3, resolve_pattern

SPECIAL = ["<|end|>", "<|end|><|end|>", "<|e", "  ", "猫!"]
PIECES = [
    *["\n", "\r\n", "\r", " ", "  ", "   ", "\t", "\u00a0", "\u2028", "\x85", "\u3000"],
    *["\x1c", "\u200b", "\x00", "a", "the", " The", "HTTPServer", "ÀB", "é", "e\u0301", "ǅ", "ʰ"],
    *["I'M", "we'LL", "'Ve", "don't", "'s", "'ſ", "’s", "12", "1234567", "٣٤٥", "²", "!", "?!"],
    *["...", "//", "_", "-", "K", "猫", "が", "🙂", "👩\u200d👧"],
]
CORPUS = "".join(PIECES) * 2 + "the cat isn't in the hat; I'LL go  there\n\n in 1234 DAYS \n " * 3

# Any text, texts of pieces that patterns treat specially, and texts that end in white space.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.lists(st.sampled_from([*PIECES, *SPECIAL]), max_size=12).map("".join),
    st.lists(st.sampled_from(["a", " ", "  ", "\n", "\r\n", "\t", "'S", "1"]), max_size=9).map(
        "".join
    ),
)


def trained(pattern: str) -> BPEParams:
    """Train on the corpus, split into words by the pattern."""
    cut = resolve_pattern(pattern)
    words = [CORPUS] if cut is None else regex.findall(cut, CORPUS)
    return BPEParams.trained(train_bpe_words(Counter(words), 60), SPECIAL, cut)


def apply_merges(data: bytes, ranks: Mapping[tuple[bytes, bytes], int]) -> list[bytes]:
    """Return the tokens of one pre-token: the pair of lowest rank merges first, from the left."""
    tokens = [data[i : i + 1] for i in range(len(data))]
    while True:
        known = [(ranks[pair], i) for i, pair in enumerate(pairwise(tokens)) if pair in ranks]
        if not known:
            return tokens
        _, i = min(known)
        tokens[i : i + 2] = [tokens[i] + tokens[i + 1]]


def encode_ordinary(params: BPEParams, text: str) -> list[int]:
    """Encode by the definition: split into pre-tokens, apply the merges by rank in each."""
    ranks = {pair: rank for rank, pair in enumerate(params.merges)}
    words = [text] if params.pattern is None else regex.findall(params.pattern, text)
    assert "".join(words) == text
    return [params.ids[token] for word in words for token in apply_merges(word.encode(), ranks)]


def encode(params: BPEParams, text: str) -> list[int]:
    """The same, after splitting the text at special tokens, the longest first."""
    longest_first = sorted(params.special_tokens, key=len, reverse=True)
    ids: list[int] = []
    for part in regex.split(f"({'|'.join(map(regex.escape, longest_first))})", text):
        special = params.special_tokens.get(part)
        ids += encode_ordinary(params, part) if special is None else [special]
    return ids


@pytest.fixture(
    scope="module", params=["gpt2", "cl100k", "o200k", "none", r"\p{L}+[!?]?|\d|\s+|[^\p{L}\d\s]+"]
)
def params(request: pytest.FixtureRequest) -> BPEParams:
    return trained(request.param)


@pytest.fixture(scope="module")
def huggingface(
    params: BPEParams, tmp_path_factory: pytest.TempPathFactory
) -> tokenizers.Tokenizer:
    path = tmp_path_factory.mktemp("huggingface") / "tokenizer.json"
    save_huggingface(params, path)
    return tokenizers.Tokenizer.from_file(str(path))


@pytest.fixture(scope="module")
def openai(params: BPEParams, tmp_path_factory: pytest.TempPathFactory) -> tiktoken.Encoding:
    path = tmp_path_factory.mktemp("openai") / "bpe.tiktoken"
    save_tiktoken(params, path)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TIKTOKEN_CACHE_DIR", "")  # or it reads what had this name before
        ranks = load_tiktoken_bpe(str(path))
    return tiktoken.Encoding(
        "trained",
        pat_str=params.pattern or r"[\s\S]+",
        mergeable_ranks=ranks,
        # It does not say which of two overlapping ones it takes, so test ordinary text only.
        special_tokens={},
    )


@given(text=texts)
def test_huggingface_gives_the_same_ids(
    params: BPEParams, huggingface: tokenizers.Tokenizer, text: str
) -> None:
    ids = huggingface.encode(text).ids
    assert ids == encode(params, text)
    assert ids == BPETokenizer(params).encode(text, allowed_special="all")
    if not any(special in text for special in SPECIAL):
        assert huggingface.decode(ids) == text


@given(text=texts)
def test_tiktoken_gives_the_same_ids(
    params: BPEParams, openai: tiktoken.Encoding, text: str
) -> None:
    ids = openai.encode_ordinary(text)
    assert ids == encode_ordinary(params, text)
    assert ids == BPETokenizer(params).encode_ordinary(text)


def test_every_format_round_trips(params: BPEParams, tmp_path: Path) -> None:
    save_huggingface(params, tmp_path / "tokenizer.json")
    assert load_huggingface(tmp_path / "tokenizer.json") == params
    save_tiktoken(params, tmp_path / "bpe.tiktoken")
    special = params.special_tokens
    ranks = load_tiktoken(tmp_path / "bpe.tiktoken", special, params.pattern)
    assert ranks == replace(params, ignore_merges=True)
    save_gpt2(params, tmp_path / "folder")
    assert load_gpt2(tmp_path / "folder", special, params.pattern) == params


def test_text_between_matches_is_a_pretoken_in_huggingface_too(tmp_path: Path) -> None:
    params = BPEParams.trained([(b"a", b"b"), (b"1", b"2"), (b"b", b"1")], pattern=r"\d")
    save_huggingface(params, tmp_path / "tokenizer.json")
    ids = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode("ab12").ids
    assert ids == [params.ids[b"ab"], params.ids[b"1"], params.ids[b"2"]]


def like_llama(content: dict[str, Any]) -> None:
    """Make a tokenizer.json look like Llama 3's: every split of a token is one of the merges."""
    model = content["model"]
    for token in content["added_tokens"]:
        del model["vocab"][token["content"]]
    cuts = [(text[:i], text[i:]) for text in model["vocab"] for i in range(1, len(text))]
    model["merges"] = [list(cut) for cut in cuts if {*cut} <= model["vocab"].keys()]
    model["ignore_merges"] = True
    split = {"type": "Split", "pattern": {"Regex": LLAMA3}, "behavior": "Isolated", "invert": False}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    level["use_regex"] = False
    content["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": [split, level]}
    begin = {"SpecialToken": {"id": "<|end|>", "type_id": 0}}
    template = {
        "type": "TemplateProcessing",
        "single": [begin, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [begin, {"Sequence": {"id": "A", "type_id": 0}}],
        "special_tokens": {"<|end|>": {"id": "<|end|>", "ids": [0], "tokens": ["<|end|>"]}},
    }
    content["post_processor"] = {"type": "Sequence", "processors": [level, template]}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> tuple[BPEParams, tokenizers.Tokenizer]:
    path = tmp_path_factory.mktemp("llama") / "tokenizer.json"
    save_huggingface(trained("cl100k"), path)
    content = json.loads(path.read_text(encoding="utf-8"))
    like_llama(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.warns(UserWarning, match=r"adds special .* \(TemplateProcessing: '<\|end\|>'\)"):
        params = load_huggingface(path)
    return params, tokenizers.Tokenizer.from_file(str(path))


@given(text=texts)
def test_a_file_like_that_of_llama_3_loads(
    llama: tuple[BPEParams, tokenizers.Tokenizer], text: str
) -> None:
    params, theirs = llama
    assert params.pattern == LLAMA3
    ids = theirs.encode(text, add_special_tokens=False).ids
    assert ids == encode(params, text)
    assert ids == BPETokenizer(params).encode(text, allowed_special="all")


UNUSED_BYTES = [0xC0, 0xC1, *range(0xF5, 0x100)]


def test_the_bytes_that_utf_8_never_uses_need_no_token(tmp_path: Path) -> None:
    """As in GPT-NeoX's vocabulary."""
    full = trained("gpt2")
    gap = {bytes([byte]) for byte in UNUSED_BYTES}
    vocab = {i: token for i, token in full.vocab.items() if token not in gap}
    params = replace(full, vocab=vocab)
    save_huggingface(params, tmp_path / "tokenizer.json")
    assert load_huggingface(tmp_path / "tokenizer.json") == params
    theirs = tokenizers.Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    every = "".join(
        map(chr, [*range(0x80), *range(0x80, 0xD800, 61), *range(0xE000, 0x110000, 997)])
    )
    for text in (CORPUS, every, "\U0010ffff"):
        ids = BPETokenizer(params).encode(text, allowed_special="all")
        assert ids == theirs.encode(text).ids
        assert BPETokenizer(params).decode(ids) == text
    save_gpt2(params, tmp_path / "folder")
    assert load_gpt2(tmp_path / "folder", full.special_tokens, "gpt2") == params


@pytest.mark.parametrize("byte", [0x00, 0xBF, 0xC2, 0xF4])
def test_the_bytes_that_utf_8_uses_need_a_token(byte: int) -> None:
    full = trained("gpt2")
    vocab = {i: token for i, token in full.vocab.items() if token != bytes([byte])}
    with pytest.raises(VocabularyError, match=rf"no token for byte 0x{byte:02x} \(1 of the 243"):
        replace(full, vocab=vocab)
