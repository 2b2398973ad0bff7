"""Shared by all commands: progress, errors, running other programs, paths."""
