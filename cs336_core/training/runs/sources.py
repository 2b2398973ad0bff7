"""The data of a run: batches to train on, and to evaluate with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from cs336_core.tokenization import BPETokenizer, load
from cs336_core.training.batches import Batch
from cs336_core.training.data import (
    ExampleBatches,
    ShuffledBatches,
    open_dataset,
    read_examples,
)
from cs336_core.training.data.packing import pack, packed_batch
from cs336_core.training.errors import TrainingError
from cs336_core.training.parallel import Workers
from cs336_core.training.runs.config import TrainingConfig
from cs336_core.training.runs.evaluation import validation_batches

_HELD_OUT = 10  # every tenth example is for validation


@dataclass(frozen=True)
class Source:
    """The data of a run.

    Attributes:
        batches: parts of batches to train on, endless.
        validation: batches to evaluate with; empty if there is too little text.
        tokenizer: the tokenizer of the ids.
        bytes_per_token: bytes of text per validation target; 0 where they are not known.

    """

    batches: ShuffledBatches | ExampleBatches
    validation: list[Batch]
    tokenizer: BPETokenizer
    bytes_per_token: float


def open_source(
    config: TrainingConfig,
    context_length: int,
    tokenizer: BPETokenizer | None,
    workers: Workers,
    device: torch.device,
) -> Source:
    """Open the data of a run; `tokenizer` is that of the model, if there is one already.

    Raises `TrainingError` for data that is missing, damaged, too short, or of another tokenizer.
    """
    path = Path(config.data)
    if tokenizer is not None and not path.exists():  # of a run that began elsewhere, perhaps
        start = "" if path.is_absolute() else f", from the current folder, {Path.cwd()}"
        raise TrainingError(f"the data of the run, {path}, does not exist{start}")
    part = config.batch_size // config.accumulate
    shared = {"seed": config.seed, "rank": workers.rank, "n_workers": workers.size}
    if path.suffix == ".jsonl":
        if tokenizer is None:
            raise TrainingError(
                f"{path} has prompts and responses, which fine-tune a model; pass start_from, the "
                "folder of a run to continue"
            )
        examples = read_examples(path, tokenizer)
        order = np.random.default_rng(config.seed).permutation(len(examples))
        held_out = [examples[i] for i in order[: len(examples) // _HELD_OUT]]
        learned = [examples[i] for i in order[len(examples) // _HELD_OUT :]]
        batches = ExampleBatches(learned, part, context_length, device=device, **shared)
        fitting = [x for x in held_out if 2 <= len(x.ids) <= context_length + 1]
        rows = pack(fitting, context_length)[: config.eval_batches * part]
        validation = [
            packed_batch(rows[i : i + part], context_length) for i in range(0, len(rows), part)
        ]
        return Source(batches, [batch.to(device) for batch in validation], tokenizer, 0.0)
    dataset = open_dataset(path)
    own = load(path)
    if tokenizer is not None and tokenizer != own:
        raise TrainingError(
            f"{path} was prepared with another tokenizer than the model's; prepare it again with "
            "--tokenizer and the folder of the run"
        )
    windows = ShuffledBatches(dataset.train, part, context_length, device=device, **shared)
    found = validation_batches(dataset.validation, part, context_length, config.eval_batches)
    validation = [batch.to(device) for batch in found]
    return Source(windows, validation, own, dataset.validation_bytes_per_token)
