"""Runs a program and records its steps.

Start with three files: `directives` (the comments a program writes), `recorder` (which turns lines
into steps) and `values` (how a variable becomes JSON). The rest serves them: `hook` is how Python
calls the recorder, with `sys.settrace` (`settrace`) or `sys.monitoring` (`monitoring`); `sources`
and `scope` decide which code is stepped into, `call` holds the state of one call, `tracebacks` omit
the tracer, `tensors` helps `values`, and `renderings` are what a program displays. `function` is
the entry point: `trace(fn)`.
"""
