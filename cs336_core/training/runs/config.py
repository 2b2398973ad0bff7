"""The configuration of a training run: every choice that its losses depend on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import (
    check_choice,
    check_flag,
    check_number,
    check_size,
    short_repr,
    unknown_name,
)
from cs336_core.model.config import ModelConfig
from cs336_core.model.config_json import PARTS, config_from_json
from cs336_core.training.errors import TrainingError
from cs336_core.training.initialization import Initialization
from cs336_core.training.optimizers import Decay
from cs336_core.training.precision import Precision
from cs336_core.training.schedules import ScheduleName, build_schedule

OptimizerName = Literal["adamw", "muon", "sgd"]
MODEL = {"n_layers": 4, "d_model": 256, "n_heads": 4, "context_length": 256}


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """The configuration of a run: the model, its data and how it is trained.

    Attributes:
        data: a folder that `prepare` wrote, or a .jsonl file of prompts and responses.
        out: the folder of the run, which must be new.
        start_from: the folder of an earlier run whose model to continue with, as in fine-tuning;
            `None` for a new model.
        model: the fields of `ModelConfig` except `vocab_size`, which the data decides. Those left
            out are those of a small Llama (`MODEL`). With `start_from`, only `context_length` and
            what does not change the parameters.
        n_steps: the number of updates.
        batch_size: sequences per update, over all workers.
        accumulate: the number of parts in which a batch is computed, to save memory.
        optimizer: "adamw", "muon" for hidden matrices with AdamW for the rest, or "sgd".
        learning_rate: the highest, after the warm-up.
        min_learning_rate: the lowest, at the end; `None` for a tenth of the highest.
        schedule: "constant", "cosine", "linear" or "wsd" (warm-up, stable, decay).
        warmup: the number of steps until the highest rate.
        betas: of AdamW.
        momentum: of Muon and SGD.
        weight_decay: of matrices; vectors do not decay.
        decay: whether weights decay before AdamW's update, or after it.
        max_norm: the norm to which gradients are clipped.
        label_smoothing: the fraction of the probability that goes to all ids uniformly.
        z_loss: the factor of log(Z)^2, which keeps logits small; PaLM's is 1e-4.
        dropout: the probability that an activation is set to 0 in training.
        checkpointing: whether to compute each block twice, to save memory for its activations.
        precision: of matrix multiplications; `None` for bf16 on a GPU and fp32 on a CPU.
        initialization: how parameters are initialized: "gpt2", "glorot" or "mup".
        base_width: with "mup", the d_model at which the learning rate was found.
        seed: of parameters, dropout and the order of batches.
        device: such as "cpu" or "cuda"; `None` for a GPU if there is one.
        eval_every: steps between two evaluations on the validation data.
        eval_batches: batches in an evaluation.
        patience: stop after this many evaluations without a new best loss; 0 for never.
        save_every: steps between two checkpoints; there is one at the end, too.
        machine: a machine of `cs336_core.accounting`, for the utilization of its peak.

    Raises:
        TrainingError: for an invalid value, with the field, its value and the rule.

    """

    data: str
    out: str
    start_from: str | None = None
    model: dict[str, Any] = field(default_factory=dict)
    n_steps: int = 1000
    batch_size: int = 32
    accumulate: int = 1
    optimizer: OptimizerName = "adamw"
    learning_rate: float = 1e-3
    min_learning_rate: float | None = None
    schedule: ScheduleName = "cosine"
    warmup: int = 0
    betas: tuple[float, float] = (0.9, 0.95)
    momentum: float = 0.95
    weight_decay: float = 0.1
    decay: Decay = "before"
    max_norm: float = 1.0
    label_smoothing: float = 0.0
    z_loss: float = 0.0
    dropout: float = 0.0
    checkpointing: bool = False
    precision: Precision | None = None
    initialization: Initialization = "gpt2"
    base_width: int = 256
    seed: int = 0
    device: str | None = None
    eval_every: int = 100
    eval_batches: int = 20
    patience: int = 0
    save_every: int = 100
    machine: str | None = None

    def __post_init__(self) -> None:
        """Raise `TrainingError` for values that are out of range or contradict each other."""
        object.__setattr__(self, "betas", tuple(self.betas))  # TOML and JSON have lists
        for name in ("n_steps", "batch_size", "accumulate", "base_width"):
            check_size(name, getattr(self, name), error=TrainingError)
        for name in ("eval_every", "eval_batches", "save_every"):
            check_size(name, getattr(self, name), error=TrainingError)
        for name in ("warmup", "patience", "seed"):
            check_size(name, getattr(self, name), minimum=0, error=TrainingError)
        for name, choices in (
            ("optimizer", get_args(OptimizerName)),
            ("decay", get_args(Decay)),
            ("initialization", get_args(Initialization)),
            ("precision", (None, *get_args(Precision))),
        ):
            check_choice(name, getattr(self, name), choices, error=TrainingError)
        check_number("learning_rate", self.learning_rate, above=0, error=TrainingError)
        if self.min_learning_rate is not None:
            check_number("min_learning_rate", self.min_learning_rate, error=TrainingError)
        check_number("weight_decay", self.weight_decay, error=TrainingError)
        check_number("max_norm", self.max_norm, above=0, error=TrainingError)
        check_number("label_smoothing", self.label_smoothing, maximum=1, error=TrainingError)
        check_number("dropout", self.dropout, maximum=1, error=TrainingError)
        check_flag("checkpointing", self.checkpointing)
        check_number("z_loss", self.z_loss, error=TrainingError)
        if self.batch_size % self.accumulate:
            raise TrainingError(
                f"batch_size is {self.batch_size:,}; it must be a multiple of accumulate, "
                f"{self.accumulate:,}"
            )
        build_schedule(
            self.schedule,
            self.learning_rate,
            self.n_steps,
            min_lr=self.lowest_rate,
            warmup=self.warmup,
        )
        self.model_config(vocab_size=1)

    @property
    def lowest_rate(self) -> float:
        """The learning rate at the end."""
        lowest = self.min_learning_rate
        return self.learning_rate / 10 if lowest is None else lowest

    def model_config(self, vocab_size: int) -> ModelConfig:
        """Return the configuration of a new model; raise `TrainingError` for unknown fields."""
        return model_config({**MODEL, **self.model, "vocab_size": vocab_size})

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {**asdict(self), "betas": list(self.betas)}


def read_config(
    path: StrPath,
    changes: Mapping[str, Any] = MappingProxyType({}),
    defaults: Mapping[str, Any] = MappingProxyType({}),
) -> TrainingConfig:
    """Read a configuration from a TOML file, whose table `[model]` has the model's fields.

    `changes` replace fields of the file, those of `model` one by one; `defaults` are for fields
    that it lacks. Raises `TrainingError` for a file that is not TOML, and for unknown or missing
    fields; `OSError` if it cannot be read.
    """
    try:
        found = tomllib.loads(Path(path).read_text("utf-8"))
    except ValueError as error:  # of Unicode as well as TOML
        raise TrainingError(f"{path} is not TOML: {error}") from None
    model = {**found.get("model", {}), **changes.get("model", {})}
    return config_from({**defaults, **found, **changes, "model": model}, str(path))


def config_from(values: dict[str, Any], source: str) -> TrainingConfig:
    """Return the configuration with these fields; raise `TrainingError` for unknown ones."""
    known = [field.name for field in fields(TrainingConfig)]
    for name in values:
        if name not in known:
            raise TrainingError(f"{source}: {unknown_name('field', name, known)}")
    for name in ("data", "out"):
        if name not in values:
            raise TrainingError(f"{source}: {name} is missing; see TrainingConfig")
    wrong = next((name for name, value in values.items() if not _fits(name, value)), None)
    if wrong:
        raise TrainingError(f"{source}: {wrong} is {short_repr(values[wrong])}, of the wrong type")
    return TrainingConfig(**values)


def model_config(values: dict[str, Any]) -> ModelConfig:
    """Return a model's configuration from JSON's or TOML's values.

    Raises `TrainingError` for unknown fields, and `ConfigError` as `ModelConfig` does.
    """
    _check_fields(ModelConfig, values, "model")
    for name, part in PARTS.items():
        if isinstance(values.get(name), dict):
            _check_fields(part, values[name], name)
    return config_from_json(values)


def _check_fields(kind: type, values: dict[str, Any], name: str) -> None:
    """Raise `TrainingError` for a key that is not a field of a dataclass."""
    known = [field.name for field in fields(kind)]
    for key in values:
        if key not in known:
            raise TrainingError(unknown_name(f"{name} field", key, known))


def _fits(name: str, value: object) -> bool:
    """Whether a value of a file has the type of its field, where checks rely on it."""
    if name in ("data", "out"):
        return isinstance(value, str)
    if name in ("start_from", "device", "machine"):
        return value is None or isinstance(value, str)
    if name == "betas":
        return isinstance(value, list | tuple) and len(value) == 2
    return isinstance(value, dict) if name == "model" else True
