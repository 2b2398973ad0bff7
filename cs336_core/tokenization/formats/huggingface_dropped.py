"""The steps of a Hugging Face tokenizer.json that `load_huggingface` drops with a warning.

The file may normalize texts, add special tokens around them, truncate and pad them. Loading keeps
what determines the ids of the text itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs336_core.tokenization.errors import VocabularyError

Json = dict[str, object]


def dropped_steps(file: Json, vocab: Json, added: Mapping[str, int]) -> Iterator[str]:
    """Yield a phrase for each step that loading drops; the file is the subject of the sentence.

    Raises `VocabularyError` for a normalizer other than NFC.

    >>> list(dropped_steps({"truncation": {"max_length": 512}}, {}, {}))
    ['truncates texts (truncation, max_length 512), which is not done here: cut the ids yourself']
    """
    if _normalizes_to_nfc(file.get("normalizer")):
        yield (
            "normalizes texts to Unicode's form NFC, which is not done here: for the same ids, "
            'encode unicodedata.normalize("NFC", text)'
        )
    if (truncation := file.get("truncation")) is not None:
        yield (
            f"truncates texts (truncation, {_setting(truncation, 'max_length')}), which is not "
            "done here: cut the ids yourself"
        )
    if (padding := file.get("padding")) is not None:
        yield (
            f"pads texts (padding, {_setting(padding, 'strategy')}), which is not done here: "
            "pad the ids yourself"
        )
    for kind, tokens in _added_tokens(file.get("post_processor")):
        yield (
            f"adds special tokens around a text ({kind}{tokens}), which is not done here: add "
            "their ids yourself"
        )
    ignored = [
        f"{text!r} (id {added[text]} in the file, {there} there)"
        for there, text in enumerate((text for text in added if text not in vocab), len(vocab))
        if added[text] != there
    ]
    if ignored:
        more = f" and {len(ignored) - 1:,} more" if len(ignored) > 1 else ""
        yield (
            f"gives an id to {ignored[0]}{more} that Hugging Face's tokenizers ignores: it numbers "
            "added tokens from the end of the vocabulary, while here the ids are those of the file"
        )


def _normalizes_to_nfc(normalizer: object) -> bool:
    """Whether texts are normalized to NFC; raise `VocabularyError` for other normalizers."""
    match normalizer:
        case None:
            return False
        case {"type": "NFC"}:
            return True
        case {"type": "Sequence", "normalizers": list(steps)}:
            to_nfc = [
                _normalizes_to_nfc(step) for step in steps
            ]  # a list, so that every step is checked
            return any(to_nfc)
    kind = normalizer.get("type") if isinstance(normalizer, dict) else normalizer
    raise VocabularyError(
        f"the normalizer {kind} changes texts before they are encoded, which is not done here; "
        "only files without one can be loaded"
    )


def _setting(settings: object, key: str) -> str:
    """Return the name and value of a setting, for a message."""
    return f"{key} {settings.get(key) if isinstance(settings, dict) else None}"


def _added_tokens(post_processor: object) -> Iterator[tuple[str, str]]:
    """Yield each post-processor that adds special tokens, and its tokens."""
    match post_processor:
        case None | {"type": "ByteLevel"}:
            return
        case {"type": "Sequence", "processors": list(steps)}:
            for step in steps:
                yield from _added_tokens(step)
        case {"type": "TemplateProcessing", "single": list(parts)}:
            if tokens := [token for part in parts if (token := _special(part)) is not None]:
                yield "TemplateProcessing", f": {', '.join(map(repr, tokens))}"
        case _:
            kind = post_processor.get("type") if isinstance(post_processor, dict) else None
            yield str(kind), ""


def _special(part: object) -> object:
    """Return the special token in a part of a template, or `None` if it is the text."""
    match part:
        case {"SpecialToken": {"id": token}}:
            return token
    return None
