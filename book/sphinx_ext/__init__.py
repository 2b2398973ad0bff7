"""Sphinx extensions of the course site."""
