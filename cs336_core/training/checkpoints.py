"""Checkpoints in one file: model, optimizer, iteration.

Files are written completely or not at all, and read without running code from them
(`torch.load` with `weights_only`): a checkpoint from anyone is safe to open. A run's own
checkpoints, in `cs336_core.training.runs`, hold everything that resuming needs.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

import torch
from torch import Tensor, nn

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.training.errors import TrainingError

Target: TypeAlias = "StrPath | IO[bytes]"


class CheckpointError(TrainingError):
    """A checkpoint that is damaged, of another kind, or of another model."""


def save_checkpoint(
    model: nn.Module, optimizer: torch.optim.Optimizer, iteration: int, out: Target
) -> None:
    """Save to a path, or to an open binary file, what `load_checkpoint` restores.

    Raises `OSError` if the file cannot be written; an old file at the path is then unchanged.
    """
    content = to_bytes(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "iteration": iteration,
        }
    )
    if hasattr(out, "write"):
        out.write(content)
    else:
        write_files({Path(out): content})


def load_checkpoint(src: Target, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Restore a model and its optimizer from `save_checkpoint`'s file, and return the iteration.

    Raises `CheckpointError`, and changes nothing, for a file that is damaged or of another model;
    `OSError` if it cannot be read.

    >>> import io
    >>> model = nn.Linear(2, 1)
    >>> optimizer = torch.optim.AdamW(model.parameters())
    >>> file = io.BytesIO()
    >>> save_checkpoint(model, optimizer, 7, file)
    >>> load_checkpoint(io.BytesIO(file.getvalue()), model, optimizer)
    7
    """
    if hasattr(src, "read"):
        content, name = src.read(), str(getattr(src, "name", "the file"))
    else:
        content, name = Path(src).read_bytes(), str(src)
    saved = from_bytes(content, name, {"model": dict, "optimizer": dict, "iteration": int})
    check_model(model, saved["model"], name)
    load_optimizer(optimizer, saved["optimizer"], name)
    model.load_state_dict(saved["model"])
    return int(saved["iteration"])


def to_bytes(state: Mapping[str, Any]) -> bytes:
    """Return a state of tensors, numbers, strings, lists and dicts as the bytes of a file."""
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return buffer.getvalue()


def from_bytes(content: bytes, name: str, needed: Mapping[str, type]) -> dict[str, Any]:
    """Return the state that `to_bytes` wrote, on the CPU.

    Raises `CheckpointError` if it is not one, or lacks a part of the `needed` type.
    """
    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as error:  # of PyTorch's, zip's and pickle's many kinds
        raise CheckpointError(
            f"{name} is not a checkpoint, or is cut off: PyTorch cannot read its {len(content):,} "
            "bytes; use an earlier checkpoint"
        ) from error
    wrong = [
        part
        for part, kind in needed.items()
        if not isinstance(state, dict) or not isinstance(state.get(part), kind)
    ]
    if wrong:
        raise CheckpointError(f"{name} is not a checkpoint of ours: it has no {', '.join(wrong)}")
    found: dict[str, Any] = state
    return found


def check_model(model: nn.Module, saved: Mapping[str, Tensor], name: str) -> None:
    """Raise `CheckpointError` unless saved tensors have the names and shapes of a model's."""
    ours = model.state_dict()
    unknown, missing = sorted(saved.keys() - ours.keys()), sorted(ours.keys() - saved.keys())
    if unknown or missing:
        kind, names = ("has", unknown) if unknown else ("lacks", missing)
        raise CheckpointError(
            f"{name} is of another model: it {kind} {names[0]}"
            f"{f' and {len(names) - 1} more' if len(names) > 1 else ''}"
        )
    for key, tensor in ours.items():
        if saved[key].shape != tensor.shape:
            raise CheckpointError(
                f"{name} is of another model: its {key} has shape {tuple(saved[key].shape)}, and "
                f"the model's has {tuple(tensor.shape)}"
            )


def load_optimizer(optimizer: torch.optim.Optimizer, saved: Mapping[str, Any], name: str) -> None:
    """Restore the state of an optimizer; raise `CheckpointError` for that of another kind."""
    ours = optimizer.state_dict()["param_groups"]
    theirs = saved.get("param_groups", [])
    if [_shape(group) for group in ours] != [_shape(group) for group in theirs]:
        raise CheckpointError(
            f"{name} is of another optimizer than {type(optimizer).__name__}, or of other groups "
            "of parameters"
        )
    optimizer.load_state_dict(dict(saved))


def _shape(group: Mapping[str, Any]) -> tuple[set[str], int]:
    """Return what distinguishes a group of one optimizer from that of another."""
    return group.keys() - {"params"}, len(group["params"])
