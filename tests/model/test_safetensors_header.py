"""Headers of safetensors files: as the library writes them, and hostile ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from cs336_core.model.safetensors_header import (
    INDEX,
    SafetensorsError,
    read_header,
    stored_tensors,
)

ONE = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


def write(path: Path, header: object, numbers: int = 24, *, length: int | None = None) -> Path:
    """Write a file with a header, as JSON or as it is, and so many bytes of numbers."""
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    size = len(data) if length is None else length
    path.write_bytes(size.to_bytes(8, "little") + data + bytes(numbers))
    return path


def test_a_file_of_the_library(tmp_path: Path) -> None:
    tensors = {
        "a": torch.zeros(2, 3), "b": torch.zeros(5, dtype=torch.bfloat16), "c": torch.zeros(0, 4),
        "d": torch.zeros((), dtype=torch.int64), "e": torch.zeros(7, dtype=torch.float8_e4m3fn),
    }  # fmt: skip
    path = tmp_path / "model.safetensors"
    save_file(tensors, path, metadata={"format": "pt"})
    read = read_header(path)
    assert {name: tensor.shape for name, tensor in read.items()} == {
        name: tuple(tensor.shape) for name, tensor in tensors.items()
    }
    assert {name: tensor.dtype for name, tensor in read.items()} == {
        "a": "F32", "b": "BF16", "c": "F32", "d": "I64", "e": "F8_E4M3",
    }  # fmt: skip
    assert read["a"].n_entries == 6
    data = path.read_bytes()
    for name, tensor in tensors.items():
        n_bytes = tensor.numel() * tensor.element_size()
        assert read[name].end - read[name].start == n_bytes
        assert not any(data[read[name].start : read[name].end])


def test_several_files(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(2)}, tmp_path / "one.safetensors")
    save_file({"b": torch.zeros(3)}, tmp_path / "two.safetensors")
    assert stored_tensors(tmp_path).keys() == {"a", "b"}
    index = {"weight_map": {"b": "two.safetensors"}}
    (tmp_path / INDEX).write_text(json.dumps(index), "utf-8")
    assert stored_tensors(tmp_path).keys() == {"b"}
    assert stored_tensors(tmp_path / INDEX).keys() == {"b"}
    assert stored_tensors(tmp_path / "one.safetensors").keys() == {"a"}


def test_a_folder_without_files_or_with_a_tensor_twice_raises(tmp_path: Path) -> None:
    with pytest.raises(SafetensorsError, match="has no safetensors files"):
        stored_tensors(tmp_path)
    for name in ("one", "two"):
        write(tmp_path / f"{name}.safetensors", {"a": ONE})
    with pytest.raises(SafetensorsError, match=r"'a' is in one\.safetensors and in two\.safetens"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({}, "it has no weight_map"),
        ({"weight_map": {"a": 3}}, "it has no weight_map"),
        (
            {"weight_map": {"b": "one.safetensors"}},
            r"lists 'b' in one\.safetensors, which lacks it",
        ),
        ({"weight_map": {"a": "../one.safetensors"}}, "it must be a name in the same folder"),
        ({"weight_map": {"a": "/etc/passwd"}}, "it must be a name in the same folder"),
        ([], "its header is not an object"),
    ],
)
def test_an_index_that_does_not_fit_raises(tmp_path: Path, index: Any, message: str) -> None:
    write(tmp_path / "one.safetensors", {"a": ONE})
    (tmp_path / INDEX).write_text(json.dumps(index), "utf-8")
    with pytest.raises(SafetensorsError, match=message):
        stored_tensors(tmp_path)


def test_a_missing_file_of_an_index_raises(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text('{"weight_map": {"a": "one.safetensors"}}', "utf-8")
    with pytest.raises(OSError, match="No such file"):
        stored_tensors(tmp_path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"{", "its header is not JSON"),
        (b"\xff\xff", "its header is not JSON"),
        (b"[" * 200_000, "its header is not JSON"),
        (b"[]", "its header is not an object"),
        (b'{"a": 1, "a": 2}', "has 'a' more than once"),
        ({"a": 3}, "'a' is 3; it must be an object"),
        ({"a": ONE | {"dtype": "F33"}}, "'a' has dtype 'F33', which is unknown"),
        ({"a": ONE | {"dtype": ["F32"]}}, r"'a' has dtype \['F32'\]"),
        ({"a": ONE | {"shape": 6}}, "'a' has shape 6; it must list integers"),
        ({"a": ONE | {"shape": [-2, -3]}}, r"'a' has shape \[-2, -3\]"),
        ({"a": ONE | {"shape": [2, True]}}, r"'a' has shape \[2, True\]"),
        ({"a": ONE | {"shape": [2, 4]}}, "'a' has 24 bytes; its shape and dtype need 32"),
        ({"a": ONE | {"shape": [2**62, 2**62]}}, "'a' has 24 bytes; its shape and dtype need"),
        ({"a": ONE | {"data_offsets": [24, 0]}}, "'a' has -24 bytes"),
        ({"a": ONE | {"data_offsets": [0]}}, "it must be two"),
        ({"a": ONE | {"data_offsets": [8, 32]}}, "'a' begins at byte"),
        ({"a": ONE, "b": ONE}, "'b' begins at byte .*, but the tensor before it ends at"),
        ({}, "its tensors end at byte 10, and the file has 34"),
    ],
)
def test_hostile_headers_raise(tmp_path: Path, header: Any, message: str) -> None:
    with pytest.raises(SafetensorsError, match=message):
        read_header(write(tmp_path / "x.safetensors", header))


@pytest.mark.parametrize("length", [2**63, 10**9, 1000])
def test_a_header_longer_than_the_file_raises(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "x.safetensors", {"a": ONE}, length=length)
    with pytest.raises(SafetensorsError, match=f"its header would have {length:,} bytes, and the"):
        read_header(path)


@pytest.mark.parametrize("data", [b"", b"abc", b"\0" * 8])
def test_short_files_raise(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(data)
    with pytest.raises(SafetensorsError, match="is not a safetensors file"):
        read_header(path)
