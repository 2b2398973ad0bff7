"""The vocabularies of OpenAI's models, by their names in tiktoken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cs336_core._shared.built import RANKS
from cs336_core.tokenization.arguments import wrong_type
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.ranks import RankedParams, parse_ranks, rank_file
from cs336_core.tokenization.pretokenization.patterns import (
    ENCODING_PATTERNS,
    GPT2,
    LLAMA3,
    O200K,
    PATTERN_NAMES,
    resolve_pattern,
)

RANK_FILES = {
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}

# The rank files of other models -> their pattern. Their special tokens differ between versions.
_OTHER_FILES = {
    "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55": LLAMA3,
    "d0bdbaf59b0762c8c807617e2d8ea51420eb1b1de266df2495be755c8e0ed6ed": O200K,  # Llama 4
    "b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126": GPT2,  # whisper
}

_END_OF_TEXT = "<|endoftext|>"
_FILL_IN = ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>")
_HARMONY = {"startoftext": 199998, "return": 200002, "constrain": 200003, "channel": 200005}
_HARMONY |= {"start": 200006, "end": 200007, "message": 200008, "call": 200012}

SPECIAL_TOKENS = {
    "r50k_base": {_END_OF_TEXT: 50256},
    "p50k_base": {_END_OF_TEXT: 50256},
    "p50k_edit": {_END_OF_TEXT: 50256, **{text: 50281 + i for i, text in enumerate(_FILL_IN)}},
    "cl100k_base": {
        _END_OF_TEXT: 100257,
        **{text: 100258 + i for i, text in enumerate(_FILL_IN)},
        "<|endofprompt|>": 100276,
    },
    "o200k_base": {_END_OF_TEXT: 199999, "<|endofprompt|>": 200018},
    "o200k_harmony": {
        _END_OF_TEXT: 199999,
        **{f"<|{name}|>": token_id for name, token_id in _HARMONY.items()},
        "<|endofprompt|>": 200018,
        **{
            f"<|reserved_{token_id}|>": token_id
            for token_id in range(200000, 201088)
            if token_id not in _HARMONY.values()
        },
    },
}
_ALIASES = {"gpt2": "r50k_base"}
_BASES = {"p50k_edit": "p50k_base", "o200k_harmony": "o200k_base"}
ENCODING_NAMES = (*_ALIASES, *SPECIAL_TOKENS)

# Encoding -> the names of its models, or the beginnings of their names, up to a hyphen or colon.
_MODELS = {
    "o200k_harmony": "gpt-oss",
    "o200k_base": "gpt-5 gpt-4.5 gpt-4.1 gpt-4o chatgpt-4o o1 o3 o4-mini",
    "cl100k_base": "gpt-4 gpt-3.5 gpt-3.5-turbo gpt-35-turbo davinci-002 babbage-002 "
    "text-embedding-ada-002 text-embedding-3",
    "p50k_edit": "text-davinci-edit code-davinci-edit",
    "p50k_base": "text-davinci-003 text-davinci-002 code-davinci code-cushman davinci-codex "
    "cushman-codex",
    "r50k_base": "gpt2 gpt-2 davinci curie babbage ada text-davinci-001 text-curie text-babbage "
    "text-ada text-similarity text-search code-search",
}
_ENCODING_OF = {model: name for name, models in _MODELS.items() for model in models.split()}


def load_encoding(name: str) -> BPETokenizer:
    """Return a tokenizer by name: "gpt2", "cl100k_base" (GPT-4), "o200k_base" (GPT-4o) ...

    It is loaded once per process. Set-up puts its rank file beside the package. If it is missing,
    tiktoken provides it, if that is installed, and may download it. Raises `VocabularyError` for an
    unknown name, for a file that is not the original, and if there is no way to get the file.
    """
    if name not in ENCODING_NAMES:
        raise VocabularyError(
            f"unknown encoding {name!r}; choose one of {', '.join(ENCODING_NAMES)}"
        )
    return _loaded(_ALIASES.get(name, name), RANKS)


def encoding_for_model(model: str) -> BPETokenizer:
    """Return the tokenizer of a model of OpenAI's, such as "gpt-4o" or "gpt-3.5-turbo-0125".

    Raises `VocabularyError` for an unknown model, and as `load_encoding` does.
    """
    if isinstance(model, str) and (name := encoding_name(model)):
        return load_encoding(name)
    raise VocabularyError(
        f"unknown model {model!r}; pass the name of an encoding ({', '.join(ENCODING_NAMES)}), or "
        "the file of a tokenizer, to load"
    )


def encoding_name(model: str) -> str | None:
    """Return the encoding of a model, `None` if it is unknown.

    >>> encoding_name("gpt-4o-2024-05-13"), encoding_name("ft:gpt-4:mine"), encoding_name("bert")
    ('o200k_base', 'cl100k_base', None)
    """
    model = model.removeprefix("ft:")
    known = [
        name
        for name in _ENCODING_OF
        if model.startswith(name)
        and (model[len(name) : len(name) + 1] in ("", "-", ":") or name == "gpt-5")  # gpt-5.1
    ]
    return _ENCODING_OF[max(known, key=len)] if known else None


class KnownFile(NamedTuple):
    """The pattern and special tokens of a well-known file, which does not contain them.

    Without special tokens if these differ between versions.
    """

    pattern: str
    special_tokens: Mapping[str, int]


def known_file(ids: Mapping[bytes, int], data: bytes = b"") -> KnownFile | None:
    """Return what is known of OpenAI's, Llama's or Whisper's tokenizer with these ids.

    `data` is the rank file that they come from, if they do; its line ends may be others.
    """
    encoding_of = {known: encoding for encoding, known in RANK_FILES.items()}
    digest = hashlib.sha256(data).hexdigest()
    if digest not in encoding_of | _OTHER_FILES:
        digest = hashlib.sha256(rank_file(ids)).hexdigest()
    if encoding := encoding_of.get(digest):
        return KnownFile(ENCODING_PATTERNS[encoding], SPECIAL_TOKENS[encoding])
    return KnownFile(_OTHER_FILES[digest], {}) if digest in _OTHER_FILES else None


def chosen_pattern(path: Path, pattern: str | None, known: KnownFile | None) -> str | None:
    """Return the given pattern, for "auto" the one of the known file.

    Raises `VocabularyError` for "auto" and an unknown file, and as `resolve_pattern` does.
    """
    if not isinstance(pattern, str | None):
        raise wrong_type("pattern", pattern, "a string or None")
    if pattern != "auto":
        return resolve_pattern(pattern)
    if known is None:
        raise VocabularyError(
            f"{path} does not say how text is split into pre-tokens; give its pattern: "
            f"{', '.join(PATTERN_NAMES)} or a regular expression"
        )
    return known.pattern


@cache
def _loaded(name: str, folder: Path) -> BPETokenizer:
    base = _BASES.get(name, name)
    ranks = _read_ranks(base, folder / f"{base}.tiktoken")
    return BPETokenizer(RankedParams.of(ranks, SPECIAL_TOKENS[name], ENCODING_PATTERNS[name]))


def _read_ranks(base: str, path: Path) -> dict[bytes, int]:
    """Return the ranks of the tokens of an encoding."""
    if not path.exists():
        return _from_tiktoken(base, path)
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != RANK_FILES[base]:
        raise VocabularyError(
            f"{path} is not the original rank file (its SHA-256 differs); delete it and run make"
        )
    return parse_ranks(data)


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
