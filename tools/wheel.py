"""Builds wheels that contain bundles, rank files and models, in `cs336_core/_built`."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

BUILT = Path("_build")
COPIED = ("static", "ranks", "models")


class BuildWithBuiltFiles(build_py):  # type: ignore[misc]
    """Copies the built files into a wheel; an editable install reads them in `_build`."""

    def run(self) -> None:
        """Build the package, then copy the folders that `make` has built."""
        super().run()
        if self.editable_mode:
            return
        for name in COPIED:
            target = Path(self.build_lib) / "cs336_core" / "_built" / name
            shutil.rmtree(target, ignore_errors=True)
            if (BUILT / name).is_dir():
                shutil.copytree(BUILT / name, target)
