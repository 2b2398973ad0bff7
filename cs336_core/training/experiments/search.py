"""Searching for hyperparameters: random search, and successive halving.

A search needs to know only how to start a run with some values, as an iterator of its validation
losses: `validation_losses` is that for a `TrainingConfig`. A run is continued by asking for its
next loss, so no step is ever repeated, and a bad run is stopped by not asking again.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.runs import Evaluation, TrainingConfig, train


@dataclass(frozen=True)
class LogUniform:
    """A number between two others, equally likely in each factor of ten.

    For learning rates and weight decay, where a factor matters and a difference does not.
    """

    low: float
    high: float

    def draw(self, rng: random.Random) -> float:
        """Return a number."""
        return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))


@dataclass(frozen=True)
class Choice:
    """One of several options, all equally likely."""

    options: Sequence[Any]

    def draw(self, rng: random.Random) -> Any:
        """Return an option."""
        return rng.choice(self.options)


Space: TypeAlias = "Mapping[str, LogUniform | Choice]"  # name of a field -> its values
Start: TypeAlias = Callable[[dict[str, Any]], Iterator[float]]  # values -> validation losses


@dataclass
class Trial:
    """A run of a search.

    Attributes:
        number: counted from 1.
        values: the drawn hyperparameters.
        losses: its validation losses so far; infinity once it has diverged.
        run: the iterator that continues it.

    """

    number: int
    values: dict[str, Any]
    run: Iterator[float] = field(repr=False)
    losses: list[float] = field(default_factory=list)

    @property
    def loss(self) -> float:
        """The newest loss."""
        return self.losses[-1] if self.losses else math.inf

    def proceed(self, n_losses: int) -> None:
        """Continue until there are `n_losses`, or the run ends."""
        self.losses += islice(self.run, n_losses - len(self.losses))


def random_search(
    start: Start, space: Space, *, n_trials: int, n_losses: int, seed: int = 0
) -> Iterator[Trial]:
    """Run independent draws of `space` for `n_losses` evaluations each; yield each when done.

    Random values find better runs than a grid of as many: where only one hyperparameter matters, a
    grid tries few values of it, and random draws try `n_trials` (Bergstra and Bengio 2012).

    Raises `TrainingError` for more trials than `space` has values.
    """
    for trial in _trials(start, space, n_trials, seed):
        trial.proceed(n_losses)
        yield trial


def successive_halving(
    start: Start,
    space: Space,
    *,
    n_trials: int,
    n_losses: int,
    factor: int = 2,
    seed: int = 0,
) -> Iterator[list[Trial]]:
    """Start many runs and continue the better ones; yield each round's trials, best first.

    The first round runs all trials for `n_losses` evaluations. Each further round keeps the best
    1 / `factor` of them and runs those `factor` times as long, so all rounds cost the same
    (Jamieson and Talwalkar 2016, algorithm 1). The last has one trial. Runs are compared before
    they end, so their learning rate should not depend on the end: "constant", or "wsd" with a long
    run.

    Raises `TrainingError` for a factor below 2, and for more trials than `space` has values.

    >>> def start(values):  # a loss that falls towards the drawn value
    ...     return (values["x"] + 1 / n for n in range(1, 99))
    >>> rounds = successive_halving(start, {"x": LogUniform(0.1, 9)}, n_trials=4, n_losses=1)
    >>> [[len(trial.losses) for trial in trials] for trials in rounds]
    [[1, 1, 1, 1], [2, 2], [4]]
    """
    if factor < 2:
        raise TrainingError(f"factor is {factor}; it must be 2 or more")
    trials = _trials(start, space, n_trials, seed)
    while True:
        for trial in trials:
            trial.proceed(n_losses)
        trials.sort(key=lambda trial: trial.loss)
        yield trials
        if len(trials) == 1:
            return
        trials = trials[: max(1, len(trials) // factor)]
        n_losses *= factor


def validation_losses(config: TrainingConfig, values: Mapping[str, Any]) -> Iterator[float]:
    """Start a run with some values in place of a configuration's; yield its validation losses.

    Each run has a folder of its own in `config.out`, named after its values. A run that diverges
    ends with infinity.
    """
    name = " ".join(
        f"{key}={value:.3g}" if isinstance(value, float) else f"{key}={value}"
        for key, value in values.items()
    )
    out = str(Path(config.out) / name)
    try:
        for event in train(replace(config, **values, out=out)):
            if isinstance(event, Evaluation):
                yield event.loss
    except DivergedError:
        yield math.inf


def _trials(start: Start, space: Space, n_trials: int, seed: int) -> list[Trial]:
    """Draw different values for all trials; their runs begin when they are continued."""
    rng = random.Random(seed)  # noqa: S311  (no secrets)
    drawn: list[dict[str, Any]] = []
    for _ in range(100 * n_trials):
        values = {name: kind.draw(rng) for name, kind in space.items()}
        if values not in drawn:
            drawn.append(values)
        if len(drawn) == n_trials:
            return [Trial(number, each, start(each)) for number, each in enumerate(drawn, 1)]
    raise TrainingError(
        f"n_trials is {n_trials:,}, and the space seems to have no more than {len(drawn):,} "
        "different values; pass fewer trials or more options"
    )
