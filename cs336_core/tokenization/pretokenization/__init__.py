"""Text into pre-tokens: patterns, compiled state machines, special tokens, safe cuts."""
