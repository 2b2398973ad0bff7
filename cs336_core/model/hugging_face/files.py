"""Reading the JSON objects in files of models, which may be hostile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from cs336_core._shared.json_objects import unique_names
from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import InvalidValueError, short_repr
from cs336_core.model.config import ConfigError

MAX_FILE_BYTES = 2**20  # real files have a few thousand


def read_json(path: StrPath) -> dict[str, Any]:
    """Return the object in a `config.json`, or in the one in a folder.

    Raises `OSError` for a file that cannot be opened, and `ConfigError` for one that is too large
    or not a JSON object.
    """
    path = Path(path)
    file = path / "config.json" if path.is_dir() else path
    with file.open("rb") as stream:
        return read_json_stream(stream, str(file))


def read_json_stream(stream: BinaryIO, name: str) -> dict[str, Any]:
    """Return the object in an open file; `name` appears in the errors, which are `read_json`'s."""
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(
            f"{name} has more than {MAX_FILE_BYTES:,} bytes; a config.json has a few thousand"
        )
    try:
        # Some editors begin a file with a byte order mark.
        fields = json.loads(data.decode("utf-8-sig"), object_pairs_hook=unique_names)
    except InvalidValueError as error:
        raise ConfigError(f"{name} {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name} is not UTF-8 text, at byte {error.start}") from error
    except RecursionError as error:
        raise ConfigError(f"{name} is nested too deeply for a config.json") from error
    except ValueError as error:
        raise ConfigError(f"{name} is not valid JSON, or truncated: {error}") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"{name} contains {short_repr(fields)}; it must contain an object")
    return fields
