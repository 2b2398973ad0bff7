"""GPT-2's two files in a folder: vocab.json (token -> id) and merges.txt (a merge a line).

Tokens are written with one printable character a byte. The files say neither which tokens are
special nor how text is cut into pre-tokens: whoever loads them has to.
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
    naming,
    read_json,
    read_merges,
    read_text,
    read_vocab,
)
from cs336_core.tokenization.formats.encodings import pattern_of_file
from cs336_core.tokenization.formats.reachable import unreachable, without_merge
from cs336_core.tokenization.params import BPEParams

VOCAB, MERGES = "vocab.json", "merges.txt"
HEADER = "#version: 0.2"


def save_gpt2(params: BPEParams, folder: StrPath) -> None:
    """Write vocab.json and merges.txt into `folder`, made where it is missing.

    Whatever interrupts it, `load_gpt2` finds the two old files or the two new ones there. Raises
    `VocabularyError` where a special token reads like an ordinary one, or where a token that the
    merges do not build would be lost; `OSError` where a file cannot be written.
    """
    unbuilt = next(unreachable(params), None) if params.ignore_merges else without_merge(params)
    if unbuilt is not None:
        raise VocabularyError(
            f"the merges do not build the token {unbuilt!r} (id {params.ids[unbuilt]}), and "
            "vocab.json and merges.txt cannot say how a text becomes it; save as tokenizer.json"
        )
    vocab = json.dumps(printable_vocab(params), ensure_ascii=False)
    merges = [f"{to_printable(left)} {to_printable(right)}" for left, right in params.merges]
    lines = "".join(f"{line}\n" for line in [HEADER, *merges])
    write_folder(Path(folder), {VOCAB: vocab.encode(), MERGES: lines.encode()})


def load_gpt2(
    folder: StrPath, special_tokens: Iterable[str] = (), pattern: str | None = "auto"
) -> BPEParams:
    """Read vocab.json and merges.txt, as GPT-2 and many after it have them.

    `special_tokens` are those of vocab.json that are special. `pattern` is a regular expression, or
    a name such as "gpt2" or "cl100k_base"; "none" and `None` cut nothing, and "auto" works for the
    files of GPT-2 itself, which are known by their contents.

    Raises `VocabularyError`, naming file and line, where a file is cut off or the two contradict
    each other, where a token is neither made by a merge nor special, and where "auto" does not know
    the files; `TokenizationError` for a pattern that `named` refuses; `OSError` where a file cannot
    be read.
    """
    folder = Path(folder)
    finish_folder(folder, (VOCAB, MERGES))
    path = folder / VOCAB
    entries = read_json(path)
    names = string_list("special_tokens", special_tokens, "a list of special tokens")
    special = {text: _special_id(path, entries, text) for text in names}
    vocab = read_vocab(path, entries, special)
    merges = read_merges(folder / MERGES, merge_lines(folder / MERGES), vocab)
    with naming(path):
        params = BPEParams(vocab, merges, special)
        if (token := without_merge(params)) is not None:
            raise VocabularyError(
                f"no line of merges.txt makes {token!r} (id {params.ids[token]}); if it is a "
                "special token, name it as one, else merges.txt is cut off or another's"
            )
    return replace(params, pattern=pattern_of_file(folder, pattern, params.ids))


def _special_id(path: Path, entries: dict[str, object], text: str) -> int:
    token_id = entries.get(text)
    if not isinstance(token_id, int):
        raise VocabularyError(
            f"{path} has no token {text!r}, which is to be special; leave it out, or is it "
            "another tokenizer's?"
        )
    return token_id


def merge_lines(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield place, left and right part of each merge; raise `VocabularyError` for another line."""
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
