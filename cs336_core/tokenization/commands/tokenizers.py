"""Opening a tokenizer by name or from a file, and saving a trained one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cs336_core import tokenization
from cs336_core.tokenization.commands.streams import STANDARD_INPUT, check_input_is_given
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.huggingface_pattern import pre_tokenizer_of
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer, CharacterTokenizer

SIMPLE: dict[str, type[BitTokenizer | ByteTokenizer | CharacterTokenizer]] = {
    "bits": BitTokenizer,
    "bytes": ByteTokenizer,
    "characters": CharacterTokenizer,
}
FILES = """a tokenizer is one of
  bits, bytes, characters                                       nothing is learned
  gpt2, r50k_base, p50k_base, cl100k_base, o200k_base, ...      OpenAI's vocabularies
  gpt-4o, gpt-3.5-turbo, ...                                    OpenAI's models
  tokenizer.json, or a FOLDER with one                          Hugging Face's format
  vocab.json or merges.txt, or a FOLDER with both               GPT-2's format
  FILE.tiktoken, tokenizer.model, or another rank file          OpenAI's format
Files of the last two kinds do not say how text is split, nor which tokens are special: give
--pattern and --special-tokens. Well-known files are recognized by their contents."""


def open_tokenizer(name: str, pattern: str, special_tokens: Sequence[str]) -> Tokenizer:
    """Return a tokenizer by name, or load it from a file or folder; raise as `load` does."""
    return SIMPLE[name]() if name in SIMPLE else tokenization.load(name, special_tokens, pattern)


def chosen_tokenizer(args: argparse.Namespace) -> Tokenizer:
    """Return the tokenizer that the options of a command name; raise as `load` does."""
    check_input_is_given(args, args.special_tokens)
    return open_tokenizer(args.tokenizer, args.pattern, args.special_tokens)


def check_output(path: Path, pattern: str | None) -> str | None:
    """Return why a tokenizer with this pattern cannot be saved at `path`, or `None` if it can."""
    if str(path) == STANDARD_INPUT:
        return "a tokenizer is saved in a file or folder, not on standard output"
    if path.suffix not in ("", ".json", ".tiktoken") and not path.is_dir():
        return f"{path} ends neither in .json nor in .tiktoken, and is not a folder"
    if path.suffix == "" and path.exists() and not path.is_dir():
        return f"{path} is a file; give a folder, or a name that ends in .json or .tiktoken"
    if path.suffix != "" and not path.parent.is_dir():
        return f"the folder {path.parent} does not exist; create it first"
    if path.suffix != ".tiktoken" or path.is_dir():
        try:
            pre_tokenizer_of(pattern)
        except VocabularyError as error:
            return str(error)
    return None
