"""A small model in one text file that a page can load: weights in 8 bits, with its tokenizer.

The file is base64 of: the length of the header (4 bytes, little-endian), the header (JSON), the
tensors in the header's order. A matrix is stored as a 32-bit scale per row, then its entries in
8 bits; a vector as 32-bit entries. `cs336_core/browser/model/transformer/weights.js` reads it too.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from cs336_core.inference.quantization import quantize
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.weight_names import WeightsError

FORMAT = "cs336-model/1"
_LENGTH = 4  # bytes of the header's length
_ZERO = 128  # the code of 0 in a quantized matrix
# What the forward pass in JavaScript computes, for any of these sizes
_SIZES = ("vocab_size", "context_length", "n_layers", "d_model", "n_heads")
_NUMBERS = ("norm_eps", "rope_theta")
_FIXED: dict[str, Any] = {"activation": "swiglu", "norm": "rmsnorm", "tied_embeddings": True}


def pack(model: LanguageModel, about: Mapping[str, Any]) -> str:
    """Return a model as the text of a file; `about` goes into the header, for example the step.

    Raises `WeightsError` for a configuration that pages cannot run, with the field and its value.
    """
    config = replace(model.config, d_ff=model.config.mlp_width)
    numbers = {name: getattr(config, name) for name in (*_SIZES, "d_ff", *_NUMBERS)}
    expected = ModelConfig(**numbers, **_FIXED)
    for field in fields(ModelConfig):
        given, runs = getattr(config, field.name), getattr(expected, field.name)
        if given != runs:
            raise WeightsError(f"{field.name} is {given!r}; the model in a page needs {runs!r}")
    tensors = {name: tensor.detach().float() for name, tensor in model.state_dict().items()}
    header = {
        "format": FORMAT,
        "config": numbers,
        **about,
        "tensors": [{"name": name, "shape": list(tensors[name].shape)} for name in tensors],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    content = [len(text).to_bytes(_LENGTH, "little"), text, *map(_bytes, tensors.values())]
    return b64encode(b"".join(content)).decode()


def unpack(packed: str) -> tuple[LanguageModel, dict[str, Any]]:
    """Return the model of a file with its weights in 32 bits, and the header.

    Raises `WeightsError` for anything that `pack` does not write.
    """
    try:
        content = b64decode(packed, validate=True)
        start = _LENGTH + int.from_bytes(content[:_LENGTH], "little")
        header: dict[str, Any] = json.loads(content[_LENGTH:start])
        if header["format"] != FORMAT:
            raise WeightsError(f"the file has the format {header['format']!r}, not {FORMAT!r}")
        model = LanguageModel(ModelConfig(**header["config"], **_FIXED))
        model.load_state_dict(_tensors(header["tensors"], content[start:]))
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"the file is not a packed model, or it is damaged: {error}") from None
    return model, header


def _bytes(tensor: Tensor) -> bytes:
    if tensor.ndim == 1:
        return tensor.numpy().astype("<f4").tobytes()
    quantized = quantize(tensor, bits=8, group_size=tensor.shape[1])
    entries = (quantized.packed.int() - _ZERO).to(torch.int8)
    return quantized.scales.numpy().astype("<f4").tobytes() + entries.numpy().tobytes()


def _tensors(shapes: list[dict[str, Any]], content: bytes) -> dict[str, Tensor]:
    """Read the tensors, in the order of their names and shapes."""
    tensors, start = {}, 0
    for entry in shapes:
        shape = entry["shape"]
        floats = np.frombuffer(content, "<f4", shape[0], start)
        start += 4 * shape[0]
        tensor = torch.from_numpy(floats.copy())
        if len(shape) == 2:
            entries = np.frombuffer(content, np.int8, shape[0] * shape[1], start).reshape(shape)
            start += entries.size
            tensor = torch.from_numpy(entries.copy()).float() * tensor[:, None]
        tensors[entry["name"]] = tensor
    return tensors
