"""The Makefile's targets."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import browser, check, clean, ports, serve, setup, test
from tools.bundle import bundle
from tools.console import Trouble
from tools.environment import environment
from tools.lock import exclusive
from tools.paths import HTML, ROOT, VENV_PYTHON
from tools.processes import hand_over
from tools.several import program, run_all


def serve_site() -> int:
    """Set up, build the site and serve it (PORT=8080 chooses the port)."""
    ports.check(ports.asked_for(os.environ))
    setup.ensure(dev=False)
    return build() or serve.main()


def open_lab() -> int:
    """Set up and open the lectures as notebooks in JupyterLab (PORT=8890 chooses the port)."""
    ports.check(ports.asked_for(os.environ))
    setup.ensure(dev=False)
    bundle()
    return hand_over([VENV_PYTHON, "-m", "tools.lab"], env=environment(), cwd=ROOT)


def build_site() -> int:
    """Set up and build the site; nothing is served."""
    setup.ensure(dev=False)
    code = build()
    if code == 0:
        print(f"The site is in {HTML}: open index.html there, or run `make serve`.")
    return code


def run_tests() -> int:
    """Set up and run every test: Python, JavaScript, lectures, the site in a browser."""
    setup.ensure(dev=True)
    return test.run(build)


def run_checks() -> int:
    """Set up and check the code: format, lint, types."""
    setup.ensure(dev=True)
    return check.run()


def run_benchmarks() -> int:
    """Set up, build the site and run the benchmarks, each against its bar or its peers."""
    setup.ensure(dev=True, bench=True)
    names = sorted(script.stem for script in (ROOT / "benchmarks").glob("[!_]*.py"))
    if not names:
        raise Trouble("There are no benchmarks yet: a script in benchmarks/ is one.")
    env = environment() | {"CHROMIUM": str(browser.ensure())}
    scripts = {
        # By module, so that a benchmark may import the tools.
        f"benchmarks/{name}.py": program(str(VENV_PYTHON), "-m", f"benchmarks.{name}", env=env)
        for name in names
    }
    return run_all({"site": build} | scripts)


def clean_up() -> int:
    """Remove all that was made here: .venv, node_modules, _build, bundles, caches."""
    clean.run()
    return 0


def show_help() -> int:
    """List the targets."""
    print("The course's targets; each sets up what it needs by itself.\n")
    for name, target in TARGETS.items():
        print(f"  make {name:<7} {(target.__doc__ or '').rstrip('.')}")
    print("\nAnother Python than python3: make serve PYTHON=/path/to/python3.12")
    return 0


def build() -> int:
    """Build the site as a program of its own, which tells its own steps; its exit status."""
    with exclusive() as lock:
        command: list[str | Path] = [VENV_PYTHON, "-m", "tools.site"]
        return hand_over(command, env=environment(), cwd=ROOT, keep_open=[lock])


TARGETS: dict[str, Callable[[], int]] = {
    "serve": serve_site,
    "lab": open_lab,
    "site": build_site,
    "test": run_tests,
    "check": run_checks,
    "bench": run_benchmarks,
    "clean": clean_up,
    "help": show_help,
}


def main(arguments: Sequence[str]) -> int:
    """Run the target named; its exit status."""
    name = arguments[0] if arguments else "help"
    if name not in TARGETS or len(arguments) > 1:
        raise Trouble(
            f"There is no target {' '.join(arguments)!r}; there are {', '.join(TARGETS)}."
        )
    return TARGETS[name]()
