"""The commands of `python -m cs336_core.tokenization`: one module per command."""
