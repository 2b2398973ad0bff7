"""Traces are written and read in three formats; an invalid file is refused with the location."""

from __future__ import annotations

import copy
import json
import math
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.trace import (
    CLEARED,
    CallStack,
    Frame,
    Reference,
    Step,
    Trace,
    TraceError,
    dumps,
    image,
    link,
    load,
    loads,
    note,
    plot,
    save,
    text,
    trace,
)
from cs336_core.trace.formats.checks import Node
from cs336_core.trace.formats.edtrace import from_value, to_value
from cs336_core.trace.formats.files import Format
from cs336_core.trace.json_values import Json
from cs336_core.trace.record.values import record_value
from tests.trace import golden
from tests.trace.programs import features

FORMS: list[Format] = ["cs336", "edtrace"]

pytestmark = pytest.mark.filterwarnings("ignore::cs336_core.trace.DirectiveWarning")


def everything() -> None:
    text("**Bold** and $x^2$", style={"color": "red"})
    text("a\nb", verbatim=True)
    note("remember")  # @hide
    image("data:image/gif;base64,", width=20)
    link(title="Attention", authors=["A Vaswani", "N Shazeer"], date="2017", url="a.b")
    link(Reference(url="c.d", notes="n")), link(features.double)
    plot({"mark": "bar", "data": {"values": [{"a": 1}]}})
    x = [1, (2.5, "é"), {1: None, "a": {3}}, math.nan, 1 << 70]  # @inspect x x[1]
    y = np.ones((2, 2))  # @inspect y
    z = golden  # @inspect z.FOLDER.name @clear x
    print(x, y, z)


PROGRAMS = [everything, features.exceptions, features.recursion, features.uncaught]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("form", ["cs336", "edtrace"])
def test_nothing_is_lost_in_a_file(program: object, form: str, tmp_path: Path) -> None:
    recorded = trace(program, into=[features])  # type: ignore[arg-type]
    save(recorded, tmp_path / "a.json", form)  # type: ignore[arg-type]
    assert load(tmp_path / "a.json") == recorded
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.parametrize("program", [features.aliases, features.closures, features.tasks])
@pytest.mark.parametrize("form", FORMS)
def test_calls_and_events_are_not_lost_in_a_file(program: object, form: Format) -> None:
    recorded = trace(program, into=[features], inspect_all=True)  # type: ignore[arg-type]
    recorded.incomplete = "the trace lacks the deepest calls"
    assert any(step.event for step in recorded)
    assert loads(dumps(recorded, form)) == recorded


def test_a_file_of_version_1_does_not_say_which_call_a_step_belongs_to() -> None:
    file = json.loads(dumps(trace(features.calls)))
    del file["calls"]
    steps = [step[:5] if isinstance(step, list) else step for step in file["steps"]]
    read = loads(json.dumps(file | {"format": "cs336-trace/1", "steps": steps}))
    assert [step.call for step in read] == [None] * len(read)
    assert loads(dumps(read)) == read
    assert loads(dumps(read, "edtrace")) == read


def test_links_are_stored_in_our_format_only() -> None:
    recorded = trace(features.calls)
    without = json.loads(dumps(recorded))
    recorded.links = {"lectures/03_bpe.py": {14: "lectures/03_bpe.html#line-14"}}
    file = json.loads(dumps(recorded))
    assert file["links"] == {"lectures/03_bpe.py": {"14": "lectures/03_bpe.html#line-14"}}
    assert loads(json.dumps(file)) == recorded
    assert "line-14" not in dumps(recorded, "edtrace")
    assert loads(dumps(recorded, "edtrace")).links == {}
    del without["links"]  # as in older files
    assert loads(json.dumps(without)).links == {}


def test_a_file_for_edtrace_has_the_fields_that_edtrace_reads() -> None:
    file = json.loads(dumps(trace(everything, into=[features]), "edtrace"))
    assert file.keys() >= {"files", "hidden_line_numbers", "steps"}
    bold = file["steps"][1]
    (frame,) = bold["stack"]
    assert frame["code"] == 'text("**Bold** and $x^2$", style={"color": "red"})'
    assert (
        file["files"][frame["path"]].split("\n")[frame["line_number"] - 1].strip() == frame["code"]
    )
    assert bold["renderings"][0]["type"] == "markdown"
    shown = {name: value for step in file["steps"] for name, value in step["env"].items()}
    assert shown["x"] is None  # cleared
    assert shown["x[1]"]["type"] == "tuple"
    assert [item["contents"] for item in shown["x[1]"]["contents"]] == [2.5, "é"]
    assert (shown["y"]["dtype"], shown["y"]["shape"]) == ("float64", [2, 2])


