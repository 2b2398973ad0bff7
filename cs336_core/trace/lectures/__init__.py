"""Runs a lecture as a program, cell by cell."""
