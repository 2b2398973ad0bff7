"""Attention, cell by cell: scores, masks, weights and outputs."""

from cs336_core.widgets.attention_explorer.widget import AttentionExplorer

__all__ = ["AttentionExplorer"]
