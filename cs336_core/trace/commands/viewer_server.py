"""What `view` serves: the trace viewer, one trace and its images.

A trace may come from anyone. So nothing is served but the viewer, the trace, and those images and
videos that the trace names in its own folder, in the working folder, or in the folder of a program
whose traces are in `var/traces`, as those of the course are.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from cs336_core._shared.built import STATIC
from cs336_core._shared.static_server import TYPES, Answer, Content, Redirect, file_in
from cs336_core.trace.commands.trace_files import stem
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import load
from cs336_core.trace.media import media_type

# Found by its path: importing the viewer's package would need the widgets' dependencies.
VIEWER: Final = STATIC / "viewer"
_SERVED: Final = {".css", ".html", ".js", ".json", ".svg", ".woff2"}


def check_viewer(viewer: Path) -> None:
    """Raise `TraceError` unless a folder has the viewer's page."""
    if not (viewer / "trace.html").is_file():
        raise TraceError("the viewer is not built yet: `make site` builds it")


class TraceFiles:
    """The files of a viewer in a folder, and a trace under an address of its own."""

    def __init__(self, viewer: Path, trace: Path) -> None:
        self.viewer = viewer
        self.trace = trace.resolve()
        self.folders = [self.trace.parent, Path.cwd()]
        if self.trace.parent.parts[-2:] == ("var", "traces"):
            self.folders.append(self.trace.parents[2])
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", trace.name.removesuffix(".json")).strip(".-")
        self.address = f"traces/{name or 'trace'}.json"
        # The viewer also looks for "?trace=lecture_01" here.
        self.addresses = {self.address, f"traces/{stem(trace)}.json"}
        self.page = f"trace.html?trace={self.address}"  # the viewer with the trace opened

    def find(self, address: str) -> Answer:
        """Answer a request for an address."""
        if address in ("", "index.html"):  # the viewer's link to the course's first page
            return Redirect(f"/{self.page}")
        if address == "traces/list.js":
            return Content(self.trace_list(), TYPES[".js"])
        if address in self.addresses:
            return Content(self.trace, TYPES[".json"])
        file = file_in(self.viewer, address)
        if file and file.suffix.lower() in _SERVED:
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

    def media(self, name: str) -> Path | None:
        """Return the file with a name that the trace uses, from the first folder that has it."""
        for path in (folder.joinpath(name).resolve() for folder in self.folders):
            if any(map(path.is_relative_to, self.folders)) and path.is_file():
                return path
        return None

    def _image(self, address: str) -> Content | None:
        """Return the image or the video that the trace names so."""
        for name in image_names(self.trace, self.trace.stat().st_mtime_ns).get(address, ()):
            if (path := self.media(name)) and (kind := media_type(path)):
                return Content(path, kind)
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
