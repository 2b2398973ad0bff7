"""Recording is not seen by the program, whatever its classes and its modes of PyTorch observe."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from cs336_core.trace import trace
from cs336_core.trace.json_values import Json
from cs336_core.trace.record.values import record_value


def refuse(*_: object) -> NoReturn:
    raise AssertionError("recording a value has called the program")


class List(list[Any]):
    __iter__ = refuse


class Dict(dict[str, Any]):
    items = __iter__ = refuse  # type: ignore[assignment]


class Deque(collections.deque[Any]):
    __iter__ = refuse


class Named(collections.namedtuple("Named", "a b")):
    __iter__ = refuse


class Failure(Exception):  # noqa: N818  (as programs name them)
    args = property(refuse)  # type: ignore[assignment]
    __str__ = refuse


class Tensor:
    shape = dtype = property(refuse)
    tolist = refuse

    def __init__(self) -> None:
        self.data = [1]


class Registry(type):
    def __getattr__(cls, name: str) -> NoReturn:
        refuse()


class Unhashable(type):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        refuse()


def instance_of(metaclass: type) -> object:
    """Return an object of a class with this metaclass."""

    class Entry(metaclass=metaclass):
        def __init__(self) -> None:
            self.data = [1]

    return Entry()


@pytest.mark.parametrize(
    ("make", "contents"),
    [
        (lambda: List([[1]]), {"items": [[1]]}),
        (lambda: Dict(a=[1]), {"entries": [["a", [1]]]}),
        (lambda: Deque([[1]]), {"items": [[1]]}),
        (lambda: Named([1], 2), {"fields": {"a": [1], "b": 2}}),
        (lambda: Failure([1]), {"fields": {"args": {"type": "tuple", "items": [[1]]}}}),
        (Tensor, {"fields": {"data": [1]}}),
        (lambda: instance_of(Registry), {"fields": {"data": [1]}}),
        (lambda: instance_of(Unhashable), {"fields": {"data": [1]}}),
    ],
)
def test_recording_a_variable_calls_none_of_the_program(
    make: Callable[[], object], contents: dict[str, Json]
) -> None:
    def program() -> None:
        value = make()
        same = value  # noqa: F841

    recorded = trace(program, inspect_all=True)
    assert recorded.ending == "finished"
    shown = [step.env["same"] for step in recorded if "same" in step.env]
    assert [{**value, "type": ""} for value in shown if isinstance(value, dict)] == [
        {"type": "", **contents}
    ]


class Counting(TorchDispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.n = 0

    def __torch_dispatch__(
        self, function: Any, _types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.n += 1
        return function(*args, **(kwargs or {}))


class Listing(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_function__(
        self, function: Any, _types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.names.append(function.__name__)
        return function(*args, **(kwargs or {}))


class Logged(torch.Tensor):
    names: list[str] = []  # noqa: RUF012

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        cls.names.append(function.__name__)
        return super().__torch_function__(function, types, args, kwargs or {})


def test_modes_of_pytorch_see_only_the_program() -> None:
    def program() -> tuple[int, list[str], list[str]]:
        x = torch.ones(3, 2)
        with Counting() as counting:
            y = x + 1
            y = y * 2
        with Listing() as listing:
            y = torch.add(x, 1)
        logged = x.as_subclass(Logged)
        logged = torch.add(logged, y)
        return counting.n, listing.names, Logged.names

    recorded = trace(program, inspect_all=True)
    result = recorded.steps[-1].event
    assert record_value((2, ["add"], ["add"])) == getattr(result, "value", None)


def test_fake_tensors_do_not_hide_the_entries_of_real_ones() -> None:
    def program() -> None:
        real = torch.ones(2)
        with FakeTensorMode():
            fake = torch.ones(2)
            real = real.detach() if fake is None else real

    recorded = trace(program, inspect_all=True)
    arrays = [step.env["real"]["array"] for step in recorded if "real" in step.env]  # type: ignore[call-overload,index]
    assert arrays == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("value", "array"),
    [
        (np.array(["2024-01-02T03:04:05.5", "NaT"], "M8[ns]"),
         ["2024-01-02T03:04:05.500000000", "NaT"]),
        (np.datetime64("2024-01-02"), "2024-01-02"),
        (np.timedelta64(5, "ns"), "5 nanoseconds"),
        (np.array([[1, 2]], "m8[h]"), [["1 hours", "2 hours"]]),
    ],
)  # fmt: skip
def test_dates_and_durations_are_written_as_numpy_writes_them(value: object, array: Json) -> None:
    recorded = record_value(value)
    assert isinstance(recorded, dict)
    assert recorded["array"] == array
