"""Figures as a reader finds them, and pages of one figure each, as the site has them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import Locator, Page, expect

from cs336_core.ui.course_widget import CourseWidget

PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>A figure</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/site.css">
<link rel="stylesheet" href="_static/widgets/{view}.css">
<style>body {{ background: var(--cs336-surface); color: var(--cs336-ink) }}</style></head>
<body><main><h1>A figure</h1>{figure}</main>
<script defer src="_static/widgets/{view}.js"></script>
<script defer src="_static/widgets/host.js"></script></body></html>
"""


def write_pages(html: Path, folder: Path, figures: Mapping[str, CourseWidget]) -> None:
    """Write NAME.html for each figure, beside the files of the built site."""
    for name in ("widgets", "fonts", "site.css"):
        source = html / "_static" / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, folder / "_static" / name)
    for name, figure in figures.items():
        write_page(folder / f"{name}.html", figure)


def write_page(path: Path, figure: CourseWidget, around: str = "") -> None:
    """Write a page of one figure, with the HTML `around` before and after it."""
    page = PAGE.format(view=figure.view, figure=around + figure.static_html() + around)
    path.write_text(page, "utf-8")


# Checks the leaves of a figure: letters, controls, drawings; not what scrolls within it, nor what
# only screen readers get. Letters may be wider than the element that holds them.
_OUTSIDE = """(root) => {
  const frame = root.getBoundingClientRect();
  const unseen = ({ clipPath, visibility, opacity }) =>
    clipPath.startsWith("inset(50%") || visibility === "hidden" || opacity === "0";
  const excused = (leaf) => {
    for (let box = leaf; box !== root; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (unseen(style) || (box !== leaf && style.overflowX !== "visible")) return true;
    }
    return false;
  };
  // One range for all: until they are collected, ranges are updated at every change of the page.
  const letters = document.createRange();
  const boxOf = (leaf) => {
    if (leaf.firstChild?.nodeType !== Node.TEXT_NODE) return leaf.getBoundingClientRect();
    letters.selectNodeContents(leaf);
    return letters.getBoundingClientRect();
  };
  const over = [...root.querySelectorAll("table")].filter((table) => {
    const { right, width } = table.getBoundingClientRect();
    const room = table.parentElement.getBoundingClientRect().right;
    return width > 0 && right > room + 1 && !excused(table);
  });
  const leaves = [...root.querySelectorAll(":not(svg *)")]
    .filter((element) => element.matches("svg") || element.childElementCount === 0)
    .filter((leaf) => {
      const { left, right, width } = boxOf(leaf);
      return width > 0 && (left < frame.left - 1 || right > frame.right + 1) && !excused(leaf);
    });
  return [...leaves, ...over]
    .map((leaf) => `${leaf.outerHTML.slice(0, 120)} outside of ${Math.round(frame.width)} px`);
}"""


def outside(figure: Locator) -> list[str]:
    """Return what a figure draws beyond its edges, and tables wider than their parent."""
    found: list[str] = figure.evaluate(_OUTSIDE)
    return found


# Observers of sizes run before the second frame after a change.
LAID_OUT = "() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))"


# What a page has begun to load, or to run after an image failed to load, is done after this.
ROUND_TRIP = """() => new Promise((done) => {
  const image = new Image();
  image.onerror = () => setTimeout(done, 50);
  image.src = `missing-${performance.now()}.png`;
})"""


def until(holds: Callable[[], bool], page: Page) -> None:
    """Wait until something holds that only Python knows, or that a page's policy hides."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never held")


class Figure:
    """A figure that is ready, as a reader finds it: by role and name.

    Subclasses name the view and the parts that their tests use.
    """

    view: ClassVar[str]

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        self.page = page
        self.root = root or page.locator(f'[data-widget="{self.view}"]')
        expect(self.root).to_have_attribute("data-ready", "true")
        self.status = self.root.get_by_role("status")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def slider_of(self, name: str) -> Locator:
        return self.root.get_by_role("slider", name=name, exact=True)

    def box(self, name: str) -> Locator:
        """The box for a slider's number."""
        return self.root.get_by_role("spinbutton", name=f"{name}, as a number", exact=True)

    def type(self, name: str, number: str) -> Locator:
        """Type a number into a slider's box, and return the box."""
        box = self.box(name)
        box.fill(number)
        box.press("Enter")
        return box

    def saved(self) -> dict[str, str]:
        """Save every file that the toolbar offers, and return their texts by name."""
        files = {}
        for kind in ("JSON", "CSV", "SVG"):
            with self.page.expect_download() as download:
                self.root.get_by_role("button", name=f"as {kind}").click()
            text = Path(download.value.path()).read_text("utf-8")
            files[download.value.suggested_filename] = text
        return files

    def copied_link(self) -> str:
        """Copy the link, which must not change the status line, and return the clipboard."""
        status = self.status.inner_text()
        self.button("Copy link").click()
        expect(self.button("Copied")).to_be_visible()
        expect(self.status).to_have_text(status)
        link: str = self.page.evaluate("navigator.clipboard.readText()")
        return link

    def smallest(self, controls: str) -> float:
        """Return the shorter side of the smallest of some visible controls, in pixels."""
        sides: list[float] = self.root.locator(controls).evaluate_all(
            """controls => controls.flatMap((control) => {
              const { width, height } = control.getBoundingClientRect();
              return width && height ? [width, height] : [];
            })"""
        )
        return min(sides)


def top_of(part: Locator) -> int:
    """Return the distance of a part of the page from the top of the screen, in pixels."""
    box = part.bounding_box()
    assert box is not None
    return round(box["y"])
