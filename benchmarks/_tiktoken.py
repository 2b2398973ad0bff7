"""OpenAI's tiktoken with the rank files of the course, so that it downloads nothing."""

from __future__ import annotations

import base64
from pathlib import Path, PurePath
from typing import Any
from unittest.mock import patch

import tiktoken
from tiktoken_ext import openai_public

from tools.shell.paths import RANKS

# tiktoken's own "gpt2" reads the same vocabulary from two other files.
DEFINITIONS = {
    "gpt2": openai_public.r50k_base,
    "cl100k_base": openai_public.cl100k_base,
    "o200k_base": openai_public.o200k_base,
}
RANK_FILES = {"gpt2": "r50k_base"}  # the others are named after their encoding


def rank_file(name: str) -> Path:
    """Return the rank file of an encoding."""
    return RANKS / f"{RANK_FILES.get(name, name)}.tiktoken"


def definition(name: str) -> dict[str, Any]:
    """Return the arguments of `tiktoken.Encoding` for an encoding."""
    with patch.object(openai_public, "load_tiktoken_bpe", ranks):
        return dict(DEFINITIONS[name]())


def ranks(address: str, expected_hash: str) -> dict[bytes, int]:
    """Read the local file with the name of the one that tiktoken would download."""
    del expected_hash  # checked by set-up
    lines = (RANKS / PurePath(address).name).read_bytes().splitlines()
    return {base64.b64decode(token): int(rank) for token, rank in (line.split() for line in lines)}


def encoding(name: str) -> tiktoken.Encoding:
    """Return a tiktoken tokenizer.

    >>> encoding("gpt2").encode_ordinary("hello")
    [31373]
    """
    return tiktoken.Encoding(**definition(name))
