"""Reduce the theme's icon font to the icons that the site shows.

The theme ships all of Font Awesome, 156 KB of font and two thousand CSS rules on every page. The
site uses a dozen icons, and on a slow network a reader would wait for the rest.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

from fontTools import subset
from sphinx.application import Sphinx

STYLE = "_static/styles/pydata-sphinx-theme.css"
FONTS = "_static/vendor/fontawesome/webfonts"
SOLID = f"{FONTS}/fa-solid-900.woff2"

# The rule of an icon: all of its names, and its code point in the font.
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
NAME = re.compile(r"\bfa-[a-z0-9-]+")
DIRECT = re.compile(r'content:\s*"\\([ef][0-9a-f]{3})"')


def names_in_use(out: Path) -> set[str]:
    """Return the names of icons in the site's pages and in scripts that may add icons."""
    files = [*out.rglob("*.html"), *(out / "_static").rglob("*.js")]
    vendor = out / "_static" / "vendor"
    return {
        name
        for file in files
        if vendor not in file.parents
        for name in NAME.findall(file.read_text("utf-8"))
    }


def used_rules(style: str, names: set[str]) -> tuple[str, set[int]]:
    """Return the style without the rules of unused icons, and the code points of the others."""
    code_points: set[int] = set()

    def replacement(rule: re.Match[str]) -> str:
        if names.isdisjoint(NAME.findall(rule[1])):
            return ""
        code_points.add(int(rule[2], 16))
        return rule[0]

    return RULE.sub(replacement, style), code_points


def finish(app: Sphinx, error: Exception | None) -> None:
    """Reduce the font and the style of the built site."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    style = out / STYLE
    reduced, code_points = used_rules(style.read_text("utf-8"), names_in_use(out))
    for other in out.glob("_static/**/*.css"):
        if other != style:
            code_points |= {int(code, 16) for code in DIRECT.findall(other.read_text("utf-8"))}
    # Browsers without woff2 cannot run this site's scripts either.
    reduced = re.sub(r',url\([^)]*\.ttf\) format\("truetype"\)', "", reduced)
    options = subset.Options(flavor="woff2", layout_features=[])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=code_points)
    with subset.load_font(out / SOLID, options) as font:
        subsetter.subset(font)
        subset.save_font(font, out / SOLID, options)
    # Inside the style the font needs no request, and the header does not move when it loads.
    encoded = base64.b64encode((out / SOLID).read_bytes()).decode()
    data = f"url(data:font/woff2;base64,{encoded})"
    style.write_text(re.sub(r"url\([^)]*/fa-solid-900\.woff2\)", data, reduced), "utf-8")
    for unneeded in (SOLID, f"{FONTS}/*.ttf"):
        for file in out.glob(unneeded):
            file.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", finish, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
