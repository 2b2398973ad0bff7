"""Prefill and decode: the time of a forward pass against the tokens in it."""

from cs336_core.widgets.tokens_per_pass.widget import TokensPerPass

__all__ = ["TokensPerPass"]
