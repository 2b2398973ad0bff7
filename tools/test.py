"""Runs every test there is; none is left out because something is missing."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tools import browser
from tools.environment import environment
from tools.paths import ROOT, VENV_PYTHON
from tools.several import Task, program, run_all

# A file's tests share what is slow to start (a browser, JupyterLab), so they stay together.
SIDE_BY_SIDE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")


def run(build_site: Task) -> int:
    """Build the site, then run the Python and the JavaScript tests; return 1 if any failed."""
    chromium = browser.ensure()
    print(f"The browser is {browser.version(chromium)}, {chromium}", flush=True)
    env = environment() | {"CHROMIUM": str(chromium)}
    return run_all(
        {
            "site": build_site,
            "Python tests": program(str(VENV_PYTHON), "-m", "pytest", *SIDE_BY_SIDE, env=env),
            "JavaScript tests": partial(run_javascript, ROOT / "tests" / "js"),
        }
    )


def run_javascript(folder: Path) -> int:
    """Run the tests in `folder`; none found is a failure, as it is for pytest."""
    # Named one by one: whether a folder or a pattern may stand here depends on Node.js's version.
    found = [str(path) for path in sorted(folder.rglob("*.test.*js"))]
    if not found:
        print(f"There is no *.test.js or *.test.mjs in {folder}.")
        return 1
    return program("node", "--test", *found)()
