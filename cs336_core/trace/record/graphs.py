"""Graphs that a program displays: nodes and edges, in edtrace's form, which is Cytoscape's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cs336_core.trace.json_values import Json
from cs336_core.trace.model import Rendering, Style
from cs336_core.trace.record.renderings import show


def make_graph(  # noqa: PLR0917  (edtrace's arguments)
    nodes: Sequence[Mapping[str, Any]],
    edges: Sequence[Mapping[str, Any]],
    layout: str | dict[str, Json] = "preset",
    stylesheet: list[Json] | None = None,
    width: int = 500,
    height: int = 200,
) -> dict[str, Json]:
    """Return the specification of a graph for `graph`.

    A node has an "id" and may have a "label", "x" and "y" (for the layout "preset"); an edge has a
    "source" and a "target", and may have a "label". The viewer draws every other layout in layers.

    >>> make_graph([{"id": 1}], [])["nodes"]
    [{'data': {'id': '1', 'label': '1'}}]
    """
    return {
        "nodes": [_node(dict(node)) for node in nodes],
        "edges": [_element(dict(edge)) for edge in edges],
        "layout": {"name": layout} if isinstance(layout, str) else layout,
        "stylesheet": stylesheet or [],
        "width": width,
        "height": height,
    }


def _node(node: dict[str, Any]) -> Json:
    position = {"x": node.pop("x"), "y": node.pop("y")} if {"x", "y"} <= node.keys() else None
    element = _element(node)
    element["data"].setdefault("label", element["data"]["id"])
    return element if position is None else {"position": position, **element}


def _element(item: dict[str, Any]) -> dict[str, Any]:
    """Return a node or an edge in Cytoscape's form, in which ids are strings."""
    classes = {"classes": item.pop("classes")} if "classes" in item else {}
    ids = {name: str(item[name]) for name in ("id", "source", "target") if name in item}
    return {**classes, "data": {**item, **ids}}


def graph(spec: dict[str, Json] | None, style: Style | None = None) -> None:
    """Display a graph from `make_graph`; nothing for `None`."""
    if spec is not None:
        show(Rendering("graph", spec, style or {}))
