"""What can go wrong with a trace."""

from __future__ import annotations


class TraceError(ValueError):
    """A program that cannot be traced, or a file that is no trace."""


class DirectiveWarning(UserWarning):
    """A comment that looks like a directive and is none, or names what is not there."""
