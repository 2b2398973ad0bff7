"""Emergence as a matter of the metric: one model, answers of different lengths."""

from cs336_core.widgets.answer_length.widget import AnswerLength

__all__ = ["AnswerLength"]
