"""Merges from ranks, and the tokens that no merges build.

OpenAI's files list tokens in training order, but not the pair that each was merged from. The bytes
of a token show it: the merges of lower rank turn them into two tokens, which are the pair. For some
tokens, such as a few of Llama 3, they do not. Then no merge produces the token, and only a
pre-token of exactly its bytes becomes it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.encoding.build import merges_from_tokens
from cs336_core.tokenization.encoding.encoder import Encoder
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.params import BPEParams, Merges

_MAX_WORK = 1 << 32  # bytes squared, summed over all tokens; o200k needs 15 million


def params_from_ranks(
    ranks: Mapping[bytes, int], special_tokens: Mapping[str, int], pattern: str | None
) -> BPEParams:
    """Return params that give the same ids as tiktoken does with these ranks.

    Raises `VocabularyError` as `merges_from_ranks` and `BPEParams` do.
    """
    vocab = {rank: token for token, rank in ranks.items()}
    vocab |= {token_id: utf8(text) for text, token_id in special_tokens.items()}
    merges = merges_from_ranks(ranks)
    return BPEParams(vocab, merges, dict(special_tokens), pattern, ignore_merges=True)


def rank_file(ranks: Mapping[bytes, int]) -> bytes:
    r"""Return the contents of a rank file, in rank order.

    >>> rank_file({b" the": 262, b"!": 0})
    b'IQ== 0\nIHRoZQ== 262\n'
    """
    in_order = sorted(ranks.items(), key=lambda item: item[1])
    return b"".join(b"%b %d\n" % (base64.b64encode(token), rank) for token, rank in in_order)


def merges_from_ranks(ranks: Mapping[bytes, int]) -> Merges:
    """Return the merges that build the tokens, in rank order.

    Tokens that no merge produces are left out. Raises `VocabularyError` if the tokens are so many
    and so long that the search would take minutes.

    >>> merges_from_ranks({b"t": 0, b"h": 1, b"e": 2, b"th": 3, b"the": 4, b"hat": 5})
    [(b't', b'h'), (b'th', b'e')]
    """
    tokens = sorted(ranks, key=ranks.__getitem__)
    longest = max(map(len, tokens), default=0)
    if sum(size * size for size in map(len, tokens)) > _MAX_WORK:
        raise VocabularyError(
            f"the tokens are too many and too long (up to {longest:,} bytes) to find their merges; "
            "is this the vocabulary of a tokenizer?"
        )
    parts = merges_from_tokens(tokens).tolist()
    return [(tokens[left], tokens[right]) for left, right in parts if left >= 0]


def unreachable_tokens(params: BPEParams) -> Iterator[bytes]:
    """Yield each token that the merges do not build from its own bytes.

    >>> list(unreachable_tokens(BPEParams.trained([(b"b", b"c"), (b"a", b"b"), (b"ab", b"c")])))
    [b'abc']
    """
    yield from Encoder(replace(params, ignore_merges=False)).unreachable_tokens()


def token_without_merge(params: BPEParams) -> bytes | None:
    """Return a token of several bytes that no merge produces, or `None`.

    >>> token_without_merge(BPEParams({**BPEParams.trained([]).vocab, 256: b"ab"}, []))
    b'ab'
    """
    merged = {left + right for left, right in params.merges}
    return next((token for token in params.ids if len(token) > 1 and token not in merged), None)
