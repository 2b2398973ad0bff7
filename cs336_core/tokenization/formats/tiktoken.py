"""OpenAI's rank file: one line a token, its bytes in Base64, a space, its rank.

There are no merges in it. Two neighbours merge where their bytes together are a token, and the
lowest rank merges first, which is why the rank of a token is its id. The file says neither which
special tokens there are nor how text is cut into pre-tokens: whoever loads it has to.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization.errors import VocabularyError, quoted
from cs336_core.tokenization.formats.checks import naming, read_text
from cs336_core.tokenization.formats.encodings import pattern_of_file
from cs336_core.tokenization.formats.ranks import merges_from_ranks, params_from_ranks, rank_file
from cs336_core.tokenization.formats.reachable import without_merge
from cs336_core.tokenization.params import BPEParams, check_special_ids


def save_tiktoken(params: BPEParams, path: StrPath) -> None:
    """Write the ordinary tokens with their ids as ranks, whole or not at all.

    Raises `VocabularyError` where ranks alone would not give the same ids: every tokenizer trained
    here has ids in the order of its merges, some from elsewhere do not. Raises `OSError` where the
    file cannot be written.
    """
    if merges_from_ranks(params.ids) != params.merges:
        raise VocabularyError(
            "this tokenizer's ids are not in the order of its merges, so a rank file would encode "
            "differently; save it as tokenizer.json"
        )
    if not params.ignore_merges and (token := without_merge(params)) is not None:
        raise VocabularyError(
            f"no merge makes the token {token!r} (id {params.ids[token]}), while a rank file would "
            "encode a word of these bytes as this token (ignore_merges); save it as tokenizer.json"
        )
    write_files({Path(path): rank_file(params.ids)})


def load_tiktoken(
    path: StrPath, special_tokens: Mapping[str, int] | None = None, pattern: str | None = "auto"
) -> BPEParams:
    """Read a rank file; the special tokens with their ids and the pattern come from the caller.

    `pattern` is a regular expression, or a name such as "gpt2" or "cl100k_base"; "none" and `None`
    cut nothing. "auto" works for OpenAI's own files, which are known by their contents.

    Raises `VocabularyError`, naming file and line, where it is cut off, has a token or a rank
    twice, or lacks a rank that no special token has either, and where "auto" does not know it;
    `TokenizationError` for a pattern that `named` refuses; `OSError` where it cannot be read.
    """
    check_special_ids(special_tokens or {})
    special = dict(special_tokens or {})
    path = Path(path)
    ranks = read_ranks(path)
    taken = {rank: token for token, rank in ranks.items()}
    for text, token_id in special.items():
        if token_id in taken:
            raise VocabularyError(
                f"{path}: special token {text!r} has id {token_id}, which is the rank of "
                f"{taken[token_id]!r}; give it another id"
            )
    filled = taken.keys() | special.values()
    first_gap = next(rank for rank in count() if rank not in filled)
    if first_gap < max(taken, default=0):
        raise VocabularyError(
            f"{path} has no rank {first_gap}, though ranks go up to {max(taken)}; give the special "
            "token that has this id, or fetch the file again"
        )
    pattern = pattern_of_file(path, pattern, ranks)
    with naming(path):
        return params_from_ranks(ranks, special, pattern)


def read_ranks(path: Path) -> dict[bytes, int]:
    """Return token -> rank; raise `VocabularyError`, naming the line, for one that is no such."""
    ranks: dict[bytes, int] = {}
    lines: dict[int, int] = {}
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        token, rank = read_rank(line, f"{path}, line {number}")
        if token in ranks or rank in lines:
            what = f"the token {token!r}" if token in ranks else f"the rank {rank}"
            raise VocabularyError(
                f"{path}, line {number}: {what} stands at line {lines[ranks.get(token, rank)]} "
                "before; is the file cut off, or two files in one?"
            )
        ranks[token] = rank
        lines[rank] = number
    return ranks


def read_rank(line: str, place: str) -> tuple[bytes, int]:
    """Return token and rank of one line; raise `VocabularyError`, telling `place`, where wrong.

    >>> read_rank("IHRoZQ== 262", "line 1")
    (b' the', 262)
    """
    parts = line.split()
    try:
        if len(parts) == 2 and parts[1].isascii() and parts[1].isdigit():
            return base64.b64decode(parts[0], validate=True), int(parts[1])
    except (binascii.Error, ValueError):
        pass
    raise VocabularyError(
        f"{place}: {quoted(line)} is not a token in Base64, a space and its rank; is the file cut "
        "off, or not a rank file?"
    )
