"""Packs Pyodide, Python for browsers, as a script, which a page opened from disk can load too."""

from __future__ import annotations

import gzip
import io
import json
from base64 import b64encode
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cs336_core._shared.atomic import write_files
from tools.shell.paths import NODE_MODULES

PYODIDE = NODE_MODULES / "pyodide"


def pack(file: Path) -> None:
    """Write a script that hands the interpreter and the standard library to the page."""
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))
    files = {
        "wasm": packed((PYODIDE / "pyodide.asm.wasm").read_bytes()),
        "stdlib": packed(uncompressed((PYODIDE / "python_stdlib.zip").read_bytes())),
        "lock": json.dumps({"info": lock["info"], "packages": {}}),
    }
    script = (
        f"Object.assign((globalThis.cs336Python ??= {{}}).files ??= {{}}, {json.dumps(files)});\n"
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    write_files({file: script.encode()})


def packed(content: bytes) -> str:
    """Return a file as gzipped base64."""
    return b64encode(gzip.compress(content, mtime=0)).decode()


def uncompressed(archive: bytes) -> bytes:
    """Return a zip file with its members stored: gzip packs all at once an eighth smaller."""
    result = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as source, ZipFile(result, "w", ZIP_STORED) as target:
        for name in sorted(source.namelist()):
            target.writestr(ZipInfo(name), source.read(name))
    return result.getvalue()
