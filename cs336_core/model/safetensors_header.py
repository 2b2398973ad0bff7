"""The headers of safetensors files: the name, type and shape of every tensor, without the numbers.

A file begins with the length of its header in 8 bytes, little-endian, and the header in JSON; the
numbers follow (https://github.com/huggingface/safetensors). Large models are stored in several
files, with an index that lists the file of each tensor. A file may come from anyone, so everything
is validated, as the library does. Needs the standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from cs336_core._shared.json_objects import unique_names
from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import InvalidValueError, short_repr, whole_number

MAX_HEADER_BYTES = 100_000_000  # the limit of the library
INDEX = "model.safetensors.index.json"
BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip


class SafetensorsError(InvalidValueError):
    """A file that is not in the format of safetensors, or an index that does not fit its files."""


@dataclass(frozen=True)
class StoredTensor:
    """A tensor in a file.

    Attributes:
        file: the file.
        dtype: the name of its type, such as "BF16".
        shape: its dimensions.
        start: the offset of its first byte in the file.
        end: the offset after its last byte.

    """

    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def n_entries(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


def stored_tensors(path: StrPath) -> dict[str, StoredTensor]:
    """Return the tensors of a file, of all files of an index, or of those in a folder.

    Raises `OSError` for a file that cannot be read, and `SafetensorsError` for one that is damaged,
    a folder without such files, an index that does not fit its files, and a tensor in two files.
    """
    path = Path(path)
    if path.name.endswith(".json"):
        return _indexed(path)
    if not path.is_dir():
        return read_header(path)
    if (path / INDEX).exists():
        return _indexed(path / INDEX)
    tensors: dict[str, StoredTensor] = {}
    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise SafetensorsError(f"{path} has no safetensors files")
    for file in files:
        header = read_header(file)
        if both := tensors.keys() & header.keys():
            name = min(both)
            raise SafetensorsError(
                f"{short_repr(name)} is in {tensors[name].file.name} and in {file.name}; give an "
                "index or one file"
            )
        tensors |= header
    return tensors


def read_header(path: StrPath) -> dict[str, StoredTensor]:
    """Return the tensors of one file by name, in the order of their numbers.

    Raises `OSError` and `SafetensorsError`.
    """
    path = Path(path)
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        size = stream.seek(0, 2)
        if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
            raise SafetensorsError(
                f"{path} is not a safetensors file, or truncated: its header would have {length:,} "
                f"bytes, and the file has {size:,}"
            )
        stream.seek(8)
        header = stream.read(length)
    fields = _json_object(path, header)
    fields.pop("__metadata__", None)
    tensors = {name: _tensor(path, name, field, 8 + length) for name, field in fields.items()}
    end = 8 + length
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].start, item[1].end)):
        if tensor.start != end:
            raise SafetensorsError(
                f"{path} is damaged: {short_repr(name)} begins at byte {tensor.start:,}, but the "
                f"tensor before it ends at {end:,}"
            )
        end = tensor.end
    if end != size:
        raise SafetensorsError(
            f"{path} is truncated or damaged: its tensors end at byte {end:,}, and the file has "
            f"{size:,}"
        )
    return dict(sorted(tensors.items(), key=lambda item: item[1].start))


def _indexed(path: Path) -> dict[str, StoredTensor]:
    """Return the tensors of all files that an index lists."""
    files = _json_object(path, path.read_bytes()).get("weight_map")
    if not isinstance(files, dict) or not all(isinstance(file, str) for file in files.values()):
        raise SafetensorsError(f"{path} is not an index of safetensors files: it has no weight_map")
    headers: dict[str, dict[str, StoredTensor]] = {}
    for file in sorted(set(files.values())):
        if Path(file).name != file:
            raise SafetensorsError(
                f"{path} lists the file {short_repr(file)}; it must be a name in the same folder"
            )
        headers[file] = read_header(path.parent / file)
    for name, file in files.items():
        if name not in headers[file]:
            raise SafetensorsError(f"{path} lists {short_repr(name)} in {file}, which lacks it")
    return {name: headers[file][name] for name, file in files.items()}


def _json_object(path: Path, data: bytes) -> dict[str, Any]:
    """Return the JSON object in a header or an index."""
    try:
        fields = json.loads(data.decode("utf-8"), object_pairs_hook=unique_names)
    except InvalidValueError as error:
        raise SafetensorsError(f"{path} {error}") from error
    except (ValueError, RecursionError) as error:
        raise SafetensorsError(
            f"{path} is not a safetensors file: its header is not JSON"
        ) from error
    if not isinstance(fields, dict):
        raise SafetensorsError(f"{path} is not a safetensors file: its header is not an object")
    return fields


def _tensor(path: Path, name: str, field: Any, first: int) -> StoredTensor:
    """Return the tensor of an entry; offsets count from byte `first`."""
    where = f"{path} is damaged: {short_repr(name)}"
    if not isinstance(field, Mapping):
        raise SafetensorsError(f"{where} is {short_repr(field)}; it must be an object")
    dtype, shape, offsets = (field.get(key) for key in ("dtype", "shape", "data_offsets"))
    sizes, span = _sizes(shape), _sizes(offsets)
    if not isinstance(dtype, str) or dtype not in BITS:
        raise SafetensorsError(f"{where} has dtype {short_repr(dtype)}, which is unknown")
    if sizes is None:
        raise SafetensorsError(f"{where} has shape {short_repr(shape)}; it must list integers")
    if span is None or len(span) != 2:
        raise SafetensorsError(f"{where} has data_offsets {short_repr(offsets)}; it must be two")
    start, end = span
    needed, rest = divmod(prod(sizes) * BITS[dtype], 8)
    if rest or end - start != needed:
        raise SafetensorsError(
            f"{where} has {end - start:,} bytes; its shape and dtype need {needed + bool(rest):,}"
        )
    return StoredTensor(path, dtype, tuple(sizes), first + start, first + end)


def _sizes(values: Any) -> list[int] | None:
    """Return a list of integers from 0 to 2⁶³, and `None` for anything else."""
    if not isinstance(values, list):
        return None
    numbers = [whole_number(value) for value in values]
    sizes = [number for number in numbers if number is not None and 0 <= number < 2**63]
    return sizes if len(sizes) == len(values) else None
