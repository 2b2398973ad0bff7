"""The vocabularies of OpenAI's models, by their names in tiktoken."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from cs336_core._shared.built import RANKS
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.ranks import params_from_ranks, rank_file
from cs336_core.tokenization.pretokenization.patterns import (
    ENCODING_PATTERNS,
    PATTERN_NAMES,
    resolve_pattern,
)

RANK_FILES = {
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}

_END_OF_TEXT = "<|endoftext|>"
_SPECIAL_TOKENS = {
    "r50k_base": {_END_OF_TEXT: 50256},
    "p50k_base": {_END_OF_TEXT: 50256},
    "cl100k_base": {
        _END_OF_TEXT: 100257,
        "<|fim_prefix|>": 100258,
        "<|fim_middle|>": 100259,
        "<|fim_suffix|>": 100260,
        "<|endofprompt|>": 100276,
    },
    "o200k_base": {_END_OF_TEXT: 199999, "<|endofprompt|>": 200018},
}
_ALIASES = {"gpt2": "r50k_base"}
ENCODING_NAMES = (*_ALIASES, *RANK_FILES)


def load_encoding(name: str) -> BPETokenizer:
    """Return a tokenizer by name: "gpt2", "cl100k_base" (GPT-4), "o200k_base" (GPT-4o) ...

    Set-up puts its rank file beside the package. If it is missing, tiktoken provides it, if that is
    installed, and may download it. Raises `VocabularyError` for an unknown name, for a file that is
    not the original, and if there is no way to get the file.
    """
    base = _ALIASES.get(name, name)
    if base not in RANK_FILES:
        raise VocabularyError(
            f"unknown encoding {name!r}; choose one of {', '.join(ENCODING_NAMES)}"
        )
    ranks = _read_ranks(base)
    return BPETokenizer(params_from_ranks(ranks, _SPECIAL_TOKENS[base], ENCODING_PATTERNS[base]))


def pattern_of_file(path: Path, pattern: str | None, ids: Mapping[bytes, int]) -> str | None:
    """Return the pattern for a tokenizer whose file does not include it.

    "auto" means the pattern of OpenAI's encoding with these ids. Raises `VocabularyError` if there
    is none, otherwise as `resolve_pattern` does.
    """
    if pattern != "auto":
        return resolve_pattern(pattern)
    digest = hashlib.sha256(rank_file(ids)).hexdigest()
    for base, original in RANK_FILES.items():
        if digest == original:
            return ENCODING_PATTERNS[base]
    raise VocabularyError(
        f"{path} does not say how text is split into pre-tokens; give its pattern: "
        f"{', '.join(PATTERN_NAMES)} or a regular expression"
    )


def _read_ranks(base: str) -> dict[bytes, int]:
    """Return the ranks of the tokens of an encoding."""
    path = RANKS / f"{base}.tiktoken"
    if not path.exists():
        return _from_tiktoken(base, path)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != RANK_FILES[base]:
        raise VocabularyError(
            f"{path} is not the original rank file (its SHA-256 differs); delete it and run make"
        )
    return {
        base64.b64decode(token): int(rank) for token, rank in map(bytes.split, data.splitlines())
    }


def _from_tiktoken(base: str, path: Path) -> dict[bytes, int]:
    """Get the ranks from tiktoken, which may download them."""
    try:
        import tiktoken  # noqa: PLC0415  (an optional package)
    except ImportError:
        raise VocabularyError(
            f"{path} does not exist: run `make site` in the project once, which creates it, or "
            "install tiktoken, which downloads it"
        ) from None
    try:
        ranks: dict[bytes, int] = tiktoken.get_encoding(base)._mergeable_ranks
    except (OSError, ValueError) as error:
        raise VocabularyError(
            f"{path} does not exist, and tiktoken could not download it ({type(error).__name__}): "
            "run `make site` in the project once, which creates it"
        ) from error
    return dict(ranks)
