"""Training steps to divide over many chips, and a model to serve."""

from __future__ import annotations

from typing import Any

from cs336_core.accounting import H100
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.serving.deployment import Deployment
from cs336_core.model.config import ModelConfig
from cs336_core.model.presets import preset

LLAMA = preset("llama-3-8b")
SERVED = Deployment(config=LLAMA, machine=H100)
PLAIN = ModelConfig(
    vocab_size=512, context_length=2048, n_layers=8, d_model=1024, n_heads=16, activation="gelu",
    norm="layernorm", positions="none", tied_embeddings=True,
)  # fmt: skip


def plan_of(config: ModelConfig = LLAMA, **changed: Any) -> StepPlan:
    return StepPlan(**({"config": config, "seq_len": 2048, "batch": 64} | changed))
