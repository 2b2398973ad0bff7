"""Decoding: how to choose a sequence from the probabilities of single tokens."""

from cs336_core.inference.beam_search import Beam, beam_search
from cs336_core.inference.generation import generate
from cs336_core.inference.sampling import GREEDY, Sampling
from cs336_core.inference.scoring import TextScore, score_text, token_log_probs
from cs336_core.inference.text import generate_text

__all__ = [
    "GREEDY",
    "Beam",
    "Sampling",
    "TextScore",
    "beam_search",
    "generate",
    "generate_text",
    "score_text",
    "token_log_probs",
]
