"""The error that accounting raises.

`ConfigError` is a subclass of it, so one `except AccountingError` covers invalid models, too.
"""

from cs336_core._shared.validation import InvalidValueError

AccountingError = InvalidValueError
