"""What every widget promises on a page: each at its heaviest, between text before and after."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import widget_classes
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage, Watch
from tests.site.figures import LAID_OUT, Figure, outside, top_of, write_page, write_pages

WIDGETS = widget_classes()
# These have no toolbar, or save a program and not data.
WITHOUT_TOOLS = {"prediction", "python_playground", "trace_viewer", "your_turn"}
WITH_TOOLS = [name for name in WIDGETS if name not in WITHOUT_TOOLS]
WIDTHS = (320, 360, 768, 1280, 1920)
TEXT = '<p style="height: 1500px">Text before and after the figure.</p>'

# What a reader has set: the value or the state of every control.
_CONTROLS = """(root) =>
  [...root.querySelectorAll("input, select, textarea, [aria-pressed], [aria-selected]")].map((e) =>
    [e.localName, e.type, /radio|checkbox/.test(e.type) ? e.checked : e.value,
      e.ariaPressed, e.ariaSelected].join(" "))"""

# A control's name; a radio group is one stop of the Tab key. A text area may become an editor when
# it has the focus.
_NAME = """const nameOf = (e) => e.type === "radio"
  ? `radio ${e.name}`
  : `${e.getAttribute("role") === "textbox" ? "textarea" : e.localName} ${
    e.ariaLabel ?? (e.labels?.[0] ?? e).textContent.slice(0, 40)}`;"""
_STOPS = f"""(root) => {{
  {_NAME}
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex]";
  const stops = [...root.querySelectorAll(kinds)].filter((e) => !e.disabled && e.tabIndex >= 0);
  return stops.filter((e) => e.checkVisibility()).map(nameOf);
}}"""
_FOCUSED = f"""(root) => {{
  {_NAME}
  const e = document.activeElement;
  if (!root.contains(e)) return null;
  const {{ top, bottom }} = e.getBoundingClientRect();
  // Of a radio or a checkbox that is drawn by its label, the element beside it shows the focus.
  const looks = [e, e.nextElementSibling, e.parentElement].filter(Boolean).map(
    (part) => getComputedStyle(part));
  return {{ name: nameOf(e), shown: e.matches(":focus-visible") && bottom > 0 && top < innerHeight
    && looks.some((s) => s.outlineStyle !== "none" || s.boxShadow !== "none") }};
}}"""


# The rest of a long list is like its beginning.
_REST = "[data-widget] :nth-child(n + 30) { display: none !important; }"


class Widget(Figure):
    """Any widget, with all that is folded in it open."""

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, page.locator(f'[data-widget="{name}"]'))
        self.root.scroll_into_view_if_needed()
        expect(self.root.locator("[aria-busy=true]")).to_have_count(0)  # data that loads late
        self.root.evaluate("e => e.querySelectorAll('details').forEach((d) => { d.open = true; })")

    @contextmanager
    def short(self) -> Iterator[None]:
        """Hide the rest of long lists: axe, and each step, take long for thousands of tokens."""
        style = self.page.add_style_tag(content=_REST)
        yield
        style.evaluate("e => e.remove()")

    def controls(self) -> list[str]:
        found: list[str] = self.root.evaluate(_CONTROLS)
        return found

    def change(self) -> None:
        """Choose the last option of every radio group, then move the first slider or write text."""
        groups = self.root.get_by_role("radiogroup")
        i = 0
        while i < groups.count():  # a choice may add or remove groups
            groups.nth(i).get_by_role("radio").last.check()
            i += 1
        slider = self.root.get_by_role("slider").first
        if slider.count():
            at_the_end = slider.input_value() == slider.get_attribute("max")
            slider.press("ArrowLeft" if at_the_end else "ArrowRight")
        else:
            self.root.get_by_role("textbox").first.fill("another text")
        self.page.wait_for_url(lambda url: "?" in url)
        expect(self.status).not_to_be_empty()


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the pages of the widgets, with the files of the built site."""
    folder = tmp_path_factory.mktemp("widgets")
    write_pages(html, folder, {})
    return folder


@pytest.fixture
def file(name: str, pages: Path) -> Path:
    """The page of a widget, written when its first test needs it: some take a while."""
    path = pages / f"{name}.html"
    if not path.exists():
        write_page(path, WIDGETS[name].example(), around=TEXT)
    return path


@pytest.fixture
def address(file: Path, served: str) -> str:
    """The address of a widget's page."""
    return f"{served}{file.name}"


