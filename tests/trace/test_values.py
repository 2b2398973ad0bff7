"""Any value is recorded with its type, within bounds."""

from __future__ import annotations

import json
import math
import warnings
from collections import Counter, OrderedDict, deque, namedtuple
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from timeit import Timer
from types import SimpleNamespace
from typing import NoReturn

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.trace.formats.checks import Node as JsonNode
from cs336_core.trace.formats.edtrace import from_value, to_value
from cs336_core.trace.json_values import Json
from cs336_core.trace.record.tensors import MAX_ENTRIES
from cs336_core.trace.record.values import (
    LAST_SHARE,
    MAX_DEPTH,
    MAX_INNER_LENGTH,
    MAX_ITEMS,
    MAX_LENGTH,
    MAX_TOTAL_ITEMS,
    MAX_TOTAL_LENGTH,
    SHORT_LENGTH,
    record_value,
)
from cs336_core.trace.repr_line import repr_line

Point = namedtuple("Point", "x y")


class Color(Enum):
    RED = 1


@dataclass
class Node:
    name: str
    children: list[Node] = field(default_factory=list)


class Shown:
    def asdict(self) -> dict[str, object]:
        return {"a": 5, "b": (1,)}


class Failing:
    def __repr__(self) -> str:
        raise RuntimeError("no repr today")


class FailingDict(dict[str, int]):
    def items(self) -> Iterator[tuple[str, int]]:  # type: ignore[override]
        raise KeyError("gone")


class FailingMapping(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise KeyError("gone")

    def __iter__(self) -> Iterator[str]:
        return iter("a")

    def __len__(self) -> int:
        return 1


class Bytes(bytes):
    """A subclass of bytes."""


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its interface may still change
    NESTED = torch.nested.nested_tensor([torch.ones(2, 3), torch.ones(4, 3)])


@pytest.mark.parametrize("value", [None, True, 0, -5, 2.5, "", "é", 1 << 53, [1, [2.5, "a", None]]])
def test_json_values_stay_unchanged(value: object) -> None:
    assert record_value(value) == value
    assert json.dumps(record_value(value)) == json.dumps(value)  # 1 is not 1.0, nor True


HERE = __name__


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, {"type": "float", "text": "nan"}),
        (-math.inf, {"type": "float", "text": "-inf"}),
        (1 << 60, {"type": "int", "text": str(1 << 60)}),
        (1j, {"type": "complex", "text": "1j"}),
        ((1, "a"), {"type": "tuple", "items": [1, "a"]}),
        ({3, 1, 2}, {"type": "set", "items": [1, 2, 3]}),
        (frozenset({b"b"}), {"type": "frozenset", "items": [{"type": "bytes", "text": "b"}]}),
        (deque([1]), {"type": "collections.deque", "items": [1]}),
        (range(3), {"type": "range", "items": [0, 1, 2]}),
        ({1: "a"}.values(), {"type": "dict_values", "items": ["a"]}),
        (b"a\xff", {"type": "bytes", "text": "a\xff"}),
        (
            {1: "a", (2,): None},
            {"type": "dict", "entries": [[1, "a"], [{"type": "tuple", "items": [2]}, None]]},
        ),
        (Counter("aab"), {"type": "collections.Counter", "entries": [["a", 2], ["b", 1]]}),
        (OrderedDict(a=1), {"type": "collections.OrderedDict", "entries": [["a", 1]]}),
        (Point(1, 2), {"type": f"{HERE}.Point", "fields": {"x": 1, "y": 2}}),
        (
            Node("n", [Node("m")]),
            {
                "type": f"{HERE}.Node",
                "fields": {
                    "name": "n",
                    "children": [{"type": f"{HERE}.Node", "fields": {"name": "m", "children": []}}],
                },
            },
        ),
        (
            Shown(),
            {
                "type": f"{HERE}.Shown",
                "fields": {"a": 5, "b": {"type": "tuple", "items": [1]}},
            },
        ),
        (Color.RED, {"type": f"{HERE}.Color", "text": "Color.RED"}),
        (json, {"type": "module", "text": "module 'json'"}),
        (Fraction(1, 3), {"type": "fractions.Fraction", "text": "1/3"}),
        (int, {"type": "type", "text": "int"}),
        (object(), {"type": "object", "text": "<object object>"}),
        (Failing(), {"type": f"{HERE}.Failing", "text": f"<{HERE}.Failing object>"}),
        (FailingDict(a=1), {"type": f"{HERE}.FailingDict", "entries": [["a", 1]]}),
        (FailingMapping(), {"type": f"{HERE}.FailingMapping", "error": "KeyError: 'gone'"}),
    ],
)
def test_other_values_have_their_type(value: object, expected: dict[str, Json]) -> None:
    assert record_value(value) == expected


