"""What axe finds wrong on a page for readers with other eyes, ears and hands."""

from __future__ import annotations

from playwright.sync_api import Page

from tools.shell.paths import NODE_MODULES

SCRIPT = NODE_MODULES / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Return a line for each rule that a page breaks: the rule, and where."""
    page.evaluate(SCRIPT.read_text("utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes']][:5]}"
        for rule in found
    ]
