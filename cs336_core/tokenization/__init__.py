"""Text to tokens and back: byte pair encoding as the lecture tells it.

`train_bpe` learns a vocabulary from a text, `encode` and `decode` use it, `bpe_steps` shows every
merge as it happens. Standard library only.
"""

from cs336_core.tokenization.compression import compression_ratio
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.reference import (
    BPEStep,
    bpe_steps,
    count_pairs,
    decode,
    encode,
    merge,
    train_bpe,
)

__all__ = [
    "BPEParams",
    "BPEStep",
    "bpe_steps",
    "compression_ratio",
    "count_pairs",
    "decode",
    "encode",
    "merge",
    "train_bpe",
]
