"""The MLP's part of every preset, counted as in the post of 2022, for the FLOPs explorer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cs336_core.accounting import Conventions, count_flops, flops_fraction
from cs336_core.model.presets import preset, preset_names

CONVENTIONS = Conventions(work="training", recompute="full")


def golden_presets_strip() -> list[dict[str, Any]]:
    """Return each preset with the MLP's fraction at 2,048 tokens."""
    cases = []
    for name in preset_names():
        config = preset(name)
        config = replace(config, context_length=max(config.context_length, 2048))
        rows = count_flops(config, 1, 2048, CONVENTIONS)
        cases.append({"name": name, "mlp": flops_fraction(rows, "mlp")})
    return cases
