"""The parts of a Hugging Face tokenizer.json, each read strictly.

Any setting that changes the ids beyond merges, special tokens and one pattern is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.checks import distinct, errors_naming

Json = dict[str, object]

# How an added token is matched in a text: anywhere, and without the white space around it.
PLAIN_MATCHING: Json = {"single_word": False, "lstrip": False, "rstrip": False}


@dataclass(frozen=True)
class Model:
    """The model of a tokenizer.json: token -> id, merges, and whether whole words skip merges."""

    vocab: Json
    merges: list[object]
    ignore_merges: bool


def read_model(path: Path, model: object) -> Model:
    """Return the model; raise `VocabularyError` for any but plain BPE on bytes."""
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        kind = model.get("type") if isinstance(model, dict) else "missing"
        raise VocabularyError(f"{path}: the model is {kind}; only byte-level BPE can be loaded")
    plain = {
        "dropout": (None, 0),
        "byte_fallback": (None, False),
        "continuing_subword_prefix": (None, ""),
        "end_of_word_suffix": (None, ""),
    }
    for key, values in plain.items():
        if model.get(key) not in values:
            raise VocabularyError(
                f"{path}: the model has {key} {model[key]!r}, which is not byte-level BPE; only "
                "files without it can be loaded"
            )
    vocab, merges = model.get("vocab"), model.get("merges")
    if not isinstance(vocab, dict) or not isinstance(merges, list):
        raise VocabularyError(f"{path}: the model has no vocab or no merges; is it complete?")
    return Model(vocab, merges, bool(model.get("ignore_merges")))


def merge_entries(path: Path, merges: list[object]) -> Iterator[tuple[str, str, str]]:
    """Yield location and the two parts of each merge, written as "a b" or as ["a", "b"].

    Raises `VocabularyError` for any other entry.
    """
    for number, entry in enumerate(merges):
        parts = entry.split(" ") if isinstance(entry, str) else entry
        match parts:
            case [str(left), str(right)]:
                yield f"merge {number}", left, right
            case _:
                raise VocabularyError(
                    f'{path}, merge {number}: {entry!r} is neither "a b" nor ["a", "b"]'
                )


@dataclass(frozen=True)
class AddedToken:
    """An added token: its id, and whether it is special or part of the text."""

    id: int
    special: bool


def added_tokens(path: Path, entries: object) -> dict[str, AddedToken]:
    """Return text -> added token.

    Raises `VocabularyError` for a token without text or id, a repeated token, or one whose match in
    a text depends on the characters around it.
    """
    with errors_naming(path):
        return distinct(map(added_token, as_list(entries)))


def added_token(entry: object) -> tuple[str, AddedToken]:
    """Return text and added token; raise `VocabularyError` as `added_tokens` does."""
    if not isinstance(entry, dict):
        raise VocabularyError(f"the added token {entry!r} has no content and id")
    text, token_id = entry.get("content"), entry.get("id")
    if not isinstance(text, str) or not isinstance(token_id, int):
        raise VocabularyError(f"the added token {entry!r} has no content and id")
    for key, value in PLAIN_MATCHING.items():
        if entry.get(key, value) != value:
            raise VocabularyError(
                f"the added token {text!r} has {key} set, so its match depends on the text around "
                "it, which is not done here; only false can be loaded"
            )
    return text, AddedToken(token_id, entry.get("special", True) is not False)


def check_decoder(path: Path, decoder: object) -> None:
    """Raise `VocabularyError` for a decoder that does not turn characters back into bytes."""
    match decoder:
        case None | {"type": "ByteLevel"}:
            return
    kind = decoder.get("type") if isinstance(decoder, dict) else decoder
    raise VocabularyError(f"{path}: the decoder is {kind}; only ByteLevel can be loaded")


def as_list(entries: object) -> list[object]:
    """Return a list unchanged, `None` as an empty list, anything else as a list of one."""
    if isinstance(entries, list):
        return entries
    return [] if entries is None else [entries]
