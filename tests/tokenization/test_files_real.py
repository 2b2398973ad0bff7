"""OpenAI's own vocabulary of GPT-2 round-trips through every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tokenizers

from cs336_core._shared.built import RANKS
from cs336_core.tokenization.formats.encodings import known_file
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, read_ranks, save_tiktoken
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2

R50K = RANKS / "r50k_base.tiktoken"
SPECIAL = {"<|endoftext|>": 50256}

pytestmark = pytest.mark.skipif(not R50K.exists(), reason="make gets OpenAI's rank files")


@pytest.fixture(scope="module")
def gpt2() -> BPEParams:
    return load_tiktoken(R50K, SPECIAL)


def test_openais_files_are_recognized_by_their_contents(gpt2: BPEParams, tmp_path: Path) -> None:
    assert gpt2.pattern == GPT2
    windows = tmp_path / "some.tiktoken"
    cl100k = R50K.with_name("cl100k_base.tiktoken")
    windows.write_bytes(cl100k.read_bytes().replace(b"\n", b"\r\n"))
    known = known_file(read_ranks(windows.read_bytes(), windows))
    assert known is not None
    assert known.pattern == CL100K


def test_as_a_rank_file(gpt2: BPEParams, tmp_path: Path) -> None:
    save_tiktoken(gpt2, tmp_path / "bpe.tiktoken")
    assert (tmp_path / "bpe.tiktoken").read_text().split() == R50K.read_text().split()


def test_as_gpt2s_files(gpt2: BPEParams, tmp_path: Path) -> None:
    save_gpt2(gpt2, tmp_path)
    # The first lines of the file that OpenAI released.
    merges = (tmp_path / "merges.txt").read_text(encoding="utf-8")
    assert merges.startswith("#version: 0.2\nĠ t\nĠ a\nh e\ni n\nr e\no n\nĠt he\n")
    assert load_gpt2(tmp_path, SPECIAL) == replace(gpt2, ignore_merges=False)


def test_as_tokenizer_json(gpt2: BPEParams, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    save_huggingface(gpt2, path)
    assert load_huggingface(path) == gpt2
    theirs = tokenizers.Tokenizer.from_file(str(path))
    # As the playground of GPT-2's tokenizer shows them.
    assert theirs.encode("Hello, world!<|endoftext|>").ids == [15496, 11, 995, 0, 50256]
