"""Initialization: how parameters are drawn, and the learning rate of each of them.

"glorot" keeps what the layers draw. "gpt2" draws every matrix with a standard deviation of 0.02,
and those that add to the residual stream with 0.02 / sqrt(2 n_layers), so that the sum of all
layers has the same size in deep models (Radford et al. 2019, section 2.3).

"mup" is the maximal update parametrization (Yang et al. 2022, "Tensor Programs V", table 3): at
width d, with m = d / base width,

    embedding   standard deviation as at the base width     rate as at the base width
    hidden      divided by sqrt(m)                          divided by m
    LM head     divided by m                                divided by m

A hidden matrix sums d products. As they are random at first, their sum grows with sqrt(d); as they
learn, they agree, and it grows with d. So the initial weights shrink with the root, and the updates
with the width itself. Then activations change by the same amount per step at every width, and a
learning rate found at a small width is right at a large one. `coordinate_check` shows it. Heads
keep their width, d_head, so that attention scores need no other scale.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, Literal, get_args

import torch
from torch import nn

from cs336_core._shared.validation import check_choice
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.layers import truncated_normal
from cs336_core.training.errors import TrainingError

Initialization = Literal["glorot", "gpt2", "mup"]
Role = Literal["embedding", "hidden", "residual", "head", "vector"]
_STD = 0.02
_RESIDUAL = ("attention.output.weight", ".down.weight")  # of MLPs and of experts


def initialize(model: LanguageModel, scheme: Initialization, *, base_width: int = 256) -> None:
    """Draw all matrices anew, from PyTorch's global generator; "glorot" changes nothing.

    Raises `TrainingError` for an unknown scheme, and for "mup" with tied embeddings: one matrix
    cannot follow two rules.
    """
    check_choice("initialization", scheme, get_args(Initialization), error=TrainingError)
    if scheme == "glorot":
        return
    config = model.config
    if scheme == "mup":
        check_width_scaling(model, base_width)
    width = config.d_model / base_width if scheme == "mup" else 1.0
    residual = math.sqrt(2 * config.n_layers)
    scales: dict[Role, float] = {
        "embedding": 1.0,
        "hidden": 1 / math.sqrt(width),
        "residual": 1 / math.sqrt(width) / residual,
        "head": 1 / width,
    }
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            role = role_of(name, parameter)
            if role != "vector":
                truncated_normal(parameter, _STD * scales[role])


def parameter_groups(
    model: LanguageModel,
    weight_decay: float,
    *,
    base_width: int | None = None,
    has_muon: bool = False,
) -> list[dict[str, Any]]:
    """Return the parameters of a model in groups for an optimizer.

    Matrices decay; norms and biases do not, which would only pull activations towards 0. With a
    `base_width`, the rates scale as "mup" requires ("lr_scale", which the training loop
    multiplies); weight decay scales inversely, so that their product stays. With `has_muon`, the
    groups of hidden matrices are those that Muon orthogonalizes.
    """
    if base_width is not None:
        check_width_scaling(model, base_width)
    found: dict[Role, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        role = role_of(name, parameter)
        found.setdefault("hidden" if role == "residual" else role, []).append(parameter)
    group = partial(
        _group, model=model, weight_decay=weight_decay, base_width=base_width, has_muon=has_muon
    )
    return [group(role, parameters) for role, parameters in found.items()]


def _group(
    role: Role,
    parameters: list[nn.Parameter],
    *,
    model: LanguageModel,
    weight_decay: float,
    base_width: int | None,
    has_muon: bool,
) -> dict[str, Any]:
    """Return one group with its options."""
    scales = base_width is not None and role in ("hidden", "head")
    width = model.config.d_model / base_width if scales and base_width else 1.0
    group: dict[str, Any] = {
        "params": parameters,
        "weight_decay": 0.0 if role == "vector" else weight_decay * width,
        "lr_scale": 1 / width,
    }
    return {**group, "orthogonalize": role == "hidden"} if has_muon else group


def role_of(name: str, parameter: nn.Parameter) -> Role:
    """Return what a parameter of a `LanguageModel` does, from its name and shape."""
    if parameter.ndim < 2:
        return "vector"
    if name.startswith(("embedding.", "positions.")):
        return "embedding"
    if name.startswith("lm_head."):
        return "head"
    return "residual" if name.endswith(_RESIDUAL) else "hidden"


def check_width_scaling(model: LanguageModel, base_width: int) -> None:
    """Raise `TrainingError` for a model whose width cannot be scaled from `base_width`."""
    if base_width < 1:
        raise TrainingError(f"base_width is {base_width}; it must be 1 or more")
    if model.config.tied_embeddings:
        raise TrainingError(
            "mup scales the embedding and the LM head differently; set tied_embeddings to false"
        )
