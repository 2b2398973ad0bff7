"""Preparing a corpus: text in, a folder of token ids out, in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from cs336_core._shared.atomic import new_folder
from cs336_core._shared.paths import StrPath
from cs336_core.tokenization import BPETokenizer, save
from cs336_core.tokenization.training.corpus import Corpus, Reading, documents, texts
from cs336_core.training.data.dataset import (
    DESCRIPTION,
    TOKENIZER,
    TOKENS,
    Description,
    TokenDataset,
    open_dataset,
)
from cs336_core.training.errors import TrainingError

END_OF_TEXT = "<|endoftext|>"
_CHUNK = 1 << 18  # ids written at once


def prepare(
    corpus: Corpus,
    folder: StrPath,
    tokenizer: BPETokenizer,
    *,
    validation: float = 0.1,
    errors: str = "strict",
    field: str = "text",
    progress: Callable[[int], None] = lambda n_tokens: None,
) -> TokenDataset:
    """Encode a corpus into a new folder, and open it.

    `corpus` is what the tokenizers train on: paths (`.gz` and `.jsonl` too), open files, strings,
    or lists of these; `errors` says what to do with bytes that are not UTF-8, `field` which field
    of a JSON line has the text. Each document ends with `<|endoftext|>` if the tokenizer has it;
    the text of a special token in a document becomes that token. The last `validation` of all
    tokens is for validation. `progress` is called with the number of tokens so far. The folder
    appears once it is complete.

    Raises `TrainingError` for a folder that exists, an empty corpus, and a fraction outside of
    [0, 1); reading and encoding raise their own errors.
    """
    folder = Path(folder)
    check_new_corpus(folder, validation)
    dtype = np.dtype("<u2" if tokenizer.vocab_size <= 1 << 16 else "<u4")
    end = tokenizer.params.special_tokens.get(END_OF_TEXT)
    lengths = _lengths(tokenizer)
    with new_folder(folder) as temporary:
        with (temporary / TOKENS).open("wb") as file:
            writer = _Writer(file, dtype, progress)
            n_documents = 0
            for document in documents(corpus):
                for text in texts(document, Reading(errors, field)):
                    n_documents += 1
                    ids = tokenizer.encode_iterable(text, allowed_special="all")
                    writer.write(ids if end is None else chain(ids, [end]))
        if writer.n_tokens == (0 if end is None else n_documents):
            raise TrainingError("the corpus is empty: there is no text to train on")
        tokens = np.memmap(temporary / TOKENS, dtype, mode="r")
        n_train = len(tokens) - int(len(tokens) * validation)
        description = Description(
            dtype="uint16" if dtype.itemsize == 2 else "uint32",
            vocab_size=tokenizer.vocab_size,
            end_of_text=end,
            n_documents=n_documents,
            n_tokens=len(tokens),
            n_train=n_train,
            train_bytes=_text_bytes(tokens[:n_train], lengths),
            validation_bytes=_text_bytes(tokens[n_train:], lengths),
        )
        (temporary / DESCRIPTION).write_bytes(description.to_json())
        save(tokenizer, temporary / TOKENIZER)
    return open_dataset(folder)


def check_new_corpus(folder: Path, validation: float) -> None:
    """Raise `TrainingError` if a folder exists, or for a fraction outside of [0, 1)."""
    if folder.exists():
        raise TrainingError(f"{folder} exists already; choose another folder or remove it")
    if not 0 <= validation < 1:
        raise TrainingError(f"validation is {validation}; it must be 0 or more and below 1")


class _Writer:
    """Writes ids to a file, a chunk at a time."""

    def __init__(
        self, file: IO[bytes], dtype: np.dtype[np.unsignedinteger], progress: Callable[[int], None]
    ) -> None:
        self._file = file
        self._dtype = dtype
        self._progress = progress
        self.n_tokens = 0

    def write(self, ids: Iterable[int]) -> None:
        """Write all ids."""
        for chunk in _chunks(iter(ids), self._dtype):
            self._file.write(chunk.tobytes())
            self.n_tokens += len(chunk)
            self._progress(self.n_tokens)


def _chunks(
    ids: Iterator[int], dtype: np.dtype[np.unsignedinteger]
) -> Iterator[NDArray[np.unsignedinteger]]:
    while len(chunk := np.fromiter(islice(ids, _CHUNK), dtype)):
        yield chunk


def _lengths(tokenizer: BPETokenizer) -> NDArray[np.int64]:
    """Return the bytes of text that each id stands for; 0 for special tokens."""
    special = set(tokenizer.params.special_tokens.values())
    lengths = np.zeros(tokenizer.vocab_size, np.int64)
    for token_id, token in tokenizer.params.vocab.items():
        lengths[token_id] = 0 if token_id in special else len(token)
    return lengths


def _text_bytes(tokens: NDArray[np.unsignedinteger], lengths: NDArray[np.int64]) -> int:
    """Return the bytes of text that ids stand for, a chunk at a time."""
    starts = range(0, len(tokens), _CHUNK)
    return sum(int(lengths[tokens[start : start + _CHUNK]].sum()) for start in starts)
