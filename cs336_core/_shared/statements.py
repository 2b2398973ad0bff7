"""Which statements of a program a later piece of its code needs."""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Methods of Python's own types that change the object
_CHANGING = {
    *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"),
    *("reverse", "setdefault", "sort", "update"),
}
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a program.

    Attributes:
        code: its source.
        binds: the names that it may assign.
        replaces: those of them that it certainly assigns, so that earlier values are gone.
        changes: names whose objects it may change.
        uses: the global names that it reads, in functions too.

    """

    code: str
    binds: frozenset[str]
    replaces: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]


def statements(code: str) -> list[Statement]:
    """Return the statements of a program. Raises `SyntaxError` if it is not valid Python.

    >>> [statement.code for statement in statements("x = 1; y = x")]
    ['x = 1', 'y = x']
    """
    return [_statement(ast.get_source_segment(code, node) or "", node) for node in _nodes(code)]


def needed(before: Sequence[Statement], code: str) -> list[Statement]:
    """Return the statements of `before` that `code` needs, in order.

    A statement is needed if it assigns a name that is read later, or may change its object: by an
    item or attribute that it assigns, by a method of Python's own types, or by a call of any method
    whose result it drops.

    >>> before = statements("import re; a = []; b = 2; a.append(b); print(a); c = a")
    >>> [statement.code for statement in needed(before, "print(len(a))")]
    ['a = []', 'b = 2', 'a.append(b)']
    """
    names: set[str] = set()
    for statement in reversed(statements(code)):
        names -= statement.replaces
        names |= statement.uses
    found = []
    for statement in reversed(before):
        if names & (statement.binds | statement.changes):
            found.append(statement)
            names -= statement.replaces
            names |= statement.uses
    return found[::-1]


def _nodes(code: str) -> Iterator[ast.stmt]:
    """Yield the statements, decorators included."""
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list:
            node.lineno, node.col_offset = node.decorator_list[0].lineno, 0
        yield node


def _statement(code: str, node: ast.stmt) -> Statement:
    uses, replaces = _flow(node)
    return Statement(
        code=code,
        binds=frozenset(_names(node)[0]),
        replaces=frozenset(replaces),
        changes=frozenset(_changed(node)),
        uses=frozenset(uses),
    )


def _flow(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads before it assigns them, and those it always does."""
    match node:
        case ast.For():
            inside, _ = _flow_of_block(node.body)
            after, _ = _flow_of_block(node.orelse)
            targets = _names(ast.Assign([node.target], ast.Constant(0)))[0]
            return _read(node.iter) | (inside - targets) | after, set()
        case ast.With():
            variables = [item.optional_vars for item in node.items if item.optional_vars]
            targets = _names(ast.Assign(variables, ast.Constant(0)))[0] if variables else set()
            inside, surely = _flow_of_block(node.body)
            read = {name for item in node.items for name in _read(item.context_expr)}
            return read | (inside - targets), targets | surely
        case ast.If() | ast.While():
            blocks = [_flow_of_block(block)[0] for block in (node.body, node.orelse)]
            return _read(node.test).union(*blocks), set()
    assigned, read = _names(node)
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return read | {node.target.id}, set()
    return read, assigned if isinstance(node, _SIMPLE) else set()


def _flow_of_block(block: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """Return the same for statements that run one after another."""
    read: set[str] = set()
    assigned: set[str] = set()
    for node in block:
        uses, replaces = _flow(node)
        read |= uses - assigned
        assigned |= replaces
    return read, assigned


def _read(expression: ast.expr) -> set[str]:
    """Return the global names that an expression reads."""
    return _names(ast.Expr(expression))[1]


def _names(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Return the global names that a statement may assign, and those that it reads."""
    table = symtable.symtable(ast.unparse(ast.fix_missing_locations(node)), "<code>", "exec")
    assigned = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    return assigned, set(_global_names(table))


def _global_names(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the global names that a scope and those inside it read."""
    at_top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (at_top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _global_names(child)


def _changed(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose objects a statement may change."""
    for each in ast.walk(node):
        match each:
            case (
                ast.Attribute(ctx=ast.Store() | ast.Del())
                | ast.Subscript(ctx=ast.Store() | ast.Del())
            ):
                yield from _base(each)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method)):
                yield from _base(method)
            case ast.Call(func=ast.Attribute() as method) if method.attr in _CHANGING:
                yield from _base(method)


def _base(node: ast.expr) -> Iterator[str]:
    """Yield the name that attributes and items are taken of, such as `x` for `x.y[0]`."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