def test_an_integer_too_long_for_decimal_is_written_in_hex() -> None:
    assert record_value(1 << 20_000) == {"type": "int", "text": f"0x1{'0' * 5000}"}


@pytest.mark.parametrize(
    ("value", "dtype", "shape", "array"),
    [
        (np.array([[1, 2]], np.int8), "int8", [1, 2], [[1, 2]]),
        (np.float64(0.5), "float64", [], 0.5),
        (np.array([math.nan, -math.inf]), "float64", [2], ["nan", "-inf"]),
        (np.array(["a"]), "<U1", [1], ["a"]),
        (np.zeros((0, 3)), "float64", [0, 3], []),
        (torch.ones(2, dtype=torch.bfloat16), "torch.bfloat16", [2], [1.0, 1.0]),
        (torch.tensor(3), "torch.int64", [], 3),
        (torch.tensor([0.1, 1e30, 1 / 3]), "torch.float32", [3], [0.1, 1e30, 0.333333343]),
        (torch.empty(3, 4, device="meta"), "torch.float32", [3, 4], None),
        (torch.empty((), device="meta"), "torch.float32", [], None),
        (torch.eye(2).to_sparse(), "torch.float32", [2, 2], None),
        (NESTED, "torch.float32", [2, -1, 3], None),
        (torch.ones(1, requires_grad=True), "torch.float32", [1], [1.0]),
    ],
)
def test_tensors_have_type_and_shape(
    value: object, dtype: str, shape: list[int], array: Json
) -> None:
    kind = f"{type(value).__module__}.{type(value).__name__}"
    recorded = record_value(value)
    assert isinstance(recorded, dict)
    recorded.pop("notes", None)
    assert recorded == {"type": kind, "dtype": dtype, "shape": shape, "array": array}


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        (np.ones(2), []),
        (torch.ones(2), []),
        (torch.ones(2, requires_grad=True), ["requires_grad=True"]),
        (torch.ones(2, requires_grad=True) * 2, ["grad_fn=<MulBackward0>"]),
        (torch.ones(2, device="meta", requires_grad=True), ["device='meta'", "requires_grad=True"]),
        (torch.nn.Parameter(torch.ones(2)), []),
        (torch.nn.Parameter(torch.ones(2), requires_grad=False), ["requires_grad=False"]),
    ],
    ids=str,
)
def test_what_else_pytorch_prints_of_a_tensor_is_a_note(value: object, notes: list[str]) -> None:
    recorded = record_value(value)
    assert isinstance(recorded, dict)
    assert recorded.get("notes", []) == notes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.array([1, "a", None, {1: 2}], object), [1, "a", None, record_value({1: 2})]),
        (np.array([[1j]]), [[{"type": "complex", "text": "1j"}]]),
        (np.array([b"a"]), [{"type": "bytes", "text": "a"}]),
        (np.ones(1, np.longdouble), [{"type": "numpy.longdouble", "text": "1.0"}]),
    ],
)
def test_an_array_of_objects_has_items(value: object, expected: Json) -> None:
    found = record_value(value)
    assert isinstance(found, dict)
    assert found.keys() == {"type", "dtype", "shape", "items"}
    assert found["items"] == expected
    assert from_value(JsonNode(to_value(found), "value")) == found


def test_an_array_that_contains_itself_ends() -> None:
    circle = np.empty(1, object)
    circle[0] = circle
    assert json.dumps(record_value(circle))


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (np.float64(1.5), "1.5"),
        (np.array(7), "7"),
        (np.bool_(True), "True"),
        (np.float32(0.1), "0.1"),
        (np.float64("nan"), "nan"),
        (np.str_("nan"), "'nan'"),
        ({"loss": torch.tensor(0.25)}, "{'loss': 0.25}"),
        (torch.tensor(1 + 2j), "(1+2j)"),
        (torch.empty(3, 4, device="meta"), "<Tensor float32 3 × 4>"),
        (NESTED, "<Tensor float32 2 × ? × 3>"),
        (np.array(["x", None], object), "ndarray(['x', None])"),
        (np.array([["x", "yy"]]), "ndarray([['x', 'yy']])"),
        (b"\x00\xff abc \xc3\xa9", r"b'\x00\xff abc \xc3\xa9'"),
        (b"it's", 'b"it\'s"'),
        (bytearray(b"\xff"), r"bytearray(b'\xff')"),
        (Bytes(b"\xff"), r"b'\xff'"),
        ({"b": 2, "a": 10, "c": 1}, "{'b': 2, 'a': 10, 'c': 1}"),
        (OrderedDict(z=1, a=2), "OrderedDict({'z': 1, 'a': 2})"),
    ],
)
def test_a_value_is_written_as_python_writes_it(value: object, line: str) -> None:
    assert repr_line(record_value(value)) == line


