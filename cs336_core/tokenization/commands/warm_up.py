"""Compiles what the fast tools need, and stores it on disk, so that no later process waits.

    python -m cs336_core.tokenization.commands.warm_up

Set-up runs this program. It takes about half a minute on two cores, and a second from then on.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.formats.ranks import merges_from_ranks
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.tokenization.training.train import train

TEXT = " ".join(f"{number} to be or not to be" for number in range(5000))


def warm_up_training() -> None:
    """Use everything that is compiled for training."""
    train([TEXT], 1000)


def warm_up_encoding() -> None:
    """Use everything that is compiled for a tokenizer: to build it, to encode and to decode."""
    params = BPEParams.trained([(b"b", b"e"), (b" ", b"be"), (b"t", b"o")], pattern=GPT2)
    tokenizer = BPETokenizer(params)
    tokenizer.decode(tokenizer.encode(TEXT))  # long
    tokenizer.decode(tokenizer.encode_to_numpy(TEXT))
    tokenizer.encode("short")
    merges_from_ranks(params.ids)


if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for done in [pool.submit(warm_up_training), pool.submit(warm_up_encoding)]:
            done.result()
