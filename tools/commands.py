"""The Makefile's targets, run inside .venv: python -m tools.commands serve."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from book.builder.bundle import bundle
from tools import browser, new_widget, serve
from tools.bootstrap import exclusive
from tools.setup import set_up
from tools.shell.console import duration
from tools.shell.environment import environment
from tools.shell.errors import UserError, run_main
from tools.shell.paths import HTML, NODE_MODULES, ROOT, VENV_PYTHON
from tools.shell.processes import run_foreground

Task = Callable[..., int]  # returns an exit status

# Tests of a group share slow fixtures (a browser's pages, JupyterLab) and stay in one
# process; tests/conftest.py names the groups, in the order in which they begin.
PYTEST = (
    *(VENV_PYTHON, "-m", "pytest"),
    *("--numprocesses=auto", "--maxprocesses=4", "--durations=20"),
    *("--dist=loadgroup", "--no-loadscope-reorder"),
)
# Tests that need no site: they begin while it is built, so that no core is idle.
WITHOUT_SITE = (
    *("tests/accounting", "tests/inference", "tests/model"),
    *("tests/tokenization", "tests/training"),
)


def serve_site() -> int:
    """Set up, build the site and serve it (PORT=8080 chooses the port)."""
    serve.check_port()
    set_up()
    return build() or serve.main()


def open_lab() -> int:
    """Set up and open the lectures as notebooks in JupyterLab (PORT=8890 chooses the port)."""
    serve.check_port()
    set_up()
    bundle()
    return program(VENV_PYTHON, "-m", "tools.lab")()


def build_site() -> int:
    """Set up and build the site; nothing is served."""
    set_up()
    code = build()
    if code == 0:
        print(f"The site is in {HTML}: open index.html there, or run `make serve`.")
    return code


def run_tests() -> int:
    """Set up and run every check and test: Python, JavaScript, lectures, the site in a browser."""
    set_up("dev")
    chromium = browser.ensure()
    print(f"The browser is {browser.version(chromium)}, {chromium}", flush=True)
    # The lectures run once more, with sets in another order than when the site is built.
    env = environment() | {"CHROMIUM": str(chromium), "PYTHONHASHSEED": "1"}
    javascript = {"JavaScript tests": partial(run_javascript_tests, ROOT / "tests" / "js")}
    package = {"Python tests of the package": program(*PYTEST, *WITHOUT_SITE, env=env)}
    others = [f"--ignore={folder}" for folder in WITHOUT_SITE]
    python = {"Python tests": program(*PYTEST, *others, env=env)}
    with started_early(checks() | javascript | package) as early:
        last = {name: early.pop(name) for name in package}
        return run_tasks({"site": build} | early | python | last)


def run_checks() -> int:
    """Set up and check the code: format, lint, types."""
    set_up("dev")
    return run_tasks(checks())


def run_benchmarks() -> int:
    """Set up, build the site and run the benchmarks, each against its bar or its peers."""
    set_up("dev", "bench")
    names = sorted(script.stem for script in (ROOT / "benchmarks").glob("[!_]*.py"))
    env = environment() | {"CHROMIUM": str(browser.ensure())}
    # As modules, so that a benchmark may import the tools
    scripts = {
        f"benchmarks/{name}.py": program(VENV_PYTHON, "-m", f"benchmarks.{name}", env=env)
        for name in names
    }
    return run_tasks({"site": build} | scripts)


def create_widget() -> int:
    """Set up and write a new widget that works, with its tests (NAME=my_widget names it)."""
    set_up()
    return new_widget.main()


TARGETS: dict[str, Task] = {
    "serve": serve_site,
    "lab": open_lab,
    "site": build_site,
    "test": run_tests,
    "check": run_checks,
    "bench": run_benchmarks,
    "new-widget": create_widget,
}


def build() -> int:
    """Build the site in a subprocess, which shows its own steps; return its exit status."""
    with exclusive() as lock:
        return program(VENV_PYTHON, "-m", "book.builder.build", keep_open=[lock])()


def checks() -> dict[str, Task]:
    """Return what checks the code without running it."""
    tsc = NODE_MODULES / ".bin" / "tsc"
    return {
        "format (ruff format)": program("ruff", "format", "--check", "."),
        "lint (ruff check)": program("ruff", "check", "."),
        "Python types (mypy)": program("mypy"),
        "JavaScript and CSS (biome)": program(NODE_MODULES / ".bin" / "biome", "ci", "."),
        "schemas of the widgets' state": program(VENV_PYTHON, "-m", "book.builder.schemas"),
        "JavaScript types (tsc)": program(tsc, "--noEmit", "--project", "."),
    }


def run_javascript_tests(folder: Path, output: BinaryIO | None = None) -> int:
    """Run the tests in `folder`; none found is a failure, as it is for pytest."""
    # Named one by one: whether a folder or a pattern works here depends on the version of Node.js.
    found = sorted(folder.rglob("*.test.*js"))
    if not found:
        print(f"{folder} has no *.test.js or *.test.mjs.")
        return 1
    return program("node", "--test", *found)(output=output)


def program(
    *command: str | Path, env: Mapping[str, str] | None = None, keep_open: Sequence[int] = ()
) -> Task:
    """Return a task that runs a program, which writes to the terminal or to `output`."""
    env = env or environment()
    return partial(run_foreground, command, env=env, cwd=ROOT, keep_open=keep_open)


@contextmanager
def started_early(tasks: Mapping[str, Task]) -> Iterator[dict[str, Task]]:
    """Run programs one after the other while the block runs.

    Yield a task for each, which waits for it and prints what it has written.
    """

    def run(task: Task) -> tuple[int, str]:
        with TemporaryFile() as output:
            code = task(output=output)
            output.seek(0)
            return code, output.read().decode("utf-8", errors="replace")

    def report(started: Future[tuple[int, str]]) -> int:
        code, text = started.result()
        print(text, end="", flush=True)
        return code

    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            yield {name: partial(report, pool.submit(run, task)) for name, task in tasks.items()}
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def run_tasks(tasks: Mapping[str, Task]) -> int:
    """Run every task, even after a failure, and print a summary. Return 1 if any failed."""
    start = time.monotonic()
    codes = {}
    for name, task in tasks.items():
        print(f"\n{name}", flush=True)
        codes[name] = task()
    failed = ", ".join(name for name, code in codes.items() if code)
    passed = ", ".join(name for name, code in codes.items() if not code)
    parts = [f"FAILED: {failed}."] if failed else []
    if passed:
        parts.append(f"{'Passed' if failed else 'All passed'}: {passed}.")
    print(f"\n{' '.join(parts)} ({duration(time.monotonic() - start)})", flush=True)
    return 1 if failed else 0


def main() -> int:
    """Run the target named on the command line; its exit status."""
    name = " ".join(sys.argv[1:])
    if name not in TARGETS:
        raise UserError(f"There is no target {name!r}; `make help` lists them.")
    return TARGETS[name]()


if __name__ == "__main__":
    sys.exit(run_main(main))
