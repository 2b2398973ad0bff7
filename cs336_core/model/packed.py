"""A small model in one text file that a page can load: weights in 8 bits, with its tokenizer.

The file is base64 of: the length of the header (4 bytes, little-endian), the header (JSON), the
tensors in the header's order. A matrix is stored as a 32-bit scale per row, then its entries in
8 bits; a vector as 32-bit entries. `cs336_core/browser/model/transformer/weights.js` reads it too.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int8
from torch import Tensor

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.weights import WeightsError

FORMAT = "cs336-model/1"
_LENGTH = 4  # bytes of the header's length
# What the forward pass in JavaScript computes
_RUNS = {
    "activation": "swiglu",
    "norm": "rmsnorm",
    "norm_placement": "pre",
    "positions": "rotary",
    "rotary_fraction": 1.0,
    "n_kv_heads": None,
    "d_head": None,
    "bias": False,
    "qkv_bias": None,
    "tied_embeddings": True,
    "window": None,
    "experts": None,
    "latent": None,
}


def pack(model: LanguageModel, about: Mapping[str, Any]) -> str:
    """Return a model as the text of a file; `about` goes into the header, for example the step.

    Raises `WeightsError` for a configuration that pages cannot run, with the field and its value.
    """
    config = model.config
    for name, value in _RUNS.items():
        if getattr(config, name) != value:
            raise WeightsError(
                f"{name} is {getattr(config, name)!r}; the model in a page needs {value!r}"
            )
    tensors = {name: tensor.detach().float() for name, tensor in model.state_dict().items()}
    header = {
        "format": FORMAT,
        "config": {**asdict(config), "d_ff": config.mlp_width},
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
        known = {field.name for field in fields(ModelConfig)}
        model = LanguageModel(
            ModelConfig(**{name: v for name, v in header["config"].items() if name in known})
        )
        model.load_state_dict(_tensors(header["tensors"], content[start:]))
    except (ValueError, KeyError, TypeError, RuntimeError) as error:
        if isinstance(error, WeightsError):
            raise
        raise WeightsError(f"the file is not a packed model, or it is damaged: {error}") from None
    return model, header


def quantize(
    matrix: Float[Tensor, "rows columns"],
) -> tuple[Int8[Tensor, "rows columns"], Float[Tensor, " rows"]]:
    """Return entries from -127 to 127 and the scale of each row: entry times scale is the weight.

    >>> entries, scales = quantize(torch.tensor([[1.0, -0.5], [0.0, 0.0]]))
    >>> entries.tolist(), (127 * scales).tolist()
    ([[127, -64], [0, 0]], [1.0, 0.0])
    """
    scales = matrix.abs().amax(-1) / 127
    entries = (matrix / scales.clamp_min(torch.finfo().tiny)[:, None]).round()
    return entries.to(torch.int8), scales


def _bytes(tensor: Tensor) -> bytes:
    if tensor.ndim == 1:
        return tensor.numpy().astype("<f4").tobytes()
    entries, scales = quantize(tensor)
    return scales.numpy().astype("<f4").tobytes() + entries.numpy().tobytes()


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
