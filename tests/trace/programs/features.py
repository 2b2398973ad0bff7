"""Small programs, one for each feature of Python that a tracer may get wrong."""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.trace import text


def calls() -> None:
    x = double(4)  # @inspect x
    y = (
        double(1) +
        double(2)
    )  # @inspect y


def double(n: int) -> int:  # @inspect n
    return 2 * n


def comprehensions() -> None:
    squares = [
        n * n
        for n in range(3)
    ]  # @inspect squares
    table = {n: -n for n in squares}  # @inspect table
    most = max(squares, key=lambda n: -n)  # @inspect most


def recursion() -> None:
    n = factorial(2)  # @inspect n


def factorial(n: int) -> int:
    if n == 0:
        return 1
    return n * factorial(n - 1)


def generators() -> None:
    for n in count(2):  # @inspect n
        text(f"**{n}**")


def count(end: int) -> Iterator[int]:
    for i in range(end):
        yield i


class Counter:
    def __init__(self) -> None:
        self.count = 0

    def add(self) -> Counter:  # @inspect self.count
        self.count += 1
        return self

    def __repr__(self) -> str:
        return f"{self.count} so far"


def methods() -> None:
    counter = Counter()  # @inspect counter @stepover
    counter.add()  # @inspect counter.count


def exceptions() -> None:
    try:
        fail()
    except ValueError as error:  # @inspect error
        pass
    finally:
        print("done")


def fail() -> None:
    x = int("x")  # @inspect x


def uncaught() -> None:
    fail()


def loops() -> None:
    total = 0
    for n in (1, 2):
        total += n  # @inspect total
    while total: total -= 3  # @inspect total  # two comments in one
    print("# @hide @no")
    with open(__file__) as file:  # @clear total
        file.readline()


def decorated() -> None:
    marked(1)


def mark(function):  # noqa: ANN001, ANN201
    return function


@mark
@mark
def marked(n: int) -> None:  # @inspect n
    match n:
        case 0:
            print("none")
        case 1:
            print("one")


def forever() -> None:
    while True:
        pass
