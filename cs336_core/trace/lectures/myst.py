"""Translates the prose of a lecture from MyST to CommonMark, which every viewer of traces reads.

MyST adds roles (`` {name}`text` `` in a sentence) and directives (fences whose first line names
one) to CommonMark. The caller decides what each role becomes, and what emphasized words do, which
are passed on as a role named "emphasis": authors emphasize the terms that they introduce.
Directives that contain text remain:
folded answers, admonitions, formulas, code. Those that need the whole book, such as a list of its
references, are dropped. Formulas stay between dollar signs.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

Role = Callable[[str, str], str]  # the name of a role, its text -> Markdown

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}(?=[^`]*$)|~{3,}|:{3,}) *(?P<info>.*)$")
_DIRECTIVE = re.compile(r"\{(?P<name>[\w:.-]+)\} *(?P<argument>.*)$")
_OPTION = re.compile(r":[\w-]+:( |$)")
_INVISIBLE = re.compile(r"%|\+\+\+|\([\w:. -]+\)=\s*$")  # comments, breaks, targets
_SPAN = re.compile(
    r"(?<![`\\])(?:\{(?P<role>[\w:.+-]+)\})?(?P<ticks>`+)(?!`)(?P<text>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?<![\\*\w\[])\*(?P<words>[^\s*`$\[\]{}](?:[^*`$\[\]{}]*[^\s*`$\[\]{}])?)\*(?![*\w])",
    re.DOTALL,
)
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\])*)\]\([^()]*\)")
_TARGET = re.compile(r"(?P<title>.+?)\s*<[^<>]*>$", re.DOTALL)
_MARKUP = re.compile(r"[\\`*_<>&$~|#{}]")
_IN_TITLES = re.compile(r"""[\\`*_<>&$~|#{}"'()\[\]\n]""")
# As entities: viewers that read TeX take `\[` for the beginning of a formula.
_BRACKETS = {ord("["): "&#91;", ord("]"): "&#93;"}

_ADMONITIONS = {
    "attention", "caution", "danger", "error", "hint", "important", "note", "seealso", "tip",
    "warning",
}  # fmt: skip
_CODE = {"code", "code-block", "code-cell", "sourcecode"}


def text_of(name: str, text: str) -> str:
    """Return the text of a role as Markdown; the text of a link is its title.

    >>> text_of("doc", "The lecture </lectures/03_bpe>"), text_of("math", "x^2")
    ('The lecture', '$x^2$')
    """
    if name == "math":
        return f"${text}$"
    if name == "code":
        return f"`{text}`"
    if name == "emphasis":
        return f"*{text}*"
    titled = _TARGET.match(text)
    return literal(titled["title"] if titled else text)


def literal(text: str) -> str:
    r"""Return Markdown that renders as a given text.

    >>> print(literal("2 * 3 is [6]"))
    2 \* 3 is &#91;6&#93;
    """
    return _MARKUP.sub(r"\\\g<0>", text).translate(_BRACKETS)


def link(text: str, address: str, title: str = "") -> str:
    """Return a link whose text is Markdown; `title` describes its target.

    >>> print(link("*BPE*", "glossary.html#BPE", "Byte pair encoding (BPE)"))
    [*BPE*](glossary.html#BPE "Byte pair encoding &#40;BPE&#41;")
    """
    address = address.replace("(", "%28").replace(")", "%29")
    encoded = _IN_TITLES.sub(lambda found: f"&#{ord(found[0])};", title)
    return f'[{text}]({address} "{encoded}")' if title else f"[{text}]({address})"


def commonmark(text: str, role: Role = text_of) -> str:
    r"""Translate MyST to CommonMark with formulas between dollar signs.

    >>> commonmark("See {doc}`/a`.\n\n```{dropdown} Answer\nIt is {eval}`n`.\n```")
    'See /a.\n\n<details><summary>Answer</summary>\n\nIt is n.\n\n</details>'
    """
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_blocks(text.split("\n"), role))).strip("\n")


def _blocks(lines: list[str], role: Role) -> Iterator[str]:
    """Yield the lines of MyST as CommonMark: each fence by itself, the prose between as a whole."""
    prose: list[str] = []
    i = 0
    while i < len(lines):
        fence = _FENCE.match(lines[i])
        if fence is None:
            if not _INVISIBLE.match(lines[i]):
                prose.append(lines[i])
            i += 1
            continue
        yield from _prose(prose, role)
        prose = []
        end = _end(lines, i, fence["marks"])
        directive = _DIRECTIVE.match(fence["info"])
        if directive:
            body = [line.removeprefix(fence["indent"]) for line in lines[i + 1 : end]]
            translated = _directive(directive["name"], directive["argument"].strip(), body, role)
            yield from (fence["indent"] + line if line else "" for line in translated)
        elif fence["marks"].startswith(":"):
            yield from _blocks(lines[i + 1 : end], role)
        else:
            yield from lines[i : end + 1]
        i = end + 1
    yield from _prose(prose, role)


def _end(lines: list[str], start: int, marks: str) -> int:
    """Return the index of the line that closes a fence; an unclosed one extends to the end."""
    closing = re.compile(rf" *{re.escape(marks[0])}{{{len(marks)},}} *$")
    return next((i for i in range(start + 1, len(lines)) if closing.match(lines[i])), len(lines))


def _prose(lines: list[str], role: Role) -> list[str]:
    """Replace the roles and emphasized words in prose; none extends over a blank line."""

    def replace(span: re.Match[str]) -> str:
        in_heading = span.string[: span.start()].rpartition("\n")[2].startswith("#")
        if span["words"] and not in_heading:
            return role("emphasis", span["words"])
        return span[0] if span["role"] is None else role(span["role"], span["text"])

    paragraphs = re.split(r"(\n[ \t]*\n)", "\n".join(lines))
    return "".join(_SPAN.sub(replace, text) for text in paragraphs).split("\n") if lines else []


def _directive(name: str, argument: str, lines: list[str], role: Role) -> list[str]:
    """Return a directive as lines of CommonMark, none if the directive needs the book."""
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
        return _admonition(argument, body, role)
    if name in _ADMONITIONS:
        return _admonition(name.capitalize(), [*filter(None, [argument]), *body], role)
    return []


def _admonition(title: str, body: list[str], role: Role) -> list[str]:
    inner = _blocks([f"**{title}**", "", *body], role)
    return ["", *(f"> {line}".rstrip() for line in inner), ""]


def _without_options(lines: list[str]) -> list[str]:
    """Return the body of a directive without its options, `:name: value` or YAML."""
    start = 0
    if lines and lines[0].strip() == "---":
        start = next((i for i in range(1, len(lines)) if lines[i].strip() == "---"), 0) + 1
    while start < len(lines) and _OPTION.match(lines[start]):
        start += 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    return lines[start:]


def _plain(text: str, role: Role) -> str:
    """Return a title as text without Markdown, which HTML does not render."""
    shown = _LINK.sub(r"\1", "".join(_prose([text], role)))
    return html.unescape(re.sub(r"\\([^\w\s])", r"\1", re.sub(r"(?<!\\)[*`]", "", shown)))
