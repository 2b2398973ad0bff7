"""GPT-2's two files in a folder: vocab.json (token -> id) and merges.txt (one merge per line).

Tokens are written with one printable character per byte. The files say neither which tokens are
special nor how text is split into pre-tokens, so the caller passes both when loading.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cs336_core._shared.atomic import finish_folder, write_folder
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.arguments import path_of, string_list
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.byte_alphabet import printable_vocab, to_printable
from cs336_core.tokenization.formats.checks import (
    errors_naming,
    read_json,
    read_merges,
    read_text,
    read_vocab,
)
from cs336_core.tokenization.formats.config import read_config
from cs336_core.tokenization.formats.encodings import chosen_pattern, known_file
from cs336_core.tokenization.formats.ranks import (
    check_plain,
    tokens_without_merge,
    unreachable_tokens,
)
from cs336_core.tokenization.params import BPEParams, params_of

VOCAB, MERGES = "vocab.json", "merges.txt"
_NAMES = ((VOCAB, MERGES), ("encoder.json", "vocab.bpe"))
HEADER = "#version: 0.2"


def save_gpt2(params: BPEParams, folder: StrPath) -> None:
    """Write vocab.json and merges.txt into `folder`, which is created if it is missing.

    Even after an interruption, `load_gpt2` finds either the two old files or the two new ones.
    Raises `VocabularyError` if a special token is spelled like an ordinary one, if the merges do
    not build a token, which would be lost, or if texts are changed before they are split; `OSError`
    if a file cannot be written.
    """
    write_folder(path_of("folder", folder), gpt2_contents(params))


def gpt2_contents(params: BPEParams) -> dict[str, bytes]:
    """Return the contents of both files; raise `VocabularyError` as `save_gpt2` does."""
    params = params_of(params)
    check_plain(params, "vocab.json and merges.txt")
    unbuilt = unreachable_tokens(params) if params.ignore_merges else tokens_without_merge(params)
    for token in unbuilt:
        raise VocabularyError(
            f"the merges do not build the token {token!r} (id {params.ids[token]}), so "
            "vocab.json and merges.txt would lose it; save as tokenizer.json"
        )
    vocab = json.dumps(printable_vocab(params), ensure_ascii=False)
    merges = [f"{to_printable(left)} {to_printable(right)}" for left, right in params.merges]
    lines = "".join(f"{line}\n" for line in [HEADER, *merges])
    return {VOCAB: vocab.encode(), MERGES: lines.encode()}


def gpt2_files(path: Path) -> tuple[Path, Path] | None:
    """Return vocabulary and merges, given their folder or one of them; `None` if one is missing.

    The names end in vocab.json and merges.txt, or in encoder.json and vocab.bpe, as OpenAI's do.
    Raises `VocabularyError` for a folder with several pairs, none of these names alone.
    """
    found: list[tuple[Path, Path]] = []
    for vocab, merges in _NAMES:
        for one in [path] if path.is_file() else sorted(path.glob(f"*{vocab}")):
            beginning = one.name.removesuffix(vocab).removesuffix(merges)
            both = one.with_name(beginning + vocab), one.with_name(beginning + merges)
            if one in both and both[0].is_file() and both[1].is_file():
                found.append(both)
    if (path / VOCAB, path / MERGES) in found:
        return path / VOCAB, path / MERGES
    if len(found) > 1:
        names = ", ".join(vocab.name for vocab, _ in found)
        raise VocabularyError(f"{path} has several vocabularies ({names}); name one of them")
    return found[0] if found else None


def load_gpt2(
    path: StrPath,
    special_tokens: Iterable[str] = (),
    pattern: str | None = "auto",
    *,
    merges: StrPath | None = None,
) -> BPEParams:
    """Read the vocab.json and merges.txt of GPT-2 and many later models.

    `path` is their folder, or one of the two if their names show that they belong together, such as
    gpt2-vocab.json and gpt2-merges.txt. For files of any names, pass the vocabulary and `merges`.

    `special_tokens` are the special ones among the tokens of vocab.json; those of an
    added_tokens.json or a tokenizer_config.json beside it are known. `pattern` is that of `load`;
    "auto" works for files of GPT-2 itself, and beside a tokenizer_config.json of a known class.

    Raises `VocabularyError`, with file and line, if a file is cut off, if the two contradict each
    other, if a token is neither special nor the result of a merge, and if "auto" does not recognize
    the files; `TokenizationError` for a pattern that `resolve_pattern` refuses; `OSError` if a file
    cannot be read.
    """
    path = path_of("path", path)
    names = string_list("special_tokens", special_tokens, "a list of special tokens")
    if path.is_dir():
        finish_folder(path, (VOCAB, MERGES))
    if merges is None:
        files = gpt2_files(path)
        if files is None and path.is_file():
            raise VocabularyError(f"no merges.txt belongs to {path}; pass its path as merges")
        path, merges = files or (path / VOCAB, path / MERGES)
    entries = read_json(path)
    config = read_config(path.parent, entries)
    special = {text: token.id for text, token in config.added.items()}
    special |= _special_ids(path, entries, [*config.special, *names])
    merges = path_of("merges", merges)
    with errors_naming(path):
        vocab = read_vocab(entries, special)
    with errors_naming(merges):
        pairs = read_merges(merge_lines(merges), f"{merges}, line", vocab)
    with errors_naming(path):
        flags = {text: token.flags for text, token in config.added.items() if token.flags}
        params = BPEParams(vocab, pairs, special, flags=flags, steps=config.steps)
        _check_merges(params)
    if pattern == "auto" and config.pattern is not None:
        return replace(params, pattern=config.pattern)
    known = known_file(params.ids) if pattern == "auto" else None
    return replace(params, pattern=chosen_pattern(path.parent, pattern, known))


def _special_ids(path: Path, entries: Mapping[str, object], names: Iterable[str]) -> dict[str, int]:
    """Return the ids of special tokens; raise `VocabularyError` for one without an entry."""
    special = {}
    for text in names:
        if not isinstance(token_id := entries.get(text), int):
            raise VocabularyError(
                f"{path} has no token {text!r}, which you passed as a special token; leave it "
                "out, or is this the vocabulary of another tokenizer?"
            )
        special[text] = token_id
    return special


def _check_merges(params: BPEParams) -> None:
    """Raise `VocabularyError` unless the merges produce every token that is not special."""
    without = tokens_without_merge(params)
    if without:
        more = f" and {len(without) - 1:,} more" if len(without) > 1 else ""
        raise VocabularyError(
            f"no line of merges.txt produces {without[0]!r} (id {params.ids[without[0]]})"
            f"{more}; pass special tokens as special_tokens: "
            f"{reprlib.repr([token.decode(errors='replace') for token in without])}; otherwise "
            "merges.txt is cut off or from another tokenizer"
        )


def merge_lines(path: Path) -> Iterator[tuple[int, str, str]]:
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
        yield number, parts[0], parts[1]
