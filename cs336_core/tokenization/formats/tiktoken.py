"""OpenAI's rank file: one line per token, with its bytes in Base64, a space and its rank.

The file has no merges. Two adjacent tokens merge if their joined bytes are a token, and the lowest
rank merges first. The rank of a token is also its id. The file lists neither the special tokens nor
the pattern that splits text into pre-tokens, so the caller passes both when loading.
"""

from __future__ import annotations

import binascii
import codecs
from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.arguments import path_of
from cs336_core.tokenization.errors import VocabularyError, quoted
from cs336_core.tokenization.formats.checks import errors_naming, read_text
from cs336_core.tokenization.formats.encodings import chosen_pattern, known_file
from cs336_core.tokenization.formats.ranks import (
    RankedParams,
    check_plain,
    check_work,
    looks_valid,
    merges_from_ranks,
    parse_ranks,
    rank_file,
    tokens_without_merge,
)
from cs336_core.tokenization.params import (
    BPEParams,
    check_special_ids,
    params_of,
    special_token_texts,
)


def save_tiktoken(params: BPEParams, path: StrPath) -> None:
    """Write the ordinary tokens with their ids as ranks, atomically.

    Raises `VocabularyError` if ranks alone would give other ids, which can happen only to
    tokenizers from elsewhere: those trained here number their tokens in the order of the merges.
    Raises `OSError` if the file cannot be written.
    """
    params = params_of(params)
    check_plain(params, "a rank file")
    if merges_from_ranks(params.ids) != params.merges:
        raise VocabularyError(
            "this tokenizer's ids are not in the order of its merges, so a rank file would encode "
            "differently; save it as tokenizer.json"
        )
    for token in [] if params.ignore_merges else tokens_without_merge(params):
        raise VocabularyError(
            f"no merge produces the token {token!r} (id {params.ids[token]}), but a rank file "
            "would encode a word of these bytes as this token (ignore_merges); save it as "
            "tokenizer.json"
        )
    write_files({path_of("path", path): rank_file(params.ids)})


def load_tiktoken(
    path: StrPath,
    special_tokens: Mapping[str, int] | Iterable[str] | None = None,
    pattern: str | None = "auto",
) -> BPEParams:
    """Read a rank file; the special tokens and the pattern come from the caller.

    `special_tokens` maps each to its id; those of a list get the ids after the last rank. Without
    any (`None`, or an empty list), those of OpenAI's encoding with the same file are taken.

    `pattern` is a regular expression, or a name such as "gpt2" or "cl100k_base". "none" and `None`
    do not split text. "auto" works for the files of OpenAI, Llama 3 and 4 and Whisper, which are
    recognized by their contents.

    Raises `VocabularyError`, with file and line, if the file is cut off, has a token or a rank
    twice, lacks a rank that is not a special token's id, or is not recognized by "auto";
    `TokenizationError` for a pattern that `resolve_pattern` refuses; `OSError` if the file cannot
    be read.
    """
    path = path_of("path", path)
    if isinstance(special_tokens, Mapping):
        check_special_ids(special_tokens)
    else:
        special_tokens = special_token_texts(special_tokens or ())
    data = path.read_bytes()
    ranks = read_ranks(data, path)
    token_of = {rank: token for token, rank in ranks.items()}
    is_needed = special_tokens == [] or pattern == "auto"
    known = known_file(ranks, data) if is_needed else None
    if isinstance(special_tokens, Mapping):
        special = dict(special_tokens)
    elif special_tokens:
        special = {text: i for i, text in enumerate(special_tokens, max(token_of, default=-1) + 1)}
    else:
        special = dict(known.special_tokens) if known else {}
    for text, token_id in special.items():
        if token_id in token_of:
            raise VocabularyError(
                f"{path}: special token {text!r} has id {token_id}, which is the rank of "
                f"{token_of[token_id]!r}; give it another id"
            )
    used = token_of.keys() | special.values()
    first_gap = next(rank for rank in count() if rank not in used)
    if first_gap < max(token_of, default=0):
        raise VocabularyError(
            f"{path} has no rank {first_gap}, though ranks go up to {max(token_of)}; pass the "
            "special token that has this id, or download the file again"
        )
    pattern = chosen_pattern(path, pattern, known)
    with errors_naming(path):
        check_work(ranks)
        params = RankedParams.of(ranks, special, pattern)
        params.check_vocab()
    return params


def read_ranks(data: bytes, path: Path) -> dict[bytes, int]:
    """Return token -> rank from the contents of the file at `path`.

    Raises `VocabularyError`, with the line, if it is not a rank file.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    with suppress(ValueError):  # Base64 with bits that no byte has
        if looks_valid(data):
            ranks = parse_ranks(data)
            if len({*ranks.values()}) == len(ranks) == data.count(b"\n"):
                return ranks
    return _read_lines(path)


def _read_lines(path: Path) -> dict[bytes, int]:
    """Read line by line, to name one that is wrong."""
    ranks: dict[bytes, int] = {}
    lines: dict[int, int] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        token, rank = read_rank(line, f"{path}, line {number}")
        if token in ranks or rank in lines:
            what = f"the token {token!r}" if token in ranks else f"the rank {rank}"
            raise VocabularyError(
                f"{path}, line {number}: {what} was given at line {lines[ranks.get(token, rank)]} "
                "before; is the file cut off, or two files in one?"
            )
        ranks[token] = rank
        lines[rank] = number
    return ranks


def read_rank(line: str, location: str) -> tuple[bytes, int]:
    """Return token and rank of one line; raise `VocabularyError`, with its `location`, if wrong.

    >>> read_rank("IHRoZQ== 262", "line 1")
    (b' the', 262)
    """
    parts = line.split()
    try:
        if len(parts) == 2 and parts[1].isascii() and parts[1].isdigit():
            token = parts[0] if parts[0] != "=" else ""  # the token without bytes
            return binascii.a2b_base64(token, strict_mode=bool(token)), int(parts[1])
    except (binascii.Error, ValueError):
        pass
    raise VocabularyError(
        f"{location}: {quoted(line)} is not a token in Base64, a space and its rank; is the file "
        "cut off, or not a rank file?"
    )
