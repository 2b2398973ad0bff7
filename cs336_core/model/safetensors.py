"""Files of tensors in the safetensors format: a JSON header, then the bytes of all tensors.

The first 8 bytes are the length of the header. It maps names to the type of the numbers, the shape,
and where the bytes are (https://github.com/huggingface/safetensors). A file is mapped into memory:
only what is read of it takes any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cs336_core._shared.paths import StrPath

MAX_HEADER_BYTES = 100_000_000  # the limit of the format
DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
    "U8": torch.uint8, "BOOL": torch.bool,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}  # fmt: skip


class WeightsError(ValueError):
    """Weights that do not match the model, or that it would use to compute another function."""


class _Entry(NamedTuple):
    """Where a tensor is: in which bytes, of what type and shape."""

    content: Tensor
    dtype: torch.dtype
    shape: tuple[int, ...]
    begin: int
    end: int


class TensorFiles(Mapping[str, Tensor]):
    """The tensors in a file, or in all files of a folder, by name; each is read when it is used.

    In a folder, `model.safetensors.index.json` lists the files, if there is one; without it, all
    files that end in `.safetensors` are read.

    Raises `WeightsError` for a file that is truncated or not in this format, for a name in two
    files, and for a folder without such files; `OSError` for a file that cannot be opened.
    """

    def __init__(self, path: StrPath) -> None:
        self._entries: dict[str, _Entry] = {}
        for file in _files(Path(path)):
            entries = dict(_entries(file))
            repeated = entries.keys() & self._entries.keys()
            if repeated:
                raise WeightsError(f"{file} repeats {sorted(repeated)[0]} of another file")
            self._entries |= entries

    def __getitem__(self, name: str) -> Tensor:
        """Return a tensor: a view of the file, which should not be written to."""
        entry = self._entries[name]
        data = entry.content[entry.begin : entry.end]
        if entry.begin % entry.dtype.itemsize:
            data = data.clone()  # numbers must be aligned
        return data.view(entry.dtype).view(entry.shape)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Return the number of tensors."""
        return len(self._entries)


def save_tensors(path: StrPath, tensors: Mapping[str, Tensor]) -> None:
    """Write a file of tensors, which replaces an existing one only when it is complete."""
    path = Path(path)
    names = {dtype: name for name, dtype in DTYPES.items()}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, tensor in tensors.items():
        begin, end = end, end + tensor.nbytes
        header[name] = {
            "dtype": names[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that numbers are aligned
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + end)
    content = _mapped(unfinished, shared=True)[8 + len(text) :]
    for name, tensor in tensors.items():
        begin, end = header[name]["data_offsets"]
        content[begin:end].copy_(tensor.detach().contiguous().view(-1).view(torch.uint8))
    unfinished.replace(path)


def _files(path: Path) -> list[Path]:
    """Return the files of a model."""
    if not path.is_dir():
        return [path]
    index = path / "model.safetensors.index.json"
    if index.exists():
        names = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
        if any(Path(name).name != name for name in names):
            raise WeightsError(f"{index} names a file outside of its folder")
        return [path / name for name in sorted(names)]
    found = sorted(path.glob("*.safetensors"))
    if not found:
        raise WeightsError(
            f"{path} has no file that ends in .safetensors; convert its weights with "
            "model.save_pretrained of the library that wrote them"
        )
    return found


def _entries(path: Path) -> Iterator[tuple[str, _Entry]]:
    """Yield the tensors of a file; raise `WeightsError` if it is not in this format."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
            raise WeightsError(f"{path} is not a safetensors file, or truncated")
        text = stream.read(length)
    content = _mapped(path)[8 + length :]
    try:
        header = json.loads(text)
        for name, about in header.items():
            if name == "__metadata__":
                continue
            dtype, shape = DTYPES[about["dtype"]], tuple(about["shape"])
            begin, end = about["data_offsets"]
            if not 0 <= begin <= end <= len(content) or end - begin != dtype.itemsize * prod(shape):
                raise WeightsError(f"{path} is truncated, or its header is wrong about {name}")
            yield name, _Entry(content, dtype, shape, begin, end)
    except (AttributeError, KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(f"the header of {path} is not that of a safetensors file") from error


def _mapped(path: Path, *, shared: bool = False) -> Tensor:
    """Return the bytes of a file, mapped into memory; if shared, writing to them changes it."""
    content: Tensor = torch.from_file(
        str(path), shared=shared, size=path.stat().st_size, dtype=torch.uint8
    )
    return content
