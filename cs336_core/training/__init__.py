"""From a corpus to a trained language model.

`cs336_core.training.scalar`, a whole GPT, needs the standard library only; the names below need
PyTorch and NumPy, which are imported when one of these names is first used.
"""

from typing import TYPE_CHECKING

from cs336_core._shared.lazy_names import lazy_names
from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.schedules import (
    build_schedule,
    cosine_schedule,
    linear_schedule,
    wsd_schedule,
)

if TYPE_CHECKING:
    from cs336_core.training.batches import Batch, get_batch, random_batches
    from cs336_core.training.checkpoints import load_checkpoint, save_checkpoint
    from cs336_core.training.clipping import clip_gradients
    from cs336_core.training.data import ShuffledBatches, open_dataset, prepare
    from cs336_core.training.initialization import initialize, parameter_groups
    from cs336_core.training.loop import Step, train_steps
    from cs336_core.training.muon import Muon
    from cs336_core.training.optimizers import SGD, AdamW
    from cs336_core.training.overfit import overfit_batch
    from cs336_core.training.runs import TrainingConfig, resume, train

_NEED_PACKAGES = {
    "batches": ["Batch", "get_batch", "random_batches"],
    "checkpoints": ["load_checkpoint", "save_checkpoint"],
    "clipping": ["clip_gradients"],
    "data": ["ShuffledBatches", "open_dataset", "prepare"],
    "initialization": ["initialize", "parameter_groups"],
    "loop": ["Step", "train_steps"],
    "muon": ["Muon"],
    "optimizers": ["SGD", "AdamW"],
    "overfit": ["overfit_batch"],
    "runs": ["TrainingConfig", "resume", "train"],
}

__all__ = [
    "SGD",
    "AdamW",
    "Batch",
    "DivergedError",
    "Muon",
    "ShuffledBatches",
    "Step",
    "TrainingConfig",
    "TrainingError",
    "build_schedule",
    "clip_gradients",
    "cosine_schedule",
    "get_batch",
    "initialize",
    "linear_schedule",
    "load_checkpoint",
    "open_dataset",
    "overfit_batch",
    "parameter_groups",
    "prepare",
    "random_batches",
    "resume",
    "save_checkpoint",
    "train",
    "train_steps",
    "wsd_schedule",
]

__getattr__ = lazy_names(__name__, _NEED_PACKAGES)
