"""Compiles what the fast tools need, and stores it on disk, so that no later process waits.

    python -m cs336_core.tokenization.commands.warm_up

Set-up runs this program.
"""

from __future__ import annotations

from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.formats.ranks import merges_from_ranks
from cs336_core.tokenization.training.train import train


def warm_up() -> None:
    """Use everything that is compiled once, on a small text.

    It takes about half a minute for the first time on a machine, and a second later.
    """
    text = " ".join(f"{number} to be or not to be" for number in range(5000))
    params = train([text], 1000)
    tokenizer = BPETokenizer(params)
    tokenizer.decode(tokenizer.encode(text))  # long
    tokenizer.encode("short")
    merges_from_ranks(params.ids)


if __name__ == "__main__":
    warm_up()
