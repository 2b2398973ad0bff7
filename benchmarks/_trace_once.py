"""Records a program in a separate process: `python -m benchmarks._trace_once TRACER FOLDER`.

Writes FOLDER/TRACER.json in the tracer's own format, and prints the recording time in seconds.
The code is not in a function, since edtrace treats every function as a part of the program.
"""

import importlib
import io
import json
import sys
import time
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path

from cs336_core.trace import dumps, trace

if __name__ == "__main__":
    tracer, folder = sys.argv[1], Path(sys.argv[2])
    sys.path.insert(0, str(folder))
    if tracer == "ours":
        program = importlib.import_module("program_for_us").main
        start = time.perf_counter()
        ours = trace(program)
        seconds = time.perf_counter() - start
        text = dumps(ours)
    else:
        execute = importlib.import_module("edtrace.execute").execute
        with redirect_stdout(io.StringIO()):  # it prints a line at every step
            start = time.perf_counter()
            theirs = execute("program_for_edtrace", False)
            seconds = time.perf_counter() - start
        text = json.dumps(asdict(theirs), indent=2)
    (folder / f"{tracer}.json").write_text(text, "utf-8")
    sys.stdout.write(f"{seconds}\n")
