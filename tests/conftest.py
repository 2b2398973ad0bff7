"""What all tests share."""

import os
import signal

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from tools.shell.paths import ROOT

# The shapes that signatures name are checked while tests run. A configuration refuses by itself
# what it cannot be.
modules = {path.stem for path in (ROOT / "cs336_core" / "model").glob("*.py")} - {"config"}
install_import_hook([f"cs336_core.model.{name}" for name in modules], "beartype.beartype")

# A busy machine is slow for a while; how fast things are is for the benchmarks to say.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

# Tests run side by side already, and threads that wait for each other take most of the time.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# In the background Ctrl-C may be ignored, which the programs that tests start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What takes long begins first, so that no single file decides when the run ends.
LONG = (
    "tests/site/test_lab.py",
    "tests/book/test_strict.py",
    "tests/lectures/",
    "tests/site/test_trace_page.py",
    "tests/site/",
    "tests/book/",
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, unless they name a group of their own.

    They share what is slow to start: a browser's pages, a built book, JupyterLab.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((i for i, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))
