"""Our optimizers and clipping against PyTorch's, on the parameters of a small language model.

    python -m benchmarks.optimizers [--quick | --markdown]

PyTorch's run as it chooses by itself: one parameter after another on CPUs, as ours do, and many at
once on GPUs. Each contender steps its own copy of the parameters along the same gradients.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks._devices import Work, device_info, devices, seconds_of
from benchmarks._report import Report, machine, main, median_range, speedup, table
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training import SGD, AdamW, Muon, clip_gradients
from tools.shell.errors import UserError

REPEATS = 9
N_STEPS = 5  # in one measurement
CONFIG = ModelConfig(vocab_size=8192, context_length=256, n_layers=6, d_model=384, n_heads=6)
Step = Callable[[], object]
Build = Callable[[list[Tensor]], Step]

# What is measured -> ours and PyTorch's. Norms are large, so that clipping scales the gradients.
CONTENDERS: dict[str, tuple[Build, Build]] = {
    "SGD, momentum": (
        lambda params: SGD(params, 1e-3, momentum=0.9).step,
        lambda params: torch.optim.SGD(params, 1e-3, momentum=0.9).step,
    ),
    "AdamW": (
        lambda params: AdamW(params, 1e-3).step,
        lambda params: torch.optim.AdamW(params, 1e-3).step,
    ),
    "Muon": (
        lambda params: Muon(matrices(params), 1e-3, dtype=torch.bfloat16).step,
        lambda params: torch.optim.Muon(matrices(params), 1e-3).step,
    ),
    "clipping": (
        lambda params: lambda: clip_gradients(params, 1e-3),
        lambda params: lambda: torch.nn.utils.clip_grad_norm_(params, 1e-3),
    ),
}


def matrices(params: list[Tensor]) -> list[Tensor]:
    """Return the parameters that Muon orthogonalizes: those of the blocks."""
    return [param for param in params if param.ndim == 2 and max(param.shape) < CONFIG.vocab_size]


def measure(quick: bool) -> Report:
    """Time all kinds of steps."""
    rows = []
    for device in devices():
        for what, (ours, theirs) in CONTENDERS.items():
            params = {"ours": parameters(device), "PyTorch": parameters(device)}
            builds = {"ours": ours, "PyTorch": theirs}
            works = {who: work(builds[who](params[who]), params[who]) for who in params}
            seconds = seconds_of(works, device, 1 if quick else REPEATS)
            check_equal(what, params)
            rows.append({"device": device.type, "what": what, "seconds": seconds})
    n_parameters = f"{sum(param.numel() for param in parameters(torch.device('cpu'))) / 1e6:.1f} M"
    return {"on": machine("torch", parameters=n_parameters, **device_info()), "rows": rows}


def parameters(device: torch.device) -> list[Tensor]:
    """Return the parameters of a model with gradients, the same each time."""
    torch.manual_seed(0)
    params: list[Tensor] = list(LanguageModel(CONFIG).to(device).parameters())
    for param in params:
        param.grad = torch.randn_like(param)
    return params


def work(step: Step, params: list[Tensor]) -> Work:
    """Return several steps as the work to time."""

    def steps() -> Tensor:
        for _ in range(N_STEPS):
            step()
        return params[0]

    return steps


def check_equal(what: str, params: dict[str, list[Tensor]]) -> None:
    """Raise `UserError` unless both contenders have come to the same numbers."""
    for ours, theirs in zip(params["ours"], params["PyTorch"], strict=True):
        for mine, other in ((ours, theirs), (ours.grad, theirs.grad)):
            if not torch.allclose(mine, other, rtol=1e-4, atol=1e-5):  # type: ignore[arg-type]
                raise UserError(f"{what} does not take the steps of PyTorch's.")


def tables(report: Report) -> str:
    """Return the Markdown table of a report."""
    lines = []
    for row in report["rows"]:
        ours, theirs = (
            [second * 1000 / N_STEPS for second in row["seconds"][who]]
            for who in ("ours", "PyTorch")
        )
        lines.append(
            [
                f"{row['device']}: {row['what']}",
                median_range(ours, "ms", 1),
                median_range(theirs, "ms", 1),
                speedup(ours, theirs),
            ]
        )
    head = ["one step", "ours", "PyTorch", "our speed-up"]
    return table(head, lines)


if __name__ == "__main__":
    sys.exit(main("optimizers", measure, tables))
