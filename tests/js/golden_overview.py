"""What the overview's figures compute: one golden file for each."""

from __future__ import annotations

from typing import Any

from cs336_core.accounting import H100, forward_seconds
from cs336_core.scaling import exact_match, fit_valleys, isoflop_runs, toy_accuracy
from cs336_core.widgets import FlopsShare, Isoflop, TokensPerPass


def golden_answer_length() -> list[dict[str, Any]]:
    """Return how often a digit and a whole answer are right."""
    return [
        {
            "exponent": exponent,
            "length": length,
            "digit": toy_accuracy(10.0**exponent),
            "answer": exact_match(toy_accuracy(10.0**exponent), length),
        }
        for exponent in (18, 20.5, 23, 26)
        for length in (1, 10, 64)
    ]


def golden_isoflop() -> list[dict[str, Any]]:
    """Return the valleys with the loss at each run's size by the parabola."""
    valleys = fit_valleys(isoflop_runs())
    return [
        state
        | {
            "fitted": [fitted.loss_of(params) for params, _ in state["runs"]],
            "tokens": [
                run.tokens
                for run in sorted(isoflop_runs(), key=lambda run: run.params)
                if run.flops == fitted.flops
            ],
        }
        for state, fitted in zip(Isoflop().valleys, valleys, strict=True)
    ]


def golden_tokens_per_pass() -> list[dict[str, Any]]:
    """Return the minimum time of passes on the chip that the view gets."""
    return [
        {
            "tokens": tokens,
            "billion_params": billions,
            "chip": TokensPerPass().chip,
            "seconds": forward_seconds(billions * 1e9, tokens, H100),
            "ridge": H100.ridge_point(),
        }
        for tokens in (1, 100, 295, 296, 4096)
        for billions in (1.0, 13.0, 40.0)
    ]


def golden_flops_share() -> list[dict[str, Any]]:
    """Return the split of a layer's FLOPs, counted operation by operation."""
    return [
        {"d_model": width, "seq_len": length} | FlopsShare(d_model=width).fractions(length)
        for width in (256, 4096, 12_288)
        for length in (128, 8192, 1_048_576)
    ]
