"""What the files beside a vocab.json say about its tokenizer: added tokens, and how it splits text.

`transformers` writes tokenizer_config.json, special_tokens_map.json and added_tokens.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.checks import errors_naming, read_json
from cs336_core.tokenization.formats.huggingface_parts import (
    AddedToken,
    added_tokens,
    check_matching,
)
from cs336_core.tokenization.pretokenization.patterns import GPT2, QWEN2
from cs336_core.tokenization.text_steps import TextSteps

_CONFIG, _MAP, _ADDED = "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"
# The names of the classes of `transformers` -> pattern and steps.
_CLASSES = {
    "Qwen2Tokenizer": (QWEN2, TextSteps("NFC")),
    **dict.fromkeys(
        [
            *("GPT2Tokenizer", "RobertaTokenizer", "BartTokenizer", "LongformerTokenizer"),
            *("BlenderbotTokenizer", "WhisperTokenizer"),
        ],
        (GPT2, TextSteps()),
    ),
}


class Config(NamedTuple):
    """The added tokens with ids, more special tokens of the vocabulary, pattern and steps."""

    added: dict[str, AddedToken]
    special: list[str]
    pattern: str | None
    steps: TextSteps


def read_config(folder: Path, vocab: Mapping[str, object]) -> Config:
    """Read the files in `folder` that exist; `vocab` is the vocabulary beside them.

    Raises `VocabularyError` if one is wrong, or needs a feature that is not supported.
    """
    config, names, ids = (
        read_json(folder / name) if (folder / name).is_file() else {}
        for name in (_CONFIG, _MAP, _ADDED)
    )
    with errors_naming(folder / _CONFIG):
        if config.get("add_prefix_space"):
            raise VocabularyError(
                "the tokenizer adds a space before each text (add_prefix_space), which is not "
                "done here"
            )
        decoder = config.get("added_tokens_decoder")
        entries = [
            {"id": int(token_id), **entry}
            for token_id, entry in (decoder.items() if isinstance(decoder, dict) else ())
            if token_id.isdecimal() and isinstance(entry, dict)
        ]
        added = added_tokens(entries)
    with errors_naming(folder / _ADDED):
        listed = [{"id": ids[text], "content": text} for text in ids if text not in added]
        added |= added_tokens(listed)
    kind = str(config.get("tokenizer_class")).removesuffix("Fast")
    pattern, steps = _CLASSES.get(kind, (None, TextSteps()))
    with errors_naming(folder / _CONFIG):
        check_matching(added, steps, on_characters=False)
    special = {*_names(config), *_names(names)} - added.keys()
    return Config(added, sorted(special & vocab.keys()), pattern, steps)


def _names(config: Mapping[str, object]) -> Iterator[str]:
    """Yield the special tokens: bos_token and others like it, and the additional ones."""
    for key, value in config.items():
        if key.endswith("_token") or key == "additional_special_tokens":
            for entry in value if isinstance(value, list) else [value]:
                text = entry.get("content") if isinstance(entry, dict) else entry
                if isinstance(text, str):
                    yield text
