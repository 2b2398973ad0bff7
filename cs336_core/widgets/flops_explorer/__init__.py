"""Where a Transformer's FLOPs go: attention against the MLP."""

from cs336_core.widgets.flops_explorer.widget import FlopsExplorer

__all__ = ["FlopsExplorer"]
