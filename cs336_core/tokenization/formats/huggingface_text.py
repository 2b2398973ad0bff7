"""What a Hugging Face tokenizer.json does to a text besides merging: normalizer to post-processor.

Two kinds of BPE are known. On bytes (GPT-2, Llama 3, Qwen), the pre-tokenizer ByteLevel writes each
byte as a character. On characters (SentencePiece's BPE: Llama 2, Mistral, Gemma), spaces are
written as `▁`, and a character that is not a token becomes its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.huggingface_pattern import (
    Json,
    flattened,
    patterns_of,
    pre_tokenizer_of,
)
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.text_steps import TextSteps

FORMS = ("NFC", "NFD", "NFKC", "NFKD")
SPACE = "▁"  # how a space is written where merging begins with characters
_TO_SPACE: Json = {"type": "Replace", "pattern": {"String": SPACE}, "content": " "}
_FROM_SPACE: Json = {"type": "Replace", "pattern": {"String": " "}, "content": SPACE}
_PREPEND: Json = {"type": "Prepend", "prepend": SPACE}
_STRIP: Json = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
# Where spaces are already written as another character, this does nothing.
_NO_SPACES: Json = {"type": "Split", "pattern": {"String": " "}}
_PREFIXES = {"always": "missing", "first": "first", "never": None}
_WORDS = r" [^ ]*|[^ ]+"  # how Metaspace splits text: each space begins a pre-token


def text_steps_of(file: Json, *, on_characters: bool) -> tuple[TextSteps, str | None]:
    """Return what happens to a text before merging, and the pattern that splits it.

    Raises `VocabularyError` for a normalizer, pre-tokenizer or decoder that is not known.
    """
    normalizers = flattened(file.get("normalizer"), "normalizers")
    decoders = flattened(file.get("decoder"), "decoders")
    form = None
    if normalizers and normalizers[0].get("type") in FORMS:
        form = str(normalizers.pop(0)["type"])
    if on_characters:
        steps, pattern = _on_characters(form, normalizers, file.get("pre_tokenizer"), decoders)
    else:
        _check_decoder(decoders, ["ByteLevel"] if decoders else [])
        splits, pattern = patterns_of(file.get("pre_tokenizer"))
        steps = TextSteps(form, None, splits)
    if normalizers:
        raise VocabularyError(
            f"the normalizer {normalizers[0].get('type')} changes texts before they are encoded, "
            f"which is not done here; only {', '.join(FORMS)} can be loaded"
        )
    return steps, pattern


def _on_characters(
    form: str | None, normalizers: list[Json], pre_tokenizer: object, decoders: list[Json]
) -> tuple[TextSteps, str | None]:
    """Return steps and pattern for BPE on characters; removes the normalizers that it knows."""
    pre_tokenizers = flattened(pre_tokenizer, "pretokenizers")
    prefix, pattern, writes_space = None, None, False
    if _PREPEND in normalizers:
        normalizers.remove(_PREPEND)
        prefix = "each"
    if _FROM_SPACE in normalizers:
        normalizers.remove(_FROM_SPACE)
        writes_space = True
        pre_tokenizers = [step for step in pre_tokenizers if step | _NO_SPACES != step]
    if [step.get("type") for step in pre_tokenizers] == ["Metaspace"] and prefix is None:
        (step,) = pre_tokenizers
        always = "always" if step.get("add_prefix_space", True) else "never"  # of older files
        scheme = step.get("prepend_scheme", always)
        if step.get("replacement") == SPACE and scheme in _PREFIXES:
            prefix, writes_space = _PREFIXES[scheme], True
            pattern = _WORDS if step.get("split", True) else None
            pre_tokenizers = []
    if pre_tokenizers or not writes_space:
        kinds = " then ".join(str(step.get("type")) for step in pre_tokenizers) or "missing"
        raise VocabularyError(
            f"the pre-tokenizer is {kinds}; for BPE on characters, only Metaspace can be loaded, "
            f"or the normalizer Replace that writes each space as {SPACE}"
        )
    _check_decoder(decoders, ["Replace", "ByteFallback", "Fuse", *["Strip"] * bool(prefix)])
    return TextSteps(form, prefix), pattern  # type: ignore[arg-type]


def _check_decoder(decoders: list[Json], expected: list[str]) -> None:
    """Raise `VocabularyError` unless the decoders are of these types and do what is done here."""
    kinds = [str(step.get("type")) for step in decoders]
    as_here = {"Replace": _TO_SPACE, "Strip": _STRIP}
    if kinds != expected or any(
        as_here.get(kind, step) != step for kind, step in zip(kinds, decoders, strict=True)
    ):
        raise VocabularyError(
            f"the decoder is {' then '.join(kinds) or 'missing'}; only "
            f"{' then '.join(expected or ['ByteLevel'])} can be loaded"
        )


def text_parts(params: BPEParams) -> Json:
    """Return normalizer, pre-tokenizer and decoder for a tokenizer.json.

    Raises `VocabularyError` for a pattern that means something else to Hugging Face's engine.
    """
    form, prefix = params.steps.normalization, params.steps.prefix
    normalizers: list[Json] = [] if form is None else [{"type": form}]
    if not params.byte_tokens:
        return {
            "normalizer": normalizers[0] if normalizers else None,
            "pre_tokenizer": pre_tokenizer_of(params.pattern, params.steps.splits),
            "decoder": pre_tokenizer_of(None),
        }
    metaspace: Json | None = None
    if params.pattern == _WORDS or prefix in ("missing", "first"):
        scheme = {here: there for there, here in _PREFIXES.items()}[prefix]
        metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": scheme}
        metaspace["split"] = params.pattern is not None
    else:
        normalizers += [*([_PREPEND] if prefix else []), _FROM_SPACE]
    ends = [{"type": "ByteFallback"}, {"type": "Fuse"}, *([_STRIP] if prefix else [])]
    return {
        "normalizer": {"type": "Sequence", "normalizers": normalizers} if normalizers else None,
        "pre_tokenizer": metaspace,
        "decoder": {"type": "Sequence", "decoders": [_TO_SPACE, *ends]},
    }


def unapplied_steps(file: Json) -> Iterator[tuple[str, str]]:
    """Yield the name of each part that changes ids after encoding, and a phrase about it.

    >>> dict(unapplied_steps({"truncation": {"max_length": 512}}))
    {'truncation': 'truncates texts (truncation, max_length 512): cut the ids yourself'}
    """
    for part, key, does, advice in (
        ("truncation", "max_length", "truncates", "cut"),
        ("padding", "strategy", "pads", "pad"),
    ):
        if (settings := file.get(part)) is not None:
            setting = settings.get(key) if isinstance(settings, dict) else None
            yield part, f"{does} texts ({part}, {key} {setting}): {advice} the ids yourself"
    if added := [*_added_tokens(file.get("post_processor"))]:
        yield (
            "post_processor",
            f"adds special tokens around a text ({'; '.join(added)}): add their ids yourself",
        )


def ignored_ids(vocab: Json, added: Mapping[str, int]) -> str:
    """Return a phrase about added tokens whose ids Hugging Face's tokenizers ignores, or nothing.

    It numbers added tokens that are not in the vocabulary from its end.
    """
    ignored = [
        f"{text!r} (id {added[text]} in the file, {there} there)"
        for there, text in enumerate((text for text in added if text not in vocab), len(vocab))
        if added[text] != there
    ]
    if not ignored:
        return ""
    more = f" and {len(ignored) - 1:,} more" if len(ignored) > 1 else ""
    return (
        f"gives an id to {ignored[0]}{more} that Hugging Face's tokenizers ignores: it numbers "
        "added tokens from the end of the vocabulary, while here the ids are those of the file"
    )


def _added_tokens(post_processor: object) -> Iterator[str]:
    """Yield the type of each post-processor that adds special tokens, with its tokens."""
    for step in flattened(post_processor, "processors"):
        match step:
            case {"type": "ByteLevel"}:
                continue
            case {"type": "TemplateProcessing", "single": list(parts)}:
                special = [
                    part["SpecialToken"].get("id") for part in parts if "SpecialToken" in part
                ]
                if special:
                    yield f"TemplateProcessing: {', '.join(map(repr, special))}"
            case _:
                yield str(step.get("type"))
