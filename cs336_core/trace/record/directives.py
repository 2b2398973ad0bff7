"""Directives: comments that control what the tracer shows.

    x = f(y)  # @inspect x y.shape
    log(x)    # @stepover @clear y

- `@inspect NAME ...` shows the value of a variable, an attribute (`node.name`) or an item
  (`counts["a"]`, `row[0]`) after the line has run;
- `@clear NAME ...` stops showing it;
- `@stepover` does not step into the functions that the line calls (from Python 3.12, they run at
  full speed);
- `@stepinto NAME ...` steps into these functions, and the methods of these classes, and into no
  others (in a lecture; for the whole of the outermost statement that the line belongs to);
- `@hide` does not show the line;
- `@animate` reveals what the line displays one rendering at a time.

Comments are found by tokenizing, so a "#" inside a string does not start one.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from cs336_core.trace.errors import DirectiveWarning

NAMES: Final = ("@inspect", "@clear", "@stepover", "@stepinto", "@hide", "@animate")

Getter = Callable[[Mapping[str, object]], object]


@dataclass
class Directives:
    """The directives of a line, or of a statement that spans several lines.

    Attributes:
        inspect: expression to show -> function that evaluates it from the variables.
        clear: expressions to stop showing.
        stepover: whether to stay out of the functions that are called.
        stepinto: qualified names of the only functions and classes to step into; any if empty.
        hide: whether to leave out the line.
        animate: whether to reveal renderings one at a time.

    """

    inspect: dict[str, Getter] = field(default_factory=dict)
    clear: list[str] = field(default_factory=list)
    stepover: bool = False
    stepinto: list[str] = field(default_factory=list)
    hide: bool = False
    animate: bool = False

    def add(self, other: Directives) -> None:
        """Add the directives of another line."""
        self.inspect |= other.inspect
        self.clear += other.clear
        self.stepover |= other.stepover
        self.stepinto += other.stepinto
        self.hide |= other.hide
        self.animate |= other.animate


def parse_directives(source: str, path: str) -> dict[int, Directives]:
    r"""Return line number -> the directives on that line, for lines that have any.

    Warns (`DirectiveWarning`) of a misspelled directive and of an expression that cannot be
    inspected; `path` appears in the warning. Comments such as `# x @ w` and `# @property` are not
    directives.

    >>> found = parse_directives("s = '# @hide'\nn = len(s)  # @inspect n s[0]", "a.py")
    >>> {line: list(found[line].inspect) for line in found}
    {2: ['n', 's[0]']}
    """
    found = {}
    for line, comment in comments(source):
        words = comment.lstrip("#").partition("#")[0].split()
        start = next((i for i, word in enumerate(words) if _is_directive(word)), None)
        if start is not None:
            found[line] = _parse(words[start:], f"{path}:{line}")
    return found


def comments(source: str) -> list[tuple[int, str]]:
    """Return the comments of a program with their line numbers, up to the first syntax error."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.string))
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _is_directive(word: str) -> bool:
    """Whether a word of a comment is a directive, or probably a misspelled one."""
    return word.startswith("@") and bool(get_close_matches(word.rstrip(","), NAMES))


def _parse(words: list[str], location: str) -> Directives:
    """Parse the words of a comment, starting at its first directive."""
    result = Directives()
    current = ""
    for word in (word.rstrip(",") for word in words):
        if word.startswith("@"):
            current = word
            if word not in NAMES:
                _warn(f"{location}: {word} is not a directive; expected one of {', '.join(NAMES)}")
            result.stepover |= word == "@stepover"
            result.hide |= word == "@hide"
            result.animate |= word == "@animate"
        elif current == "@inspect":
            getter = compile_getter(word)
            if getter is None:
                _warn(f"{location}: @inspect {word}: expected a name, an attribute or an item")
            else:
                result.inspect[word] = getter
        elif current == "@clear":
            result.clear.append(word)
        elif current == "@stepinto":
            result.stepinto.append(word)
    return result


def _warn(message: str) -> None:
    warnings.warn(message, DirectiveWarning, stacklevel=4)


def compile_getter(expression: str) -> Getter | None:
    """Return a function that evaluates a name, an attribute or an item; `None` for anything else.

    It calls nothing except what attribute and item access call themselves.

    >>> get = compile_getter("rows[-1].size")
    >>> compile_getter("f(x)") is None
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
            return _compose(_getter(inner), lambda value, _: getattr(value, attribute))
        case ast.Subscript(value=inner, slice=index) if get_index := _getter(index):
            return _compose(_getter(inner), lambda value, variables: value[get_index(variables)])
    return None


Access = Callable[[Any, Mapping[str, object]], object]


def _compose(get: Getter | None, access: Access) -> Getter | None:
    """Compose a getter with an access to its result."""
    return get and (lambda variables: access(get(variables), variables))
