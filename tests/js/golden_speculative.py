"""What speculative decoding gains with some numbers of drafts."""

from __future__ import annotations

from typing import Any

from cs336_core.accounting.serving import best_draft, expected_tokens, speculative_speedup
from cs336_core.widgets import DraftCount


def golden_draft_count() -> list[dict[str, Any]]:
    """Return the mean gains of the widget's settings, and the best number of drafts."""
    most = DraftCount.class_traits()["drafts"].max
    return [
        {
            "drafts": drafts,
            "accepted": accepted,
            "cost": cost,
            "tokens": expected_tokens(accepted / 100, drafts),
            "speedup": speculative_speedup(accepted / 100, drafts, cost / 100),
            "best": min(best_draft(accepted / 100, cost / 100), most),
        }
        for drafts in (0, 1, 4, most)
        for accepted in (20, 70, 90)
        for cost in (0, 10, 30)
    ]
