"""Bundles the files that browsers load, with Node.js: vocabularies, views, styles, Pyodide."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from book.builder import pyodide
from book.builder.cache import digest, is_current, mark_current
from tools.shell.console import run_step, step
from tools.shell.environment import environment
from tools.shell.paths import BUILD, LOGS, PACKAGE_LOCK, ROOT

VOCABULARIES = BUILD / "vocabularies"
ASSETS = BUILD / "assets"  # the site's bundles
PYODIDE = BUILD / "pyodide"
STATIC = BUILD / "static"  # the bundles for notebooks, from the same script
# Python files too: the views import the schema of the widgets' traits.
VIEWS = {".js", ".jsx", ".css", ".html", ".svg", ".py"}
SCHEMAS = ROOT / "book" / "builder" / "schemas.py"


def bundle() -> None:
    """Bundle whatever has changed."""
    packing = sorted((ROOT / "cs336_core" / "browser" / "tokenization").glob("*.js"))
    _run("Packing vocabularies", "vocabularies", [VOCABULARIES], packing)
    _pack_pyodide()
    packed = sorted([*VOCABULARIES.glob("*.txt"), *PYODIDE.glob("*.js")])
    names = ("bundle_python.mjs", "not_in_page.json")
    scripts = [SCHEMAS, *(Path(__file__).with_name(name) for name in names)]
    _run("Bundling widgets", "bundle", [ASSETS, STATIC], [*scripts, *packed, *views()])


def _pack_pyodide() -> None:
    """Pack Pyodide unless the packed one is current."""
    inputs = digest([PACKAGE_LOCK, Path(pyodide.__file__)])
    if not is_current(PYODIDE, inputs):
        with step("Packing Python for browsers"):
            pyodide.pack(PYODIDE / "runtime.js")
        mark_current(PYODIDE, inputs)


def views() -> list[Path]:
    """Return the sources of the views and styles."""
    folders = (ROOT / "cs336_core", ROOT / "book" / "theme")
    files = (path for folder in folders for path in folder.rglob("*"))
    return sorted(path for path in files if path.suffix in VIEWS)


def _run(title: str, name: str, results: Sequence[Path], sources: Sequence[Path]) -> None:
    """Run a script of this folder unless its results are current; the first one has the stamp."""
    script = Path(__file__).with_name(f"{name}.mjs")
    names = [path.relative_to(ROOT).as_posix() for path in sources]
    inputs = digest([*names, *sources, script, PACKAGE_LOCK])
    if is_current(results[0], inputs) and all(result.is_dir() for result in results):
        return
    for result in results:
        shutil.rmtree(result, ignore_errors=True)
    log = LOGS / f"{name}.log"
    run_step(title, ["node", script], log=log, env=environment(), cwd=ROOT)
    mark_current(results[0], inputs)
