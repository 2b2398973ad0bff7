"""Set-up: brings .venv and node_modules to what the requirement files say.

Runs under the system's Python, with the standard library only. Nothing changed is nothing done;
what an interrupted set-up left behind is made anew.
"""

from __future__ import annotations

from tools import nodejs, python_packages
from tools.lock import exclusive


def ensure(*, dev: bool) -> None:
    """Make sure that everything is installed; `dev` adds what tests and checks need."""
    if is_whole(dev=dev):
        return
    with exclusive() as lock:
        if not python_packages.are_whole(dev=dev):
            python_packages.install(lock, dev=dev)
        if nodejs.is_missing():
            nodejs.install(lock)
        if not nodejs.packages_are_whole():
            nodejs.install_packages(lock)


def is_whole(*, dev: bool) -> bool:
    """Whether there is nothing to do."""
    return (
        python_packages.are_whole(dev=dev)
        and not nodejs.is_missing()
        and nodejs.packages_are_whole()
    )
