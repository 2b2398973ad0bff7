"""Bundles the widgets' views and the site's styles with esbuild; see tools/bundle.mjs."""

from __future__ import annotations

from tools.console import run_step
from tools.environment import environment
from tools.paths import LOGS, ROOT


def bundle() -> None:
    """Make every bundle anew: it takes a few seconds, and so none can be stale."""
    run_step(
        "Bundling widgets",
        ["node", "tools/bundle.mjs"],
        log=LOGS / "bundle.log",
        env=environment(),
        cwd=ROOT,
    )
