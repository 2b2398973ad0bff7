"""Runs a program and records its steps.

Start with three files: `directives` (the comments a program writes), `recorder` (the `sys.settrace`
callbacks that turn lines into steps) and `values` (how a variable becomes JSON). The rest serves
them: `sources` and `scope` decide which code is stepped into, `call` holds the state of one call,
`tensors` and `json_values` help `values`, `renderings` and `references` are what a program
displays. `function` and `program` are the entry points: `trace(fn)` and the command line.
"""
