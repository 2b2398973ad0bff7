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

from tests.site.conftest import OpenPage
from tools.lab import answers
from tools.shell.paths import ROOT

SLOW = 60_000  # milliseconds, for what a kernel does
TOKEN = "a-token-for-the-tests"
HEAD = (ROOT / "lectures" / "03_bpe.py").read_text("utf-8").split("\n\n")[0]
TOKEN_IDS = ".cs336-machine-stage > :not(.cs336-machine-placeholder) .cs336-token-id"
COMPACT = f"""\
{HEAD}

# %%
from cs336_core.widgets import BPETimeMachine

w = BPETimeMachine("the cat in the hat", 12, compact=True)
w

# %%
print("step", w.step)

# %%
w.step = 3

# %%
w.step = 99
print("kept at", w.step)
"""

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

PLAYGROUND = f"""\
{HEAD}

# %%
from cs336_core.widgets import Playground

p = Playground("hello hello", ["bytes", "gpt2"])
p

# %%
print("text", repr(p.text), p.tokenizers)

# %%
p.text = "Hello, world!"
p.tokenizers = "o200k"
"""

MACHINE = f"""\
{HEAD}

# %%
from cs336_core.widgets import BPETimeMachine

machine = BPETimeMachine("the cat in the hat", 12)
machine

# %%
print("step", machine.step, machine.text, machine.merges[-1])

# %%
machine.step = 3
machine.pretokenization = "gpt2"
"""

ATTENTION = f"""\
{HEAD}

# %%
from cs336_core.widgets import AttentionExplorer

x = [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]
attention = AttentionExplorer(["one", "two", "three"], x, x, x, cell=(2, 0))
attention

# %%
print(attention.mask, attention.temperature, attention.row, attention.column)

# %%
attention.mask = "none"
attention.row = 0
attention.v = [[[5, 0], [6, 0], [7, 0]]]
"""

DIAL = f"""\
{HEAD}

# %%
from cs336_core.widgets import RotaryDial

dial = RotaryDial([1, 0], [1, 0], query_place=7, key_place=4)
dial

# %%
print("places", dial.query_place, dial.key_place, dial.query, round(sum(dial.products), 2))

# %%
dial.query_place = 5
"""

FLASH = f"""\
{HEAD}

# %%
from cs336_core.widgets import FlashStepper

flash = FlashStepper(causal=True)
flash

# %%
print("step", flash.step, "of", len(flash.tiles), flash.seq_len, flash.causal, flash.query_tile)

# %%
flash.query_tile = 8
flash.step = 99
"""

ROOFLINE = f"""\
{HEAD}

# %%
from cs336_core.widgets import Roofline

roofline = Roofline(batch=4)
roofline

# %%
whole = roofline.points[-1]
print(roofline.machine, roofline.batch, roofline.phase, round(whole.roofline.intensity, 2))

# %%
roofline.machine = "t4"
roofline.operation = "head"
"""

CALCULATOR = f"""\
{HEAD}

# %%
from cs336_core.widgets import TrainingCalculator

training = TrainingCalculator(8e9, 15e12)
training

# %%
print(training.model, training.n_machines, training.mfu, round(training.run.days, 1))

# %%
training.machine = "b200"
training.billion_params = 70
"""

FLOPS = f"""\
{HEAD}

# %%
from cs336_core.widgets import FlopsExplorer

flops = FlopsExplorer("llama-3-8b", seq_len=4096)
flops

# %%
print(flops.seq_len, flops.pairs, flops.config.n_layers, flops.config.kv_heads)

# %%
flops.preset = "deepseek-v3"
flops.phase = "decode"
"""

