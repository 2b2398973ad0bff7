"""Trace files: our own format, edtrace's, and that of the course's 2025 lectures."""
