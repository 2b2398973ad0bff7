"""Builds the site: runs the lectures, records their traces, bundles, renders the book."""
