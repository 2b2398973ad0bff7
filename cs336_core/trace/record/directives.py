"""Directives: comments that tell the tracer what to show.

    x = f(y)  # @inspect x y.shape
    log(x)    # @stepover @clear y

- `@inspect NAME ...` shows the value of a variable, an attribute (`node.name`) or an item
  (`counts["a"]`, `row[0]`) after the line has run;
- `@clear NAME ...` stops showing it;
- `@stepover` does not enter the functions that the line calls;
- `@hide` does not show the line;
- `@animate` shows what the line renders one by one.

Comments are found by tokenizing, so a "#" in a string is none.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cs336_core.trace.errors import DirectiveWarning

NAMES: Final = ("@inspect", "@clear", "@stepover", "@hide", "@animate")

Getter = Callable[[Mapping[str, object]], object]


@dataclass
class Directives:
    """What the comments of one line, or of one statement of several lines, ask for.

    Attributes:
        inspect: what to show -> how to get it from the variables.
        clear: what to stop showing.
        stepover: whether to stay out of what is called.
        hide: whether not to show the line.
        animate: whether to show renderings one by one.

    """

    inspect: dict[str, Getter] = field(default_factory=dict)
    clear: list[str] = field(default_factory=list)
    stepover: bool = False
    hide: bool = False
    animate: bool = False

    def add(self, other: Directives) -> None:
        """Ask for what another line asks for, too."""
        self.inspect |= other.inspect
        self.clear += other.clear
        self.stepover |= other.stepover
        self.hide |= other.hide
        self.animate |= other.animate


def directives(source: str, path: str) -> dict[int, Directives]:
    r"""Return line number -> the directives on that line, for the lines that have any.

    Warns (`DirectiveWarning`) of a directive that there is not, and of a name that is none; `path`
    tells where.

    >>> found = directives("s = '# @hide'\nn = len(s)  # @inspect n s[0]", "a.py")
    >>> {line: list(found[line].inspect) for line in found}
    {2: ['n', 's[0]']}
    """
    found = {}
    for line, comment in comments(source):
        words = comment.lstrip("#").partition("#")[0].split()
        start = next((i for i, word in enumerate(words) if word.startswith("@")), None)
        if start is not None:
            found[line] = _parsed(words[start:], f"{path}:{line}")
    return found


def comments(source: str) -> list[tuple[int, str]]:
    """Return the comments of a program with their line numbers; none after a syntax error."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.string))
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _parsed(words: list[str], where: str) -> Directives:
    """Read the words of a comment from its first directive on."""
    result = Directives()
    current = ""
    for word in (word.rstrip(",") for word in words):
        if word.startswith("@"):
            current = word
            if word not in NAMES:
                _warn(f"{where}: {word} is not a directive; there are {', '.join(NAMES)}")
            result.stepover |= word == "@stepover"
            result.hide |= word == "@hide"
            result.animate |= word == "@animate"
        elif current == "@inspect":
            getter = compiled(word)
            if getter is None:
                _warn(f"{where}: @inspect {word}: a name, an attribute or an item is needed")
            else:
                result.inspect[word] = getter
        elif current == "@clear":
            result.clear.append(word)
    return result


def _warn(message: str) -> None:
    warnings.warn(message, DirectiveWarning, stacklevel=4)


def compiled(expression: str) -> Getter | None:
    """Return what gets a name, an attribute or an item from variables; `None` for anything else.

    Nothing is called but what attributes and items call themselves.

    >>> get = compiled("rows[-1].size")
    >>> compiled("f(x)") is None
    True
    """
    try:
        node = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return None if isinstance(node, ast.Constant) else _getter(node)


def _getter(node: ast.expr) -> Getter | None:
    match node:
        case ast.Name(id=name):
            return lambda variables: variables[name]
        case ast.Constant(value=value):
            return lambda _: value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return lambda _: -number
        case ast.Attribute(value=inner, attr=attribute):
            return _then(_getter(inner), lambda value, _: getattr(value, attribute))
        case ast.Subscript(value=inner, slice=index) if get_index := _getter(index):
            return _then(_getter(inner), lambda value, variables: value[get_index(variables)])
    return None


Access = Callable[[Any, Mapping[str, object]], object]


def _then(get: Getter | None, go_on: Access) -> Getter | None:
    """Return what gets something from what `get` gets."""
    return get and (lambda variables: go_on(get(variables), variables))
