"""Temperature, top-k, top-p and min-p on the probabilities of a next token."""

from cs336_core.widgets.sampling_bars.widget import SamplingBars

__all__ = ["SamplingBars"]
