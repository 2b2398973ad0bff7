"""Our generation loop against a plain loop and Hugging Face's `generate`, on the same weights.

    python -m benchmarks.generation [--quick | --markdown]

A Llama-like model continues a prompt greedily; all of them must write the same text. Then eight
requests are served by continuous batching, and one after the other. Runs on two threads and, if
there is one, on a CUDA device.
"""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor

from benchmarks._devices import Work, device_info, devices, seconds_of
from benchmarks._report import Report, machine, main, median_range, speedup, table
from benchmarks.language_model import CONFIGS
from cs336_core.inference import GREEDY, generate
from cs336_core.inference.batching import generate_batch
from cs336_core.inference.scheduler import Request
from cs336_core.model.hugging_face.pretrained import save_pretrained
from cs336_core.model.language_model import LanguageModel
from tools.shell.errors import UserError

REPEATS = 5
N_PROMPT, N_TOKENS = 128, 64
N_REQUESTS = 8
OURS, PLAIN, THEIRS = "ours", "a plain loop", "transformers"
BATCHED, ONE_BY_ONE = "in one batch", "one by one"
# Lower bounds on how many times faster the first is than the second
CLAIMS = {(OURS, PLAIN): 2.0, (OURS, THEIRS): 0.7, (BATCHED, ONE_BY_ONE): 1.5}
CONFIG = CONFIGS["Llama-like"]


def measure(quick: bool) -> Report:
    """Time every contender on every device."""
    rows = []
    for device in devices():
        ours, theirs = models(device)
        ids = torch.randint(4096, (1, N_PROMPT), generator=torch.Generator().manual_seed(0))
        repeats = 1 if quick else REPEATS
        works = single_works(ours, theirs, ids.to(device))
        if len({tuple(work().tolist()) for work in works.values()}) > 1:
            raise UserError("The loops write different texts.")
        seconds = seconds_of(works, device, repeats)
        seconds |= seconds_of(batch_works(ours, ids[0].tolist()), device, repeats)
        rows.append({"device": device.type, "seconds": seconds})
    return {"on": machine("torch", "transformers", **device_info()), "rows": rows}


def models(device: torch.device) -> tuple[LanguageModel, Any]:
    """Return our model and one of transformers with the same weights."""
    from tests.model.reference import transformers  # noqa: PLC0415  (slow)

    transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(0)
    ours = LanguageModel(CONFIG)
    with TemporaryDirectory() as folder:
        save_pretrained(ours, folder)
        theirs: Any = transformers.LlamaForCausalLM.from_pretrained(folder)
    return ours.to(device).eval(), theirs.to(device).eval()


def single_works(ours: LanguageModel, theirs: Any, ids: Tensor) -> dict[str, Work]:
    """Return the loops that continue one prompt; each returns the new ids."""

    def cached() -> Tensor:
        found = generate(ours, ids[0].tolist(), n_tokens=N_TOKENS, sampling=GREEDY)
        return torch.tensor(list(found))

    def plain() -> Tensor:
        text = ids
        with torch.inference_mode():
            for _ in range(N_TOKENS):
                text = torch.cat([text, ours(text)[:, -1:].argmax(-1)], 1)
        return text[0, N_PROMPT:].cpu()

    def hugging_face() -> Tensor:
        text: Tensor = theirs.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=N_TOKENS,
            do_sample=False,
            eos_token_id=None,
            pad_token_id=0,
        )
        return text[0, N_PROMPT:].cpu()

    return {OURS: cached, PLAIN: plain, THEIRS: hugging_face}


def batch_works(model: LanguageModel, ids: list[int]) -> dict[str, Work]:
    """Return the ways to serve requests with prompts of different lengths."""
    prompts = [ids[: N_PROMPT // (i % 4 + 1)] for i in range(N_REQUESTS)]

    def batched() -> Tensor:
        requests = [Request(prompt, N_TOKENS, GREEDY) for prompt in prompts]
        passes = generate_batch(model, requests, n_blocks=256, tokens_per_pass=256)
        return torch.tensor([each.n_cached for each in passes])

    def one_by_one() -> Tensor:
        return torch.tensor(
            [
                list(generate(model, prompt, n_tokens=N_TOKENS, sampling=GREEDY))
                for prompt in prompts
            ]
        )

    return {BATCHED: batched, ONE_BY_ONE: one_by_one}


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    rates, claims = [], []
    for row in report["rows"]:
        device, seconds = row["device"], row["seconds"]
        for who, times in seconds.items():
            n = N_TOKENS * (N_REQUESTS if who in (BATCHED, ONE_BY_ONE) else 1)
            rates.append([f"{device}: {who}", median_range([n / s for s in times], "tokens/s", 0)])
        for (fast, slow), least in CLAIMS.items():
            ratio = speedup(seconds[fast], seconds[slow])
            claims.append([f"{device}: {fast} over {slow}", ratio, f"{least:.2f}x"])
    return "\n\n".join(
        [
            table(["generation", "rate"], rates),
            table(["speed-up", "measured", "at least"], claims),
        ]
    )


if __name__ == "__main__":
    sys.exit(main("generation", measure, tables))
