"""OpenAI's tiktoken with our vocabularies: the ids that ours must have."""

from __future__ import annotations

from functools import cache
from unittest.mock import patch

import tiktoken
import tiktoken.load
from tiktoken_ext import openai_public

from cs336_core.tokenization import BPEParams
from cs336_core.tokenization.formats import encodings


@cache
def tiktoken_of(name: str) -> tiktoken.Encoding:
    """Return tiktoken's own encoding of that name, its rank file from the package's folder."""

    def local(url: str, expected_hash: str | None = None) -> dict[bytes, int]:
        del expected_hash
        return tiktoken.load.load_tiktoken_bpe(str(encodings.RANKS / url.rsplit("/", 1)[1]))

    with patch.object(openai_public, "load_tiktoken_bpe", local):
        return tiktoken.Encoding(**getattr(openai_public, name)())


def tiktoken_with(params: BPEParams) -> tiktoken.Encoding:
    """Return a tiktoken tokenizer with the ids, special tokens and pattern of a trained one."""
    return tiktoken.Encoding(
        "trained",
        pat_str=str(params.pattern),
        mergeable_ranks=params.ids,
        special_tokens=params.special_tokens,
    )
