"""Building a run: new from a configuration, or from its newest checkpoint."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from cs336_core.model.config_json import config_to_json
from cs336_core.model.language_model import LanguageModel
from cs336_core.tokenization import save
from cs336_core.training.checkpoints import load_optimizer
from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import initialize, parameter_groups
from cs336_core.training.muon import Muon
from cs336_core.training.optimizers import SGD, AdamW
from cs336_core.training.parallel import Workers
from cs336_core.training.precision import LossScaler, Precision
from cs336_core.training.runs.config import TrainingConfig, model_config
from cs336_core.training.runs.sources import Source, open_source
from cs336_core.training.runs.state import (
    CHECKPOINT,
    TOKENIZER,
    random_state,
    read_checkpoint,
    read_tokenizer,
    read_trained,
    set_random_state,
    write_checkpoint,
)
from cs336_core.training.runs.throughput import Peak, peak_of


@dataclass
class Run:
    """A run between two steps."""

    config: TrainingConfig
    model: LanguageModel
    optimizer: torch.optim.Optimizer
    source: Source
    scaler: LossScaler | None
    workers: Workers
    device: torch.device
    precision: Precision
    peak: Peak
    step: int = 0
    best_loss: float = math.inf
    n_worse: int = 0  # evaluations since the best
    evaluated: int = 0  # the step of the last evaluation

    def state(self) -> dict[str, Any]:
        """Return everything that the next step depends on, and what early stopping remembers."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "data": self.source.batches.state_dict(),
            "scaler": self.scaler.state_dict() if self.scaler else {},
            "random": random_state(),
            "step": self.step,
            "best_loss": self.best_loss,
            "n_worse": self.n_worse,
            "evaluated": self.evaluated,
        }

    def save(self, name: str = CHECKPOINT) -> Path:
        """Write a checkpoint, in the first of the workers."""
        folder = Path(self.config.out) / name
        if self.workers.is_first:
            write_checkpoint(folder, self.config, self.model.config, self.state())
        return folder


def new_run(config: TrainingConfig, workers: Workers) -> Run:
    """Return a run at its beginning, in a folder of its own; raise as `train` does."""
    out = Path(config.out)
    if (out / CHECKPOINT).exists():
        raise TrainingError(
            f"{out} has a run already; continue it with resume, or choose another folder"
        )
    torch.manual_seed(config.seed)
    device = _device(config)
    if config.start_from is None:
        context_length = config.model_config(vocab_size=1).context_length
        source = open_source(config, context_length, None, workers, device)
        full = config.model_config(source.tokenizer.vocab_size)
        model = LanguageModel(full, dropout=config.dropout, checkpointing=config.checkpointing)
        initialize(model, config.initialization, base_width=config.base_width)
    else:
        earlier = read_trained(Path(config.start_from))
        changed = model_config({**config_to_json(earlier.model), **config.model})
        tokenizer = read_tokenizer(Path(config.start_from))
        source = open_source(config, changed.context_length, tokenizer, workers, device)
        model = replace(earlier, model=changed).build_model(
            dropout=config.dropout, checkpointing=config.checkpointing
        )
    run = _build(config, model, source, workers, device)
    torch.manual_seed(config.seed + workers.rank)  # workers drop out different activations
    if workers.is_first:
        out.mkdir(parents=True, exist_ok=True)
        save(source.tokenizer, out / TOKENIZER)
    return run


def resumed_run(out: Path, n_steps: int | None, workers: Workers) -> Run:
    """Return the run of a folder at its newest checkpoint; raise as `resume` does."""
    checkpoint = read_checkpoint(out / CHECKPOINT)
    state = checkpoint.state
    config = replace(checkpoint.config, out=str(out), n_steps=n_steps or checkpoint.config.n_steps)
    if state["step"] > config.n_steps:
        raise TrainingError(
            f"{out} is at step {state['step']:,} already; n_steps is {config.n_steps:,}"
        )
    device, tokenizer = _device(config), read_tokenizer(out)
    source = open_source(config, checkpoint.model.context_length, tokenizer, workers, device)
    model = checkpoint.build_model(dropout=config.dropout, checkpointing=config.checkpointing)
    run = _build(config, model, source, workers, device)
    load_optimizer(run.optimizer, state["optimizer"], checkpoint.name)
    source.batches.load_state_dict(state["data"])
    if run.scaler is not None:
        run.scaler.load_state_dict(state["scaler"])
    for name in ("step", "best_loss", "n_worse", "evaluated"):
        setattr(run, name, state[name])
    if workers.is_first:
        set_random_state(state["random"])
    else:
        torch.manual_seed(config.seed + workers.rank + run.step)
    return run


def _build(
    config: TrainingConfig,
    model: LanguageModel,
    source: Source,
    workers: Workers,
    device: torch.device,
) -> Run:
    """Return a run at its beginning."""
    model.to(device)
    precision = config.precision or ("bf16" if device.type == "cuda" else "fp32")
    return Run(
        config=config,
        model=model,
        optimizer=_optimizer(config, model),
        source=source,
        scaler=LossScaler() if precision == "fp16" else None,
        workers=workers,
        device=device,
        precision=precision,
        peak=peak_of(config.machine, device, precision),
    )


def _optimizer(config: TrainingConfig, model: LanguageModel) -> torch.optim.Optimizer:
    """Return the optimizer of a configuration."""
    base_width = config.base_width if config.initialization == "mup" else None
    has_muon = config.optimizer == "muon"
    groups = parameter_groups(model, config.weight_decay, base_width=base_width, has_muon=has_muon)
    if has_muon:
        return Muon(
            groups,
            config.learning_rate,
            momentum=config.momentum,
            betas=config.betas,
            match_adamw=True,
        )
    if config.optimizer == "sgd":
        return SGD(groups, config.learning_rate, momentum=config.momentum)
    return AdamW(groups, config.learning_rate, config.betas, decay=config.decay)


def _device(config: TrainingConfig) -> torch.device:
    """Return where to train; raise `TrainingError` for a device that PyTorch does not have."""
    name = config.device or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError):
        raise TrainingError(
            f"device is {name!r}, which PyTorch does not find here; omit it to use a GPU if there "
            "is one"
        ) from None
