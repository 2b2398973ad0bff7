"""The trait of a text that the reader may change, with the most bytes that it may have."""

from __future__ import annotations

from typing import Any

import traitlets

from cs336_core.tokenization.arguments import utf8
from cs336_core.ui.state_schema import WidgetError


class Text(traitlets.Unicode[str, Any]):
    """A text of at most `most_bytes` bytes of UTF-8; in the page's URL, too."""

    def __init__(self, default: str, most_bytes: int) -> None:
        super().__init__(default)
        self.most_bytes = most_bytes
        self.tag(sync=True, url=True, most_bytes=most_bytes)

    def validate(self, obj: Any, value: Any) -> str:
        """Return the text; raise `WidgetError` for one that is too long."""
        text: str = super().validate(obj, value)
        size = len(utf8(text))
        if size > self.most_bytes:
            raise WidgetError(
                f"the figure takes up to {self.most_bytes:,} bytes of text; this text has {size:,}"
            )
        return text
