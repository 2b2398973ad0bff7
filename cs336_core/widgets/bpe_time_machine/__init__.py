"""Byte pair encoding on the reader's own text, merge by merge."""

from cs336_core.widgets.bpe_time_machine.widget import BPETimeMachine

__all__ = ["BPETimeMachine"]
