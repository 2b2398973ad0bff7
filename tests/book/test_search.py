"""The entries of a page in the search index."""

from __future__ import annotations

from book.sphinx_ext.search import sections

PAGE = """
<nav>Contents</nav>
<article>
<section id="attention"><h1>Attention<a class="headerlink" href="#attention">#</a></h1>
<div class="trace-whole"><a href="#">Step through this lecture</a></div>
<p>A <em>look-up</em>,<br>in code: <code>softmax(QK)</code></p>
<pre>print(1)</pre><script>hidden</script><!-- hidden -->
<details class="hide above-input"><summary>Code</summary><pre>print(2)</pre></details>
<section id="heads"><h2>Heads</h2><ul><li>One</li><li>Two.</li></ul>
<span class="katex"><span class="katex-mathml">x^2</span><span>x2</span></span></section>
<dl class="glossary"><dt id="term-head">Head</dt><dt id="term-Attention-head">Attention head</dt>
<dd><p>One of several. <a href="l.html"><span class="doc">Attention</span></a></p></dd></dl>
</section>
</article>
"""


def test_each_section_and_each_term_is_an_entry_with_its_own_text() -> None:
    found = [(entry["anchor"], entry["title"], entry["text"]) for entry in sections(PAGE, "a.html")]
    assert found == [
        ("", "Attention", "A look-up, in code: softmax(QK) · print(1)"),
        ("heads", "Heads", "One · Two. x2"),
        ("term-head", "Head", "One of several."),
        ("term-Attention-head", "Attention head", "One of several."),
    ]
    assert {entry["page"] for entry in sections(PAGE, "a.html")} == {"Attention"}


def test_a_page_without_an_article_has_no_entries() -> None:
    assert list(sections("<p>Moved</p>", "a.html")) == []
