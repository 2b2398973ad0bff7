"""Small programs, one for each feature of Python that a tracer may get wrong."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress

from cs336_core.trace import text, trace


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


def one_line_loops() -> None:
    n = 2
    while n: n -= double(1) // 2  # @inspect n
    for n in (1, 2): double(n)


def stepped_over() -> None:
    total = add_up(2)  # @inspect total
    for _ in range(2): total += factorial(2)  # @stepover @inspect total
    try:
        fail()  # @stepover
    except ValueError:
        double(1)


def add_up(n: int) -> int:
    if n == 0:
        return 0
    rest = add_up(n - 1) if n > 1 else sum(map(double, range(n)))  # @inspect rest @stepover
    return n + rest


def thrown() -> None:
    numbers = tolerant()
    next(numbers)
    n = numbers.throw(ValueError)  # @inspect n
    numbers.close()
    with suppress(KeyError):
        count(1).throw(KeyError)  # type: ignore[attr-defined]
    double(1)


def tolerant() -> Generator[int, None, None]:
    try:
        yield from count(1)
    except ValueError:
        yield 2
    finally:
        double(2)


class Pause:
    def __await__(self) -> Iterator[str]:
        yield "paused"


def coroutines() -> None:
    coroutine = wait(1)
    while True:
        try:
            coroutine.send(None)
        except StopIteration as result:  # @inspect result.value
            break


async def wait(times: int) -> int:
    async with Lock():
        for _ in range(times):
            await Pause()
    return times


class Lock:
    async def __aenter__(self) -> None:
        text("locked")

    async def __aexit__(self, *_: object) -> None:
        text("unlocked")


def classes() -> None:
    class Doubled:
        value = double(1)
        values = [double(n) for n in range(2)]

    value = Doubled.value  # @inspect value


def reraised() -> None:
    with suppress(KeyError):
        try:
            fail()
        except ValueError as error:
            try:
                raise KeyError from error
            finally:
                double(1)
    double(2)


def nested() -> None:
    inner = len(trace(factorial, 1))  # @inspect inner
    factorial(1)


def interleaved() -> None:
    for a, b in zip(count(2), count(1)):  # @inspect a b
        text(f"{a} {b}")


def raised_again() -> None:
    try:
        try:
            fail()
        except ValueError:
            raise
    except ValueError:
        pass
    with suppress(KeyError): raise KeyError("one line")
    try:
        next(count(0))
    except StopIteration:
        double(1)


def tasks() -> None:
    first, second = named("a"), named("b")
    for task in (first, second, first):
        with suppress(StopIteration):
            task.send(None)
    second.close()


async def named(name: str) -> str:
    label = name.upper()  # @inspect label
    await Pause()
    return label


def aliases() -> None:
    rows: list[object] = [["a"], "b"]
    again = rows
    copy = rows[:]
    append(rows)
    again[0] = list(copy)
    del again
    try:
        fail()
    except ValueError as error:
        copy = rows


def append(items: list[object]) -> list[object]:
    items.append(1)
    return items


def closures() -> None:
    total, log = 0, {"n": 0}

    def add(n: int) -> None:
        nonlocal total
        total += n
        log["n"] += 1

    add(2)


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x: int) -> None:
        self.x = x

    def __getattr__(self, name: str) -> int:
        raise RuntimeError("the recorder calls the program")


def attributes() -> None:
    point = Point(1)
    move(point)


def move(point: Point) -> None:
    point.y = 2
