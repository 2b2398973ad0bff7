"""Cuts the theme's icon font down to the icons that the site shows.

The theme ships all of Font Awesome: 156 KB of font and two thousand CSS rules on every page, of
which the site uses a dozen. On a slow network that is what a reader would wait for.
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

# One icon's rule: every name it goes by, and its place in the font.
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([0-9a-f]+)"\}')
NAME = re.compile(r"\bfa-[a-z0-9-]+")
DIRECT = re.compile(r'content:\s*"\\([ef][0-9a-f]{3})"')


def names_in_use(out: Path) -> set[str]:
    """Return the names of icons in the site's pages, and in the scripts that may add some."""
    files = [*out.rglob("*.html"), *(out / "_static").rglob("*.js")]
    theirs = out / "_static" / "vendor"
    return {
        name
        for file in files
        if theirs not in file.parents
        for name in NAME.findall(file.read_text("utf-8"))
    }


def keep(style: str, names: set[str]) -> tuple[str, set[int]]:
    """Return the style with the rules of unused icons left out, and the places of the others."""
    places: set[int] = set()

    def one(rule: re.Match[str]) -> str:
        if names.isdisjoint(NAME.findall(rule[1])):
            return ""
        places.add(int(rule[2], 16))
        return rule[0]

    return RULE.sub(one, style), places


def finish(app: Sphinx, error: Exception | None) -> None:
    """Cut the font and the style of what was built."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    style = out / STYLE
    cut, places = keep(style.read_text("utf-8"), names_in_use(out))
    for other in out.glob("_static/**/*.css"):
        if other != style:
            places |= {int(place, 16) for place in DIRECT.findall(other.read_text("utf-8"))}
    # Browsers that know none of woff2 run nothing of this site either.
    cut = re.sub(r',url\([^)]*\.ttf\) format\("truetype"\)', "", cut)
    options = subset.Options(flavor="woff2", layout_features=[])
    font = subset.load_font(out / SOLID, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=places)
    cutter.subset(font)
    subset.save_font(font, out / SOLID, options)
    # Inside the style it costs no request of its own, and the page's head does not move when it
    # comes.
    inside = base64.b64encode((out / SOLID).read_bytes()).decode()
    cut = re.sub(r"url\([^)]*/fa-solid-900\.woff2\)", f"url(data:font/woff2;base64,{inside})", cut)
    style.write_text(cut, "utf-8")
    for unneeded in (SOLID, f"{FONTS}/*.ttf"):
        for file in out.glob(unneeded):
            file.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", finish, priority=850)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
