"""What axe finds wrong on a page for readers with other eyes, ears and hands."""

from __future__ import annotations

from playwright.sync_api import Page

from tools.shell.paths import NODE_MODULES

SCRIPT = NODE_MODULES / "axe-core" / "axe.min.js"

# The rules whose result depends on the theme
COLOR_RULES = ("color-contrast", "link-in-text-block")

# Contrast is most of axe's work, and a lecture has thousands of words of code in a dozen looks: a
# word that looks like one before it becomes plain text. So this comes last on a page.
_UNWRAP_REPEATED_CODE = """() => {
  const seen = new Set();
  const repeated = [];
  for (const word of document.querySelectorAll("pre span:not([data-widget] *)")) {
    const { color, backgroundColor, fontSize, fontWeight } = getComputedStyle(word);
    const block = word.closest("pre").parentElement.className;
    const look = [color, backgroundColor, fontSize, fontWeight, block].join();
    if (seen.has(look) && !word.childElementCount) repeated.push(word);
    seen.add(look);
  }
  for (const word of repeated) word.replaceWith(word.textContent);
  for (const block of document.querySelectorAll("pre")) block.normalize();
}"""
_RUN = """(rules) => axe.run({
  resultTypes: ["violations"],
  ...(rules && { runOnly: { type: "rule", values: rules } }),
})"""


def violations(page: Page, rules: tuple[str, ...] | None = None) -> list[str]:
    """Return a line for each rule that a page breaks: the rule, and the elements that break it.

    `rules` are the rules to check, by default all of axe's. Code on the page loses its colors.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text("utf-8"))
    page.evaluate(_UNWRAP_REPEATED_CODE)
    result = page.evaluate(_RUN, rules)
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes']][:5]}"
        for rule in result["violations"]
    ]


def violations_in_both_themes(page: Page) -> list[str]:
    """Return the rules that a page breaks in light or in dark; it is left in light."""
    found = []
    for theme, rules in (("dark", COLOR_RULES), ("light", None)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        found += [f"{theme}: {violation}" for violation in violations(page, rules)]
    return found
