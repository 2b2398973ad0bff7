"""Decoding: how to choose a sequence from the probabilities of single tokens."""

from cs336_core.inference.beam_search import Beam, beam_search
from cs336_core.inference.generation import generate
from cs336_core.inference.sampling import GREEDY, Sampling

__all__ = ["GREEDY", "Beam", "Sampling", "beam_search", "generate"]
