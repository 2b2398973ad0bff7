# Every target sets up what it needs by itself; tools/commands.py says what it does.

PYTHON ?= python3
RUN = command -v "$(PYTHON)" >/dev/null || { echo "error: $(PYTHON) was not found: install Python 3.11 or newer, or pass its path: make $@ PYTHON=/path/to/python3.12" >&2; exit 1; }; exec "$(PYTHON)" -m tools $@

.DEFAULT_GOAL := help
.PHONY: serve lab site test check bench new-widget clean help

serve: ## set up, build the site and serve it (PORT=8080 chooses the port)
	@$(RUN)
lab:   ## open the lectures as notebooks in JupyterLab (PORT=8890 chooses the port)
	@$(RUN)
site:  ## build the site into _build/html
	@$(RUN)
test:  ## run every check and test: Python, JavaScript, lectures, the site in a browser
	@$(RUN)
check: ## check the code: format, lint, types
	@$(RUN)
bench: ## measure what is claimed about speed
	@$(RUN)
new-widget: ## write a new widget that works, with its tests (NAME=my_widget names it)
	@$(RUN)
clean: ## remove everything that was made here: .venv, node_modules, _build, caches
	@$(RUN)
help:  ## list the targets
	@echo "Each target sets up what it needs by itself."; echo
	@sed -n 's/^\([a-z-]*\): *##/  make \1	/p' Makefile
	@echo; echo "Another Python than python3: make serve PYTHON=/path/to/python3.12"
