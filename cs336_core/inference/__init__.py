"""Decoding: how to choose a sequence from the probabilities of single tokens."""

from cs336_core.inference.beam_search import Beam, beam_search

__all__ = ["Beam", "beam_search"]
