"""Generation: from the probabilities of single tokens to texts, and how to make it cheaper."""

from cs336_core.inference.batching import generate_batch
from cs336_core.inference.beam_search import Beam, beam_search
from cs336_core.inference.continuations import Continuations
from cs336_core.inference.generation import generate
from cs336_core.inference.quantization import quantize_model
from cs336_core.inference.sampling import GREEDY, Sampling
from cs336_core.inference.scheduler import Request
from cs336_core.inference.scoring import TextScore, score_text, token_log_probs
from cs336_core.inference.speculative import speculative_rounds
from cs336_core.inference.text import generate_text

__all__ = [
    "GREEDY",
    "Beam",
    "Continuations",
    "Request",
    "Sampling",
    "TextScore",
    "beam_search",
    "generate",
    "generate_batch",
    "generate_text",
    "quantize_model",
    "score_text",
    "speculative_rounds",
    "token_log_probs",
]
