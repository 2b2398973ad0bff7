"""Traces for the browser tests: of everything a program can show, hostile, huge, broken."""

from __future__ import annotations

import collections
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from cs336_core.trace import CLEARED, Reference, Trace, dumps, image, link, note, plot, text, trace


@dataclasses.dataclass
class Point:
    """A value with fields."""

    x: int
    name: str


def everything() -> None:
    """Show and compute one of each."""
    text("## A heading\n\nSome **bold** words and $a^2 + b^2$.")
    text("x = 1\n  y = 2", verbatim=True)
    note("For the presenter.")
    link(
        Reference(
            title="Attention",
            authors=["A Vaswani", "N Shazeer"],
            date="2017",
            url="http://a.invalid/p",
        )
    )
    link(factorial)
    plot(
        {
            "mark": "bar",
            "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]},
            "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}},
        }
    )
    image("data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==", width=40)
    ids = list(b"the cat in the hat")
    counts = collections.Counter("the cat in the hat")
    weights = np.arange(6.0).reshape(2, 3) - 2
    point = Point(3, "origin")
    story = "Once upon a time. " * 40
    nothing, broken = None, float("nan")
    ids[0] = 84
    counts["t"] += 5
    print("to standard output")
    print("to standard error", file=sys.stderr)
    six = factorial(3)
    for i in range(3):
        point.x += i
    print(ids[0], weights.sum(), story[:4], nothing, broken, six, Point)


def factorial(n: int) -> int:
    """Call itself."""
    if n == 0:
        return 1
    return n * factorial(n - 1)