@pytest.mark.parametrize(
    ("value", "contents"),
    [
        (b"\x00\xe9\t'\\x41", repr(b"\x00\xe9\t'\\x41")),
        (bytearray(b"\"'"), repr(bytearray(b"\"'"))),
        ({(104, 101): 1}, ["(104, 101)"]),
        ({("a", (b"b",)): 1, None: 2, 0.5: 3, "c": 4}, ["('a', (b'b',))", "None", "0.5", "c"]),
        ({tuple(range(60)): 1, (*range(59), 60): 2}, [f"{(*range(59), n)}" for n in (59, 60)]),
        (sympy.Integer(12), 12),
        (sympy.Integer(1), 1),
        (sympy.Float("0.25"), 0.25),
        (sympy.Rational(1, 3), "1/3"),
    ],
    ids=str,
)
def test_a_value_is_written_for_edtrace_as_edtrace_writes_it(value: object, contents: Json) -> None:
    recorded = record_value(value)
    written = to_value(recorded)
    found = written["contents"]
    assert (list(found) if isinstance(found, dict) else found) == contents
    assert from_value(Node(written, "value")) == recorded


# Written by hand, after the formats of edtrace and of the 2025 lectures.
EDTRACE = {
    "files": {"a.py": "x = 4  # @inspect x\n"},
    "hidden_line_numbers": {"a.py": [3]},
    "steps": [
        {
            "stack": [{"path": "a.py", "line_number": 1, "function_name": "main", "code": "x = 4"}],
            "env": {
                "x": {"type": "int", "contents": 4, "dtype": None, "shape": None},
                "gone": None,
                "node": {
                    "type": "m.Node",
                    "contents": {"a": {"type": "float", "contents": "nan"}},
                },
                "t": {
                    "type": "torch.Tensor",
                    "contents": [[1.0]],
                    "dtype": "torch.float32",
                    "shape": [1, 1],
                },
            },
            "renderings": [
                {
                    "type": "link",
                    "data": "[V+ 2017]",
                    "style": {},
                    "external_link": {"title": "T", "authors": ["V"], "url": "a.b"},
                    "internal_link": None,
                },
                {
                    "type": "link",
                    "data": "f",
                    "style": {},
                    "external_link": None,
                    "internal_link": {"path": "a.py", "line_number": 2},
                },
            ],
        }
    ],
}
OF_2025 = {
    "files": {"a.py": "x = 4\n"},
    "steps": [
        {
            "stack": [
                {"path": "other.py", "line_number": 7, "function_name": "main", "code": "f()"},
                {"path": "a.py", "line_number": 1, "function_name": "f", "code": "x = 4"},
            ],
            "env": {"x": 4, "d": {"a": [1, "b"]}},
            "renderings": [],
            "stdout": "out",
            "stderr": "err",
        }
    ],
}


def test_files_of_edtrace_are_read() -> None:
    read = loads(json.dumps(EDTRACE))
    (step,) = read
    assert step.env == {
        "x": 4,
        "gone": CLEARED,
        "node": {"type": "m.Node", "fields": {"a": {"type": "float", "text": "nan"}}},
        "t": {"type": "torch.Tensor", "dtype": "torch.float32", "shape": [1, 1], "array": [[1.0]]},
    }
    assert step.renderings[0].external_link == Reference(title="T", authors=["V"], url="a.b")
    assert read.hidden == {"a.py": [3]}
    assert loads(dumps(read)) == read


def test_files_of_2025_are_read() -> None:
    read = loads(json.dumps(OF_2025))
    (step,) = read
    assert [frame.path for frame in step.stack.frames()] == ["other.py", "a.py"]
    assert step.env == {"x": 4, "d": {"type": "dict", "entries": [["a", [1, "b"]]]}}
    assert (step.stdout, step.stderr) == ("out", "err")
    assert loads(dumps(read)) == read


