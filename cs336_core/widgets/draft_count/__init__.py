"""Speculative decoding: how many drafts per pass write a text fastest."""

from cs336_core.widgets.draft_count.widget import DraftCount

__all__ = ["DraftCount"]
