"""The data files of a package, in its folder `data`."""

from __future__ import annotations

import csv
from importlib.resources import files


def data_text(package: str, name: str) -> str:
    """Return the text of a data file."""
    return files(package).joinpath("data", name).read_text("utf-8")


def data_table(package: str, name: str) -> csv.DictReader[str]:
    """Return the rows of a CSV data file, as dicts by the column names in its first line."""
    return csv.DictReader(data_text(package, name).splitlines())