def test_cycles_end() -> None:
    row: list[object] = [1]
    row.append(row)
    table: dict[str, object] = {"row": row}
    table["self"] = table
    assert record_value(row) == [1, {"type": "list", "cycle": True}]
    assert record_value(table) == {
        "type": "dict",
        "entries": [
            ["row", [1, {"type": "list", "cycle": True}]],
            ["self", {"type": "dict", "cycle": True}],
        ],
    }
    again = [1]
    assert record_value([again, again]) == [[1], [1]]  # the same list twice is not a cycle


def test_strings_in_a_container_are_truncated_sooner() -> None:
    assert record_value(["a" * MAX_INNER_LENGTH]) == ["a" * MAX_INNER_LENGTH]
    long = {"type": "str", "text": "a" * MAX_INNER_LENGTH, "of": MAX_LENGTH}
    assert record_value({"play": "a" * MAX_LENGTH}) == {"type": "dict", "entries": [["play", long]]}
    many = record_value(["a" * MAX_LENGTH] * MAX_ITEMS)
    whole = MAX_TOTAL_LENGTH // MAX_INNER_LENGTH
    assert many == [long] * whole + [long | {"text": "a" * SHORT_LENGTH}] * (MAX_ITEMS - whole)
    assert record_value(["a" * SHORT_LENGTH] * MAX_ITEMS) == ["a" * SHORT_LENGTH] * MAX_ITEMS


def test_large_values_are_truncated_and_marked() -> None:
    assert record_value("a" * (MAX_LENGTH + 1)) == {
        "type": "str",
        "text": "a" * MAX_LENGTH,
        "of": MAX_LENGTH + 1,
    }
    assert record_value(b"a" * (MAX_LENGTH + 1)) == {
        "type": "bytes",
        "text": "a" * MAX_LENGTH,
        "of": MAX_LENGTH + 1,
    }
    found = record_value(range(MAX_ITEMS + 1))
    assert found == {"type": "range", "items": list(range(MAX_ITEMS)), "of": MAX_ITEMS + 1}


def test_what_grows_at_the_end_shows_its_end() -> None:
    class Words(list[int]):
        def __getitem__(self, index: object) -> NoReturn:
            raise AssertionError("the program's own code ran")

    n = 2 * MAX_ITEMS
    n_last = MAX_ITEMS // LAST_SHARE
    numbers = [*range(MAX_ITEMS - n_last), *range(n - n_last, n)]
    total = {"of": n, "last": n_last}
    assert record_value(list(range(n))) == {"type": "list", "items": numbers} | total
    assert record_value(tuple(range(n))) == {"type": "tuple", "items": numbers} | total
    assert (
        record_value({i: -i for i in range(n)})
        == {
            "type": "dict",
            "entries": [[i, -i] for i in numbers],
        }
        | total
    )
    own = record_value(Words(range(n)))
    assert isinstance(own, dict)
    assert own["items"] == numbers
    counts = record_value(Counter({str(i): i for i in range(n)}))
    assert isinstance(counts, dict)
    assert counts["entries"][-1] == [str(n - 1), n - 1]  # type: ignore[index]


def test_a_storage_shows_only_its_first_bytes() -> None:
    storage = torch.full((1 << 24,), 0.25, dtype=torch.float16).untyped_storage()
    assert record_value(storage) == {
        "type": "torch.storage.UntypedStorage",
        "items": [0x00, 0x34] * 100,
        "of": 2 << 24,
    }


def test_a_large_tensor_shows_its_first_rows_and_columns() -> None:
    found = record_value(np.arange(10_000_000).reshape(1000, 10_000))
    assert isinstance(found, dict)
    array = found["array"]
    assert isinstance(array, list)
    assert found["shape"] == [1000, 10_000]
    assert sum(map(len, array)) <= MAX_ENTRIES  # type: ignore[arg-type]
    assert array[1][:2] == [10_000, 10_001]  # type: ignore[index, call-overload]


def test_deep_and_wide_values_end() -> None:
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(record_value(deep)).count("[") <= MAX_DEPTH
    wide = [[[0] * MAX_ITEMS] * MAX_ITEMS] * MAX_ITEMS
    assert json.dumps(record_value(wide)).count("0") <= 2 * MAX_TOTAL_ITEMS


@given(
    st.recursive(
        st.none() | st.floats() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    )
)
def test_every_value_becomes_json(value: object) -> None:
    json.dumps(record_value(value), allow_nan=False)


