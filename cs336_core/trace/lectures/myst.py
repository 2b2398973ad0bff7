"""Turns the prose of a lecture, which is MyST, into the Markdown that every viewer knows.

MyST adds roles (`` {name}`text` `` in a sentence) and directives (fences whose first line names
one) to CommonMark. What a role becomes is the caller's to say. Of directives there remain those
that hold text: answers to open, remarks, mathematics, code; what only a whole book can do (a list
of its references, say) is left out. Mathematics stays between its dollar signs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

Role = Callable[[str, str], str]  # the name of a role, its text -> Markdown

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}(?=[^`]*$)|~{3,}|:{3,}) *(?P<info>.*)$")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:.-]+)\} *(?P<argument>.*)$")
_OPTION = re.compile(r":[\w-]+:( |$)")
_UNSEEN = re.compile(r"%|\+\+\+|\([\w:. -]+\)=\s*$")  # comments, breaks, names of places
_SPAN = re.compile(
    r"(?<![`\\])(?:\{(?P<role>[\w:.+-]+)\})?(?P<ticks>`+)(?!`)(?P<text>.+?)(?<!`)(?P=ticks)(?!`)",
    re.DOTALL,
)
_TARGET = re.compile(r"(?P<title>.+?)\s*<[^<>]*>$", re.DOTALL)
_MARKUP = re.compile(r"[\\`*_<>&$~|#{}]")
# As entities: viewers that read TeX take `\[` for the beginning of a formula.
_BRACKETS = {ord("["): "&#91;", ord("]"): "&#93;"}

_REMARKS = {
    "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip",
    "warning",
}  # fmt: skip
_CODE = {"code", "code-block", "code-cell", "sourcecode"}


def text_of(name: str, text: str) -> str:
    """Return what a role has for a reader: its text, of a link the title.

    >>> text_of("doc", "The lecture </lectures/03_bpe>"), text_of("math", "x^2")
    ('The lecture', '$x^2$')
    """
    if name == "math":
        return f"${text}$"
    if name == "code":
        return f"`{text}`"
    titled = _TARGET.match(text)
    return literal(titled["title"] if titled else text)


def literal(text: str) -> str:
    r"""Return Markdown that shows a text as it is.

    >>> print(literal("2 * 3 is [6]"))
    2 \* 3 is &#91;6&#93;
    """
    return _MARKUP.sub(r"\\\g<0>", text).translate(_BRACKETS)


def commonmark(text: str, role: Role = text_of) -> str:
    r"""Return MyST as CommonMark with mathematics between dollar signs.

    >>> commonmark("See {doc}`/a`.\n\n```{dropdown} Answer\nIt is {eval}`n`.\n```")
    'See /a.\n\n<details><summary>Answer</summary>\n\nIt is n.\n\n</details>'
    """
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_blocks(text.split("\n"), role))).strip("\n")


def _blocks(lines: list[str], role: Role) -> Iterator[str]:
    """Yield the lines of MyST as CommonMark: fences one by one, what is between them as a whole."""
    prose: list[str] = []
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence is None:
            if not _UNSEEN.match(lines[at]):
                prose.append(lines[at])
            at += 1
            continue
        yield from _prose(prose, role)
        prose = []
        end = _end(lines, at, fence["marks"])
        directive = _DIRECTIVE.match(fence["info"])
        if directive:
            body = [line.removeprefix(fence["indent"]) for line in lines[at + 1 : end]]
            made = _directive(directive["name"], directive["argument"].strip(), body, role)
            yield from (fence["indent"] + line if line else "" for line in made)
        elif fence["marks"].startswith(":"):
            yield from _blocks(lines[at + 1 : end], role)
        else:
            yield from lines[at : end + 1]
        at = end + 1
    yield from _prose(prose, role)


def _end(lines: list[str], begin: int, marks: str) -> int:
    """Return the line that closes a fence; one that nothing closes goes on to the last line."""
    closing = re.compile(rf" *{re.escape(marks[0])}{{{len(marks)},}} *$")
    return next((i for i in range(begin + 1, len(lines)) if closing.match(lines[i])), len(lines))


def _prose(lines: list[str], role: Role) -> list[str]:
    """Return text with its roles replaced; a blank line in it ends every one."""

    def replaced(span: re.Match[str]) -> str:
        return span[0] if span["role"] is None else role(span["role"], span["text"])

    paragraphs = re.split(r"(\n[ \t]*\n)", "\n".join(lines))
    return "".join(_SPAN.sub(replaced, each) for each in paragraphs).split("\n") if lines else []


def _directive(name: str, argument: str, lines: list[str], role: Role) -> list[str]:
    """Return a directive as lines of CommonMark, none where a viewer has no use for it."""
    body = _without_options(lines)
    if name in _CODE:
        longest = max(map(len, re.findall("`+", "\n".join(body))), default=0)
        marks = "`" * max(3, longest + 1)
        return [marks + argument, *body, marks]
    if name == "math":
        return ["$$", *filter(None, [argument]), *body, "$$"]
    if name == "dropdown":
        title = html.escape(_plain(argument, role) or "More", quote=False)
        inner = _blocks(body, role)
        return ["", f"<details><summary>{title}</summary>", "", *inner, "", "</details>", ""]
    if name == "admonition":
        return _remark(argument, body, role)
    if name in _REMARKS:
        return _remark(name.capitalize(), [*filter(None, [argument]), *body], role)
    return []


def _remark(title: str, body: list[str], role: Role) -> list[str]:
    inner = _blocks([f"**{title}**", "", *body], role)
    return ["", *(f"> {line}".rstrip() for line in inner), ""]


def _without_options(lines: list[str]) -> list[str]:
    """Return a directive's body without the options at its top, `:name: value` or YAML."""
    begin = 0
    if lines and lines[0].strip() == "---":
        begin = next((i for i in range(1, len(lines)) if lines[i].strip() == "---"), 0) + 1
    while begin < len(lines) and _OPTION.match(lines[begin]):
        begin += 1
    while begin < len(lines) and not lines[begin].strip():
        begin += 1
    return lines[begin:]


def _plain(text: str, role: Role) -> str:
    """Return a title as text: without Markdown, which HTML would show as it is."""
    shown = "".join(_prose([text], role))
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", re.sub(r"(?<!\\)[*`]", "", shown)))
