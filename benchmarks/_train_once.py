"""Trains once in a fresh process, and prints seconds and peak memory as JSON.

    python -m benchmarks._train_once ours CORPUS.txt 10000

Only the training call is timed: imports are done, and compiled code is loaded. The memory is the
peak of this process plus that of its largest child process.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
Training = Callable[[Path, int], object]


def ours() -> Training:
    """Return the course's trainer."""
    from cs336_core.tokenization import train
    from cs336_core.tokenization.commands.warm_up import warm_up_training

    warm_up_training()
    return lambda corpus, vocab_size: train(corpus, vocab_size, pattern="gpt2")


def hugging_face() -> Training:
    """Return Hugging Face's trainer in `tokenizers`."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    def run(corpus: Path, vocab_size: int) -> None:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = trainers.BpeTrainer(
            vocab_size=vocab_size,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        )
        tokenizer.train([str(corpus)], trainer)

    return run


def rustbpe() -> Training:
    """Return Andrej Karpathy's trainer, which reads lines."""
    import rustbpe as theirs

    def run(corpus: Path, vocab_size: int) -> None:
        with corpus.open(encoding="utf-8", newline="") as lines:
            theirs.Tokenizer().train_from_iterator(lines, vocab_size, pattern=GPT2)

    return run


def gigabpe() -> Training:
    """Return gigabpe's trainer."""
    import gigabpe as theirs

    return lambda corpus, vocab_size: theirs.train_bpe(
        [str(corpus)], vocab_size=vocab_size, pretokenizer="bytelevel"
    )


CONTENDERS = {
    "ours": ours,
    "Hugging Face": hugging_face,
    "rustbpe": rustbpe,
    "gigabpe": gigabpe,
}


def main(contender: str, corpus: str, vocab_size: str) -> None:
    """Train and print the result."""
    training = CONTENDERS[contender]()
    start = time.perf_counter()
    training(Path(corpus), int(vocab_size))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": peak()}))


def peak() -> int:
    """Return the peak memory of this process plus that of its largest child, in bytes."""
    own, child = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    status = Path("/proc/self/status")
    # Linux counts from the parent's memory at the fork; VmHWM is the process's own peak.
    if status.exists() and (found := re.search(r"VmHWM:\s*(\d+) kB", status.read_text())):
        own = int(found[1])
    return (own + child) * (1 if sys.platform == "darwin" else 1024)  # macOS counts bytes


if __name__ == "__main__":
    main(*sys.argv[1:])
