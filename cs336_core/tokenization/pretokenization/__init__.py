"""Text into pre-tokens: patterns, the scanners that find their edges, special tokens, safe cuts."""
