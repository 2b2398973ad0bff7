"""Python in the page: `python.js` starts it, `run_program.py` runs programs inside it."""
