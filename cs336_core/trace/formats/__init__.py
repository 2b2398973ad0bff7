"""Trace files: ours, edtrace's, and those of the course's lectures."""
