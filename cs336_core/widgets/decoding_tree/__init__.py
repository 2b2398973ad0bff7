"""Greedy decoding, beam search and sampling: a tree that grows by one token per step."""

from cs336_core.widgets.decoding_tree.widget import DecodingTree

__all__ = ["DecodingTree"]
