"""Every family is counted as transformers builds it, to the last parameter and the last FLOP."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.model.parity import NO_FLOPS, build, cases, counted, flops, parameters, summary
from tools.shell.paths import ROOT

pytestmark = pytest.mark.xdist_group("transformers")  # which takes long to import

CASES = [(name, changed) for name, variants in cases().items() for changed in variants]


@pytest.mark.parametrize(("model_type", "changed"), CASES)
def test_parameters_and_flops(model_type: str, changed: dict[str, Any]) -> None:
    torch.set_num_threads(1)
    fields, model = build(model_type, changed)
    ours, our_flops = counted(fields)
    assert ours == parameters(model)
    if our_flops is not None and model_type not in NO_FLOPS:
        assert our_flops == flops(model)


def test_the_readme_lists_all_families() -> None:
    assert summary() in (ROOT / "cs336_core" / "README.md").read_text("utf-8")
