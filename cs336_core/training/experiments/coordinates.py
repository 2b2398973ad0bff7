"""The coordinate check: whether activations move equally far at every width.

Yang et al. (2022, "Tensor Programs V", appendix D.1): train models of several widths for a few
steps and compare the sizes of their activations. With "mup" they change by about the same amount
at every width, so a learning rate suits all of them. With other initializations the change grows
with the width, until a rate that was right for a small model makes a large one diverge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor, nn

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import Batch
from cs336_core.training.initialization import Initialization, initialize, parameter_groups
from cs336_core.training.loop import train_steps
from cs336_core.training.optimizers import AdamW


@dataclass(frozen=True)
class Coordinate:
    """The activations of one part of a model after some steps, on one batch.

    Attributes:
        width: the d_model of the model.
        step: the number of updates so far.
        part: "embedding", "block 1" ... or "logits".
        size: the root mean square of its entries.
        change: the root mean square of their change since initialization.

    """

    width: int
    step: int
    part: str
    size: float
    change: float


def coordinate_check(
    config: ModelConfig,
    widths: Sequence[int],
    batch: Batch,
    *,
    scheme: Initialization,
    n_steps: int = 4,
    learning_rate: float = 1e-2,
    seed: int = 0,
) -> Iterator[Coordinate]:
    """Train `config` at several widths on one batch; yield its activations before and after steps.

    Heads keep their width, so their number grows. For "mup", the base width is the first of
    `widths`. Raises as `initialize` and `ModelConfig` do.
    """
    for width in widths:
        torch.manual_seed(seed)
        n_heads = width // config.head_dim
        model = LanguageModel(replace(config, d_model=width, n_heads=n_heads))
        initialize(model, scheme, base_width=widths[0])
        groups = parameter_groups(model, 0.0, base_width=widths[0] if scheme == "mup" else None)
        optimizer = AdamW(groups, learning_rate)
        first = activations(model, batch.inputs)
        yield from _coordinates(width, 0, first, first)
        for done in range(n_steps):
            steps = train_steps(
                model,
                [batch],
                optimizer,
                n_steps=done + 1,
                schedule=lambda _: learning_rate,
                done=done,
            )
            list(steps)
            yield from _coordinates(width, done + 1, activations(model, batch.inputs), first)


@torch.no_grad()
def activations(model: LanguageModel, ids: Tensor) -> dict[str, Tensor]:
    """Return what the parts of a model compute: embedding, each block, logits."""
    found: dict[str, Tensor] = {}
    parts: dict[str, nn.Module] = {"embedding": model.embedding}
    parts |= {f"block {number}": block for number, block in enumerate(model.blocks, 1)}
    hooks = [
        part.register_forward_hook(partial(_note, found, name)) for name, part in parts.items()
    ]
    logits = model(ids)
    for hook in hooks:
        hook.remove()
    return {**found, "logits": logits}


def _note(
    found: dict[str, Tensor], name: str, _part: nn.Module, _inputs: object, output: Tensor
) -> None:
    """Note what a part has computed."""
    found[name] = output


def _coordinates(
    width: int, step: int, now: dict[str, Tensor], first: dict[str, Tensor]
) -> Iterator[Coordinate]:
    """Yield the sizes and changes of all parts."""
    for part, values in now.items():
        change = _root_mean_square(values - first[part])
        yield Coordinate(width, step, part, _root_mean_square(values), change)


def _root_mean_square(values: Tensor) -> float:
    return values.square().mean().sqrt().item()
