"""The training of the small model: scrub through it, and read any text with each checkpoint."""

from __future__ import annotations

from typing import Self

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.late_files import LateFiles
from cs336_core.ui.small_model import LONGEST_TEXT, SENTENCE
from cs336_core.ui.state_schema import Integer
from cs336_core.ui.text_trait import Text

# As `cs336_core.training.small_model` has them: that module needs PyTorch.
CHECKPOINTS = (0, 20, 100, 250, 500, 800, 1300)
TOKENS_PER_STEP = 1024


class TrainingRun(LateFiles, CourseWidget):
    """Losses of a run, and what the model makes of the reader's text at each checkpoint.

    It shows the likeliest next tokens, a continuation and the attention weights of every head. The
    site's build trains the model (`cs336_core.training.small_model`), and the figure loads its
    checkpoints.

    Args:
        text: what the model reads, at most 400 bytes of UTF-8.
        checkpoint: the index of the checkpoint shown at first: 0 before training, 6 after it.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long, or a checkpoint that does not exist.

    """

    late_folder = "models"
    late_names = frozenset({"small", "small-run", *(f"small-{step}" for step in CHECKPOINTS)})

    text = Text(SENTENCE, LONGEST_TEXT)
    checkpoint = Integer(len(CHECKPOINTS) - 1, min=0, max=len(CHECKPOINTS) - 1).tag(
        sync=True, url=True, steps=list(CHECKPOINTS)
    )

    @classmethod
    def example(cls) -> Self:
        """Return the model in the middle of its training."""
        return cls(checkpoint=3)

    def fallback_html(self) -> str:
        """Return a table of the checkpoints."""
        rows = [
            f"<tr><td>{step:,}</td><td>{step * TOKENS_PER_STEP:,}</td></tr>" for step in CHECKPOINTS
        ]
        return table_html(
            "The checkpoints of a small model. With JavaScript, the figure shows its losses, and "
            "what it predicts at each checkpoint.",
            ("Steps", "Tokens read"),
            rows,
        )
