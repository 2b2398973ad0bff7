"""Set-up: brings .venv, node_modules and the rank files to what the requirement files say.

Runs under the system's Python, with the standard library only. Nothing changed is nothing done;
what an interrupted set-up left behind is made anew.
"""

from __future__ import annotations

from tools import nodejs, python_packages, ranks
from tools.lock import exclusive


def ensure(*, dev: bool, bench: bool = False) -> None:
    """Make sure that everything is installed.

    `dev` adds what tests and checks need, `bench` what benchmarks measure against.
    """
    if is_whole(dev=dev, bench=bench):
        return
    with exclusive() as lock:
        if not python_packages.are_whole(dev=dev, bench=bench):
            python_packages.install(lock, dev=dev, bench=bench)
        if nodejs.is_missing():
            nodejs.install(lock)
        if not nodejs.packages_are_whole():
            nodejs.install_packages(lock)
        if not ranks.are_whole():
            ranks.install()


def is_whole(*, dev: bool, bench: bool = False) -> bool:
    """Whether there is nothing to do."""
    return (
        python_packages.are_whole(dev=dev, bench=bench)
        and not nodejs.is_missing()
        and nodejs.packages_are_whole()
        and ranks.are_whole()
    )
