"""The folder of a run: its checkpoints, which hold all that its next step depends on.

`checkpoint` is the newest and `best` the one with the lowest validation loss. Each is a folder with
`state.pt`, the tensors, and `config.json`, the configuration in readable form and the checksum of
`state.pt`. A save replaces both files or none, whenever the process is killed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from cs336_core._shared.atomic import finish_folder, write_folder
from cs336_core.model.config import ModelConfig
from cs336_core.model.config_json import config_to_json
from cs336_core.model.language_model import LanguageModel
from cs336_core.tokenization import BPETokenizer, TokenizationError, load
from cs336_core.training.checkpoints import CheckpointError, check_model, from_bytes, to_bytes
from cs336_core.training.runs.config import TrainingConfig, config_from, model_config

CHECKPOINT, BEST, TOKENIZER, LOG = "checkpoint", "best", "tokenizer.json", "log.jsonl"
_STATE, _CONFIG = "state.pt", "config.json"
_NEEDED = {
    **dict.fromkeys(("model", "optimizer", "data", "scaler", "random"), dict),
    **dict.fromkeys(("step", "n_worse", "evaluated"), int),
    "best_loss": float,
}


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in memory.

    Attributes:
        config: the configuration of the run.
        model: that of its model.
        state: the states of model, optimizer, data, loss scaler and random generators; the step and
            what early stopping remembers.
        name: of the file, for errors.

    """

    config: TrainingConfig
    model: ModelConfig
    state: dict[str, Any]
    name: str

    def build_model(self, *, dropout: float = 0.0, checkpointing: bool = False) -> LanguageModel:
        """Return the model with its parameters; raise `CheckpointError` if they do not fit."""
        model = LanguageModel(self.model, dropout=dropout, checkpointing=checkpointing)
        check_model(model, self.state["model"], self.name)
        model.load_state_dict(self.state["model"])
        return model


def write_checkpoint(
    folder: Path, config: TrainingConfig, model: ModelConfig, state: dict[str, Any]
) -> None:
    """Save a checkpoint; raise `OSError`, and keep the old one, if it cannot be written."""
    content = to_bytes(state)
    described = {
        "training": config.to_dict(),
        "model": config_to_json(model),
        "step": state["step"],
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    readable = (json.dumps(described, indent=2) + "\n").encode()
    write_folder(folder, {_STATE: content, _CONFIG: readable})


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read a checkpoint; raise `CheckpointError` if it is missing, damaged or not a checkpoint."""
    if not folder.is_dir():
        raise CheckpointError(
            f"{folder} does not exist, so there is no checkpoint to continue from; start with "
            "`python -m cs336_core.training train`"
        )
    finish_folder(folder, (_STATE, _CONFIG))
    path = folder / _STATE
    try:
        described = json.loads((folder / _CONFIG).read_text("utf-8"))
        content = path.read_bytes()
        checksum = described["sha256"]
        config = config_from(described["training"], str(folder / _CONFIG))
        model = model_config(described["model"])
    except FileNotFoundError as error:
        raise CheckpointError(f"{error.filename} is missing; use another checkpoint") from None
    except (KeyError, TypeError, UnicodeDecodeError, json.JSONDecodeError):
        raise CheckpointError(f"{folder / _CONFIG} does not describe a checkpoint") from None
    if hashlib.sha256(content).hexdigest() != checksum:
        raise CheckpointError(
            f"{path} is damaged or of another run: its {len(content):,} bytes do not have the "
            f"checksum in {_CONFIG}; use another checkpoint"
        )
    return Checkpoint(config, model, from_bytes(content, str(path), _NEEDED), str(path))


def read_trained(run: Path) -> Checkpoint:
    """Read the best checkpoint of a run, or its newest if none was evaluated."""
    return read_checkpoint(run / BEST if (run / BEST).is_dir() else run / CHECKPOINT)


def read_tokenizer(run: Path) -> BPETokenizer:
    """Read the tokenizer of a run; raise `CheckpointError` if it has none."""
    try:
        return load(run / TOKENIZER)
    except (OSError, TokenizationError) as error:
        raise CheckpointError(f"{run} has no usable {TOKENIZER}: {error}") from None


def random_state() -> dict[str, Any]:
    """Return the states of PyTorch's random generators, which dropout draws from."""
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def set_random_state(state: dict[str, Any]) -> None:
    """Restore the states of PyTorch's random generators."""
    torch.set_rng_state(state["cpu"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])
