"""What `python -m cs336_core.trace` can do: one module a command."""
