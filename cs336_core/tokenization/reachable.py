"""Whether merges alone build every token of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.word_encoding import WordEncoder


def unreachable(params: BPEParams) -> Iterator[bytes]:
    """Yield each token that the merges do not build from its own bytes.

    >>> list(unreachable(BPEParams.trained([(b"b", b"c"), (b"a", b"b"), (b"ab", b"c")])))
    [b'abc']
    """
    encoder = WordEncoder(replace(params, ignore_merges=False))
    for token, token_id in params.ids.items():
        has_bytes = all(bytes([byte]) in params.ids for byte in token)
        if not has_bytes or encoder.encode_word(token) != [token_id]:
            yield token
