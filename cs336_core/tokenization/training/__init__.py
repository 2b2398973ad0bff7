"""From a corpus to merges: count pre-tokens in parallel, then merge the most frequent pairs."""
