# Every target sets up what it needs by itself. What the targets do is told by tools/commands.py.
#   make serve PORT=8080 PYTHON=/path/to/python3.12

PYTHON ?= python3
TARGETS = serve lab site test check bench clean help

.DEFAULT_GOAL := help
.PHONY: $(TARGETS)

$(TARGETS):
	@command -v "$(PYTHON)" >/dev/null || { echo "error: there is no $(PYTHON): install Python 3.11 or newer, or say where it is: make $@ PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -m tools $@
