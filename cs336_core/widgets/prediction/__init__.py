"""A question that the reader answers before the page shows the answer."""

from cs336_core.widgets.prediction.widget import Prediction

__all__ = ["Prediction"]
