"""GPT-2's two files in a folder: vocab.json (token -> id) and merges.txt (one merge per line).

Tokens are written with one printable character per byte. The files say neither which tokens are
special nor how text is split into pre-tokens, so the caller passes both when loading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from cs336_core._shared.atomic import finish_folder, write_folder
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.arguments import string_list
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.byte_alphabet import printable_vocab, to_printable
from cs336_core.tokenization.formats.checks import (
    errors_naming,
    read_json,
    read_merges,
    read_text,
    read_vocab,
)
from cs336_core.tokenization.formats.encodings import pattern_of_file
from cs336_core.tokenization.formats.ranks import token_without_merge, unreachable_tokens
from cs336_core.tokenization.params import BPEParams

VOCAB, MERGES = "vocab.json", "merges.txt"
HEADER = "#version: 0.2"


def save_gpt2(params: BPEParams, folder: StrPath) -> None:
    """Write vocab.json and merges.txt into `folder`, which is created if it is missing.

    Even after an interruption, `load_gpt2` finds either the two old files or the two new ones.
    Raises `VocabularyError` if a special token is spelled like an ordinary one, or if the merges do
    not build a token, which would be lost; `OSError` if a file cannot be written.
    """
    unbuilt = (
        next(unreachable_tokens(params), None)
        if params.ignore_merges
        else token_without_merge(params)
    )
    if unbuilt is not None:
        raise VocabularyError(
            f"the merges do not build the token {unbuilt!r} (id {params.ids[unbuilt]}), so "
            "vocab.json and merges.txt would lose it; save as tokenizer.json"
        )
    vocab = json.dumps(printable_vocab(params), ensure_ascii=False)
    merges = [f"{to_printable(left)} {to_printable(right)}" for left, right in params.merges]
    lines = "".join(f"{line}\n" for line in [HEADER, *merges])
    write_folder(Path(folder), {VOCAB: vocab.encode(), MERGES: lines.encode()})


def load_gpt2(
    folder: StrPath, special_tokens: Iterable[str] = (), pattern: str | None = "auto"
) -> BPEParams:
    """Read the vocab.json and merges.txt of GPT-2 and many later models.

    `special_tokens` are the special ones among the tokens of vocab.json. `pattern` is a regular
    expression, or a name such as "gpt2" or "cl100k_base". "none" and `None` do not split text.
    "auto" works for the files of GPT-2 itself, which are recognized by their contents.

    Raises `VocabularyError`, with file and line, if a file is cut off, if the two contradict each
    other, if a token is neither special nor the result of a merge, and if "auto" does not recognize
    the files; `TokenizationError` for a pattern that `resolve_pattern` refuses; `OSError` if a file
    cannot be read.
    """
    folder = Path(folder)
    finish_folder(folder, (VOCAB, MERGES))
    path = folder / VOCAB
    entries = read_json(path)
    names = string_list("special_tokens", special_tokens, "a list of special tokens")
    special = {text: _special_id(path, entries, text) for text in names}
    vocab = read_vocab(path, entries, special)
    merges = read_merges(folder / MERGES, merge_lines(folder / MERGES), vocab)
    with errors_naming(path):
        params = BPEParams(vocab, merges, special)
        if (token := token_without_merge(params)) is not None:
            raise VocabularyError(
                f"no line of merges.txt produces {token!r} (id {params.ids[token]}); if it is a "
                "special token, pass it as one, otherwise merges.txt is cut off or from another "
                "tokenizer"
            )
    return replace(params, pattern=pattern_of_file(folder, pattern, params.ids))


def _special_id(path: Path, entries: dict[str, object], text: str) -> int:
    token_id = entries.get(text)
    if not isinstance(token_id, int):
        raise VocabularyError(
            f"{path} has no token {text!r}, which you passed as a special token; leave it out, or "
            "is this the vocabulary of another tokenizer?"
        )
    return token_id


def merge_lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield line number and the two parts of each merge; raise `VocabularyError` otherwise."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if number == 1 and line.startswith("#version"):
            continue
        if not line.strip("\r"):
            continue
        parts = line.strip("\r").split(" ")
        if len(parts) != 2 or not all(parts):
            raise VocabularyError(
                f"{path}, line {number}: {line!r} is not two tokens with a space between; is the "
                "file cut off, or not GPT-2's merges.txt?"
            )
        yield f"line {number}", parts[0], parts[1]
