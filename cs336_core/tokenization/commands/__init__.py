"""What `python -m cs336_core.tokenization` can do: one module a command."""
