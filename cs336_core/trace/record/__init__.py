"""Runs a program and records its steps."""
