"""Golden files: what Python computes, for the JavaScript to be held equal to.

python -m tests.js.golden    writes tests/js/golden/*.json anew
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.js import (
    golden_attention,
    golden_calculator,
    golden_flash,
    golden_flops,
    golden_quantities,
    golden_roofline,
    golden_rotary,
    golden_time_machine,
    golden_tokenizers,
    golden_traces,
)


def text(cases: list[dict[str, Any]]) -> str:
    """Return a golden file's contents, a line a case."""
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    return f"[\n{lines}\n]\n"


FOLDER = Path(__file__).with_name("golden")
FILES: dict[Path, Callable[[], list[dict[str, Any]]]] = {
    FOLDER / "attention.json": golden_attention.cases,
    FOLDER / "bpe.json": golden_time_machine.every_step,
    FOLDER / "traces.json": golden_traces.read,
    FOLDER / "no_traces.json": golden_traces.refused,
    FOLDER / "time_machine.json": golden_time_machine.cases,
    FOLDER / "flash.json": golden_flash.cases,
    FOLDER / "flops.json": golden_flops.cases,
    FOLDER / "flops_settings.json": golden_flops.changed_models,
    FOLDER / "rotary.json": golden_rotary.cases,
    FOLDER / "quantities.json": golden_quantities.cases,
    FOLDER / "calculator.json": golden_calculator.cases,
    FOLDER / "roofline.json": golden_roofline.cases,
    FOLDER / "tokenizers.json": golden_tokenizers.encoded,
    FOLDER / "no_text.json": golden_tokenizers.refused,
    FOLDER / "vocabularies.json": golden_tokenizers.vocabularies,
}


if __name__ == "__main__":
    for path, made in FILES.items():
        path.write_text(text(made()), "utf-8")
