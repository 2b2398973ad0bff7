"""The report on stored parameters, and on models of which only the parameters can be counted."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.stored import (
    StoredParameters,
    described_parameters,
    differences,
    stored_parameters,
)
from cs336_core.accounting.units import bytes_text
from cs336_core.model.hugging_face.config import LoadedConfig, PartialConfig, read_hugging_face
from cs336_core.model.hugging_face.files import read_json
from cs336_core.model.safetensors_header import stored_tensors

ONLY_PARAMETERS = "only the parameters of this model_type can be counted: no FLOPs, memory or time"


def described(args: argparse.Namespace) -> LoadedConfig | PartialConfig | None:
    """Return the configuration of stored files: that of --config, or the one beside them, if any.

    Raises as `read_hugging_face` does.
    """
    beside = args.safetensors if args.safetensors.is_dir() else args.safetensors.parent
    path = args.config or (beside / "config.json" if (beside / "config.json").exists() else None)
    if path is None:
        return None
    return read_hugging_face(
        read_json(path), ignored=args.ignore, ignore_unknown=args.ignore_unknown
    )


def stored_report(path: Path, loaded: LoadedConfig | PartialConfig | None, kind: str) -> str:
    """Return the report on the files at `path`, compared with the configuration beside them.

    `kind` is the format: "json", or text for any other. Raises as `stored_tensors` does.
    """
    tensors = stored_tensors(path)
    stored = stored_parameters(tensors)
    described = None if loaded is None else described_parameters(loaded)
    config = None if loaded is None else loaded.config
    reasons = [] if described is None else differences(tensors, config, stored.total - described)
    if kind == "json":
        return json.dumps({
            "stored": stored.total, "by_dtype": stored.by_dtype, "bytes": stored.n_bytes,
            "tensors": stored.n_tensors, "files": stored.n_files, "left_out": stored.left_out,
            "packed": stored.packed, "described": described, "differences": reasons,
        }) + "\n"  # fmt: skip
    return "\n".join(_lines(path, stored, described, reasons)) + "\n"


def partial_report(loaded: PartialConfig, kind: str) -> str:
    """Return the report on a model of which only the parameters can be counted."""
    counts: dict[str, Any] = dict(loaded.extra)
    if loaded.config is not None:
        for component, number in count_parameters(loaded.config).components.items():
            counts[component] = counts.get(component, 0) + number
    total = sum(counts.values())
    if kind == "json":
        return json.dumps({"parameters": {"total": total, "components": counts}}) + "\n"
    rows = {**{name: number for name, number in counts.items() if number}, "total": total}
    lines = [f"{name:<12}{number:>24,}" for name, number in rows.items()]
    return "\n".join([f"Parameters of a {loaded.model_type}", "", *lines]) + "\n"


def _lines(
    path: Path, stored: StoredParameters, described: int | None, reasons: list[str]
) -> list[str]:
    """Return the lines of the report on stored parameters."""
    files = f"{stored.n_files} file" + "s" * (stored.n_files != 1)
    lines = [
        f"Stored in {path}: {stored.n_tensors:,} tensors in {files}, {bytes_text(stored.n_bytes)}",
        f"{'parameters':<12}{stored.total:>24,}",
        *(f"  {dtype:<10}{number:>24,}" for dtype, number in stored.by_dtype.items()),
    ]
    if stored.left_out:
        lines.append(f"not counted: {len(stored.left_out):,} buffers, such as {stored.left_out[0]}")
    if stored.packed:
        lines.append(
            f"packed: {len(stored.packed):,} tensors, such as {stored.packed[0]}, have several "
            "weights in one number, which is counted once"
        )
    if described is not None:
        equal = "equal" if described == stored.total else f"{stored.total - described:+,} stored"
        lines.append(f"{'config.json':<12}{described:>24,}  {equal}")
    return lines + reasons
