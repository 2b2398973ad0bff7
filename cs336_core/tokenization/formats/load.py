"""Loads any tokenizer file that people have, and saves one so that it loads again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from cs336_core._shared.atomic import finish_folder, write_folder
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.arguments import path_of
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError, quoted
from cs336_core.tokenization.formats.checks import looks_like_ranks
from cs336_core.tokenization.formats.encodings import (
    ENCODING_NAMES,
    encoding_for_model,
    encoding_name,
    load_encoding,
)
from cs336_core.tokenization.formats.gpt2 import MERGES, VOCAB, gpt2_contents, gpt2_files, load_gpt2
from cs336_core.tokenization.formats.huggingface import (
    load_huggingface,
    save_huggingface,
    tokenizer_json,
)
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, save_tiktoken
from cs336_core.tokenization.params import BPEParams, params_of, special_token_texts

TOKENIZER = "tokenizer.json"
_FILES = (TOKENIZER, VOCAB, MERGES)
SpecialTokens = Iterable[str] | Mapping[str, int]


def load(
    source: StrPath, special_tokens: SpecialTokens = (), pattern: str | None = "auto"
) -> BPETokenizer:
    """Return the tokenizer in a file or folder, or the one with this name.

    `source` is one of

    - a tokenizer.json of Hugging Face's, or a folder with one;
    - a vocab.json and merges.txt: one of the files, by any name such as gpt2-vocab.json, or their
      folder. tokenizer_config.json and added_tokens.json beside them are read too;
    - a rank file: OpenAI's .tiktoken, the tokenizer.model of Llama 3 and 4, those of Whisper;
    - what `save` wrote;
    - the name of an encoding, such as "o200k_base", or of a model, such as "gpt-4o".

    `special_tokens` and `pattern`, a regular expression or a name such as "cl100k", are for files
    that lack them, and are ignored for all others. A list of special tokens gets the ids after the
    last rank of a rank file. "none" and `None` do not split text. "auto" recognizes the well-known
    files of OpenAI, Llama and Whisper by their contents.

    Raises `VocabularyError` for an unknown name, and the errors of `load_huggingface`, `load_gpt2`
    and `load_tiktoken`.
    """
    path = path_of("source", source)
    if not isinstance(special_tokens, Mapping):
        special_tokens = special_token_texts(special_tokens)
    name = os.fspath(source)
    if name in ENCODING_NAMES:
        return load_encoding(name)
    if name and os.path.exists(name):  # noqa: PTH110  (False for a name that no file can have)
        return BPETokenizer(load_params(path, special_tokens, pattern))
    if encoding_name(name):
        return encoding_for_model(name)
    raise VocabularyError(
        f"{quoted(name)} is neither a file or folder nor the name of a tokenizer: "
        f"{', '.join(ENCODING_NAMES)}, or a model of OpenAI's"
    )


def load_params(
    path: Path, special_tokens: SpecialTokens = (), pattern: str | None = "auto"
) -> BPEParams:
    """Return the params in a file or folder; raise as `load` does."""
    if path.is_dir():
        path = _main_file(path)
    if path.name.endswith((VOCAB, MERGES, "encoder.json", ".bpe")):
        return load_gpt2(path, special_tokens, pattern)
    if path.suffix == ".tiktoken" or looks_like_ranks(_beginning(path)):
        return load_tiktoken(path, special_tokens, pattern)
    if path.suffix == ".model":
        raise VocabularyError(
            f"{path} is a model of SentencePiece's, which cannot be read; convert it to "
            "tokenizer.json, which transformers does when it saves the tokenizer"
        )
    return load_huggingface(path)


def _main_file(folder: Path) -> Path:
    """Return the file of a folder that says most about its tokenizer."""
    finish_folder(folder, _FILES)
    if (folder / TOKENIZER).exists():
        return folder / TOKENIZER
    if (files := gpt2_files(folder)) is not None:
        return files[0]
    ranks = [*folder.glob("*.tiktoken"), *folder.glob("tokenizer.model")]
    if len(ranks) != 1:
        raise VocabularyError(
            f"{folder} has no {TOKENIZER}, no {VOCAB} with a {MERGES}, and "
            f"{'several rank files; name one of them' if ranks else 'no rank file (.tiktoken)'}"
        )
    return ranks[0]


def _beginning(path: Path) -> str:
    """Return the first characters of a file; raise `OSError` if it cannot be read."""
    with path.open("rb") as file:
        return file.read(1000).decode("ascii", "replace")


def save(tokenizer: BPETokenizer | BPEParams, path: StrPath) -> None:
    """Save a tokenizer in the format that the name implies, atomically.

    A name that ends in .json becomes a tokenizer.json of Hugging Face's. One that ends in .tiktoken
    becomes a rank file, which has neither the pattern nor the special tokens: `load` needs both.
    Any other name becomes a folder with a tokenizer.json and, if they can hold the tokenizer, the
    vocab.json and merges.txt of GPT-2.

    Raises `VocabularyError` if the format cannot hold the tokenizer, `OSError` if a file cannot be
    written.
    """
    params = params_of(tokenizer)
    path = path_of("path", path)
    if path.suffix == ".json" and not path.is_dir():
        save_huggingface(params, path)
    elif path.suffix == ".tiktoken" and not path.is_dir():
        save_tiktoken(params, path)
    else:
        files = {TOKENIZER: tokenizer_json(params)}
        with suppress(VocabularyError):  # tokenizer.json alone says everything
            files |= gpt2_contents(params)
        write_folder(path, files)
