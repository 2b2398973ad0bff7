"""The same figures live in JupyterLab, where Python and the view agree."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.widgets import widget_classes
from tests.site.conftest import OpenPage, Watch
from tools.lab import answers
from tools.shell.paths import ROOT

SLOW = 180_000  # milliseconds, for what a kernel does
TOKEN = "a-token-for-the-tests"
LECTURE = ROOT / "lectures" / "03_bpe.py"
HEAD = LECTURE.read_text("utf-8").split("\n\n")[0]
EXAMPLES = """
# %%
from IPython.display import display
from cs336_core.widgets import widget_classes

for widget_class in widget_classes().values():
    display(widget_class.example())
"""
# The cells of each widget: one shows it, one prints its traits, one changes them from Python.
CELLS = {
    "merges": (
        """
from cs336_core.widgets import BPETimeMachine

merges = BPETimeMachine("the cat in the hat", 12, compact=True)
merges
""",
        """
print("step", merges.step)
""",
        """
merges.step = 99
print("clamped to", merges.step)
""",
    ),
    "playground": (
        """
from cs336_core.widgets import Playground

p = Playground("hello hello", ["bytes", "gpt2"])
p
""",
        """
print("text", repr(p.text), p.tokenizers)
""",
        """
p.text = "Hello, world!"
p.tokenizers = "o200k"
""",
    ),
    "model": (
        """
from cs336_core.widgets import TransformerExplorer

live = TransformerExplorer()
live
""",
        """
print("text", repr(live.text), list(live.files), live.removed)
""",
        """
live.text = "To be, or not to"
live.removed = "positions"
""",
    ),
    "machine": (
        """
from cs336_core.widgets import BPETimeMachine

machine = BPETimeMachine("the cat in the hat", 12)
machine
""",
        """
print("step", machine.step, machine.text, machine.merges[-1])
""",
        """
machine.step = 3
machine.pretokenization = "gpt2"
""",
    ),
    "attention": (
        """
from cs336_core.widgets import AttentionExplorer

x = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
attention = AttentionExplorer(["one", "two", "three"], x, x, x, cell=(2, 0))
attention
""",
        """
print(attention.mask, attention.temperature, attention.row, attention.column)
""",
        """
attention.mask = "none"
attention.row = 0
attention.v = [[[5, 0], [6, 0], [7, 0]]]
""",
    ),
    "dial": (
        """
from cs336_core.widgets import RotaryDial

dial = RotaryDial([1, 0], [1, 0], query_position=7, key_position=4)
dial
""",
        """
print("places", dial.query_position, dial.key_position, dial.query, round(sum(dial.products), 2))
""",
        """
dial.query_position = 5
""",
    ),
    "flash": (
        """
from cs336_core.widgets import FlashStepper

flash = FlashStepper(causal=True)
flash
""",
        """
print("step", flash.step, "of", len(flash.tiles), flash.seq_len, flash.causal, flash.query_tile)
""",
        """
flash.query_tile = 8
flash.step = 99
""",
    ),
    "roofline": (
        """
from cs336_core.widgets import Roofline

roofline = Roofline(batch=4)
roofline
""",
        """
whole = roofline.points[-1]
print(roofline.machine, roofline.batch, roofline.phase, round(whole.roofline.intensity, 2))
""",
        """
roofline.machine = "t4"
roofline.operation = "head"
""",
    ),
    "training": (
        """
from cs336_core.widgets import TrainingCalculator

training = TrainingCalculator(8e9, 15e12)
training
""",
        """
print(training.model, training.n_machines, training.mfu, round(training.run.days, 1))
""",
        """
training.machine = "b200"
training.billion_params = 70
""",
    ),
    "flops": (
        """
from cs336_core.widgets import FlopsExplorer

flops = FlopsExplorer("llama-3-8b", seq_len=4096)
flops
""",
        """
print(flops.seq_len, flops.pairs, flops.config.n_layers, flops.config.kv_heads)
""",
        """
