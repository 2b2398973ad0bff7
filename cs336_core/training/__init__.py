"""From a corpus to a trained language model.

`cs336_core.training.scalar`, a whole GPT, needs the standard library only; the names below need
PyTorch and NumPy, which are imported when one of these names is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.schedules import (
    build_schedule,
    cosine_schedule,
    linear_schedule,
    wsd_schedule,
)

if TYPE_CHECKING:
    from cs336_core.training.batches import Batch, get_batch, random_batches
    from cs336_core.training.clipping import clip_gradients
    from cs336_core.training.loop import Step, train_steps
    from cs336_core.training.optimizers import SGD, AdamW
    from cs336_core.training.overfit import overfit_batch

_NEED_PACKAGES = {
    "batches": ["Batch", "get_batch", "random_batches"],
    "clipping": ["clip_gradients"],
    "loop": ["Step", "train_steps"],
    "optimizers": ["SGD", "AdamW"],
    "overfit": ["overfit_batch"],
}

__all__ = [
    "SGD",
    "AdamW",
    "Batch",
    "DivergedError",
    "Step",
    "TrainingError",
    "build_schedule",
    "clip_gradients",
    "cosine_schedule",
    "get_batch",
    "linear_schedule",
    "overfit_batch",
    "random_batches",
    "train_steps",
    "wsd_schedule",
]


def __getattr__(name: str) -> object:
    """Import a name that needs PyTorch when it is first used."""
    for module, names in _NEED_PACKAGES.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{module}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
