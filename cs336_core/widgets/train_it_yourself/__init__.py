"""A tiny model of characters that trains in the page, on the reader's own text."""

from cs336_core.widgets.train_it_yourself.widget import TrainItYourself

__all__ = ["TrainItYourself"]
