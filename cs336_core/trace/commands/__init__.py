"""The commands of `python -m cs336_core.trace`, one module per command."""
