"""What `view` serves: the trace viewer, one trace and its images.

A trace may come from anyone. So nothing is served but the viewer, the trace, and those images and
videos that the trace names in its own folder or in the working folder.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from cs336_core._shared.static_server import TYPES, Answer, Content, Redirect, file_in
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import load

_VIEWER: Final = {".css", ".html", ".js", ".json", ".svg", ".woff2"}
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


class TraceFiles:
    """The files of a viewer in a folder, and a trace under an address of its own."""

    def __init__(self, viewer: Path, trace: Path) -> None:
        self.viewer = viewer
        self.trace = trace.resolve()
        self.working = Path.cwd()
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", trace.name.removesuffix(".json")).strip(".-")
        self.address = f"traces/{name or 'trace'}.json"
        self.page = f"trace.html?trace={self.address}"  # the viewer with the trace opened

    def find(self, address: str) -> Answer:
        """Answer a request for an address."""
        if address in ("", "index.html"):  # the viewer's link to the course's first page
            return Redirect(f"/{self.page}")
        if address == "traces/list.js":
            return Content(self.trace_list(), TYPES[".js"])
        if address == self.address:
            return Content(self.trace, TYPES[".json"])
        file = file_in(self.viewer, address)
        if file and file.suffix.lower() in _VIEWER:
            return Content(file, TYPES[file.suffix.lower()])
        if "\0" in address or {"", ".", ".."} & set(address.split("/")):
            return None
        # A page of the viewer resolves an image's name against its own address or the trace's.
        return self._image(address) or self._image(address.removeprefix("traces/"))

    def trace_list(self) -> bytes:
        """Return the script that lists the traces for the viewer's page."""
        try:
            steps = len(load(self.trace))
        except (TraceError, OSError):
            return b"globalThis.cs336Traces = [];\n"  # removed or overwritten since `view` began
        entry = {"address": self.address, "title": self.trace.name, "steps": steps}
        return f"globalThis.cs336Traces = {json.dumps([entry])};\n".encode()

    def _image(self, address: str) -> Content | None:
        """Return the image that the trace names so, from its own folder or the working folder."""
        folders = self.trace.parent, self.working
        for name in image_names(self.trace, self.trace.stat().st_mtime_ns).get(address, ()):
            for path in (folder.joinpath(name).resolve() for folder in folders):
                if any(map(path.is_relative_to, folders)) and path.is_file():
                    suffix = path.suffix.lower()
                    media_type = TYPES[suffix] if suffix in _MEDIA else sniff_type(path)
                    if media_type:
                        return Content(path, media_type)
        return None


@lru_cache(maxsize=1)
def image_names(trace: Path, modified: int) -> dict[str, list[str]]:
    """Return address -> names, for the images and videos of a trace `modified` at this time."""
    try:
        steps = load(trace).steps
    except TraceError:
        return {}  # overwritten since `view` began
    names: dict[str, list[str]] = {}
    for rendering in (rendering for step in steps for rendering in step.renderings):
        if rendering.type in ("image", "video") and isinstance(rendering.data, str):
            names.setdefault(address_of(rendering.data), []).append(rendering.data)
    return {address: list(dict.fromkeys(found)) for address, found in names.items()}


def address_of(name: str) -> str:
    """Return the address at which a browser requests a file, from the top of this server.

    >>> address_of("./images/../a b.png"), address_of("../../images/a.png")
    ('a b.png', 'images/a.png')
    """
    return posixpath.normpath(f"/{name}").lstrip("/")


def sniff_type(path: Path) -> str | None:
    """Return the type of an image or a video by its first bytes; None for anything else.

    Programs that save the images of a web page name them without a suffix.
    """
    with path.open("rb") as file:
        start = file.read(_FIRST_BYTES)
    return next((kind for pattern, kind in _SIGNATURES if pattern.match(start)), None)
