"""Opening a tokenizer by name or from a file, and saving a trained one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from cs336_core.tokenization.commands.streams import STANDARD_INPUT
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.checks import looks_like_ranks
from cs336_core.tokenization.formats.encodings import ENCODING_NAMES, load_encoding
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.huggingface_pattern import pre_tokenizer_of
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, read_ranks, save_tiktoken
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer, CharacterTokenizer

SIMPLE: dict[str, type[BitTokenizer | ByteTokenizer | CharacterTokenizer]] = {
    "bits": BitTokenizer,
    "bytes": ByteTokenizer,
    "characters": CharacterTokenizer,
}
FILES = """a tokenizer is one of
  bits, bytes, characters                                       nothing is learned
  gpt2, r50k_base, p50k_base, cl100k_base, o200k_base           OpenAI's vocabularies
  FILE.json                                                     Hugging Face's tokenizer.json
  FILE.tiktoken, or another rank file                           OpenAI's format
  FOLDER                                                        with vocab.json and merges.txt
The last two do not say how text is split, nor which tokens are special: give --pattern and
--special-tokens."""


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for what rank files and GPT-2's two files leave out."""
    parser.add_argument(
        "--pattern",
        default="auto",
        help="how a FILE.tiktoken or FOLDER splits text, which the files do not say: gpt2, cl100k, "
        "o200k, the name of an encoding, none, or a regular expression; OpenAI's own files are "
        "recognized by their contents",
    )
    parser.add_argument(
        "--special-tokens",
        nargs="+",
        action="extend",
        default=[],
        metavar="TEXT",
        help="the special tokens of a FILE.tiktoken (ids after its last, in this order) or FOLDER",
    )


def open_tokenizer(name: str, pattern: str, special_tokens: Sequence[str]) -> Tokenizer:
    """Return a tokenizer by name, or load it from a file or folder.

    Raises `VocabularyError` if `name` is unknown, and the errors of loading a file.
    """
    if name in SIMPLE:
        return SIMPLE[name]()
    if name in ENCODING_NAMES:
        return load_encoding(name)
    path = Path(name)
    if not path.exists():
        raise VocabularyError(
            f"{name!r} is neither a file or folder nor the name of a tokenizer "
            f"({', '.join([*SIMPLE, *ENCODING_NAMES])})"
        )
    return BPETokenizer(load_params(path, pattern, special_tokens))


def load_params(path: Path, pattern: str, special_tokens: Sequence[str]) -> BPEParams:
    """Load a saved tokenizer, whose name or contents show its format; raise as loading does."""
    if path.is_dir():
        return load_gpt2(path, special_tokens, pattern)
    if path.suffix == ".tiktoken" or looks_like_ranks(beginning(path)):
        first = max(read_ranks(path).values(), default=-1) + 1
        special = {text: first + i for i, text in enumerate(special_tokens)}
        return load_tiktoken(path, special, pattern)
    return load_huggingface(path)


def beginning(path: Path) -> str:
    """Return the first characters of a file; raise `OSError` if it cannot be read."""
    with path.open("rb") as file:
        return file.read(1000).decode("ascii", "replace")


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
    if path.suffix == ".json" and not path.is_dir():
        try:
            pre_tokenizer_of(pattern)
        except VocabularyError as error:
            return str(error)
    return None


def save_params(params: BPEParams, path: Path) -> str:
    """Save in the format that the name implies; return a note about loading, if any.

    Raises as saving does.
    """
    if path.suffix == ".json" and not path.is_dir():
        save_huggingface(params, path)
        return ""
    if path.suffix == ".tiktoken" and not path.is_dir():
        save_tiktoken(params, path)
        return "The file has neither pattern nor special tokens: give both when you load it.\n"
    save_gpt2(params, path)
    return "The files have neither pattern nor special tokens: give both when you load them.\n"