def refuse(*_: object) -> NoReturn:
    raise AssertionError("recording a value has called the program")


class Plain:
    __str__ = __repr__ = __getattr__ = __eq__ = __bool__ = refuse  # type: ignore[assignment]
    computed = property(refuse)

    def __init__(self) -> None:
        self.a = 1


class Slotted:
    __slots__ = ("a", "b")
    __repr__ = __getattr__ = refuse

    def __init__(self) -> None:
        self.a = 1


class Extended(Slotted):
    def __init__(self) -> None:
        super().__init__()
        self.more = [2]


class Elusive:
    __getattribute__ = __repr__ = refuse  # type: ignore[assignment]


class Custom(list[int]):
    __iter__ = __len__ = __getitem__ = refuse  # type: ignore[assignment]


class FailureError(Exception):
    __str__ = refuse


class Shade(Enum):
    DARK = 1
    __str__ = __repr__ = refuse


@dataclass(repr=False)
class Computed:
    a: int
    __repr__ = __getattr__ = refuse


def text_of(name: str) -> dict[str, Json]:
    return {"text": f"<{HERE}.{name} object>"}


@pytest.mark.parametrize(
    ("make", "contents"),
    [
        (Plain, {"fields": {"a": 1}}),
        (Slotted, {"fields": {"a": 1}}),
        (Extended, {"fields": {"a": 1, "more": [2]}}),
        (Elusive, {"text": f"<{HERE}.Elusive object>"}),
        (lambda: Custom([1]), {"items": [1]}),
        (lambda: FailureError(3), {"fields": {"args": {"type": "tuple", "items": [3]}}}),
        (lambda: Shade.DARK, {"text": "Shade.DARK"}),
        (lambda: Computed(1), {"fields": {"a": 1}}),
    ],
)
def test_recording_a_value_calls_none_of_the_program(
    make: Callable[[], object], contents: dict[str, Json]
) -> None:
    value = make()
    expected = {"type": f"{HERE}.{type(value).__name__}"} | contents
    assert record_value(value) == expected
    assert record_value([SimpleNamespace(x=value), ValueError(value)]) == [
        {"type": "types.SimpleNamespace", "fields": {"x": expected}},
        {"type": "ValueError", "fields": {"args": {"type": "tuple", "items": [expected]}}},
    ]


def test_an_object_shows_only_the_beginning_of_what_it_holds() -> None:
    model = SimpleNamespace(
        vocab=dict.fromkeys(range(1_000)),
        weights=torch.ones(1_000, 1_000),
        layers=[SimpleNamespace(ids=list(range(1_000))) for _ in range(1_000)],
    )
    found = json.dumps(record_value(model))
    assert len(found) < 4_000
    assert found.count('"of": 1000') > 2
    assert len(json.dumps(record_value([model, list(range(MAX_ITEMS))]))) > len(found) + MAX_ITEMS


def test_an_object_of_an_installed_package_has_no_attributes() -> None:
    timer = Timer("1")  # with the globals of its statement
    assert record_value(timer) == {"type": "timeit.Timer", "text": "<timeit.Timer object>"}


def test_an_array_with_labels_is_not_recorded_without_them() -> None:
    class Series:
        __module__ = "pandas.core.series"
        dtype, shape, tolist = "int64", (1,), refuse

    assert "array" not in record_value(Series())  # type: ignore[operator]


def test_a_custom_mapping_is_a_mapping() -> None:
    class Squares(Mapping[int, int]):
        def __getitem__(self, n: int) -> int:
            return n * n

        def __iter__(self) -> Iterator[int]:
            return iter(range(2))

        def __len__(self) -> int:
            return 2

    found = record_value(Squares())
    assert isinstance(found, dict)
    assert found["entries"] == [[0, 0], [1, 1]]


@pytest.mark.parametrize(
    ("value", "text"), [(2.0, "2.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (0.0, "0.0")]
)
def test_an_integral_float_stays_a_float(value: float, text: str) -> None:
    assert record_value(value) == {"type": "float", "text": text}
    as_edtrace = to_value(record_value(value))
    assert repr(as_edtrace["contents"]) == repr(value)
    assert from_value(JsonNode(as_edtrace, "value")) == record_value(value)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_tensor_entries_have_the_digits_of_their_dtype(dtype: str) -> None:
    numbers = np.random.default_rng(336).standard_normal(500).astype(dtype)
    record = record_value(numbers)
    assert isinstance(record, dict)
    assert np.array_equal(np.array(record["array"]).astype(dtype), numbers)
    longest = max(len(repr(number).lstrip("-")) for number in record["array"])  # type: ignore[union-attr]
    assert longest <= {"float16": 11, "float32": 15, "float64": 24}[dtype]
