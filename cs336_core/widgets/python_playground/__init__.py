"""A Python program that the reader edits, runs and steps through in the page."""

from cs336_core.widgets.python_playground.widget import PythonPlayground

__all__ = ["PythonPlayground"]
