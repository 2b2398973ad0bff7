"""What is asked for is what is pinned."""

from __future__ import annotations

import json
import re

from tools import pins
from tools.paths import CONSTRAINTS, PACKAGE_LOCK


def test_every_direct_dependency_is_pinned_to_its_version() -> None:
    asked = {re.sub(r"[-_.]+(?=.*==)", "-", line).lower() for line in pins.asked_for()}
    assert any(line.startswith("rustbpe==") for line in asked)  # the benchmarks too
    assert asked <= set(CONSTRAINTS.read_text("utf-8").splitlines())


def test_the_lock_file_names_no_address_to_download_from() -> None:
    packages = json.loads(PACKAGE_LOCK.read_text("utf-8"))["packages"]
    assert packages["node_modules/gpt-tokenizer"]["integrity"]
    assert not any("resolved" in package for package in packages.values())