def failing() -> None:
    """End with an exception."""
    x = [1]
    x.append(1 // 0)


def recorded() -> Trace:
    """Return the trace of `everything`."""
    return trace(everything, inspect_all=True)


def of_2025(recording: Trace) -> dict[str, Any]:
    """Return a trace in the format of the lectures of 2025: bare values of few kinds."""
    edtrace = json.loads(dumps(recording, "edtrace"))
    del edtrace["hidden_line_numbers"]
    for step, original in zip(edtrace["steps"], recording.steps, strict=True):
        step["env"] = {
            name: None if value is CLEARED else value
            for name, value in original.env.items()
            if value is CLEARED or not isinstance(value, dict)
        }
        step["stdout"], step["stderr"] = original.stdout, original.stderr
    return edtrace


def write(folder: Path) -> None:
    """Write one trace of each format, and one that fails."""
    everything_shown = recorded()
    for step in everything_shown:
        weights = step.env.get("weights")
        if isinstance(weights, dict):
            weights["notes"] = ["requires_grad=True"]  # as PyTorch has them
    (folder / "ours.json").write_text(dumps(everything_shown), "utf-8")
    (folder / "edtrace.json").write_text(dumps(everything_shown, "edtrace"), "utf-8")
    (folder / "of_2025.json").write_text(json.dumps(of_2025(everything_shown)), "utf-8")
    (folder / "failing.json").write_text(dumps(trace(failing, inspect_all=True)), "utf-8")


SCRIPTS = [
    "<script>globalThis.harmed = 1</script>",
    "<img src=x onerror='globalThis.harmed = 2'>",
    "<svg onload='globalThis.harmed = 3'><script>globalThis.harmed = 4</script></svg>",
    "<a href='javascript:globalThis.harmed = 5'>a link</a>",
    "[a link](javascript:globalThis.harmed=6)",
    "<iframe srcdoc='<script>parent.harmed = 7</script>'></iframe>",
    "<form action='http://evil.invalid/'><button>press</button></form>",
    "<div style='position:fixed;inset:0;background:url(http://evil.invalid/x.png)'>cover</div>",
    "<style>body { display: none } @import 'http://evil.invalid/x.css';</style>",
    "<base href='http://evil.invalid/'><meta http-equiv='refresh' content='0;url=http://evil.invalid/'>",
    "<math><mtext><table><mglyph><style><img src=x onerror='globalThis.harmed = 8'>",
    "<input autofocus onfocus='globalThis.harmed = 9'>",
    "![an image](http://evil.invalid/x.png)",
    "<a id=page name=page href='//evil.invalid'>clobbering</a>",
    "$\\href{javascript:globalThis.harmed=10}{x}$",
]


def hostile() -> dict[str, Any]:
    """Return a trace that tries to do harm in every field that holds text."""
    evil = SCRIPTS[1]
    style = {
        "position": "fixed",
        "inset": 0,
        "zIndex": 9999,
        "backgroundImage": "url(http://evil.invalid/y.png)",
        "width": "100000px",
        "fontSize": "9999px",
        "--x": "red",
        "behavior": "url(x)",
    }
    renderings: list[dict[str, Any]] = [
        {"type": "markdown", "data": script, "style": style} for script in SCRIPTS
    ]
    renderings += [
        {"type": "image", "data": "javascript:globalThis.harmed=11"},
        {"type": "image", "data": "http://evil.invalid/z.png"},
        {"type": "image", "data": "data:text/html,<script>parent.harmed=12</script>"},
        {"type": "video", "data": "http://evil.invalid/z.mp4"},
        {
            "type": "link",
            "data": evil,
            "external_link": {
                "title": evil,
                "url": "javascript:globalThis.harmed=13",
                "notes": evil,
            },
        },
        {"type": "link", "data": "in", "internal_link": {"path": evil, "line_number": 10**12}},
        {
            "type": "plot",
            "data": {"data": {"url": "http://evil.invalid/data.json"}, "mark": "point"},
        },
        {
            "type": "plot",
            "data": {
                "mark": "bar",
                "data": {"values": [{"a": 1}]},
                "transform": [{"calculate": "globalThis.harmed = 14", "as": "b"}],
                "encoding": {"x": {"field": "b"}},
            },
        },
        {"type": "plot", "data": "no specification"},
        {"type": "note", "data": evil},
    ]
    frame = {"path": evil, "line_number": 1, "function_name": evil, "code": evil}
    return {
        "files": {evil: f"x = 1  # {evil}\n" * 3, "__proto__": "y", "constructor": "z"},
        "hidden_line_numbers": {},
        "steps": [
            {
                "stack": [frame],
                "env": {
                    evil: {"type": evil, "contents": evil, "dtype": None, "shape": None},
                    "__proto__": {"type": "int", "contents": 1, "dtype": None, "shape": None},
                    "tensor": {
                        "type": "torch.Tensor",
                        "contents": [[1], "no", None],
                        "dtype": evil,
                        "shape": [9, 9, 9],
                    },
                },
                "renderings": renderings,
                "stdout": evil,
                "stderr": evil,
            },
            {"stack": [frame] * 500, "env": {}, "renderings": []},
        ],
    }


def heavy() -> dict[str, Any]:
    """Return a trace with far more of everything than a page can show."""
    frame = {"path": "a.py", "line_number": 2, "function_name": "f"}
    formulas = " ".join(f"$x_{{{i}}}$" for i in range(1_500))
    slow = "*a " * 6_600  # marked takes the square of its length
    variables = {f"v{i}": {"type": "int", "contents": i} for i in range(20_000)}
    variables["a"] = {"type": "array", "contents": [1], "dtype": "f", "shape": [1] * 100_000}
    shown = [{"type": "markdown", "data": text} for text in [*[formulas] * 10, *[slow] * 100]]
    deep = [{**frame, "line_number": 1 + i % 3} for i in range(20_000)]
    return {
        "files": {"a.py": "1\n    2  # with @inspect x\n3\n"},
        "hidden_line_numbers": {},
        "steps": [
            {"stack": [frame], "env": variables, "renderings": shown},
            {"stack": deep, "env": {}, "renderings": []},
            {"stack": [frame], "env": {"v1": None}, "renderings": []},
        ],
    }


def broken() -> dict[str, tuple[str, str]]:
    """Return name -> the text of a file that is not a trace, and a part of the expected error."""
    good = dumps(trace(failing))
    deep = "[" * 200_000
    whole = json.loads(good)
    return {
        "empty": ("", "empty"),
        "web_page": ("<!doctype html><html></html>", "web page"),
        "not_json": ("files: {}", "not JSON"),
        "cut_off": (good[: len(good) // 2], "is truncated"),
        "number": ("5", "not a trace"),
        "list": ("[]", "not a trace"),
        "no_steps": (json.dumps({"files": {}}), "steps"),
        "newer": (json.dumps({**whole, "format": "cs336-trace/3"}), "newer"),
        "deep": (deep, "n"),
        "bad_step": (json.dumps({**whole, "steps": ["x"]}), "steps[0]"),
        "bad_place": (json.dumps({**whole, "steps": [99]}), "steps[0]"),
        "circle": (json.dumps({**whole, "places": [[0, 0]]}), "places[0]"),
        "nothing": (json.dumps({**whole, "steps": []}), "no steps"),
    }


def a_million_steps() -> str:
    """Return a trace with more steps than are shown."""
    whole = json.loads(dumps(trace(failing)))
    head = json.dumps({**whole, "steps": []})
    return head.replace('"steps": []', '"steps": [' + "0," * 999_999 + "0]").replace(
        '"steps":[]', '"steps":[' + "0," * 999_999 + "0]"
    )
