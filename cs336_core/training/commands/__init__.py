"""The commands of `python -m cs336_core.training`."""