NOTEBOOKS = {
    "compact.py": COMPACT,
    "traced.py": TRACED,
    "playground.py": PLAYGROUND,
    "machine.py": MACHINE,
    "attention.py": ATTENTION,
    "dial.py": DIAL,
    "flash.py": FLASH,
    "roofline.py": ROOFLINE,
    "calculator.py": CALCULATOR,
    "flops.py": FLOPS,
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab as `make lab` starts it, on a folder with copies of lectures."""
    folder = tmp_path_factory.mktemp("lectures")
    shutil.copy(ROOT / "lectures" / "03_bpe.py", folder)
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
    deadline = time.monotonic() + 90
    while not answers(f"{url}api/status?token={TOKEN}"):
        assert server.poll() is None, "JupyterLab ended; see _build/log/lab.log"
        assert time.monotonic() < deadline, "JupyterLab does not answer; see _build/log/lab.log"
        time.sleep(0.2)
    yield url
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0


def opened(open_page: OpenPage, lab: str, name: str) -> tuple[Page, Locator, list[str]]:
    """Open a lecture with a double click and run all of it; return its cells."""
    page, watch = open_page(f"{lab}lab?token={TOKEN}&reset", width=1400, height=1000)
    page.set_default_timeout(SLOW)
    page.locator(".jp-DirListing-item", has_text=name).dblclick()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.first.wait_for()
    expect(page.locator(".jp-NotebookPanel")).to_have_count(1)
    page.get_by_role("button", name="Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    return page, cells, [url for url in watch.foreign(lab) if not url.startswith("ws://127.0.0.1")]


def run(page: Page, cell: Locator) -> None:
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")


def test_slider_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, _ = opened(open_page, lab, "compact.py")
    figure = page.locator(".cs336-machine")
    slider = figure.get_by_role("slider", name="Merges")
    # The third cell moved the slider, the fourth was kept within the merges.
    expect(cells.nth(3).locator(".jp-OutputArea-output")).to_have_text("kept at 12", timeout=SLOW)
    expect(slider).to_have_value("12")
    slider.fill("5")
    run(page, cells.nth(1))
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("step 5")
    run(page, cells.nth(2))
    expect(slider).to_have_value("3")
    shown = figure.locator(TOKEN_IDS).all_inner_texts()
    assert " ".join(shown) == "258 99 97 116 32 105 110 32 258 104 97 116"
    # JupyterLab leaves the arrow keys to the slider.
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("4")
    run(page, cells.nth(1))
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_have_text("step 4")
    # There is no page address to copy in a notebook.
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)


def test_the_lecture_runs_as_a_notebook(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "03_bpe.py")
    expect(page.locator(".cs336-machine").first).to_be_visible(timeout=SLOW)
    expect(page.locator(".cs336-plot")).to_have_count(2, timeout=SLOW)
    expect(cells.last.locator(".jp-InputPrompt")).not_to_have_text("[*]:", timeout=3 * SLOW)
    assert page.locator(".jp-OutputArea [data-mime-type*=error]").count() == 0
    assert foreign == []


def test_a_cell_is_traced_and_a_viewer_agrees_with_python(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "traced.py")
    cell, shown = cells.nth(1), page.locator(".cs336-trace")
    expect(shown).to_have_count(2, timeout=SLOW)
    expect(cell.locator("[aria-current=step]")).to_contain_text("def double(n):")
    expect(cell.locator(".jp-OutputArea-output").last).to_have_text("7")
    program = cells.nth(2)
    expect(program.get_by_role("spinbutton")).to_have_value("2", timeout=SLOW)
    expect(program.locator("math")).to_have_count(1)  # formulas need no fonts here
    program.get_by_role("button", name="One step forward").click()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the viewer
    expect(program.get_by_role("spinbutton")).to_have_value("4")
    run(page, cells.nth(3))
    expect(cells.nth(3).locator(".jp-OutputArea-output")).to_have_text("step 4 total 6")
    run(page, cells.nth(4))
    expect(program.get_by_role("spinbutton")).to_have_value("2")
    assert foreign == []


def test_the_playground_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "playground.py")
    figure = page.locator(".cs336-playground")
    status = figure.get_by_role("status")
    expect(status).to_have_text("13 bytes, 13 characters. 4 tokens in o200k.", timeout=SLOW)
    ids = figure.get_by_role("group", name="o200k", exact=True).locator(".cs336-ids span")
    expect(ids).to_have_text(["13225", "11", "2375", "0"])
    figure.get_by_role("textbox").fill("hello hello")
    figure.get_by_role("button", name="GPT-2", exact=True).click()
    expect(status).to_contain_text("2 tokens in GPT-2. 2 tokens in o200k.")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("text 'hello hello' gpt2,o200k")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_time_machine_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "machine.py")
    figure = page.locator(".cs336-machine")
    slider = figure.get_by_role("slider")
    expect(slider).to_have_value("3", timeout=SLOW)
    expect(figure.locator(".cs336-machine-forbidden")).to_be_visible()
    figure.get_by_text("Your own text").click()
    figure.get_by_role("textbox").fill("abab")
    expect(figure.get_by_role("group", name="The text as 1 tokens")).to_be_visible()
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("step 3 abab (b'ab', b'ab')")
    run(page, cells.nth(2))
    figure.get_by_role("button", name="One step back").click()
    expect(slider).to_have_value("1")
    slider.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(slider).to_have_value("0")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_attention_explorer_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "attention.py")
    figure = page.locator(".cs336-attention")
    expect(figure.get_by_role("radio", name="none")).to_be_checked(timeout=SLOW)
    chosen = figure.get_by_role("gridcell", selected=True)
    expect(chosen).to_have_attribute("data-row", "0")
    figure.get_by_role("radio", name="sliding window").check()
    figure.get_by_role("slider", name="Temperature").fill("0.5")
    chosen.focus()
    page.keyboard.press("ArrowDown")  # JupyterLab leaves it to the grid
    page.keyboard.press("ArrowRight")
    expect(figure.get_by_role("status")).to_contain_text("“two” looks at “two”")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("window 0.5 1 1")
    run(page, cells.nth(2))
    expect(figure.get_by_role("radio", name="none")).to_be_checked()
    expect(chosen).to_have_attribute("data-row", "0")
    expect(figure.locator(".cs336-attention-output tbody")).to_contain_text("7.00")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_rotary_dial_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "dial.py")
    figure = page.locator(".cs336-rotary")
    query = figure.get_by_role("slider", name="Query at position")
    expect(query).to_have_value("5", timeout=SLOW)
    figure.get_by_role("slider", name="Shift both").fill("100")
    expect(query).to_have_value("101")
    figure.get_by_text("The query and the key themselves").click()
    figure.get_by_role("textbox", name="Numbers of the key").fill("0 2")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("places 101 100 1 0 1.68")
    query.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(query).to_have_value("100")
    run(page, cells.nth(2))
    expect(query).to_have_value("5")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_flash_stepper_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "flash.py")
    figure = page.locator(".cs336-flash")
    slider = figure.get_by_role("slider", name="Tiles")
    expect(slider).to_have_value("6", timeout=SLOW)
    expect(figure.get_by_role("status")).to_contain_text("Tile 6 of 6")
    figure.get_by_role("checkbox").uncheck()
    figure.get_by_role("slider", name="Sequence length").fill("12")
    slider.fill("3")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("step 3 of 6 12 False 8")
    slider.focus()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the slider
    expect(slider).to_have_value("4")
    run(page, cells.nth(2))
    expect(slider).to_have_value("6")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_roofline_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "roofline.py")
    figure = page.locator(".cs336-roofline")
    machine = figure.get_by_role("combobox", name="Machine")
    expect(machine).to_have_value("t4", timeout=SLOW)
    expect(figure.locator(".cs336-error")).to_have_text("The T4 has no bf16: counted in fp16.")
    pressed = figure.locator("button[aria-pressed=true]")
    expect(pressed).to_contain_text("LM head")
    machine.select_option("h200")
    sequences = figure.get_by_role("slider", name="Sequences")
    sequences.focus()
    page.keyboard.press("ArrowRight")  # JupyterLab leaves it to the slider
    expect(figure.get_by_role("status")).to_contain_text("Decode of 8 sequences")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("h200 8 decode 7.5")
    run(page, cells.nth(2))
    expect(machine).to_have_value("t4")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_training_calculator_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "calculator.py")
    figure = page.locator(".cs336-calculator")
    status = figure.get_by_role("status")
    expect(status).to_contain_text("63.3 days on 1,024 B200", timeout=SLOW)
    figure.get_by_role("combobox", name="Model").select_option("llama-3-8b")
    machines = figure.get_by_role("slider", name="Machines")
    machines.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    expect(status).to_contain_text("on 512 B200")
    figure.get_by_role("slider", name="MFU").fill("40")
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("llama-3-8b 512 0.4 18.2")
    run(page, cells.nth(2))
    expect(status).to_contain_text("8.03 billion parameters")  # a preset goes before a number
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_the_flops_explorer_and_python_agree(lab: str, open_page: OpenPage) -> None:
    page, cells, foreign = opened(open_page, lab, "flops.py")
    figure = page.locator(".cs336-flops")
    model = figure.get_by_role("combobox", name="Model")
    expect(model).to_have_value("deepseek-v3", timeout=SLOW)
    expect(figure.get_by_role("status")).to_contain_text("DeepSeek-V3 writes one token after 4,096")
    model.select_option("llama-3-8b")
    figure.get_by_role("radio", name="attended only").check()
    figure.get_by_role("slider", name="Tokens before").fill("24")
    layers = figure.get_by_role("slider", name="Layers")
    layers.focus()
    page.keyboard.press("ArrowLeft")  # JupyterLab leaves it to the slider
    run(page, cells.nth(1))
    said = cells.nth(1).locator(".jp-OutputArea-output")
    expect(said).to_have_text("8192 attended 31 8")
    run(page, cells.nth(2))
    expect(model).to_have_value("deepseek-v3")
    expect(figure.get_by_role("button", name="Copy link")).to_have_count(0)
    assert foreign == []


def test_dark_theme(lab: str, open_page: OpenPage) -> None:
    page, _, _ = opened(open_page, lab, "compact.py")
    figure = page.locator(".cs336-machine")
    figure.wait_for()
    before = figure.evaluate("e => getComputedStyle(e).color")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Theme").first.click()
    page.get_by_role("menuitem", name="JupyterLab Dark", exact=True).click()
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    after = figure.evaluate("e => getComputedStyle(e).color")
    assert before == "rgb(27, 31, 36)"
    assert after == "rgb(231, 234, 239)"
