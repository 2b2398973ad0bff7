"""What a Hugging Face tokenizer.json asks for around encoding, and is not done here.

Its tokenizer may normalize a text, put special tokens around the ids, cut them off and fill them
up. `load_huggingface` loads what makes the ids of the text itself, and warns of the rest by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs336_core.tokenization.errors import VocabularyError

Json = dict[str, object]


def dropped(file: Json, vocab: Json, added: Mapping[str, int]) -> Iterator[str]:
    """Yield what the file does that loading drops, each as the end of a sentence about the file.

    Raises `VocabularyError` for a normalizer other than NFC.

    >>> list(dropped({"truncation": {"max_length": 512}}, {}, {}))
    ['cuts texts off (truncation, max_length 512), which is not done here: cut the ids yourself']
    """
    if _normalizes_to_nfc(file.get("normalizer")):
        yield (
            "brings texts to Unicode's form NFC first, which is not done here: for the same ids, "
            'encode unicodedata.normalize("NFC", text)'
        )
    if (truncation := file.get("truncation")) is not None:
        yield (
            f"cuts texts off (truncation, {_setting(truncation, 'max_length')}), which is not done "
            "here: cut the ids yourself"
        )
    if (padding := file.get("padding")) is not None:
        yield (
            f"fills texts up (padding, {_setting(padding, 'strategy')}), which is not done here: "
            "pad the ids yourself"
        )
    for kind, tokens in _around(file.get("post_processor")):
        yield (
            f"puts special tokens around a text ({kind}{tokens}), which is not done here: add "
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
            f"gives an id to {ignored[0]}{more} that Hugging Face's tokenizers ignores, numbering "
            "added tokens from the end of the vocabulary on: here the ids are those of the file"
        )


def _normalizes_to_nfc(normalizer: object) -> bool:
    """Whether texts are to be in NFC; raise `VocabularyError` for other normalizers."""
    match normalizer:
        case None:
            return False
        case {"type": "NFC"}:
            return True
        case {"type": "Sequence", "normalizers": list(steps)}:
            to_nfc = [_normalizes_to_nfc(step) for step in steps]  # all of them are checked
            return any(to_nfc)
    kind = normalizer.get("type") if isinstance(normalizer, dict) else normalizer
    raise VocabularyError(
        f"the normalizer {kind} changes texts before they are encoded, which is not done here; "
        "only files without one can be loaded"
    )


def _setting(settings: object, key: str) -> str:
    """Return a setting as a message shows it."""
    return f"{key} {settings.get(key) if isinstance(settings, dict) else None}"


def _around(post_processor: object) -> Iterator[tuple[str, str]]:
    """Yield each post-processor that adds special tokens, and which ones."""
    match post_processor:
        case None | {"type": "ByteLevel"}:
            return
        case {"type": "Sequence", "processors": list(steps)}:
            for step in steps:
                yield from _around(step)
        case {"type": "TemplateProcessing", "single": list(parts)}:
            if tokens := [_special(part) for part in parts if _special(part) is not None]:
                yield "TemplateProcessing", f": {', '.join(map(repr, tokens))}"
        case _:
            kind = post_processor.get("type") if isinstance(post_processor, dict) else None
            yield str(kind), ""


def _special(part: object) -> object:
    """Return the special token that a part of a template is, if it is one."""
    match part:
        case {"SpecialToken": {"id": token}}:
            return token
    return None
