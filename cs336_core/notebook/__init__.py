"""Output of notebooks in the style of the site: matplotlib figures and tables of tokens."""
