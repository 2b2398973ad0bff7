"""Images and videos in traces: local files become part of the trace as data addresses."""

from __future__ import annotations

import base64
import re
import warnings
from pathlib import Path
from typing import Final

from cs336_core._shared.static_server import TYPES
from cs336_core.trace.errors import TraceWarning

MAX_BYTES: Final = 5_000_000  # of a file that becomes part of a trace
_MEDIA: Final = {suffix for suffix, kind in TYPES.items() if kind.startswith(("image/", "video/"))}
_FIRST_BYTES: Final = 1_000  # of a file, which show what it is
_SIGNATURES: Final = [
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*(<(\?xml|!--|!DOCTYPE svg)[^>]*>\s*)*<svg[\s>]"),
        "image/svg+xml",
    ),
    (re.compile(rb"....ftyp(isom|iso\d|mp4\d|avc1|M4V )", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "video/webm"),
]


def is_address(name: str) -> bool:
    """Whether a name is the address of a file elsewhere, or a data address, rather than a path."""
    return re.match(r"https?:|data:", name) is not None


def media_type(path: Path) -> str | None:
    """Return the type of an image or a video; `None` for any other file."""
    suffix = path.suffix.lower()
    return TYPES[suffix] if suffix in _MEDIA else sniff_type(path)


def sniff_type(path: Path) -> str | None:
    """Return the type of an image or a video by its first bytes; `None` for anything else.

    Programs that save the images of a web page name them without a suffix.
    """
    with path.open("rb") as file:
        start = file.read(_FIRST_BYTES)
    return next((kind for pattern, kind in _SIGNATURES if pattern.match(start)), None)


def embedded(path: Path, name: str) -> str | None:
    """Return a file as a data address; warn and return `None` if it cannot be part of a trace.

    `name` is what the program calls it.
    """
    if not path.is_file():
        reason = f"the file {name} does not exist, so the trace does not show it"
    elif (size := path.stat().st_size) > MAX_BYTES:
        reason = (
            f"{name} takes {size / 1e6:,.1f} MB; only files up to {MAX_BYTES / 1e6:g} MB become "
            "part of a trace, so it is shown only where the viewer finds the file"
        )
    elif kind := media_type(path):
        return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"
    else:
        reason = f"{name} is neither an image nor a video that a browser shows"
    warnings.warn(reason, TraceWarning, stacklevel=4)
    return None
