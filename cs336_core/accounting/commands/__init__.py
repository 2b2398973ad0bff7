"""The commands of `python -m cs336_core.accounting`: one module per command."""
