"""A training run: a generator of events that also writes the run's folder.

The folder has `log.jsonl`, `tokenizer.json`, and the checkpoints `checkpoint` and `best`. A run
that was killed at any moment continues with `resume`, and its losses are the same bits as if it had
not been interrupted (on the same machine, with the same number of threads and workers).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cs336_core._shared.paths import StrPath
from cs336_core.model.losses import cross_entropy
from cs336_core.training.loop import Step, train_steps
from cs336_core.training.parallel import ALONE, Workers
from cs336_core.training.runs.build import Run, new_run, resumed_run
from cs336_core.training.runs.config import TrainingConfig
from cs336_core.training.runs.evaluation import bits_per_byte, evaluate
from cs336_core.training.runs.events import Evaluation, Finished, RunEvent, Saved, Started
from cs336_core.training.runs.log import RunLog
from cs336_core.training.runs.state import BEST, LOG
from cs336_core.training.runs.throughput import (
    Stopwatch,
    counted_bytes,
    flops_per_token,
    peak_memory,
)
from cs336_core.training.schedules import build_schedule

_DIVERGED = 3  # times the loss of a uniform guess: a model that knows nothing is better


def train(config: TrainingConfig, workers: Workers = ALONE) -> Iterator[RunEvent]:
    """Start a run; yield its events, the first of which is `Started` and the last `Finished`.

    Leaving the loop early saves a checkpoint of the last complete step.

    Raises `TrainingError` before the run begins if its data, its folder or its model are unusable;
    `DivergedError` during the run, after which the last checkpoint is there; `OSError` if a file
    cannot be written.
    """
    return _events(new_run(config, workers))


def resume(
    out: StrPath, *, n_steps: int | None = None, workers: Workers = ALONE
) -> Iterator[RunEvent]:
    """Continue a run from its newest checkpoint, with the events of `train`.

    `n_steps` makes the run longer than planned.

    Raises `CheckpointError` if there is no usable checkpoint, otherwise as `train`.
    """
    return _events(resumed_run(Path(out), n_steps, workers))


def _events(run: Run) -> Iterator[RunEvent]:
    """Yield the events of a run, and log them."""
    log = RunLog(Path(run.config.out) / LOG, run.step) if run.workers.is_first else None
    try:
        for event in _train(run):
            if log is not None:
                log.write(event)
            yield event
    finally:
        if log is not None:
            log.close()


def _train(run: Run) -> Iterator[RunEvent]:
    """Train, evaluate and save."""
    config = run.config
    yield _started(run)
    if run.step == 0:
        yield Saved(0, run.save())
    watch = Stopwatch()
    saved = run.step
    is_early = False
    try:
        for step in _steps(run):
            run.step = step.number
            watch.count(step.tokens)
            yield step
            is_last = step.number == config.n_steps
            if run.source.validation and (is_last or step.number % config.eval_every == 0):
                yield _evaluated(run)
                is_early = 0 < config.patience <= run.n_worse
            if is_last or is_early or step.number % config.save_every == 0:
                folder = run.save()
                saved = step.number
                yield Saved(saved, folder)
            if is_early:
                break
            watch.skip()
    except GeneratorExit:
        if run.step > saved:
            run.save()
        raise
    yield _finished(run, watch, is_early=is_early)


def _steps(run: Run) -> Iterator[Step]:
    """Yield the remaining steps of a run."""
    config = run.config
    return train_steps(
        run.model,
        run.source.batches,
        run.optimizer,
        n_steps=config.n_steps,
        schedule=build_schedule(
            config.schedule,
            config.learning_rate,
            config.n_steps,
            min_lr=config.lowest_rate,
            warmup=config.warmup,
        ),
        max_norm=config.max_norm,
        accumulate=config.accumulate,
        loss=partial(cross_entropy, label_smoothing=config.label_smoothing),
        max_loss=_DIVERGED * math.log(max(run.model.config.vocab_size, 2)),
        precision=run.precision,
        scaler=run.scaler,
        workers=run.workers,
        done=run.step,
    )


def _evaluated(run: Run) -> Evaluation:
    """Evaluate; save the model if it is the best so far."""
    loss = evaluate(run.model, run.source.validation, run.precision)
    is_best = loss < run.best_loss
    run.n_worse = 0 if is_best else run.n_worse + 1
    if is_best:
        run.best_loss = loss
        run.save(BEST)
    return Evaluation(run.step, loss, bits_per_byte(loss, run.source.bytes_per_token), is_best)


def _started(run: Run) -> Started:
    """Describe the run."""
    config, model = run.config, run.model.config
    n_parameters = sum(parameter.numel() for parameter in run.model.parameters())
    batches = run.source.batches
    part = config.batch_size // config.accumulate // run.workers.size
    state, activations = counted_bytes(model, part, n_parameters)
    return Started(
        n_parameters=n_parameters,
        n_steps=config.n_steps,
        done=run.step,
        tokens_per_step=config.batch_size * model.context_length,
        epochs=config.n_steps * config.batch_size / batches.rows_per_epoch,
        n_left_out=getattr(batches, "n_left_out", 0),
        device=str(run.device),
        state_bytes=state,
        activation_bytes=activations,
    )


def _finished(run: Run, watch: Stopwatch, *, is_early: bool) -> Finished:
    """Summarize the run."""
    reached = watch.tokens_per_second * flops_per_token(run.model.config)
    return Finished(
        step=run.step,
        is_early=is_early,
        best_loss=run.best_loss if math.isfinite(run.best_loss) else None,
        seconds=watch.seconds,
        tokens_per_second=watch.tokens_per_second,
        flops_per_second=reached,
        mfu=reached / run.peak.flops_per_second / run.workers.size,
        peak_name=run.peak.name,
        peak_bytes=peak_memory(run.device),
    )
