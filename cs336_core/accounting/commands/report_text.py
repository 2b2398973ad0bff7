"""Formatting of a report as text, a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict

from cs336_core.accounting.commands.output import aligned
from cs336_core.accounting.commands.report import Report, Workload, cache_per_token
from cs336_core.accounting.flops import flops_by_group, total_flops
from cs336_core.accounting.lora import lora_flops_per_token, lora_parameters
from cs336_core.accounting.machines import MACHINES
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.tables import as_dicts, cells, header, latex_table, markdown_table
from cs336_core.accounting.units import (
    bytes_text,
    count_text,
    flops_text,
    percent_text,
    seconds_text,
    three_digits,
)
from cs336_core.model.presets import preset, preset_names

FORMATS = ("text", "markdown", "latex", "json", "csv")


def format_report(name: str, workload: Workload, report: Report, form: str) -> str:
    """Return a report in one of `FORMATS`; tables and CSV contain only the rows."""
    unit = f"{workload.conventions.unit}s"
    if form == "markdown":
        return markdown_table(report.rows, unit) + "\n"
    if form == "latex":
        return latex_table(report.rows, unit) + "\n"
    if form == "csv":
        return _csv(report)
    if form == "json":
        return json.dumps({"model": name, "workload": asdict(workload), **report.as_dict()}) + "\n"
    return "".join(f"{line}\n" for line in _text(name, workload, report))


def model_list() -> str:
    """Return a list of all models, with their parameters, and machines."""
    models = [
        f"  {name:16} {count_text(count_parameters(preset(name)).total):>7}"
        for name in preset_names()
    ]
    machines = [f"  {key:16} {machine.name}" for key, machine in MACHINES.items()]
    return "\n".join(["models", *models, "machines", *machines, ""])


def _text(name: str, workload: Workload, report: Report) -> Iterator[str]:
    """Yield the lines of a text report."""
    count, conventions = report.parameters, workload.conventions
    unit = f"{conventions.unit}s"
    active = f", {count_text(count.active)} active" if count.active < count.total else ""
    yield f"{name}: {count_text(count.total)} parameters ({count.total:,}){active}"
    parts = [f"{part} {count_text(n)}" for part, n in count.components.items() if n]
    yield f"  {', '.join(parts)}"
    yield ""
    after = f" after {workload.cached:,} cached" if workload.cached else ""
    recompute = "" if conventions.recompute == "none" else f", recompute {conventions.recompute}"
    yield (
        f"{conventions.work}: {workload.batch:,} × {workload.seq_len:,} tokens{after}, "
        f"{conventions.pairs} pairs{recompute}"
    )
    yield from aligned([header(unit), *cells(report.rows, unit)], left=(0, 1))
    total = total_flops(report.rows)
    groups = flops_by_group(report.rows).items()
    yield "  " + ", ".join(f"{group} {percent_text(n / total)}" for group, n in groups if n)
    yield ""
    yield from _memory(workload, report)
    yield ""
    yield from _time(workload, report)


def _memory(workload: Workload, report: Report) -> Iterator[str]:
    """Yield the lines on memory."""
    machine = workload.machine
    verdict = "fits" if report.fits else "does not fit"
    yield (
        f"memory: {bytes_text(report.memory)}, {verdict} into the "
        f"{bytes_text(machine.memory_bytes)} of one {machine.name}; at most "
        f"{report.largest_batch:,} such {'sequence' if report.largest_batch == 1 else 'sequences'} "
        "do"
    )
    if report.training is None or report.activations is None:
        yield (
            f"  weights {bytes_text(report.weights)}, KV cache {bytes_text(report.cache)} "
            f"({bytes_text(cache_per_token(workload))} per token)"
        )
        return
    state = report.training
    yield (
        f"  weights {bytes_text(state.weights)}, gradients {bytes_text(state.gradients)}, master "
        f"weights {bytes_text(state.master_weights)}, optimizer {bytes_text(state.optimizer)}"
    )
    lora, saved = workload.formats.lora, report.activations
    if lora is not None:
        n = lora_parameters(workload.config, lora).count
        flops = lora_flops_per_token(workload.config, workload.seq_len, lora)
        yield (
            f"  adapters of rank {lora.rank}: {count_text(n)} parameters; training them takes "
            f"{flops_text(flops)} per token, since frozen weights need no gradients"
        )
    yield f"  activations: layers {bytes_text(saved.layers)}, LM head {bytes_text(saved.head)}"


def _time(workload: Workload, report: Report) -> Iterator[str]:
    """Yield the lines on time and, if planned, on the training run."""
    roof, machine = report.roofline, workload.machine
    yield (
        f"time: at least {seconds_text(roof.seconds)} on one {machine.name} in "
        f"{workload.precision}, {count_text(report.tokens_per_second)} tokens per second"
    )
    conventions = workload.conventions
    has_head = conventions.head and workload.config.head_outputs > 0
    last = ", logits of the last token" if has_head and conventions.work == "forward" else ""
    yield (
        f"  {roof.bound}-bound: {three_digits(roof.intensity)} FLOPs per byte, the machine's ridge "
        f"is at {three_digits(roof.ridge)}; attended pairs{last}"
    )
    if report.run is not None:
        run = report.run
        cost = "" if run.cost is None else f", cost {count_text(run.cost)}"
        yield (
            f"training run: {flops_text(run.flops)}, {seconds_text(run.seconds)}, "
            f"{count_text(run.machine_hours)} machine hours{cost}"
        )


def _csv(report: Report) -> str:
    """Return the rows as CSV."""
    rows = as_dicts(report.rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
