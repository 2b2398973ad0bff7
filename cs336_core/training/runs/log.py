"""The log of a run: one JSON object per line, and TensorBoard's files where it is installed."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cs336_core._shared.atomic import write_files
from cs336_core.training.errors import TrainingError
from cs336_core.training.loop import Step
from cs336_core.training.runs.events import Evaluation, RunEvent, Saved, Started

# Windows, which lacks the module, cannot lock a folder
_LOCKS: Any = import_module("fcntl") if find_spec("fcntl") else None


class RunLog:
    """Appends events to a file, so that each step is in it once, however often a run continues.

    A run that was killed may have logged steps after its last checkpoint, which it repeats: lines
    after step `done` are removed first, and so is a line that was cut off.

    Until it is closed, no other run can open a log in the same folder: the steps and the
    checkpoints of two would replace each other. Raises `TrainingError` if one is still open.
    """

    def __init__(self, path: Path, done: int) -> None:
        self._lock = _locked(path.parent)
        kept = [line for line in _lines(path) if line.get("step", 0) <= done]
        write_files({path: b"".join(map(_line, kept))})
        self._file = path.open("ab", buffering=0)  # a line is in the file once it is written
        self._board = _board(path.parent / "tensorboard", done)

    def write(self, event: RunEvent) -> None:
        """Append an event."""
        if isinstance(event, Saved):
            return
        found = as_dict(event)
        self._file.write(_line(found))
        if self._board is not None:
            for name, value in found.items():
                if isinstance(event, Step | Evaluation) and isinstance(value, float):
                    self._board.add_scalar(f"{found['event']}/{name}", value, found["step"])

    def close(self) -> None:
        """Close the files."""
        self._file.close()
        if self._board is not None:
            self._board.close()
        if self._lock is not None:
            os.close(self._lock)


def _locked(folder: Path) -> int | None:
    """Lock a folder; return the descriptor that has the lock, which ends with the process."""
    if _LOCKS is None:
        return None
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _LOCKS.flock(descriptor, _LOCKS.LOCK_EX | _LOCKS.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise TrainingError(
            f"another run is still using {folder}; wait for it to finish, or choose another folder"
        ) from None
    except OSError:  # a network file system without locks
        os.close(descriptor)
        return None
    return descriptor


def as_dict(event: RunEvent) -> dict[str, Any]:
    """Return an event as JSON has it: its kind, the step, and its fields.

    >>> as_dict(Evaluation(100, 1.5, None, True))
    {'event': 'evaluation', 'step': 100, 'loss': 1.5, 'bits_per_byte': None, 'is_best': True}
    """
    fields = asdict(event)
    names = {Started: "done", Step: "number"}
    step = fields.pop(names.get(type(event), "step"))
    if isinstance(event, Saved):
        fields["folder"] = str(event.folder)
    return {"event": type(event).__name__.lower(), "step": step, **fields}


def _line(found: dict[str, Any]) -> bytes:
    return (json.dumps(found) + "\n").encode()


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the complete lines of a log."""
    found = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except ValueError:
            break  # the process was killed while it wrote this line
    return found


def _board(folder: Path, done: int) -> Any:
    """Return TensorBoard's writer, or `None` if it is not installed."""
    if find_spec("tensorboard") is None:
        return None
    tensorboard = import_module("torch.utils.tensorboard")
    return tensorboard.SummaryWriter(str(folder), purge_step=done + 1)
