"""The model and the added tokens of a Hugging Face tokenizer.json, each read strictly.

Any setting that changes the ids beyond what is done here is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.checks import distinct
from cs336_core.tokenization.formats.huggingface_pattern import Json
from cs336_core.tokenization.text_steps import TextSteps, TokenFlag

# The settings of an added token that say where it matches, and are flags here
MATCHING: tuple[TokenFlag, ...] = ("lstrip", "rstrip", "normalized")


class Model(NamedTuple):
    """The model: token -> id, merges, whether whole words skip merges, what merging begins with."""

    vocab: Json
    merges: list[object]
    ignore_merges: bool
    on_characters: bool


def read_model(model: object) -> Model:
    """Return the model; raise `VocabularyError` for any but plain BPE on bytes or characters."""
    if not isinstance(model, dict) or model.get("type", "BPE") != "BPE":
        kind = model.get("type") if isinstance(model, dict) else "missing"
        raise VocabularyError(f"the model is {kind}; only byte-level BPE can be loaded")
    plain = {
        "dropout": (None, 0),
        "byte_fallback": (None, False, True),
        "continuing_subword_prefix": (None, ""),
        "end_of_word_suffix": (None, ""),
    }
    for key, values in plain.items():
        if model.get(key) not in values:
            raise VocabularyError(
                f"the model has {key} {model[key]!r}, which is not byte-level BPE; only files "
                "without it can be loaded"
            )
    vocab, merges = model.get("vocab"), model.get("merges")
    if not isinstance(vocab, dict) or not isinstance(merges, list):
        raise VocabularyError("the model has no vocab or no merges; is it complete?")
    return Model(vocab, merges, bool(model.get("ignore_merges")), bool(model.get("byte_fallback")))


def merge_entries(merges: list[object]) -> Iterator[tuple[int, str, str]]:
    """Yield number and the two parts of each merge, written as "a b" or as ["a", "b"].

    Raises `VocabularyError` for any other entry.
    """
    for number, entry in enumerate(merges):
        parts = entry.split(" ") if isinstance(entry, str) else entry
        if not isinstance(parts, list) or [*map(type, parts)] != [str, str]:
            raise VocabularyError(f'merge {number}: {entry!r} is neither "a b" nor ["a", "b"]')
        yield number, *parts


class AddedToken(NamedTuple):
    """An added token: its id and what it is besides a special token."""

    id: int
    flags: frozenset[TokenFlag]


def added_tokens(entries: object) -> dict[str, AddedToken]:
    """Return text -> added token.

    Raises `VocabularyError` for a token without text or id, a repeated token, or one that matches
    only between words.
    """
    listed = entries if isinstance(entries, list) else [] if entries is None else [entries]
    return distinct(map(_added_token, listed))


def _added_token(entry: object) -> tuple[str, AddedToken]:
    fields = entry if isinstance(entry, dict) else {}
    text, token_id = fields.get("content"), fields.get("id")
    if not isinstance(text, str) or not isinstance(token_id, int):
        raise VocabularyError(f"the added token {entry!r} has no content and id")
    if fields.get("single_word"):
        raise VocabularyError(
            f"the added token {text!r} has single_word set, so its match depends on the text "
            "around it, which is not done here; only false can be loaded"
        )
    flags = {flag for flag in MATCHING if fields.get(flag)}
    if fields.get("special", True) is False:
        flags.add("text")
    return text, AddedToken(token_id, frozenset(flags))


def check_matching(added: dict[str, AddedToken], steps: TextSteps, *, on_characters: bool) -> None:
    """Raise `VocabularyError` for added tokens that would be matched differently here."""
    late = [text for text, token in added.items() if "normalized" in token.flags]
    for text in late:
        if on_characters or steps.normalized(text) != text:
            raise VocabularyError(
                f"the added token {text!r} is normalized (normalized), which is not done here; "
                "only false can be loaded"
            )
    for texts in (late, [text for text in added if text not in late]):
        after = next((text for text in texts if "rstrip" in added[text].flags), None)
        space = next((text for text in texts if text[:1].isspace()), None)
        if after is not None and space is not None:
            raise VocabularyError(
                f"the added token {after!r} includes the white space after it (rstrip), and "
                f"{space!r} begins with white space; only one of the two can be loaded"
            )