flops.preset = "deepseek-v3"
flops.phase = "decode"
""",
    ),
}
# Whether an element is on the screen, and still there after a moment.
STAYS = """async (element) => {
  const seen = () => {
    const { top, bottom } = element.getBoundingClientRect();
    return element.checkVisibility() && bottom > 200 && top < innerHeight - 200;
  };
  const before = seen();
  await new Promise((done) => setTimeout(done, 500));
  return before && seen();
}"""
NAMES = list(CELLS)
NOTEBOOK = "\n# %%".join([f"{HEAD}\n", *(cell for cells in CELLS.values() for cell in cells)])

TRACED = f"""\
{HEAD}

# %%
# %load_ext cs336_core.viewer

# %%
# %%trace
def double(n):
    return 2 * n

total = double(3)
total + 1

# %%
from cs336_core.trace import text, trace
from cs336_core.widgets import TraceViewer

def program():
    text("Powers of two: $2^n$")
    n = 1
    for _ in range(3):
        n *= 2

viewer = TraceViewer(trace(program, inspect_all=True), key="program")
viewer

# %%
print("step", viewer.step, "total", total)

# %%
viewer.step = 2
"""

# The examples are heavy, and each step beside them takes long.
NOTEBOOKS = {"widgets.py": NOTEBOOK, "examples.py": TRACED + EXAMPLES}
# One JupyterLab, and one kernel for all widgets
pytestmark = pytest.mark.xdist_group("lab")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab as `make lab` starts it, on a folder with copies of lectures."""
    folder = tmp_path_factory.mktemp("lectures")
    shutil.copy(LECTURE, folder)
    for name, text in NOTEBOOKS.items():
        (folder / name).write_text(text, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tools.lab", "--port", str(port), "--token", TOKEN]
    server = subprocess.Popen(
        [*command, "--no-browser", "--folder", str(folder)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 180
    while not answers(f"{url}api/status?token={TOKEN}"):
        assert server.poll() is None, "JupyterLab ended; see _build/log/lab.log"
        assert time.monotonic() < deadline, "JupyterLab does not answer; see _build/log/lab.log"
        time.sleep(0.2)
    yield url
    server.send_signal(signal.SIGTERM)
    assert server.wait(60) == 0


class Notebook:
    """A notebook of which every cell has been run."""

    def __init__(self, page: Page, watch: Watch, lab: str) -> None:
        self.page, self.watch, self.lab = page, watch, lab
        self.cells = page.locator(".jp-Notebook .jp-CodeCell")

    def run(self, cell: Locator) -> None:
        cell.locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")

    def run_all(self) -> None:
        """Run every cell once the kernel is ready; return before they have run."""
        expect(self.page.locator(".jp-NotebookPanel")).to_have_count(1)
        self.page.get_by_role("button", name="Python 3 (ipykernel) | Idle").wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    def has_run(self) -> None:
        """Wait for the last cell: none failed, no request left the machine, no link is offered."""
        prompt = self.cells.last.locator(".jp-InputPrompt")
        expect(prompt).not_to_have_text("[*]:", timeout=SLOW)
        assert self.page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
        own = "ws://127.0.0.1"
        assert [url for url in self.watch.foreign(self.lab) if not url.startswith(own)] == []
        # A notebook has no page address to copy.
        expect(self.page.get_by_role("button", name="Copy link")).to_have_count(0)


class LiveFigure:
    """A widget in a notebook, and the cells that print and change its traits."""

    def __init__(self, notebook: Notebook, name: str) -> None:
        self.page, self.notebook = notebook.page, notebook
        self.page.bring_to_front()  # a page behind another draws a frame per second
        first = 3 * NAMES.index(name)
        shows, self.prints, self.changes = (notebook.cells.nth(first + i) for i in range(3))
        self.root = shows.locator(".jp-OutputArea")
        self.root.scroll_into_view_if_needed()  # the playground loads vocabularies when it is seen
        self.status = self.root.get_by_role("status")

    def show(self) -> None:
        """Scroll until the figure stays on the screen: late layout of the cells above moves it."""
        figure = self.root.locator(".cs336")
        figure.wait_for(state="attached", timeout=SLOW)
        deadline = time.monotonic() + SLOW / 1000
        while not figure.evaluate(STAYS):
            assert time.monotonic() < deadline, "the figure does not stay on the screen"
            figure.scroll_into_view_if_needed()

    def python_prints(self, text: str) -> None:
        """Run the cell that prints the traits."""
        self.notebook.run(self.prints)
        expect(self.prints.locator(".jp-OutputArea-output")).to_have_text(text, timeout=SLOW)

    def change_from_python(self) -> None:
        self.notebook.run(self.changes)


def opened(open_page: OpenPage, lab: str, address: str) -> Notebook:
    """Open JupyterLab at an address within it."""
    page, watch = open_page(f"{lab}{address}", width=1400, height=1000)
    page.set_default_timeout(SLOW)
    return Notebook(page, watch, lab)


def run(open_page: OpenPage, lab: str, name: str) -> Notebook:
    """Open a notebook with a double click and run all of it."""
    notebook = opened(open_page, lab, f"lab?token={TOKEN}&reset")
    notebook.page.locator(".jp-DirListing-item", has_text=name).dblclick()
    notebook.cells.first.wait_for()
    notebook.run_all()
    return notebook


@pytest.fixture(scope="module")
def notebook(lab: str, module_page: OpenPage) -> Notebook:
    """The notebook of widgets that change: one page and one kernel for their tests."""
    return run(module_page, lab, "widgets.py")


@pytest.fixture(scope="module")
def examples(lab: str, module_page: OpenPage) -> Notebook:
    """The notebook of traces and of every widget's example."""
    return run(module_page, lab, "examples.py")


@pytest.fixture(scope="module")
def lecture(lab: str, module_page: OpenPage) -> Notebook:
    """The first lecture, opened by its address."""
    return opened(module_page, lab, f"lab/tree/{LECTURE.name}?token={TOKEN}")


def test_the_first_lecture_opens_ready_to_run(lecture: Notebook) -> None:
    page = lecture.page
    page.bring_to_front()
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=SLOW)
    kernel = page.locator(".jp-Toolbar-kernelName")
    expect(kernel).to_contain_text("Python 3 (ipykernel)", timeout=SLOW)
    names = sorted([LECTURE.name, *NOTEBOOKS])
    assert names[0] == LECTURE.name
    expect(page.locator(".jp-DirListing-itemText")).to_have_text(names)
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def test_every_widget_is_drawn(examples: Notebook) -> None:
    examples.page.bring_to_front()
    figures = examples.cells.last.locator(".jp-OutputArea .cs336")
    expect(figures).to_have_count(len(widget_classes()), timeout=SLOW)
    for figure in figures.all():
        expect(figure.locator(":scope > *").first).to_be_visible()
    examples.has_run()


def test_every_cell_runs(notebook: Notebook) -> None:
    notebook.page.bring_to_front()
    notebook.has_run()


def test_python_sends_the_model_that_the_figure_runs(notebook: Notebook) -> None:
    figure = LiveFigure(notebook, "model")
    figure.show()  # the model loads when the figure is seen
    expect(figure.status).to_contain_text("Without positions", timeout=SLOW)  # the last cell ran
    figure.root.get_by_role("textbox", name="Type a sentence").fill("Where is Anna?")
    expect(figure.status).to_contain_text("After “?”")
    figure.python_prints("text 'Where is Anna?' ['small'] positions")
    figure.change_from_python()
    expect(figure.status).to_contain_text("After “␣to”", timeout=SLOW)


def test_slider_and_python_agree(notebook: Notebook) -> None:
    figure = LiveFigure(notebook, "merges")
    slider = figure.root.get_by_role("slider", name="Merges")
    expect(slider).to_have_value("12", timeout=SLOW)
    slider.fill("5")
    figure.python_prints("step 5")
    slider.fill("3")
    shown = ".cs336-machine-stage > :not(.cs336-machine-placeholder) .cs336-token-id"
    ids = figure.root.locator(shown).all_inner_texts()
    assert " ".join(ids) == "258 99 97 116 32 105 110 32 258 104 97 116"
    # JupyterLab leaves the arrow keys to the slider.
    slider.focus()
    notebook.page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("4")
    figure.python_prints("step 4")
    figure.change_from_python()
    expect(figure.changes.locator(".jp-OutputArea-output")).to_have_text("clamped to 12")
    expect(slider).to_have_value("12")


def test_the_lecture_runs_as_a_notebook(lecture: Notebook) -> None:
    page = lecture.page
    page.bring_to_front()
    lecture.run_all()
    expect(page.locator(".jp-OutputArea .cs336").first).to_be_visible(timeout=SLOW)
    expect(page.locator(".cs336-plot")).to_have_count(2, timeout=SLOW)
    lecture.has_run()


def test_a_cell_is_traced_and_a_viewer_agrees_with_python(examples: Notebook) -> None:
    page, cells = examples.page, examples.cells
    page.bring_to_front()
    cell, program = cells.nth(1), cells.nth(2)
    expect(cell.locator(".cs336-trace")).to_have_count(1, timeout=SLOW)
    expect(program.locator(".cs336-trace")).to_have_count(1, timeout=SLOW)
    expect(cell.locator("[aria-current=step]")).to_contain_text("def double(n):")
    expect(cell.locator(".jp-OutputArea-output").last).to_have_text("7")
    expect(program.get_by_role("spinbutton")).to_have_value("2", timeout=SLOW)
    expect(program.locator("math")).to_have_count(1)  # formulas need no fonts here
    program.get_by_role("button", name="One step forward").click()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the viewer
    expect(program.get_by_role("spinbutton")).to_have_value("4")
    examples.run(cells.nth(3))
    expect(cells.nth(3).locator(".jp-OutputArea-output")).to_have_text("step 4 total 6")
    examples.run(cells.nth(4))
    expect(program.get_by_role("spinbutton")).to_have_value("2")
    examples.has_run()


def test_the_playground_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "playground")
    figure = live.root
    status = live.status
    expect(status).to_have_text("13 bytes, 13 characters. o200k: 4 tokens.", timeout=SLOW)
    ids = figure.get_by_role("group", name="o200k", exact=True).locator(".cs336-ids span")
    expect(ids).to_have_text(["13225", "11", "2375", "0"])
    figure.get_by_role("textbox").fill("hello hello")
    figure.get_by_role("button", name="GPT-2", exact=True).click()
    expect(status).to_contain_text("GPT-2: 2 tokens. o200k: 2 tokens.")
    live.python_prints("text 'hello hello' gpt2,o200k")


def test_the_time_machine_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "machine")
    page, figure = notebook.page, live.root
    slider = figure.get_by_role("slider")
    expect(slider).to_have_value("3", timeout=SLOW)
    expect(figure.locator(".cs336-machine-forbidden")).to_be_visible()
    figure.get_by_text("Text and settings").click()
    figure.get_by_role("textbox").fill("abab")
    expect(figure.get_by_role("group", name="The text as 1 token")).to_be_visible()
    live.python_prints("step 3 abab (b'ab', b'ab')")
    live.change_from_python()
    figure.get_by_role("button", name="One step back").click()
    expect(slider).to_have_value("1")
    slider.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(slider).to_have_value("0")


