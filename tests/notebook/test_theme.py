"""The colors of notebooks are those of the site."""

from __future__ import annotations

import re

from cs336_core.notebook.theme import COLORS
from tools.shell.paths import ROOT


def test_the_colors_are_those_of_the_light_theme() -> None:
    css = (ROOT / "cs336_core/ui/colors.css").read_text("utf-8")
    light = css[css.index(":root {") : css.index("}")]
    on_pages = dict(re.findall(r"--cs336-([\w-]+): (#\w+);", light))
    assert {name: on_pages[name] for name in COLORS} == COLORS
