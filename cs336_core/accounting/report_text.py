"""A report as text, a table, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from cs336_core.accounting.flops import flops_by_group, total_flops
from cs336_core.accounting.machines import MACHINES
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.report import Question, Report, cache_per_token
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


def shown(name: str, question: Question, answer: Report, form: str) -> str:
    """Return a report in one of `FORMATS`; tables and CSV have the rows alone."""
    unit = f"{question.conventions.unit}s"
    if form == "markdown":
        return markdown_table(answer.rows, unit) + "\n"
    if form == "latex":
        return latex_table(answer.rows, unit) + "\n"
    if form == "csv":
        return _csv(answer)
    if form == "json":
        return json.dumps({"model": name, "asked": asdict(question), **answer.as_dict()}) + "\n"
    return "".join(f"{line}\n" for line in _text(name, question, answer))


def model_list() -> str:
    """Return the names of models with their parameters, and of machines."""
    models = [
        f"  {name:16} {count_text(count_parameters(preset(name)).total):>7}"
        for name in preset_names()
    ]
    machines = [f"  {key:16} {each.name}" for key, each in MACHINES.items()]
    return "\n".join(["models", *models, "machines", *machines, ""])


def _text(name: str, question: Question, answer: Report) -> Iterator[str]:
    """Yield the lines of a report for a person."""
    count, conventions = answer.parameters, question.conventions
    unit = f"{conventions.unit}s"
    active = f", {count_text(count.active)} active" if count.active < count.total else ""
    yield f"{name}: {count_text(count.total)} parameters ({count.total:,}){active}"
    parts = [f"{part} {count_text(n)}" for part, n in count.components.items() if n]
    yield f"  {', '.join(parts)}"
    yield ""
    after = f" after {question.cached:,} cached" if question.cached else ""
    again = "" if conventions.recompute == "none" else f", recompute {conventions.recompute}"
    yield (
        f"{conventions.work}: {question.batch:,} × {question.seq_len:,} tokens{after}, "
        f"{conventions.pairs} pairs{again}"
    )
    yield from _aligned([header(unit), *cells(answer.rows, unit)])
    whole = total_flops(answer.rows)
    groups = flops_by_group(answer.rows).items()
    yield "  " + ", ".join(f"{group} {percent_text(n / whole)}" for group, n in groups if n)
    yield ""
    yield from _memory(question, answer)
    yield ""
    yield from _time(question, answer)


def _memory(question: Question, answer: Report) -> Iterator[str]:
    """Yield what has to lie in memory."""
    machine = question.machine
    told = "fits" if answer.fits else "does not fit"
    yield (
        f"memory: {bytes_text(answer.memory)}, {told} into the {bytes_text(machine.memory_bytes)} "
        f"of one {machine.name}"
    )
    if answer.training is None or answer.activations is None:
        yield (
            f"  weights {bytes_text(answer.weights)}, KV cache {bytes_text(answer.cache)} "
            f"({bytes_text(cache_per_token(question))} a token)"
        )
        return
    kept = answer.training
    yield (
        f"  weights {bytes_text(kept.weights)}, gradients {bytes_text(kept.gradients)}, master "
        f"weights {bytes_text(kept.master_weights)}, optimizer {bytes_text(kept.optimizer)}"
    )
    made = answer.activations
    yield f"  activations: layers {bytes_text(made.layers)}, LM head {bytes_text(made.head)}"


def _time(question: Question, answer: Report) -> Iterator[str]:
    """Yield how long it takes, and what a training run takes."""
    roof, machine = answer.roofline, question.machine
    yield (
        f"time: at least {seconds_text(roof.seconds)} on one {machine.name} in "
        f"{question.precision}, {count_text(answer.tokens_per_second)} tokens a second"
    )
    conventions = question.conventions
    has_head = conventions.head and question.config.head_outputs > 0
    last = ", logits of the last token" if has_head and conventions.work == "forward" else ""
    yield (
        f"  {roof.bound}-bound: {three_digits(roof.intensity)} FLOPs a byte, the machine's ridge "
        f"is at {three_digits(roof.ridge)}; attended pairs{last}"
    )
    if answer.run is not None:
        run = answer.run
        cost = "" if run.cost is None else f", cost {count_text(run.cost)}"
        yield (
            f"training run: {flops_text(run.flops)}, {seconds_text(run.seconds)}, "
            f"{count_text(run.machine_hours)} machine hours{cost}"
        )


def _aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, two columns to the left and the others to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        told = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield f"  {'  '.join(told)}".rstrip()


def _csv(answer: Report) -> str:
    """Return the rows as CSV."""
    rows = as_dicts(answer.rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