def test_the_attention_explorer_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "attention")
    page, figure = notebook.page, live.root
    expect(figure.get_by_role("radio", name="none")).to_be_checked(timeout=SLOW)
    chosen = figure.get_by_role("gridcell", selected=True)
    expect(chosen).to_have_attribute("data-row", "0")
    figure.get_by_role("radio", name="sliding window").check()
    figure.get_by_role("slider", name="Temperature").fill("0.5")
    chosen.focus()
    page.keyboard.press("ArrowDown")  # JupyterLab leaves it to the grid
    page.keyboard.press("ArrowRight")
    expect(live.status).to_contain_text("“two” attends to “two”")
    live.python_prints("window 0.5 1 1")
    live.change_from_python()
    expect(figure.get_by_role("radio", name="none")).to_be_checked()
    expect(chosen).to_have_attribute("data-row", "0")
    expect(figure.locator(".cs336-attention-output tbody")).to_contain_text("7.00")


def test_the_rotary_dial_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "dial")
    page, figure = notebook.page, live.root
    query = figure.get_by_role("slider", name="Query at position")
    expect(query).to_have_value("5", timeout=SLOW)
    figure.get_by_role("slider", name="Shift both").fill("100")
    expect(query).to_have_value("101")
    figure.get_by_text("The query and the key themselves").click()
    figure.get_by_role("textbox", name="Entries of the key").fill("0 2")
    live.python_prints("places 101 100 1 0 1.68")
    query.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(query).to_have_value("100")
    live.change_from_python()
    expect(query).to_have_value("5")


