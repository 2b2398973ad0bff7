"""Whether merges alone build every token of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cs336_core.tokenization.encoding.word_encoder import WordEncoder
from cs336_core.tokenization.params import BPEParams


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


def without_merge(params: BPEParams) -> bytes | None:
    """Return a token of several bytes that is the result of no merge, if there is one.

    >>> without_merge(BPEParams({**BPEParams.trained([]).vocab, 256: b"ab"}, []))
    b'ab'
    """
    made = {left + right for left, right in params.merges}
    return next((token for token in params.ids if len(token) > 1 and token not in made), None)
