"""The drawing of a Transformer names each part, and is legible in both themes."""

from __future__ import annotations

import re

from cs336_core.notebook.block_diagram import block_diagram


def test_every_part_is_named() -> None:
    svg = block_diagram().svg
    text = re.sub(r"<[^>]*>", " ", svg)
    for name in ("token ids", "embedding", "attention", "MLP", "LM head", "logits", "L blocks"):
        assert name in text
    assert len(re.findall(r"\bnorm\b", text)) == 3


def test_colors_follow_the_page_and_the_drawing_is_described() -> None:
    svg = block_diagram().svg
    assert set(re.findall(r"(?:fill|stroke): (#\w+)", svg)) <= {"#000000"}  # clip paths, unseen
    assert 'aria-label="A Transformer, from the bottom up.' in svg
