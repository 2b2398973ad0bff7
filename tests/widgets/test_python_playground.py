"""The playground's programs and its state."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from cs336_core.accounting import count_flops, total_flops
from cs336_core.model.masks import causal_mask
from cs336_core.model.presets import preset
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import PythonPlayground
from cs336_core.widgets.python_playground import widget
from cs336_core.widgets.python_playground.widget import EXAMPLES, LONGEST_CODE, example_code

FOLDER = Path(widget.__file__).parent


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run_as_programs(name: str) -> None:
    code = example_code(name)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.stdout
    if name == "exceptions":
        assert done.stderr.endswith("KeyError: 'vocab_size'\n")
    else:
        assert done.stderr == ""


def test_examples_are_narrow_enough_for_the_editor() -> None:
    lines = [line for name in EXAMPLES for line in example_code(name).splitlines()]
    assert max(map(len, lines)) <= 84


def test_every_example_has_a_file_and_a_title_in_the_view() -> None:
    strings = (FOLDER / "strings.en.js").read_text("utf-8")
    titles = dict(re.findall(r'"py\.example\.(\w+)": "([^"]*)"', strings))
    assert titles.pop("own")
    assert titles == EXAMPLES
    assert {file.name.split(".")[0] for file in (FOLDER / "examples").iterdir()} == set(EXAMPLES)


def test_flops_of_the_example_are_those_of_the_course() -> None:
    variables: dict[str, Any] = {}
    exec(example_code("count_flops"), variables)
    rows = count_flops(preset("gpt2-small"), batch=1, seq_len=1024)
    assert variables["total"] == total_flops(rows)


def test_the_longest_program() -> None:
    limits = (FOLDER.parents[1] / "browser" / "python" / "limits.js").read_text("utf-8")
    assert f"code: {LONGEST_CODE:_}," in limits
    assert PythonPlayground("x" * LONGEST_CODE).code
    with pytest.raises(WidgetError, match=r"up to 100,000 characters; this program has 100,001"):
        PythonPlayground("x" * (LONGEST_CODE + 1))
    with pytest.raises(WidgetError, match="examples is fixed"):
        PythonPlayground().examples = {}


def test_the_loss_and_the_gradients_of_the_gpt_are_those_of_pytorch() -> None:
    update = "parameter.data -= 0.5 * parameter.grad\n        parameter.grad = 0.0"
    code = example_code("gpt").replace("range(2)", "range(1)").replace(update, "pass")
    found: dict[str, Any] = {}
    exec(code, found)
    names = ("embedding", "query", "key", "value", "up", "down")
    ours = {
        name: torch.tensor([[x.data for x in row] for row in found[name]], dtype=torch.float64)
        for name in names
    }
    embedding, query, key, value, up, down = (each.requires_grad_() for each in ours.values())
    x = embedding[[2, 0, 1]]
    scores = (x @ query.T) @ (x @ key.T).T
    x = x + scores.masked_fill(~causal_mask(3), -math.inf).softmax(-1) @ (x @ value.T)
    x = x + (x @ up.T).relu() @ down.T
    loss = torch.nn.functional.cross_entropy(x @ embedding.T, torch.tensor([0, 1, 2]))
    loss.backward()
    assert found["loss"].data == pytest.approx(loss.item(), rel=1e-12)
    for name, tensor in ours.items():
        grads = [x.grad for row in found[name] for x in row]
        assert tensor.grad is not None
        assert grads == pytest.approx(tensor.grad.flatten().tolist(), rel=1e-9, abs=1e-12)
