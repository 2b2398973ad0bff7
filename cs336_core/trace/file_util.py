"""Downloads of the data that a program needs, under the name of edtrace's module."""

from __future__ import annotations

import urllib.request
from pathlib import Path

from cs336_core._shared.atomic import write_files
from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.media import is_address


def download_file(url: str, filename: StrPath) -> None:
    """Download a file unless it is there already.

    The file is complete or not there at all. Raises `OSError` if the download fails, and
    `TraceError` if `url` is not an address (https://...).
    """
    path = Path(filename)
    if path.exists():
        return
    if not is_address(url):
        raise TraceError(f"{url!r} cannot be downloaded; expected https://...")
    with urllib.request.urlopen(url) as response:  # noqa: S310  (neither file: nor ftp:)
        write_files({path: response.read()})
