# Every target sets up what it needs by itself; tools/commands.py implements it.

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
bench: ## measure the speed against peers (BENCHMARKS.md has the results)
	@$(RUN)
new-widget: ## write a new widget that works, with its tests (NAME=my_widget names it)
	@$(RUN)
clean: ## remove everything that make created here: .venv, node_modules, _build, caches
	@$(RUN)
help:  ## list the targets
	@echo "Each target sets up what it needs by itself."; echo
	@sed -n 's/^\([a-z-]*\): *##/  make \1	/p' Makefile
	@echo; echo "To use another Python: make serve PYTHON=/path/to/python3.12"
