"""transformers, which our models are compared with.

Import it from here: `from tests.model.reference import transformers`.
"""

from __future__ import annotations

import importlib.metadata
from unittest import mock


def _version(package: str) -> str:
    """Return the version of a package; for regex, one that transformers accepts.

    Its tokenizers use regex, its models do not; requirements.txt explains our version.
    """
    return "2025.10.22" if package == "regex" else _installed_version(package)


_installed_version = importlib.metadata.version
with mock.patch("importlib.metadata.version", _version):
    import transformers

__all__ = ["transformers"]