def test_the_flash_stepper_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "flash")
    page, figure = notebook.page, live.root
    slider = figure.get_by_role("slider", name="Tiles")
    expect(slider).to_have_value("6", timeout=SLOW)
    expect(live.status).to_contain_text("Tile 6 of 6")
    figure.get_by_role("checkbox").uncheck()
    figure.get_by_role("slider", name="Sequence length").fill("12")
    slider.fill("3")
    live.python_prints("step 3 of 6 12 False 8")
    slider.focus()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the slider
    expect(slider).to_have_value("4")
    live.change_from_python()
    expect(slider).to_have_value("6")


def test_the_roofline_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "roofline")
    page, figure = notebook.page, live.root
    machine = figure.get_by_role("combobox", name="Machine")
    expect(machine).to_have_value("t4", timeout=SLOW)
    expect(figure.locator(".cs336-error")).to_have_text(
        "The T4 does not support bf16: counted in fp16."
    )
    pressed = figure.locator("button[aria-pressed=true]")
    expect(pressed).to_contain_text("LM head")
    machine.select_option("h200")
    sequences = figure.get_by_role("slider", name="Sequences")
    sequences.focus()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the slider
    expect(live.status).to_contain_text("Decode of 8 sequences")
    live.python_prints("h200 8 decode 7.5")
    live.change_from_python()
    expect(machine).to_have_value("t4")


