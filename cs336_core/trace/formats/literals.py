"""Bytes and dict keys as Python writes them, which is how edtrace writes them into its files."""

from __future__ import annotations

import re
from typing import Final

from cs336_core.trace.json_values import Json

BYTES: Final = {"bytes": bytes, "bytearray": bytearray}
_BYTES_LITERAL: Final = re.compile(r"""(?:bytearray\()?b(['"])((?:[ -[\]-~]|\\[ -~])*)\1\)?""")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-f]{2})|(.))")
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r"}


def literal(recorded: Json) -> str:
    """Return a recorded value that may be a dict key as Python writes it, however long that is.

    >>> literal({"type": "tuple", "items": [1, "a", {"type": "bytes", "text": "b"}]})
    "(1, 'a', b'b')"
    """
    match recorded:
        case {"type": "bytes" | "bytearray" as kind, "text": str(text)}:
            return repr(BYTES[kind](text.encode("latin-1", "replace")))
        case {"type": "tuple", "items": list(items)}:
            inner = ", ".join(map(literal, items))
            return f"({inner},)" if len(items) == 1 else f"({inner})"
    if isinstance(recorded, dict):
        return str(recorded.get("text", recorded.get("items", recorded["type"])))
    return repr(recorded)


def latin_1(written: str) -> str:
    r"""Return the Latin-1 text of bytes that are written as in Python; any other text unchanged.

    >>> latin_1(r"b'\x00\xe9\t'")
    '\x00é\t'
    """
    match = _BYTES_LITERAL.fullmatch(written)
    return _ESCAPE.sub(_unescape, match[2]) if match else written


def _unescape(escape: re.Match[str]) -> str:
    code, character = escape.groups()
    return chr(int(code, 16)) if code else _CONTROLS.get(character, character)
