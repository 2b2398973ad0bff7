"""Hugging Face's tokenizer.json: vocabulary, merges, special tokens and pattern in one file.

Read by the `tokenizers` package, and with it by most of what serves models. There it gives the
same ids as here with `allowed_special="all"`, since it takes special tokens in a text for what
they are, the longest first.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.formats.byte_alphabet import printable_vocab, to_printable
from cs336_core.tokenization.formats.checks import naming, read_json, read_merges, read_vocab
from cs336_core.tokenization.formats.huggingface_dropped import dropped
from cs336_core.tokenization.formats.huggingface_parts import (
    FOUND,
    added_tokens,
    check_decoder,
    merge_entries,
    read_model,
)
from cs336_core.tokenization.formats.huggingface_pattern import pattern_of, pre_tokenizer_of
from cs336_core.tokenization.params import BPEParams


def save_huggingface(params: BPEParams, path: StrPath) -> None:
    """Write a tokenizer.json, whole or not at all.

    Raises `VocabularyError` where a special token reads like an ordinary one, or where the pattern
    means something else to Hugging Face's engine; `OSError` where the file cannot be written.
    """
    content = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": token_id,
                "content": text,
                **FOUND,
                "normalized": False,
                "special": text not in params.text_tokens,
            }
            for text, token_id in sorted(params.special_tokens.items(), key=lambda item: item[1])
        ],
        "normalizer": None,
        "pre_tokenizer": pre_tokenizer_of(params.pattern),
        "post_processor": None,
        "decoder": pre_tokenizer_of(None),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": params.ignore_merges,
            # Special tokens too: one that the vocabulary does not name gets another id there.
            "vocab": printable_vocab(params),
            # One string each, which every version reads.
            "merges": [f"{to_printable(a)} {to_printable(b)}" for a, b in params.merges],
        },
    }
    write_files({Path(path): json.dumps(content, ensure_ascii=False, indent=1).encode()})


def load_huggingface(path: StrPath) -> BPEParams:
    """Read the tokenizer.json of a byte-level BPE tokenizer: of GPT-2, Llama 3, Qwen and others.

    Each of its added tokens becomes a special token. Encoding gives the ids of a text alone. What
    the file does around that, which saving drops too, is named by a `UserWarning` each: normalizing
    texts to NFC, as for Qwen, putting special tokens around them, as for Llama 3, cutting them off,
    filling them up.

    Raises `VocabularyError`, naming the file, where it is cut off or contradicts itself, and where
    encoding as its tokenizer does takes more than merges, special tokens and one pattern: another
    model, normalizer or pre-tokenizer, dropout. Raises `OSError` where it cannot be read.
    """
    path = Path(path)
    file = read_json(path)
    model = read_model(path, file.get("model"))
    check_decoder(path, file.get("decoder"))
    pattern = pattern_of(path, file.get("pre_tokenizer"))
    added = added_tokens(path, file.get("added_tokens"))
    special = {text: token.id for text, token in added.items()}
    vocab = read_vocab(path, model.vocab, special)
    merges = read_merges(path, merge_entries(path, model.merges), vocab)
    with naming(path):
        text_tokens = frozenset(text for text, token in added.items() if not token.special)
        params = BPEParams(vocab, merges, special, pattern, model.ignore_merges, text_tokens)
        lost = list(dropped(file, model.vocab, special))
    for what in lost:
        warnings.warn(f"{path} {what}", stacklevel=2)
    return params
