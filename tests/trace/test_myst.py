"""Prose of a lecture becomes the Markdown that every viewer knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.trace.lectures.myst import commonmark, link, text_of


@pytest.mark.parametrize(
    ("myst", "expected"),
    [
        ("# Title\n\n*Text*, `code` and $x_{i}`$.", "# Title\n\n*Text*, `code` and $x_{i}`$."),
        ("{doc}`/lectures/03_bpe`", r"/lectures/03\_bpe"),
        (
            "{doc}`The lecture <03_bpe>`, {abbr}`BPE (byte pair encoding)`",
            "The lecture, BPE (byte pair encoding)",
        ),
        (
            "A {term}`token`, {term}`many of them <Token>`, *{term}`key`*",
            "A token, many of them, *key*",
        ),
        ("{math}`x^2` and {code}`f()`", "$x^2$ and `f()`"),
        ("{kbd}``a`b``", r"a\`b"),
        ("`{eval}` and ``{x}`y` ``", "`{eval}` and ``{x}`y` ``"),
        ("{a}`no\n\nend`", "{a}`no\n\nend`"),
        ("{a}`over\nlines`", "over\nlines"),
        ("% a comment\n(place)=\n# Title\n+++\nText", "# Title\nText"),
        ("```python\n{a}`b`\n% c\n```", "```python\n{a}`b`\n% c\n```"),
        ("~~~\n```{note}\n~~~\n{a}`b`", "~~~\n```{note}\n~~~\nb"),
        ("```\nnever {a}`closed`", "```\nnever {a}`closed`"),
        ("Text\n```{bibliography}\n:filter: docname\n```\nmore", "Text\nmore"),
        ("```{math}\n:label: a\nx^2\n```", "$$\nx^2\n$$"),
        ("```{code-block} python\n---\nlineno: 1\n---\n\n{a}`b`\n```", "```python\n{a}`b`\n```"),
        ("````{code}\n```\n````", "````\n```\n````"),
        (":::{note}\n:class: a\n\nText {a}`b`.\n:::", "> **Note**\n>\n> Text b."),
        ("```{admonition} A *title*\nText\n```", "> **A *title***\n>\n> Text"),
        (":::{tip} Short.\n:::", "> **Tip**\n>\n> Short."),
        (":::\nText {a}`b`\n:::", "Text b"),
        (
            ":::{dropdown} An `answer`, <b> {a}`b`\n:open:\n\nText\n:::",
            "<details><summary>An answer, &lt;b&gt; b</summary>\n\nText\n\n</details>",
        ),
        ("```{dropdown}\nText\n```", "<details><summary>More</summary>\n\nText\n\n</details>"),
        (
            "::::{dropdown} Outer\n:::{note}\nInner\n:::\n::::",
            "<details><summary>Outer</summary>\n\n> **Note**\n>\n> Inner\n\n</details>",
        ),
        (
            "- item\n\n  ```{dropdown} In it\n  Text\n  ```\n- next",
            "- item\n\n  <details><summary>In it</summary>\n\n  Text\n\n  </details>\n\n- next",
        ),
        ("", ""),
    ],
)
def test_myst_is_turned_into_commonmark(myst: str, expected: str) -> None:
    assert commonmark(myst) == expected


def test_the_caller_translates_roles_everywhere() -> None:
    text = "{a}`1`\n::::{dropdown} {a}`2`\n:::{note}\n{a}`3`\n:::\n::::\n- {a}`4`\n> {a}`5`"
    found: list[tuple[str, str]] = []

    def role(name: str, text: str) -> str:
        found.append((name, text))
        return f"<{text}>"

    shown = commonmark(text, role)
    assert sorted(found) == [("a", str(n)) for n in range(1, 6)]
    assert "&lt;2&gt;" in shown
    assert "> <5>" in shown


@given(st.text(alphabet="`:~{}a \n$\\[<#-%(=", max_size=60))
def test_any_text_is_turned_into_some(text: str) -> None:
    assert isinstance(commonmark(text), str)


def test_emphasized_words_are_a_role_but_not_in_headings_code_or_links() -> None:
    found: list[str] = []

    def role(name: str, text: str) -> str:
        found.append(text)
        return link(text_of(name, text), "a(b).html", 'A "(b)" $c$')

    text = "# A *title*\n\nA *first\nmention*, **bold**, `*code*`, 2 * 3 * 4, [*link*](b), *{a}`b`*"
    shown = commonmark(text, lambda name, words: role(name, words) if name != "a" else words)
    assert found == ["first\nmention"]
    assert '[*first\nmention*](a%28b%29.html "A &#34;&#40;b&#41;&#34; &#36;c&#36;")' in shown
    assert "# A *title*" in shown
    folded = commonmark(":::{dropdown} What *is* it?\n*This*.\n:::", role)
    assert "<summary>What is it?</summary>" in folded
