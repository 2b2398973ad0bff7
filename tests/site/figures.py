"""Pages of one figure each, as the site has them: figures are looked at without a lecture."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from cs336_core.widgets.base import CourseWidget

PAGE = """<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/site.css">
{styles}
<style>body {{ background: var(--cs336-surface); color: var(--cs336-ink) }}</style></head>
<body><main><h1>{title}</h1>{figure}</main>
<script defer src="_static/widgets/{view}.js"></script>
<script defer src="_static/widgets/host.js"></script></body></html>
"""


def write_pages(
    html: Path, folder: Path, figures: Mapping[str, CourseWidget], *styles: str, title: str
) -> None:
    """Write NAME-light.html and NAME-dark.html for each figure, beside what the site gives them.

    `styles` are the style sheets that the figures need, in their order.
    """
    for name in ("widgets", "fonts", "site.css"):
        source = html / "_static" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / "_static" / name)
    links = "".join(
        f'<link rel="stylesheet" href="_static/widgets/{style}.css">' for style in styles
    )
    for name, figure in figures.items():
        for theme in ("light", "dark"):
            told = {"title": title, "theme": theme, "styles": links, "view": figure.view}
            page = PAGE.format(**told, figure=figure.static_html())
            (folder / f"{name}-{theme}.html").write_text(page, "utf-8")
