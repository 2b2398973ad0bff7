"""What axe finds wrong on a page for readers with other eyes, ears and hands."""

from __future__ import annotations

from playwright.sync_api import Page

from tools.shell.paths import NODE_MODULES

SCRIPT = NODE_MODULES / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Return a line for each rule that a page breaks: the rule, and the elements that break it."""
    page.evaluate(SCRIPT.read_text("utf-8"))
    options = {"resultTypes": ["violations"]}  # saves describing what passes
    result = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes']][:5]}"
        for rule in result["violations"]
    ]


def violations_in_both_themes(page: Page) -> list[str]:
    """Return the rules that a page breaks in light or in dark; it is left in light."""
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += [f"{theme}: {violation}" for violation in violations(page)]
    return found
