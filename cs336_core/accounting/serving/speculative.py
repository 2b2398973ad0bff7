"""Speculative decoding: a small model drafts k tokens, and the large one checks them in one pass.

Leviathan et al. (2022, "Fast Inference from Transformers via Speculative Decoding"). `acceptance`
is the chance a that a drafted token is accepted, independently of the others; `cost` is c, the time
of a pass of the small model as a fraction of one of the large model.
"""

from __future__ import annotations

from cs336_core._shared.validation import check_number, check_size

MAX_DRAFT = 64


def expected_tokens(acceptance: float, draft: int) -> float:
    """Return the expected tokens per pass of the large model: 1 + a + ... + a^k, equation 1.

    Raises `AccountingError` unless 0 <= acceptance <= 1.

    >>> expected_tokens(0.5, 1), expected_tokens(1, 4)
    (1.5, 5)
    """
    check_number("acceptance", acceptance, maximum=1)
    draft = check_size("draft", draft, minimum=0)
    return sum(acceptance**i for i in range(draft + 1))


def speculative_speedup(acceptance: float, draft: int, cost: float) -> float:
    """Return how many times faster decoding is: expected tokens over 1 + k c, theorem 3.8.

    It assumes that checking k + 1 tokens takes as long as one pass, which holds while decode is
    bound by memory. Raises `AccountingError` for numbers out of range.

    >>> round(speculative_speedup(0.8, 5, cost=0.05), 2)
    2.95
    """
    check_number("cost", cost)
    return expected_tokens(acceptance, draft) / (1 + check_size("draft", draft, minimum=0) * cost)


def operations_factor(acceptance: float, draft: int, cost: float) -> float:
    """Return how many times more FLOPs it takes: (1 - a)(k c + k + 1) / (1 - a^(k+1)).

    Theorem 3.11; `cost` is that of the small model in FLOPs here.
    """
    check_number("cost", cost)
    return (draft * cost + draft + 1) / expected_tokens(acceptance, draft)


def best_draft(acceptance: float, cost: float) -> int:
    """Return the number of drafted tokens, up to 64, with the largest speed-up; 0 if none pays.

    >>> best_draft(0.8, 0.05), best_draft(0.1, 0.5)
    (8, 0)
    """
    return max(range(MAX_DRAFT + 1), key=lambda k: speculative_speedup(acceptance, k, cost))
