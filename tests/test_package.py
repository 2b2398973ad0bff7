"""Light imports, and public names that exist."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest


def modules_after(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize(
    "module",
    [
        "cs336_core",
        "cs336_core.accounting",
        "cs336_core.accounting.commands.cli",
        "cs336_core.tokenization",
        "cs336_core.trace",
        "cs336_core.trace.commands.cli",
        "cs336_core.training",
        "cs336_core.training.scalar",
    ],
)
def test_the_core_imports_the_standard_library_only(module: str) -> None:
    ours = {"cs336_core", *sys.stdlib_module_names}
    imported = modules_after(f"import {module}")
    # The standard library's sysconfig imports a module named after the platform.
    assert {name for name in imported - ours if not name.startswith("_sysconfigdata")} == set()


@pytest.mark.parametrize(
    "module", ["cs336_core.tokenization", "cs336_core.trace", "cs336_core.widgets"]
)
def test_public_names_are_sorted_and_exist(module: str) -> None:
    imported = importlib.import_module(module)
    assert all(hasattr(imported, name) for name in imported.__all__)
    assert imported.__all__ == sorted(imported.__all__)


def test_widgets_import_neither_torch_nor_matplotlib() -> None:
    assert not modules_after("import cs336_core.widgets") & {"torch", "matplotlib"}
