"""The tested core of the course: every number on its pages is computed here.

The package is the syllabus. `cs336_core.tokenization` turns text into tokens; `cs336_core.trace`
records programs step by step; `cs336_core.widgets` shows what the other parts compute. Importing
`cs336_core` alone imports nothing else.
"""

__version__ = "0.1.0"
