"""A small Transformer that runs in the page, from a sentence to the next token, part by part."""

from cs336_core.widgets.transformer_explorer.widget import TransformerExplorer

__all__ = ["TransformerExplorer"]
