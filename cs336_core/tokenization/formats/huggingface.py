"""Hugging Face's tokenizer.json: vocabulary, merges, special tokens and pattern in one file.

The `tokenizers` package reads it, and so does most software that serves models. It gives the same
ids as `encode(..., allowed_special="all")` here: special tokens in a text are recognized, the
longest first.
"""

from __future__ import annotations

import json
import re
import warnings
from functools import cache

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.arguments import path_of, utf8
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.byte_alphabet import (
    from_printable,
    printable_vocab,
    to_printable,
)
from cs336_core.tokenization.formats.checks import errors_naming, read_json, read_merges, read_vocab
from cs336_core.tokenization.formats.huggingface_parts import (
    MATCHING,
    added_tokens,
    check_matching,
    merge_entries,
    read_model,
)
from cs336_core.tokenization.formats.huggingface_pattern import Json, difference
from cs336_core.tokenization.formats.huggingface_text import (
    SPACE,
    ignored_ids,
    text_parts,
    text_steps_of,
    unapplied_steps,
)
from cs336_core.tokenization.params import BPEParams, params_of
from cs336_core.tokenization.text_steps import TokenFlag

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")  # how the token of a byte is written beside characters


def save_huggingface(params: BPEParams, path: StrPath) -> None:
    """Write a tokenizer.json, atomically.

    Raises `VocabularyError` if a special token is spelled like an ordinary one, or if the pattern
    means something else to Hugging Face's engine; `OSError` if the file cannot be written. A
    `UserWarning` says so if the pattern means something else for a few characters.
    """
    write_files({path_of("path", path): tokenizer_json(params)})


def tokenizer_json(params: BPEParams) -> bytes:
    """Return the contents of a tokenizer.json; raise as `save_huggingface` does."""
    params = params_of(params)
    if phrase := difference([*params.steps.splits, params.pattern]):
        warnings.warn(f"this tokenizer {phrase}", stacklevel=3)
    written = character_text if params.byte_tokens else to_printable
    content = {
        "version": "1.0",
        "truncation": params.unapplied.get("truncation"),
        "padding": params.unapplied.get("padding"),
        "added_tokens": added_token_entries(params),
        **text_parts(params),
        "post_processor": params.unapplied.get("post_processor"),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": params.unapplied.get("unk_token"),
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": params.unapplied.get("fuse_unk", False),
            "byte_fallback": bool(params.byte_tokens),
            "ignore_merges": params.ignore_merges,
            # With special tokens: `tokenizers` would give any that are missing here other ids.
            "vocab": printable_vocab(params, written),
            # One string per merge, which every version reads.
            "merges": [f"{written(left)} {written(right)}" for left, right in params.merges],
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def added_token_entries(params: BPEParams) -> list[Json]:
    """Return the special tokens in id order, for a tokenizer.json."""
    return [
        {
            "id": token_id,
            "content": text,
            "single_word": False,
            **{flag: flag in params.flags.get(text, ()) for flag in MATCHING},
            "special": "text" not in params.flags.get(text, ()),
        }
        for text, token_id in sorted(params.special_tokens.items(), key=lambda item: item[1])
    ]


def load_huggingface(path: StrPath) -> BPEParams:
    """Read the tokenizer.json of a BPE tokenizer.

    It may merge bytes, as those of GPT-2, Llama 3 and Qwen do, or characters, as those of Llama 2,
    Mistral and Gemma. Each added token becomes a special token. Encoding gives the ids of the text
    alone. A `UserWarning` names each further step of the file: adding special tokens around texts
    (Llama), truncation, padding. Saving writes it again, but encoding does not apply it.

    Raises `VocabularyError`, with the file, if it is cut off or contradicts itself, and if the ids
    depend on more than is done here: another model, normalizer or pre-tokenizer, dropout. Raises
    `OSError` if the file cannot be read.
    """
    path = path_of("path", path)
    file = read_json(path)
    with errors_naming(path):
        model = read_model(file.get("model"))
        steps, pattern = text_steps_of(file, on_characters=model.on_characters)
        added = added_tokens(file.get("added_tokens"))
        check_matching(added, steps, on_characters=model.on_characters)
        to_bytes = cache(character_bytes if model.on_characters else from_printable)
        special = {text: token.id for text, token in added.items()}
        vocab = read_vocab(
            model.vocab, special, to_bytes, to_bytes if model.on_characters else utf8
        )
        entries = [*merge_entries(model.merges)]
        merges = read_merges(entries, "merge", vocab, to_bytes)
        parts = {text for _, left, right in entries for text in (left, right, left + right)}
        ordinary: frozenset[TokenFlag] = frozenset(["ordinary"])
        flags = {
            text: token.flags | ordinary if text in parts else token.flags
            for text, token in added.items()
        }
        unapplied = dict(unapplied_steps(file))
        preserved = {name: file[name] for name in unapplied}
        if model.on_characters:
            settings = dict(file["model"])  # type: ignore[call-overload]
            preserved |= {name: settings.get(name) for name in ("unk_token", "fuse_unk")}
        params = BPEParams(
            vocab,
            merges,
            special,
            pattern,
            ignore_merges=model.ignore_merges,
            flags={text: flag for text, flag in flags.items() if flag},
            steps=steps,
            byte_tokens=byte_tokens(model.vocab) if model.on_characters else (),
            unapplied=preserved,
        )
    phrases = [f"{phrase}, which encode does not do" for phrase in unapplied.values()]
    phrases += [difference([*steps.splits, pattern]), ignored_ids(model.vocab, special)]
    for phrase in filter(None, phrases):
        warnings.warn(f"{path} {phrase}", stacklevel=2)
    return params


# BPE on characters


def character_text(token: bytes) -> str:
    """Write a token of BPE on characters.

    >>> character_text(b" the")
    '▁the'
    """
    return token.decode().replace(" ", SPACE)


def character_bytes(text: str) -> bytes:
    r"""Return the bytes of a token that is written as text, or as the number of a byte.

    >>> character_bytes("▁the"), character_bytes("<0x0A>")
    (b' the', b'\n')
    """
    byte = _BYTE.fullmatch(text)
    return bytes.fromhex(byte[1]) if byte else utf8(text.replace(SPACE, " "))


def byte_tokens(vocab: Json) -> tuple[int, ...]:
    """Return the ids of the 256 bytes, -1 for a byte that is a character with a token.

    Raises `VocabularyError` if another byte has no token.
    """
    ids = []
    for byte in range(256):
        token_id = vocab.get(f"<0x{byte:02X}>")
        if not isinstance(token_id, int):
            if byte >= 128 or chr(byte) not in vocab:
                raise VocabularyError(
                    f"the model falls back to bytes (byte_fallback), and <0x{byte:02X}> has no "
                    "token, so it could not encode every text"
                )
            token_id = -1
        ids.append(token_id)
    return tuple(ids)
