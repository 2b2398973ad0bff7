"""Our language model against the same one built from PyTorch's modules.

    python -m benchmarks.language_model [--quick | --markdown]

A training step without the optimizer (forward pass, loss, backward pass) of a small GPT-2-like
model (LayerNorm, GELU, learned positions) and a Llama-like one (RMSNorm, SwiGLU, rotary positions,
shared keys and values), as it is and under `torch.compile`. Both sides have the same weights and
use PyTorch's loss, and their losses must agree. Runs on two threads and, if there is one, on a CUDA
device. Compiling for the CPU needs a C++ compiler; without one, these rows are left out.
"""

from __future__ import annotations

import shutil
import sys

import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks._devices import Work, device_info, devices, seconds_of
from benchmarks._report import Report, machine, main, median_range, speedup, table
from benchmarks._torch_model import TorchModel
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from tools.shell.errors import UserError

REPEATS = 9
# Upper bounds on our time / time of PyTorch's modules
MAX_RATIO, MAX_RATIO_COMPILED = 1.3, 1.0
SHAPES = ((8, 128), (2, 512))  # batch, sequence
OURS, THEIRS = "ours", "PyTorch's modules"
CONFIGS = {
    "GPT-2-like": ModelConfig(
        vocab_size=4096,
        context_length=512,
        n_layers=4,
        d_model=256,
        n_heads=4,
        activation="gelu",
        norm="layernorm",
        positions="learned",
        bias=True,
        tied_embeddings=True,
    ),
    "Llama-like": ModelConfig(
        vocab_size=4096,
        context_length=512,
        n_layers=4,
        d_model=256,
        n_heads=4,
        n_kv_heads=2,
        d_ff=704,
    ),
}


def measure(quick: bool) -> Report:
    """Time a step of each model for each shape."""
    rows = []
    repeats = 1 if quick else REPEATS
    for device in devices():
        for name, config in CONFIGS.items():
            for batch, seq in SHAPES[:1] if quick else SHAPES:
                for compiled in (False, True) if can_compile(device) else (False,):
                    works = contenders(config, batch, seq, device, compiled=compiled)
                    rows.append(
                        {
                            "what": f"{device.type}: {name}, {batch} x {seq}",
                            "compiled": compiled,
                            "seconds": seconds_of(works, device, repeats),
                        }
                    )
    return {"on": machine("torch", **device_info()), "rows": rows}


def contenders(
    config: ModelConfig, batch: int, seq: int, device: torch.device, *, compiled: bool = False
) -> dict[str, Work]:
    """Return a step of each side; raise `UserError` if their losses differ."""
    torch.manual_seed(0)
    ids = torch.randint(config.vocab_size, (batch, seq + 1), device=device)
    ours, theirs = LanguageModel(config).to(device), TorchModel(config).to(device)
    theirs.load_state_dict(ours.state_dict())
    works = {OURS: step(ours, ids, compiled), THEIRS: step(theirs, ids, compiled)}
    our_loss, their_loss = (float(work()) for work in works.values())
    if abs(our_loss - their_loss) > 1e-4:
        raise UserError(f"The models differ: their losses are {our_loss:.5f} and {their_loss:.5f}.")
    return works


def can_compile(device: torch.device) -> bool:
    """Return whether `torch.compile` has what it needs for a device."""
    return device.type != "cpu" or any(map(shutil.which, ("g++", "clang++", "cl")))


def step(model: nn.Module, ids: Tensor, compiled: bool) -> Work:
    """Return a training step that does not update the weights."""

    def loss_of(ids: Tensor) -> Tensor:
        logits = model(ids[:, :-1])
        return functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

    loss_of = torch.compile(loss_of, fullgraph=True, dynamic=False) if compiled else loss_of

    def once() -> Tensor:
        model.zero_grad()
        loss = loss_of(ids)
        loss.backward()
        return loss.detach()

    return once


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines = []
    for row in report["rows"]:
        seconds = {who: [s * 1000 for s in times] for who, times in row["seconds"].items()}
        ratio = MAX_RATIO_COMPILED if row["compiled"] else MAX_RATIO
        lines.append(
            [
                row["what"] + (", compiled" if row["compiled"] else ""),
                *(median_range(times, "ms", 1) for times in seconds.values()),
                speedup(seconds[OURS], seconds[THEIRS]),
                f"{1 / ratio:.2f}x",
            ]
        )
    head = ["batch x sequence", OURS, THEIRS, "our speed-up", "at least"]
    return table(head, lines)


if __name__ == "__main__":
    sys.exit(main("language_model", measure, tables))