def test_the_training_calculator_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "training")
    page, figure = notebook.page, live.root
    status = live.status
    expect(status).to_contain_text("63.3 days on 1,024 B200", timeout=SLOW)
    figure.get_by_role("combobox", name="Model").select_option("llama-3-8b")
    machines = figure.get_by_role("slider", name="Machines")
    machines.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(status).to_contain_text("on 512 B200")
    figure.get_by_role("slider", name="MFU").fill("40")
    live.python_prints("llama-3-8b 512 0.4 18.2")
    live.change_from_python()
    expect(status).to_contain_text("8.03 billion parameters")  # a preset goes before a number


def test_the_flops_explorer_and_python_agree(notebook: Notebook) -> None:
    live = LiveFigure(notebook, "flops")
    page, figure = notebook.page, live.root
    model = figure.get_by_role("combobox", name="Model")
    expect(model).to_have_value("deepseek-v3", timeout=SLOW)
    expect(live.status).to_contain_text("DeepSeek-V3 generates one token after 4,096")
    model.select_option("llama-3-8b")
    figure.locator("summary", has_text="How it is counted").click()
    figure.get_by_role("radio", name="attended only").check()
    figure.get_by_role("slider", name="Cached tokens").fill("24")
    layers = figure.get_by_role("slider", name="Layers")
    layers.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    live.python_prints("8192 attended 31 8")
    live.change_from_python()
    expect(model).to_have_value("deepseek-v3")


def test_dark_theme(notebook: Notebook) -> None:
    page, figure = notebook.page, LiveFigure(notebook, "merges").root.locator(".cs336").first
    before = figure.evaluate("e => getComputedStyle(e).color")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Theme").first.click()
    page.get_by_role("menuitem", name="JupyterLab Dark", exact=True).click()
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    after = figure.evaluate("e => getComputedStyle(e).color")
    assert before == "rgb(27, 31, 36)"
    assert after == "rgb(231, 234, 239)"
