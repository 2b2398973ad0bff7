"""Writes a content security policy into every page: its own files and inline scripts, nothing else.

Browsers then refuse everything that the policy does not list. It lists inline scripts by their
hashes, so it is written last, when a page is complete. A page that has one before is from an
earlier build.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

INLINE = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL)
DATA = re.compile(r'\bsrc=|\btype="application/')  # not inline, or not a script
FIRST = re.compile(r'<meta charset="utf-8"[^>]*>')
NAME = '<meta http-equiv="Content-Security-Policy"'
META = NAME + ' content="{policy}" />'

# A script of the page for missing addresses sets the base of its links, at the top of the site.
BASE = 'createElement("base")'
# Figures and formulas have style attributes; figures load workers and images from blobs. Python for
# pages has a frame, whose own policy is stricter.
RULES = (
    "default-src 'none'; script-src 'self' {hashes}; worker-src blob:; frame-src 'self'; "
    "connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: blob:; "
    "form-action 'self'; base-uri {base}"
)


def has_policy(page: str) -> bool:
    """Whether a page is complete; one that only mentions policies escapes the `<`."""
    return NAME in page


def with_policy(page: str) -> str:
    """Return a page with its policy.

    >>> with_policy('<meta charset="utf-8"><script src="a.js"></script>')[:65]
    '<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    """
    scripts = [body for attributes, body in INLINE.findall(page) if not DATA.search(attributes)]
    digests = {b64encode(sha256(body.encode()).digest()).decode() for body in scripts}
    hashes = " ".join(f"'sha256-{digest}'" for digest in sorted(digests))
    base = "'self'" if any(BASE in body for body in scripts) else "'none'"
    policy = RULES.format(hashes=hashes, base=base)
    return FIRST.sub(lambda found: found[0] + META.format(policy=policy), page, count=1)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the policies."""
    if error or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        page = path.read_text("utf-8")
        if not has_policy(page):
            path.write_text(with_policy(page), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("build-finished", finish, priority=950)  # after everything that changes pages
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
