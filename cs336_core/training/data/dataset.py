"""A corpus as token ids on disk: one array, memory-mapped, with a description beside it.

A folder has `tokens.bin`, the ids of all documents one after another as unsigned 16 or 32-bit
integers; `dataset.json`, which says how many, of what type, and where validation begins; and
`tokenizer.json`, with which they were encoded. Reading a batch reads only its windows, so a corpus
may be larger than memory.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cs336_core._shared.paths import StrPath
from cs336_core.training.errors import TrainingError

TOKENS, DESCRIPTION, TOKENIZER = "tokens.bin", "dataset.json", "tokenizer.json"
FORMAT = "cs336 tokens 1"


@dataclass(frozen=True, kw_only=True)
class Description:
    """The contents of `dataset.json`.

    Attributes:
        dtype: the type of an id, "uint16" or "uint32", little-endian.
        vocab_size: the number of ids of the tokenizer.
        end_of_text: the id after each document; `None` if the tokenizer has none.
        n_documents: the number of documents.
        n_tokens: the number of ids.
        n_train: how many of them are for training; the rest is for validation.
        train_bytes: the bytes of text that the training ids stand for.
        validation_bytes: the same for validation.
        format: the version of this format.

    """

    dtype: str
    vocab_size: int
    end_of_text: int | None
    n_documents: int
    n_tokens: int
    n_train: int
    train_bytes: int
    validation_bytes: int
    format: str = FORMAT

    def to_json(self) -> bytes:
        """Return the file's contents."""
        return (json.dumps(asdict(self), indent=2) + "\n").encode()


@dataclass(frozen=True)
class TokenDataset:
    """A corpus as token ids.

    Attributes:
        folder: where its files are.
        description: how many tokens it has.
        tokens: all ids, memory-mapped.

    """

    folder: Path
    description: Description
    tokens: NDArray[np.integer[Any]]

    @property
    def train(self) -> NDArray[np.integer[Any]]:
        """The ids for training."""
        return self.tokens[: self.description.n_train]

    @property
    def validation(self) -> NDArray[np.integer[Any]]:
        """The ids for validation, from the end of the corpus."""
        return self.tokens[self.description.n_train :]

    @property
    def validation_bytes_per_token(self) -> float:
        """The bytes of text per validation id; 0 without any."""
        n = len(self.validation)
        return self.description.validation_bytes / n if n else 0.0


def open_dataset(folder: StrPath) -> TokenDataset:
    """Open a folder that `prepare` wrote.

    Raises `TrainingError` if it is not one, or if its files are cut off or do not belong together.
    """
    folder = Path(folder)
    description = _description(folder)
    path = folder / TOKENS
    if not path.is_file():
        raise TrainingError(f"{path} is missing; run prepare again")
    size = path.stat().st_size
    expected = description.n_tokens * np.dtype(description.dtype).itemsize
    if size != expected:
        raise TrainingError(
            f"{path} has {size:,} bytes; {DESCRIPTION} describes {description.n_tokens:,} tokens "
            f"in {expected:,} bytes. The file is cut off or belongs to another corpus: run prepare "
            "again"
        )
    return TokenDataset(folder, description, np.memmap(path, description.dtype, mode="r"))


def _description(folder: Path) -> Description:
    """Read and check `dataset.json`."""
    path = folder / DESCRIPTION
    if not path.is_file():
        raise TrainingError(
            f"{folder} has no {DESCRIPTION}, so it is not a prepared corpus; write one with "
            "`python -m cs336_core.training prepare`"
        )
    names = {field.name for field in fields(Description)}
    try:
        found = json.loads(path.read_text("utf-8"))
        is_ours = isinstance(found, dict) and found.get("format") == FORMAT
    except ValueError:
        is_ours = False
    if not is_ours or found.keys() != names or found["dtype"] not in ("uint16", "uint32"):
        raise TrainingError(f"{path} does not describe a prepared corpus ({FORMAT})")
    return Description(**found)
