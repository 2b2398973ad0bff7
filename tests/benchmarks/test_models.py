"""The baselines of the benchmarks compute the same model and the same attention as ours."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from benchmarks import attention, language_model
from benchmarks._devices import seconds_of
from benchmarks._report import machine
from cs336_core.model.masks import causal_mask
from tools.shell.errors import UserError

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", language_model.CONFIGS)
def test_both_models_have_the_same_loss(name: str) -> None:
    config = replace(language_model.CONFIGS[name], n_layers=1, d_model=32, vocab_size=64, d_ff=64)
    works = language_model.contenders(config, 1, 8, CPU)
    seconds = seconds_of(works, CPU, 2)
    assert {who: len(times) for who, times in seconds.items()} == dict.fromkeys(works, 2)
    rows = [
        {"what": "a step", "compiled": compiled, "seconds": seconds} for compiled in (False, True)
    ]
    output = language_model.tables({"on": machine(), "rows": rows})
    cells = [[cell.strip() for cell in line.split("|")] for line in output.splitlines()[-2:]]
    assert [(row[1], row[5]) for row in cells] == [
        ("a step", "0.77x"), ("a step, compiled", "1.00x"),
    ]  # fmt: skip


def test_all_attentions_have_the_same_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = attention.inputs(1, 8, CPU)
    mask = causal_mask(8)
    works = {who: attention.work(who, inputs, mask, True) for who in attention.CONTENDERS}
    gradients = [work() for work in works.values()]
    for gradient in gradients[1:]:
        torch.testing.assert_close(gradients[0], gradient)
    monkeypatch.setitem(attention.CONTENDERS, "ours", lambda *args: args[2])
    with pytest.raises(UserError, match="ours does not compute the same attention"):
        attention.work("ours", inputs, mask, False)
