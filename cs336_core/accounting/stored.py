"""The parameters in safetensors files, compared with those that a configuration describes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cs336_core.accounting.parameters import count_parameters
from cs336_core.model.config import ModelConfig
from cs336_core.model.hugging_face.config import LoadedConfig, PartialConfig
from cs336_core.model.safetensors_header import StoredTensor

# Tensors that are not parameters: masks, rotary frequencies, scales of quantized weights ...
BUFFER = re.compile(
    r"(^|\.)((attn|attention)\.(masked_)?bias|masked_bias|inv_freq|position_ids|num_batches_tracked"
    r"|weight_scale(_inv)?|(input|k|v)_scale|scales|qzeros|g_idx)$"
)
# Several weights packed into one number
PACKED = re.compile(r"\.(qweight|weight_packed|\w+_blocks)$")


@dataclass(frozen=True)
class StoredParameters:
    """What safetensors files have.

    Attributes:
        total: the entries of all parameters.
        by_dtype: the same per type, the most frequent first.
        n_bytes: of all tensors.
        n_tensors: the number of tensors.
        n_files: the number of files.
        left_out: the names of tensors that are not parameters.
        packed: the names of tensors with several weights in one number; `total` counts the numbers.

    """

    total: int
    by_dtype: Mapping[str, int]
    n_bytes: int
    n_tensors: int
    n_files: int
    left_out: tuple[str, ...]
    packed: tuple[str, ...]


def stored_parameters(tensors: Mapping[str, StoredTensor]) -> StoredParameters:
    """Count the parameters among stored tensors."""
    counted = {name: tensor for name, tensor in tensors.items() if not _is_buffer(name, tensor)}
    by_dtype: dict[str, int] = {}
    for tensor in counted.values():
        by_dtype[tensor.dtype] = by_dtype.get(tensor.dtype, 0) + tensor.n_entries
    return StoredParameters(
        total=sum(by_dtype.values()),
        by_dtype=dict(sorted(by_dtype.items(), key=lambda item: -item[1])),
        n_bytes=sum(tensor.end - tensor.start for tensor in tensors.values()),
        n_tensors=len(tensors),
        n_files=len({tensor.file for tensor in tensors.values()}),
        left_out=tuple(name for name in tensors if name not in counted),
        packed=tuple(name for name in counted if PACKED.search(name)),
    )


def described_parameters(loaded: LoadedConfig | PartialConfig) -> int:
    """Return how many parameters a `config.json` describes."""
    extra = sum(loaded.extra.values()) if isinstance(loaded, PartialConfig) else 0
    return extra + (0 if loaded.config is None else count_parameters(loaded.config).total)


def differences(
    tensors: Mapping[str, StoredTensor], config: ModelConfig | None, difference: int
) -> list[str]:
    """Return what may explain that files have `difference` parameters more than a configuration."""
    found: list[str] = []
    if config is None or not difference:
        return found
    table = config.vocab_size * (config.embedding_width or config.d_model)
    heads = [name for name in tensors if name.endswith("lm_head.weight")]
    if config.tied_embeddings and heads and difference == table:
        found.append(f"{heads[0]} is stored, although the configuration ties it to the embedding")
    layers = [
        int(part) for name in tensors for part in re.findall(r"\.(?:layers|h)\.(\d+)\.", name)
    ]
    further = sorted({layer for layer in layers if layer >= config.n_layers})
    if further:
        found.append(
            f"layer {further[0]} and later ones are stored; the configuration has {config.n_layers}"
        )
    if any("visual" in name or "vision" in name for name in tensors):
        found.append("the files have a vision part, which the configuration does not count")
    return found


def _is_buffer(name: str, tensor: StoredTensor) -> bool:
    """Return whether a tensor is not a parameter, such as the mask that GPT-2 calls attn.bias."""
    found = BUFFER.search(name)
    if found is None:
        return False
    return not (found[0].endswith(".bias") and len(tensor.shape) == 1)
