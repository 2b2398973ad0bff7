"""Builds the site: runs the lectures, records their traces, bundles, renders the book."""

import sys

# nbformat imports jsonschema, which does without this package. Its import would take a second, for
# the grammars of addresses that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
