"""The colors of the site, for the output of notebooks.

On a page each color is a CSS variable, which follows the light or dark theme. Elsewhere, such as in
JupyterLab, the variable is missing and its fallback applies.
"""

from __future__ import annotations

# The light theme of ui/colors.css.
COLORS = {
    "ink": "#1b1f24",
    "quiet": "#4b5563",
    "line": "#d5dae1",
    "accent": "#1f5fbf",
    "surface": "#ffffff",
    "attention": "#c8641e",
    "mlp": "#1f5fbf",
    "hue-0": "#d3e5f8",
    "hue-1": "#fbe3c0",
    "hue-2": "#cdebdc",
    "hue-3": "#f7d8e6",
    "hue-4": "#f7efb5",
    "hue-5": "#dfdbf7",
    "hue-6": "#f8d8cc",
    "hue-7": "#d0eff3",
}


def css_color(name: str, fallback: str | None = None) -> str:
    """Return a color as a CSS value; the fallback is the color of the light theme.

    >>> css_color("ink"), css_color("ink", fallback="currentColor")
    ('var(--cs336-ink, #1b1f24)', 'var(--cs336-ink, currentColor)')
    """
    return f"var(--cs336-{name}, {fallback or COLORS[name]})"
