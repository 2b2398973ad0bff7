"""The oldest Python that will do; written so that older ones can read it (see __main__.py)."""

OLDEST = (3, 11)


def complaint(version, executable):  # noqa: ANN001, ANN201 - Python 2 has no annotations
    # type: (tuple[int, ...], str) -> str
    """Say that this Python is too old and what to do, or nothing where it is not."""
    if version >= OLDEST:
        return ""
    return (
        "The course needs Python {}.{} or newer, and {} is Python {}. Install a newer one from "
        "python.org or your system's packages; if it has another name, say so: "
        "make serve PYTHON=/path/to/python3.12"
    ).format(OLDEST[0], OLDEST[1], executable, ".".join(str(part) for part in version))
