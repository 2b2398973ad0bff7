"""Bundles the widgets' views and the site's styles with esbuild; see book/builder/bundle.mjs."""

from __future__ import annotations

from tools.shell.console import run_step
from tools.shell.environment import environment
from tools.shell.paths import LOGS, ROOT


def bundle() -> None:
    """Make every bundle anew: it takes a few seconds, and so none can be stale."""
    run_step(
        "Bundling widgets",
        ["node", "book/builder/bundle.mjs"],
        log=LOGS / "bundle.log",
        env=environment(),
        cwd=ROOT,
    )
