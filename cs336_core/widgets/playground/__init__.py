"""The tokenizers of GPT-2, GPT-4 and GPT-4o on the reader's own text."""

from cs336_core.widgets.playground.widget import Playground

__all__ = ["Playground"]
