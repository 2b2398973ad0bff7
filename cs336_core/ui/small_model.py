"""What the figures that run the small model have in common: they load it late, to read a text."""

from __future__ import annotations

from cs336_core.ui.late_files import LateFiles
from cs336_core.ui.state_schema import Integer
from cs336_core.ui.text_trait import Text

# As `cs336_core.training.small_model` has it: that module needs PyTorch and the plays.
CONTEXT = 64
LONGEST_TEXT = 400  # bytes of UTF-8
SENTENCE = "When Leo and Lucy went to the market, Lucy gave a ring to"


class RunsSmallModel(LateFiles):
    """A widget whose view loads the trained model."""

    late_folder = "models"
    late_names = frozenset({"small"})


class ReadsSentence(RunsSmallModel):
    """A widget whose view runs the trained model on a sentence.

    Attributes:
        text: the sentence, at most 400 bytes of UTF-8.
        position: the selected position, counted from 1; 0 for the last.

    """

    text = Text(SENTENCE, LONGEST_TEXT)
    position = Integer(0, min=0, max=CONTEXT).tag(sync=True, url=True)
