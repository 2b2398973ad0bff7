"""Hugging Face's tokenizer.json: vocabulary, merges, special tokens and pattern in one file.

The `tokenizers` package reads it, and so does most software that serves models. It gives the same
ids as `encode(..., allowed_special="all")` here: special tokens in a text are recognized, the
longest first.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.formats.byte_alphabet import printable_vocab, to_printable
from cs336_core.tokenization.formats.checks import errors_naming, read_json, read_merges, read_vocab
from cs336_core.tokenization.formats.huggingface_dropped import dropped_steps
from cs336_core.tokenization.formats.huggingface_parts import (
    PLAIN_MATCHING,
    added_tokens,
    check_decoder,
    merge_entries,
    read_model,
)
from cs336_core.tokenization.formats.huggingface_pattern import pattern_of, pre_tokenizer_of
from cs336_core.tokenization.params import BPEParams


def save_huggingface(params: BPEParams, path: StrPath) -> None:
    """Write a tokenizer.json, atomically.

    Raises `VocabularyError` if a special token is spelled like an ordinary one, or if the pattern
    means something else to Hugging Face's engine; `OSError` if the file cannot be written.
    """
    content = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": token_id,
                "content": text,
                **PLAIN_MATCHING,
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
            # With special tokens: `tokenizers` would give any that are missing here other ids.
            "vocab": printable_vocab(params),
            # One string per merge, which every version reads.
            "merges": [f"{to_printable(a)} {to_printable(b)}" for a, b in params.merges],
        },
    }
    write_files({Path(path): json.dumps(content, ensure_ascii=False, indent=1).encode()})


def load_huggingface(path: StrPath) -> BPEParams:
    """Read the tokenizer.json of a byte-level BPE tokenizer, such as GPT-2's, Llama 3's or Qwen's.

    Each added token becomes a special token. Encoding gives the ids of the text alone. A
    `UserWarning` names each further step of the file, which is neither done here nor saved again:
    normalizing texts to NFC (Qwen), adding special tokens around them (Llama 3), truncation,
    padding.

    Raises `VocabularyError`, with the file, if it is cut off or contradicts itself, and if the ids
    depend on more than merges, special tokens and one pattern: another model, normalizer or
    pre-tokenizer, dropout. Raises `OSError` if the file cannot be read.
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
    with errors_naming(path):
        text_tokens = frozenset(text for text, token in added.items() if not token.special)
        params = BPEParams(vocab, merges, special, pattern, model.ignore_merges, text_tokens)
        lost = list(dropped_steps(file, model.vocab, special))
    for step in lost:
        warnings.warn(f"{path} {step}", stacklevel=2)
    return params
