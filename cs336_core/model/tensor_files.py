"""Reading and writing the tensors in safetensors files, one at a time.

Files are mapped into memory: only what is read of them takes any.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.model.safetensors_header import SafetensorsError, stored_tensors

DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
    "U8": torch.uint8, "BOOL": torch.bool,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}  # fmt: skip


class TensorFiles(Mapping[str, Tensor]):
    """The tensors of `stored_tensors` by name, each of which is read when it is used.

    Raises the errors of `stored_tensors`.
    """

    def __init__(self, path: StrPath) -> None:
        self._stored = stored_tensors(path)
        files = {stored.file for stored in self._stored.values()}
        self._contents = {file: _mapped(file) for file in files}

    def __getitem__(self, name: str) -> Tensor:
        """Return a tensor: a view of the file, which should not be written to.

        Raises `SafetensorsError` for a type that PyTorch does not have.
        """
        stored = self._stored[name]
        if stored.dtype not in DTYPES:
            raise SafetensorsError(f"{name} has dtype {stored.dtype}, which PyTorch does not have")
        data = self._contents[stored.file][stored.start : stored.end]
        dtype = DTYPES[stored.dtype]
        if stored.start % dtype.itemsize:
            data = data.clone()  # a view must be aligned
        return data.view(dtype).view(stored.shape)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._stored)

    def __len__(self) -> int:
        """Return the number of tensors."""
        return len(self._stored)


def save_tensors(path: StrPath, tensors: Mapping[str, Tensor]) -> None:
    """Write a file of tensors, atomically.

    Raises `OSError` if it cannot be written.
    """
    write_files({Path(path): partial(write_tensors, tensors)})


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors to a file one by one, so that they are not in memory twice."""
    names = {dtype: name for name, dtype in DTYPES.items()}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, tensor in tensors.items():
        start, end = end, end + tensor.nbytes
        header[name] = {
            "dtype": names[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that the tensors are aligned
    with path.open("wb") as stream:
        stream.write(len(text).to_bytes(8, "little") + text)
        stream.truncate(8 + len(text) + end)
    content = _mapped(path, shared=True)[8 + len(text) :]
    for name, tensor in tensors.items():
        start, end = header[name]["data_offsets"]
        content[start:end].copy_(tensor.detach().contiguous().view(-1).view(torch.uint8))


def _mapped(path: Path, *, shared: bool = False) -> Tensor:
    """Return the bytes of a file, mapped into memory; if shared, writing to them changes it."""
    content: Tensor = torch.from_file(
        str(path), shared=shared, size=path.stat().st_size, dtype=torch.uint8
    )
    return content
