"""How a model writes: the search for what is probable as a whole."""

from cs336_core.inference.beam_search import Beam, beam_search

__all__ = ["Beam", "beam_search"]
