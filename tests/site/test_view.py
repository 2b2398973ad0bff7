"""A view in a notebook, where Python may change its model at any time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cs336_core._shared import built
from tests.site.conftest import OpenPage

# The playground asks Python for a vocabulary in an effect. Preact runs an effect that is still
# pending in the next drawing, here the one for Python's text: the model changes while it is drawn.
CHANGED_WHILE_DRAWN = """async (address) => {
  let scrollIntoView = () => {};
  globalThis.IntersectionObserver = class {
    constructor(callback) { scrollIntoView = () => callback([{ isIntersecting: true }]); }
    observe() {}
    disconnect() {}
  };
  const state = { text: "a", tokenizers: "gpt2", trained: {}, requested: "", files: {} };
  const listeners = {};
  const model = {
    get: (name) => state[name],
    set: (name, value) => {
      if (state[name] === value) return;
      state[name] = value;
      listeners[`change:${name}`]?.();
    },
    save_changes: () => {},
    on: (event, callback) => { listeners[event] = callback; },
    off: () => {},
  };
  const { default: view } = await import(address);
  view.render({ model, el: document.body });
  await new Promise((resolve) => setTimeout(resolve, 500)); // its effects have run
  const drawn = async () => { for (let i = 0; i < 10; i++) await null; };
  scrollIntoView();
  await drawn(); // and the effect that requests the vocabulary is pending
  const before = state.requested;
  model.set("text", "b");
  await drawn();
  const figures = [...document.querySelectorAll(".cs336-playground")];
  return [before, state.requested, figures.map((figure) => figure.querySelector("textarea").value)];
}"""


PAGE = '<!doctype html><title>A view</title><link rel="icon" href="data:,"><body></body>'


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty page and a view as a notebook gets it."""
    folder = tmp_path_factory.mktemp("views")
    (folder / "empty.html").write_text(PAGE, "utf-8")
    shutil.copy(built.STATIC / "playground.js", folder)
    return folder


def test_a_model_that_changes_during_a_drawing_is_drawn_once(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}empty.html")
    found = page.evaluate(CHANGED_WHILE_DRAWN, f"{served}playground.js")
    assert found == ["", "gpt2", ["b"]]
    assert watch.console == []