def grouped(names: list[str]) -> list[Any]:
    """Mark the tests of a widget: they share a page, and so run in one process."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"widget {name}")) for name in names]


def key_of(name: str) -> str:
    """Return the key of a widget that was given none."""
    return name.replace("_", "-")


every_widget = pytest.mark.parametrize("name", grouped(list(WIDGETS)))
every_widget_with_tools = pytest.mark.parametrize("name", grouped(WITH_TOOLS))


@pytest.fixture(scope="module")
def opened() -> dict[str, tuple[Page, Watch]]:
    """The page of each widget that has been opened; tests leave it as it was."""
    return {}


@pytest.fixture
def widget(
    name: str, address: str, module_page: OpenPage, opened: dict[str, tuple[Page, Watch]]
) -> Widget:
    """The widget on a page that its tests share."""
    if name not in opened:
        allowed = ["clipboard-read", "clipboard-write"]
        opened[name] = module_page(address, reduced_motion="reduce", permissions=allowed)
        opened[name][0].wait_for_load_state("networkidle")
    opened[name][0].bring_to_front()  # a page behind another draws a frame per second
    return Widget(opened[name][0], name)


@every_widget
def test_it_loads_nothing_from_elsewhere(
    widget: Widget, opened: dict[str, Any], served: str, name: str
) -> None:
    _, watch = opened[name]
    assert watch.foreign(served) == []
    assert watch.failed == []
    assert watch.console == []


@every_widget
def test_it_opens_from_disk(file: Path, open_page: OpenPage, name: str) -> None:
    page, watch = open_page(file.as_uri())
    Widget(page, name)  # once it is ready; a page from disk may never be reported as idle
    page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    assert watch.foreign("file://") == []
    assert watch.failed == []
    assert watch.console == []


@every_widget
def test_axe_finds_no_violation_in_light_and_dark(widget: Widget) -> None:
    with widget.short():
        found = violations_in_both_themes(widget.page)
    assert found == []


_SCROLLS_WITHOUT_A_SHADOW = """(root) => [...root.querySelectorAll("*")]
  .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .filter((e) => !e.matches("textarea, .cm-scroller"))  // a cursor shows that there is more
  .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX))
  .filter((e) => getComputedStyle(e).backgroundImage === "none")
  .map((e) => e.outerHTML.slice(0, 120))"""


@every_widget
def test_it_fits_every_screen(widget: Widget) -> None:
    for width in WIDTHS:
        widget.page.set_viewport_size({"width": width, "height": 740})
        widget.page.evaluate(LAID_OUT)
        assert widget.page.evaluate("document.documentElement.scrollWidth") <= width
        assert outside(widget.root) == []
        assert widget.root.evaluate(_SCROLLS_WITHOUT_A_SHADOW) == []
    widget.page.set_viewport_size({"width": 1280, "height": 900})


@every_widget
def test_tab_reaches_every_control_and_the_focus_is_visible(widget: Widget) -> None:
    stops = set(widget.root.evaluate(_STOPS))
    assert len(stops) > 3
    # Begins right before the figure
    widget.root.evaluate(
        """(root) => {
          const start = root.previousElementSibling;
          start.tabIndex = -1;
          start.focus({ preventScroll: true });
        }"""
    )
    reached, hidden = set(), []
    with widget.short():
        for _ in range(300):
            widget.page.keyboard.press("Tab")
            focused = widget.root.evaluate(_FOCUSED)
            if focused is None:
                break
            reached.add(focused["name"])
            hidden += [] if focused["shown"] else [focused["name"]]
    assert stops - reached == set()
    assert hidden == []


@every_widget_with_tools
def test_a_link_restores_what_was_set_and_reset_undoes_it(
    widget: Widget, address: str, open_page: OpenPage, name: str
) -> None:
    before = widget.controls()
    widget.change()
    after = widget.controls()
    assert after != before
    link = widget.copied_link()
    assert link.startswith(f"{address}?")
    assert link.endswith(f"#{key_of(name)}")
    other_page, watch = open_page(link)
    other = Widget(other_page, name)
    expect(other.root).to_have_attribute("data-arrived", "true")
    assert 0 <= top_of(other.root) < 100
    assert other.controls() == after
    assert watch.console == []
    widget.page.bring_to_front()
    widget.button("Reset").click()
    widget.page.wait_for_url(lambda url: "?" not in url)
    assert widget.controls() == before


@every_widget_with_tools
def test_it_can_be_saved(widget: Widget) -> None:
    files = {Path(name).suffix: text for name, text in widget.saved().items()}
    assert json.loads(files[".json"])
    head, *rows = csv.reader(io.StringIO(files[".csv"]))
    assert rows
    assert {len(row) for row in rows} == {len(head)}
    picture = ET.fromstring(files[".svg"])
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(picture.iter())) > 10
    assert not re.search(r"NaN|undefined|Infinity", files[".svg"])


@every_widget
def test_without_javascript_it_is_a_table(address: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page(address, java_script_enabled=False)
    table = page.locator(f'[data-widget="{name}"] table').first
    expect(table).to_be_visible()
    expect(table.locator("caption")).to_be_visible()
    assert table.locator("tr").count() > 2


@pytest.fixture(scope="module")
def odd_page(module_page: OpenPage) -> tuple[Page, Watch]:
    """A page that tests load anew: that takes less than another page."""
    page, watch = module_page("about:blank")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    return page, watch


@pytest.mark.parametrize("value", ["<img src=x onerror=alert(1)>__proto__", "-999999999"])
@every_widget
def test_any_value_of_every_setting_can_be_opened(
    widget: Widget, address: str, odd_page: tuple[Page, Watch], name: str, value: str
) -> None:
    settings = widget.page.evaluate("(view) => cs336Widgets[view].url", name)
    assert settings
    query = urlencode({f"{key_of(name)}.{setting}": value for setting in settings})
    opens_as_an_odd_address(widget, odd_page, f"{address}?{query}", name)


# Values that are fine one by one, and odd together.
ODD = [
    ("attention_explorer", "mask=window&window=0&row=99&column=-4"),
    ("attention_explorer", "temperature=1e9&head=7&padding=999"),
    ("bpe_time_machine", "kind=word-counts&new_text=%00%FF"),
    ("bpe_time_machine", "part=encoding&new_step=99&text=&num_merges=999999999"),
    ("flash_stepper", "seq_len=1&causal=true&step=1"),
    ("flash_stepper", "seq_len=999999999&query_tile=-1&key_tile=0&step=5&row=99"),
    ("flops_explorer", "d_model=13&n_heads=7&n_active=1024"),
    ("flops_explorer", "preset=llama-3-8b&n_kv_heads=5&phase=decode&work=full"),
    ("flops_explorer", "n_layers=1000&d_model=96000&d_ff=1000000&n_experts=1024&seq_len=16777216"),
    ("flops_explorer", "unit=MAC&elementwise=true&part=zzz&mlp=constructor"),
    ("playground", "tokenizers=gpt3,<b>,trained,bytes&text=" + "é" * 900),
    ("roofline", "batch=999999999&context=999999999&phase=prefill"),
    ("roofline", "model=gpt2-xl&context=99999&models=%5B%5D"),
    ("roofline", "model=deepseek-v3&batch=1&context=1&moved=scores&precision=fp8"),
    ("rotary_dial", "query=0+0&key_vector=0+0&theta=999999999"),
    ("rotary_dial", "query=1+x&key_vector=%00%FF"),
    ("training_calculator", "billion_params=0&billion_tokens=999999999"),
    ("training_calculator", "billion_params=1e9&mfu=-7.5&machines=%5B%5D"),
]


@pytest.mark.parametrize(
    ("name", "query"),
    [pytest.param(*odd, marks=pytest.mark.xdist_group(f"widget {odd[0]}")) for odd in ODD],
)
def test_odd_settings_can_be_opened(
    widget: Widget, address: str, odd_page: tuple[Page, Watch], name: str, query: str
) -> None:
    query = "&".join(f"{key_of(name)}.{setting}" for setting in query.split("&"))
    opens_as_an_odd_address(widget, odd_page, f"{address}?{query}", name)


def opens_as_an_odd_address(
    widget: Widget, odd_page: tuple[Page, Watch], address: str, name: str
) -> None:
    """Open the widget with settings that no view writes: it works, and Reset undoes them."""
    page, watch = odd_page
    watch.clear()
    page.bring_to_front()  # a page behind another draws a frame per second
    page.goto(address)
    other = Widget(page, name)
    assert not re.search(r"NaN|undefined|Infinity", other.root.inner_text())
    assert other.root.locator("img[onerror]").count() == 0
    if name in WITH_TOOLS:
        other.button("Reset").click()
        assert other.controls() == widget.controls()
    assert watch.console == []
