"""Time and memory of training, against three trainers written in Rust.

    python -m benchmarks.training [--quick | --markdown]

All train on the same corpora, 10 MB and 100 MB of mixed text (see `_corpora.py`), with the same
vocabulary sizes and GPT-2's pre-tokens. Each training runs in a fresh process; only the call is
timed. Ours may take no more memory than Hugging Face's.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys

from benchmarks._corpora import corpus
from benchmarks._report import Report, in_turn, machine, main, median_range, speedup, table
from benchmarks._train_once import CONTENDERS
from tools.shell.paths import ROOT

CORPORA = ("ten", "hundred")
VOCAB_SIZES = (10_000, 32_000)
REPEATS = 5
PACKAGES = ("numba", "numpy", "tokenizers", "rustbpe", "gigabpe")
# The required speed-up over each of them.
TARGETS = {
    "ten": {"Hugging Face": 6.0, "rustbpe": 2.0, "gigabpe": 1.0},
    "hundred": {"Hugging Face": 10.0, "rustbpe": 4.0, "gigabpe": 1.0},
}
MB = 1_000_000


def measure(quick: bool) -> Report:
    """Train with every contender in turn, on every corpus and vocabulary."""
    rows = []
    for name in CORPORA[:1] if quick else CORPORA:
        for vocab_size in VOCAB_SIZES:
            runs: dict[str, list[dict[str, float]]] = {contender: [] for contender in CONTENDERS}
            for _, contender in in_turn(list(CONTENDERS), 1 if quick else REPEATS):
                runs[contender].append(train_once(contender, name, vocab_size))
            rows.append({"corpus": name, "vocab_size": vocab_size, "runs": runs})
            print(f"  {name}, {vocab_size:,} tokens: done", file=sys.stderr, flush=True)
    used = {row["corpus"]: corpus(str(row["corpus"])) for row in rows}
    sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in used.items()}
    return {"on": machine(*PACKAGES), "sha256": sums, "rows": rows}


def train_once(contender: str, name: str, vocab_size: int) -> dict[str, float]:
    """Train in a fresh process; return `seconds` and the `peak` of its memory in bytes."""
    script = [sys.executable, "-m", "benchmarks._train_once"]
    run = subprocess.run(
        [*script, contender, str(corpus(name)), str(vocab_size)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines = []
    for row in report["rows"]:
        seconds = {who: [run["seconds"] for run in runs] for who, runs in row["runs"].items()}
        peaks = {
            who: round(statistics.median(run["peak"] for run in runs) / MB)
            for who, runs in row["runs"].items()
        }
        for who, values in seconds.items():
            target = TARGETS[row["corpus"]].get(who)
            limit = "" if target else f" (at most {peaks['Hugging Face']})"
            lines.append(
                [
                    f"{row['corpus']}, {row['vocab_size']:,}",
                    who,
                    median_range(values, "s"),
                    speedup(seconds["ours"], values) if target else "",
                    f"{target:g}x" if target else "",
                    f"{peaks[who]} MB{limit}",
                ]
            )
    head = ["corpus, tokens", "trainer", "time", "our speed-up", "at least", "peak memory"]
    sums = [f"- `{name}`: sha256 {value}" for name, value in report["sha256"].items()]
    return "\n".join([table(head, lines), "", *sums])


if __name__ == "__main__":
    sys.exit(main("training", measure, tables))
