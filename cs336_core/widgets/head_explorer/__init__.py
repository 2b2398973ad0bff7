"""The heads of a small trained Transformer, on the reader's own sentence."""

from cs336_core.widgets.head_explorer.widget import HeadExplorer

__all__ = ["HeadExplorer"]
