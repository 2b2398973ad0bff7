"""What notebooks show with matplotlib and HTML: one style for figures, tables of tokens."""
