"""All exercises by their names."""

from __future__ import annotations

from cs336_core.exercises import flops, generation, tokens, training
from cs336_core.exercises.exercise import Exercise, ExerciseError

EXERCISES: dict[str, Exercise] = {
    each.name: each for each in [*tokens.ALL, *flops.ALL, *training.ALL, *generation.ALL]
}


def exercise(name: str) -> Exercise:
    """Return an exercise by its name.

    Raises `ExerciseError` for an unknown name.

    >>> exercise("merges")
    Traceback (most recent call last):
    cs336_core.exercises.exercise.ExerciseError: there is no exercise 'merges'; there are \
compression_ratio, count_pairs, merge, train_bpe, encode, decode, matmul_flops, block_flops, \
cosine_schedule, clip_gradients, softmax, keep_top_p
    """
    if name not in EXERCISES:
        names = ", ".join(EXERCISES)
        raise ExerciseError(f"there is no exercise {name!r}; there are {names}")
    return EXERCISES[name]
