"""Settings for all tests: shape checks, threads, signals, and their distribution over processes."""

import gc
import os
import signal

import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

from tools.shell.environment import REPEATABLE
from tools.shell.paths import ROOT

gc.disable()  # during collection, whose modules and tests stay until the end

# Tests check the shapes in signatures. Configurations are left out: they validate their arguments.
modules = {path.stem for path in (ROOT / "cs336_core" / "model").glob("*.py")}
modules -= {"config", "config_parts"}
install_import_hook([f"cs336_core.model.{name}" for name in modules], "beartype.beartype")

# No deadlines, since a busy machine is slow for a while; benchmarks measure speed.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

# As when the site is built: the rounding of a sum depends on the number of threads, and tests
# already run in parallel processes, with which more threads would compete for the cores.
os.environ["OMP_NUM_THREADS"] = REPEATABLE["OMP_NUM_THREADS"]

# A background job may ignore Ctrl-C, and the programs that tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Slow files start first, so that none of them runs alone at the end.
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
    """Run the tests of a file in one process, unless they name a group of their own.

    They share fixtures that are slow to start: a browser's pages, a built book, JupyterLab.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """Start garbage collection, which skips what exists by now."""
    gc.freeze()
    gc.enable()


def _rank(item: pytest.Item) -> int:
    return next((i for i, path in enumerate(LONG) if item.nodeid.startswith(path)), len(LONG))
