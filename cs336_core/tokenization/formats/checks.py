"""Checked reading of the parts that tokenizer files share: text, JSON, vocabulary, merges."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.errors import TokenizationError, VocabularyError, quoted
from cs336_core.tokenization.formats.byte_alphabet import from_printable
from cs336_core.tokenization.params import Merges, TokenPair

T = TypeVar("T")
_MAX_DIGITS = 100
_RANK_LINE = re.compile(r"[A-Za-z0-9+/]+={0,2} \d+\s")


@contextmanager
def errors_naming(path: Path) -> Iterator[None]:
    """Turn any tokenization error into a `VocabularyError` that names the file."""
    try:
        yield
    except TokenizationError as error:
        is_named = str(error).startswith(str(path))
        raise VocabularyError(str(error) if is_named else f"{path}: {error}") from None


def read_text(path: Path) -> str:
    """Return the text of a file; raise `VocabularyError` if it is not UTF-8, or `OSError`."""
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        raise VocabularyError(f"{path} is compressed by gzip; decompress it first")
    try:
        return data.decode("utf-8-sig")  # some editors put a byte order mark first
    except UnicodeDecodeError as error:
        raise VocabularyError(
            f"{path} is not UTF-8 at byte {error.start}; is it the right file, and complete?"
        ) from None


def read_json(path: Path) -> dict[str, object]:
    """Return the JSON object in a file.

    Raises `VocabularyError` if it is not a JSON object, is cut off, or has a key twice, and as
    `read_text` does.
    """
    text = read_text(path)
    try:
        with errors_naming(path):
            value = json.loads(text, object_pairs_hook=distinct, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        if looks_like_ranks(text):
            raise VocabularyError(
                f"{path} is a rank file for tiktoken, not JSON: load it with load_tiktoken, or "
                "give it a name that ends in .tiktoken"
            ) from None
        raise VocabularyError(
            f"{path} is not JSON, or cut off, at line {error.lineno}, column {error.colno}: "
            f"{error.msg}; save or download it again"
        ) from None
    except RecursionError:
        raise VocabularyError(f"{path} is nested too deeply to be a tokenizer file") from None
    if not isinstance(value, dict):
        raise VocabularyError(f"{path} contains a {type(value).__name__}, not a JSON object")
    return value


def looks_like_ranks(text: str) -> bool:
    r"""Whether `text` begins like a rank file: a token in Base64, a space, its rank.

    >>> looks_like_ranks("IQ== 0\nIg== 1\n"), looks_like_ranks('{"version": "1.0"}')
    (True, False)
    """
    return _RANK_LINE.match(text) is not None


def _whole_number(digits: str) -> int:
    """Return the number; raise `VocabularyError` if it has too many digits for an id."""
    if len(digits) > _MAX_DIGITS:
        raise VocabularyError(f"{quoted(digits)} is too large a number for a tokenizer file")
    return int(digits)


def distinct(pairs: Iterable[tuple[str, T]]) -> dict[str, T]:
    """Return the pairs as a dict; raise `VocabularyError` for a repeated key."""
    entries: dict[str, T] = {}
    for key, value in pairs:
        if key in entries:
            raise VocabularyError(f"{key!r} is named twice; name each once")
        entries[key] = value
    return entries


def read_vocab(
    entries: Mapping[str, object],
    special_tokens: Mapping[str, int],
    to_bytes: Callable[[str], bytes] = from_printable,
    special_to_bytes: Callable[[str], bytes] = utf8,
) -> dict[int, bytes]:
    """Return id -> bytes from text -> id, special tokens included.

    Raises `VocabularyError` for an id that is not a whole number from 0 on or stands for two
    tokens, a text that is not in the byte alphabet, or a special token with two ids.
    """
    texts: dict[int, str] = {}
    for text, token_id in [*entries.items(), *special_tokens.items()]:
        if type(token_id) is not int or token_id < 0:
            raise VocabularyError(f"token {text!r} has id {token_id!r}; an id is 0, 1, 2, ...")
        if texts.setdefault(token_id, text) != text:
            raise VocabularyError(
                f"id {token_id} stands for {texts[token_id]!r} and for {text!r}; give each token "
                "an id of its own"
            )
        if special_tokens.get(text, token_id) != token_id:
            raise VocabularyError(
                f"special token {text!r} has id {special_tokens[text]} and id {token_id}; give it "
                "one id"
            )
    return {
        token_id: special_to_bytes(text) if text in special_tokens else to_bytes(text)
        for token_id, text in texts.items()
    }


def read_merges(
    pairs: Iterable[tuple[int, str, str]],
    source: str,
    vocab: Mapping[int, bytes],
    to_bytes: Callable[[str], bytes] = from_printable,
) -> Merges:
    """Return the merges from (number, left, right); an error names the `source` with its number.

    Raises `VocabularyError` for a merge that is given twice, or whose parts or result are not in
    the vocabulary.
    """
    tokens = set(vocab.values())
    numbers: dict[TokenPair, int] = {}
    for number, left_text, right_text in pairs:
        left, right = to_bytes(left_text), to_bytes(right_text)
        if not (left and right and {left, right, left + right} <= tokens):
            missing = [token for token in (left, right, left + right) if token not in tokens]
            raise VocabularyError(
                f"{source} {number}: the merge of {left_text!r} and {right_text!r} needs a token "
                "for each part and the result, and the vocabulary lacks "
                f"{', '.join(map(repr, missing)) or 'the empty one'}; are merges and vocabulary "
                "complete, and from the same tokenizer?"
            )
        if numbers.setdefault((left, right), number) != number:
            raise VocabularyError(
                f"{source} {number}: the merge of {left_text!r} and {right_text!r} was given at "
                f"{source.rpartition(', ')[2]} {numbers[left, right]} before; give it once"
            )
    return list(numbers)
