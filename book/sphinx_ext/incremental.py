"""Writes only the pages that have changed, and those that depend on them.

The builder (book/builder/build.py) names the pages with new sources, since Sphinx would go by the
times of files. Sphinx reads these again and writes them. All other pages are written too if they
could look different: if anything has changed that a page may show of other pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from book.sphinx_ext.lecture_list import summary
from tools.shell.stamps import digest

# What only the page itself shows, if any
OWN_METADATA = {"kernelspec", "source_map", "wordcount", "myst_slugs"}


def pages_to_read(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """Return the pages that the builder names."""
    named: list[str] = app.config.changed_pages
    return named


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return all pages if any might look different, else none: those that were read are written."""
    before = getattr(env, "shared_digest", "")
    env.shared_digest = digest([repr(plain(shared(env)))])  # type: ignore[attr-defined]
    return [] if env.shared_digest == before else sorted(env.found_docs)  # type: ignore[attr-defined]


def shared(env: BuildEnvironment) -> list[Any]:
    """Return what pages show of each other: titles, contents, targets of links, first sentences."""
    domains = {name: data for name, data in env.domaindata.items() if name != "cite"}
    # A citation leads to the references of its own page if they contain it.
    refs = env.domaindata.get("cite", {}).get("citation_refs", [])
    cited = {(ref.docname, target.key) for ref in refs for target in ref.targets}
    # Files of the same name get numbers, which depend on the other pages.
    files = [*env.images.items(), *env.dlfiles.items()]
    numbered = {path: name for path, (_, name) in files if name != Path(path).name}
    metadata = {
        page: {name: value for name, value in data.items() if name not in OWN_METADATA}
        for page, data in env.metadata.items()
    }
    anchors = {  # without their lines
        page: {slug: target[1:] for slug, target in data.get("myst_slugs", {}).items()}
        for page, data in env.metadata.items()
    }
    summaries = {page: summary(env.get_doctree(page)) for page in env.found_docs}
    numbers = [env.toc_secnumbers, env.toc_fignumbers]
    toc = [env.titles, env.longtitles, env.tocs, env.toctree_includes, *numbers]
    return [*toc, domains, cited, numbered, metadata, anchors, summaries]


def plain(value: Any) -> Any:
    """Return a value with the same `repr` for the same content, in whatever order it was built."""
    if isinstance(value, nodes.Node):
        return value.pformat()
    if isinstance(value, Mapping):
        return sorted((repr(plain(key)), plain(item)) for key, item in value.items())
    if isinstance(value, Set):
        return sorted(repr(plain(item)) for item in value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def remove_old_images(app: Sphinx, error: Exception | None) -> None:
    """Remove the images that no page shows any more."""
    if error or app.builder.format != "html":
        return
    shown = {name for _, name in app.env.images.values()}
    for file in (Path(app.outdir) / "_images").glob("*"):
        if file.name not in shown:
            file.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("changed_pages", [], "")
    app.connect("env-get-outdated", pages_to_read)
    app.connect("env-updated", pages_to_write)
    app.connect("build-finished", remove_old_images)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
