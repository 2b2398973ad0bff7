"""Runs a program and records its steps.

Start with three files: `directives` (the comments a program writes), `recorder` (the `sys.settrace`
callbacks that turn lines into steps) and `values` (how a variable becomes JSON). The rest serves
them: `sources` and `scope` decide which code is stepped into, `call` holds the state of one call,
`tensors` helps `values`, and `renderings` are what a program displays. `function` is the entry
point: `trace(fn)`.
"""
