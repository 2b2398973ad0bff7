"""Runs a target of the Makefile: python3 -m tools serve.

Old Pythons run this file too, to report that they are too old. So the syntax here is that of Python
2.7, and newer modules are imported after the check.
"""

import sys

OLDEST = (3, 11)


def check_python_version(version, executable):  # noqa: ANN001, ANN201 - Python 2 has no annotations
    # type: (tuple[int, ...], str) -> str
    """Return the error message for a Python that is too old; empty for any other."""
    if version >= OLDEST:
        return ""
    return (
        "The course needs Python {}.{} or newer, and {} is Python {}. Install a newer one from "
        "python.org or your system's packages; if it has another name, pass it: "
        "make serve PYTHON=/path/to/python3.12"
    ).format(OLDEST[0], OLDEST[1], executable, ".".join(str(part) for part in version))


if __name__ == "__main__":
    problem = check_python_version(tuple(sys.version_info[:3]), sys.executable)
    if problem:
        sys.stderr.write("error: " + problem + "\n")
        sys.exit(1)

    from tools.bootstrap import main
    from tools.shell.errors import run_main

    sys.exit(run_main(lambda: main(sys.argv[1:])))
