"""Texts that a view in a notebook requests when it first needs them; a page loads its own."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from cs336_core._shared import built


class LateFiles(traitlets.HasTraits):
    """A widget whose view requests texts by name.

    Attributes:
        late_folder: the folder of the texts, NAME.txt, below the folder of built files.
        late_names: the names that may be requested.
        requested: the names that the view waits for, separated by commas.
        files: each requested name -> its text, "" if it has not been built.

    """

    late_folder: ClassVar[str]
    late_names: ClassVar[frozenset[str]]

    requested = traitlets.Unicode().tag(sync=True, live=True)
    files: traitlets.Dict[str, str] = traitlets.Dict(read_only=True).tag(sync=True, live=True)

    @traitlets.observe("requested")
    def _send_files(self, change: Any) -> None:
        """Send the texts that the view requests."""
        texts = {}
        for name in set(change["new"].split(",")) & self.late_names:
            file = built.BUILT / self.late_folder / f"{name}.txt"
            texts[name] = file.read_text("utf-8") if file.is_file() else ""
        self.set_trait("files", {**self.files, **texts})
