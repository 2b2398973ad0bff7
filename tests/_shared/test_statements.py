"""Which statements a piece of code needs: what is assigned, what is changed, what is replaced."""

from __future__ import annotations

import pytest

from cs336_core._shared.statements import needed, statements


def codes(before: str, code: str) -> list[str]:
    return [statement.code for statement in needed(statements(before), code)]


@pytest.mark.parametrize(
    ("before", "code", "expected"),
    [
        ("a = 1\nb = 2", "print(b)", ["b = 2"]),
        ("a = 1\nb = a\na = 3", "b", ["a = 1", "b = a"]),
        ("a = 1\na = 2", "a", ["a = 2"]),
        ("a = 1\na += 1", "a", ["a = 1", "a += 1"]),
        ("import os.path\nfrom json import dumps as d", "d(1)", ["from json import dumps as d"]),
        ("import os.path", "os.path.join('a')", ["import os.path"]),
        ("k = 1\ndef f():\n    return k", "f()", ["k = 1", "def f():\n    return k"]),
        ("@d\ndef f(): ...", "f()", ["@d\ndef f(): ..."]),
        ("k = 1\ndef f():\n    k = 2\n    return k", "f", ["def f():\n    k = 2\n    return k"]),
        ("print(1)\na.b", "a", []),
        (
            "a = {}\na['k'] = 1\na.pop('k')\nb = a.get(1)",
            "a",
            ["a = {}", "a['k'] = 1", "a.pop('k')"],
        ),
        ("m = M()\nm.step()", "m", ["m = M()", "m.step()"]),
        ("r = []\nfor i in x:\n    r.append(i)", "r", ["r = []", "for i in x:\n    r.append(i)"]),
        ("x = [1]\nc = [x for x in y]", "x", ["x = [1]"]),
        ("with f() as g:\n    h = g", "h", ["with f() as g:\n    h = g"]),
        ("a = 1\nif c:\n    a = 2", "a", ["a = 1", "if c:\n    a = 2"]),
        ("a, (b, *c) = x", "c", ["a, (b, *c) = x"]),
        ("if (n := f()) > 1:\n    pass", "n", ["if (n := f()) > 1:\n    pass"]),
    ],
)
def test_the_needed_statements(before: str, code: str, expected: list[str]) -> None:
    assert codes(before, code) == expected


def test_names_that_the_code_assigns_first_are_not_needed() -> None:
    before = "a = 1\nrow = 2\nitem = 3\nh = 4"
    assert codes(before, "a = 5\nfor row in [a]:\n    print(row)") == []
    assert codes(before, "with f() as h:\n    print(h)\nprint(h)") == []
    assert codes(before, "for row in [1]:\n    item = row\n    print(item)") == []
    assert codes(before, "if x:\n    a = 2\nprint(a)") == ["a = 1"]
