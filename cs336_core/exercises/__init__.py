"""Exercises of the lectures: the reader writes a function, and tests compare it with the course's.

Needs the standard library only, since a page checks an exercise in the browser's own Python. What a
function should return is computed by the package's reference implementation, never written down.

>>> from cs336_core.tokenization import merge
>>> check("merge", {"merge": lambda ids, pair, new_id: list(ids)})
merge([5, 6, 5, 6, 7], (5, 6), 256) should return [256, 256, 7]; yours returned [5, 6, 5, 6, 7].
"""

from cs336_core.exercises.checker import check, check_source
from cs336_core.exercises.collection import EXERCISES, exercise
from cs336_core.exercises.exercise import Case, Exercise, ExerciseError
from cs336_core.exercises.result import Result

__all__ = [
    "EXERCISES",
    "Case",
    "Exercise",
    "ExerciseError",
    "Result",
    "check",
    "check_source",
    "exercise",
]