def compact() -> dict[str, object]:
    return json.loads(dumps(trace(features.calls)))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "cs336-trace/9"}, "has the format 'cs336-trace/9'; expected 'cs336-trace/2'"),
        ({"steps": None}, "has no 'steps'"),
        ({"steps": {}}, r"\.steps is \{\}; expected a list"),
        ({"steps": [10**6]}, r"\.steps\[0\] is 1000000; expected an index into a list of \d+"),
        ({"steps": [-1]}, r"\.steps\[0\] is -1; expected an index into a list of \d+"),
        ({"steps": [True]}, r"\.steps\[0\] is True; expected an integer"),
        ({"steps": [[0, {"x": 99}]]}, r"\.steps\[0\]\[1\]\.x is 99; expected an index"),
        ({"steps": [[]]}, "expected a list of 1 to 6 items"),
        ({"places": [[0, 0]]}, r"\.places\[0\]\[0\] is 0; expected an index into a list of 0"),
        ({"places": [[-1]]}, "expected a list of 2 items"),
        ({"frames": [[0, "1", "f"]]}, r"\.frames\[0\]\[1\] is '1'; expected an integer"),
        ({"links": {"a.py": {"1": 5}}}, r"\.links\.a\.py\.1 is 5; expected a string"),
        ({"links": {"a.py": {"-1": ""}}}, "expected line numbers as keys"),
        ({"links": {"a.py": {"9" * 5000: ""}}}, "expected line numbers as keys"),
        ({"links": {"a.py": {"²": ""}}}, "expected line numbers as keys"),
        ({"files": {"a.py": 5}}, r"\.files\.a\.py is 5; expected a string"),
        ({"ending": "happily"}, "expected one of finished, raised, max_steps"),
        ({"renderings": [{"type": "script"}]}, "is 'script'; expected one of markdown, image"),
    ],
)
def test_a_malformed_trace_is_refused_with_the_location(
    change: dict[str, object], message: str
) -> None:
    with pytest.raises(TraceError, match=message):
        loads(json.dumps(compact() | change))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("", "is truncated"),
        ('{"format": "cs336-tr', "is not JSON|is truncated"),
        ("<html>", "is not JSON: line 1, column 1"),
        ("3", "is 3; expected an object"),
        ("[" * 100_000, "nested too deeply|truncated"),
        ("{}", "has no 'files'"),
    ],
)
def test_a_file_that_is_not_json_is_refused(file: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        loads(file)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.data())
def test_any_other_change_is_refused_or_accepted(data: st.DataObject) -> None:
    file = copy.deepcopy(data.draw(st.sampled_from([compact(), EDTRACE, OF_2025])))
    node: object = file
    for _ in range(data.draw(st.integers(0, 6))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))  # type: ignore[arg-type]
        key = data.draw(st.sampled_from(keys)) if keys else None
        inner = node[key] if keys else None  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner:
            break
        node = inner
    keys = list(node) if isinstance(node, dict) else list(range(len(node)))  # type: ignore[arg-type]
    node[data.draw(st.sampled_from(keys))] = data.draw(json_values)  # type: ignore[index]
    with suppress(TraceError):
        assert isinstance(loads(json.dumps(file)), Trace)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{"a\xff')
    with pytest.raises(TraceError, match=r"a\.json is not UTF-8: byte 3"):
        load(tmp_path / "a.json")


def test_numbers_that_json_lacks_are_read_as_the_recorder_writes_them(tmp_path: Path) -> None:
    value = {"type": "float", "contents": math.nan, "dtype": None, "shape": None}
    array = {"type": "numpy.ndarray", "contents": [1.0, -math.inf], "dtype": "d", "shape": [2]}
    file = copy.deepcopy(EDTRACE)
    file["steps"][0]["env"] = {"x": value, "y": array}  # type: ignore[index, call-overload]
    read = loads(json.dumps(file))
    assert read.steps[0].env["x"] == {"type": "float", "text": "nan"}
    save(read, tmp_path / "a.json")
    assert load(tmp_path / "a.json") == read


@pytest.mark.parametrize(
    ("number", "read"),
    [("9" * 5000, "9" * 5000), ("1e400", "inf"), ("-1e400", "-inf"), ("NaN", "nan"), ("7", 7)],
)
def test_numbers_that_python_lacks_are_read_as_strings(number: str, read: Json) -> None:
    file = json.dumps(compact() | {"values": ["NUMBER"], "steps": [[0, {"x": 0}]]})
    recorded = loads(file.replace('"NUMBER"', number))
    assert recorded.steps[0].env == {"x": read}
    for form in FORMS:
        assert loads(dumps(recorded, form)) == recorded


@pytest.mark.parametrize("array", [[[], []], {"a": 1}, "text", None])
def test_an_array_without_a_dtype_survives_every_format(array: Json) -> None:
    value: Json = {"type": "a.Array", "array": array}
    recorded = loads(json.dumps(compact() | {"values": [value], "steps": [[0, {"x": 0}]]}))
    for form in FORMS:
        assert loads(dumps(recorded, form)).steps[0].env == {"x": value}


def test_a_trace_whose_stacks_are_too_large_for_edtrace_is_refused() -> None:
    stack = CallStack(None, Frame("a.py", 1, "f"))
    for _ in range(3_000):
        stack = CallStack(stack, Frame("a.py", 1, "f"))
    deep = Trace({"a.py": ""}, {}, [Step(stack) for _ in range(1_000)])
    with pytest.raises(
        TraceError, match=r"takes 2\d\d MB; the viewer opens up to 200 MB\. Save it"
    ):
        dumps(deep, "edtrace")
    assert len(dumps(deep)) < 1_000_000


def test_a_lone_surrogate_survives(tmp_path: Path) -> None:
    def surrogate() -> None:
        x = "a\ud83d"  # noqa: F841  @inspect x

    recorded = trace(surrogate)
    save(recorded, tmp_path / "a.json")
    assert load(tmp_path / "a.json") == recorded


@pytest.mark.parametrize("deep", [400, 5000, 200_000])
def test_deeply_nested_values_are_refused_or_read(deep: int) -> None:
    file = json.dumps(EDTRACE | {"steps": []})
    inner = '{"type": "list", "contents": [' * deep + "]}" * deep
    step = '{"stack": [{"path": "a.py", "line_number": 1, "function_name": "f", "code": ""}],'
    step += f'"env": {{"x": {inner}}}, "renderings": []}}'
    with suppress(TraceError):
        loads(file.replace('"steps": []', f'"steps": [{step}]'))
