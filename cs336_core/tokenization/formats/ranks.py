"""Merges from ranks, and the tokens that no merges build.

OpenAI's files list tokens in training order, but not the pair that each was merged from. The bytes
of a token show it: the merges of lower rank turn them into two tokens, which are the pair. For some
tokens, such as a few of Llama 3, they do not. Then no merge produces the token, and only a
pre-token of exactly its bytes becomes it.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cached_property
from operator import itemgetter

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.encoding.build import merges_from_tokens
from cs336_core.tokenization.encoding.encoder import Encoder
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.params import BPEParams, Merges
from cs336_core.tokenization.text_steps import TextSteps

_LINES = re.compile(rb"(?:(?:[A-Za-z0-9+/]++={0,2}|=) [0-9]{1,18}\r?\n)*+")
_NO_BYTES = b"="  # the token without bytes, which Whisper has; it decodes to no bytes
_MAX_WORK = 1 << 29  # bytes squared, summed over all tokens; o200k needs 15 million


class RankedParams(BPEParams):
    """The params of a rank file, whose merges follow from the ranks.

    They are found when they are first needed: to encode and decode needs only the ranks.
    """

    @classmethod
    def of(
        cls, ranks: Mapping[bytes, int], special_tokens: Mapping[str, int], pattern: str | None
    ) -> RankedParams:
        """Return params that give the same ids as tiktoken does with these ranks.

        Nothing is checked.
        """
        params = cls.__new__(cls)
        ids = dict(ranks)
        if [*ids.values()] != sorted(ids.values()):
            ids = dict(sorted(ranks.items(), key=itemgetter(1)))
        vocab = dict(zip(ids.values(), ids, strict=True))
        vocab |= {token_id: utf8(text) for text, token_id in special_tokens.items()}
        vars(params).update(
            vocab=vocab,
            ids=ids,
            special_tokens=dict(special_tokens),
            pattern=pattern,
            ignore_merges=True,
            flags={},
            steps=TextSteps(),
            byte_tokens=(),
            unapplied={},
            ranked=True,
        )
        return params

    @cached_property
    def merges(self) -> Merges:
        """The merges that build the tokens, in rank order."""
        return merges_from_ranks(self.ids)

    def __getstate__(self) -> dict[str, object]:
        """Leave out merges that follow from the ids, so that a pickle does not change with use."""
        return {
            name: value for name, value in vars(self).items() if name != "merges" or not self.ranked
        }

    def __eq__(self, other: object) -> bool:
        """Whether the other params, of either class, have the same values."""
        return isinstance(other, BPEParams) and all(
            getattr(self, part.name) == getattr(other, part.name) for part in fields(self)
        )

    __hash__ = BPEParams.__hash__


def rank_file(ranks: Mapping[bytes, int]) -> bytes:
    r"""Return the contents of a rank file, in rank order.

    >>> rank_file({b" the": 262, b"!": 0})
    b'IQ== 0\nIHRoZQ== 262\n'
    """
    in_order = sorted(ranks.items(), key=itemgetter(1))
    return b"".join(
        b"%b %d\n" % (binascii.b2a_base64(token, newline=False) or _NO_BYTES, rank)
        for token, rank in in_order
    )


def looks_valid(data: bytes) -> bool:
    """Whether each line of a rank file has a token in Base64, a space and a rank."""
    return _LINES.fullmatch(data) is not None


def parse_ranks(data: bytes) -> dict[bytes, int]:
    r"""Return token -> rank from the contents of a rank file, which are not checked.

    >>> parse_ranks(b"IQ== 0\nIHRoZQ== 262\n")
    {b'!': 0, b' the': 262}
    """
    fields = data.split()
    return dict(zip(map(binascii.a2b_base64, fields[::2]), map(int, fields[1::2]), strict=True))


def merges_from_ranks(ranks: Mapping[bytes, int]) -> Merges:
    """Return the merges that build the tokens, in rank order.

    Tokens that no merge produces are left out. Raises as `check_work` does.

    >>> merges_from_ranks({b"t": 0, b"h": 1, b"e": 2, b"th": 3, b"the": 4, b"hat": 5})
    [(b't', b'h'), (b'th', b'e')]
    """
    check_work(ranks)
    tokens = sorted(ranks, key=ranks.__getitem__)
    parts = merges_from_tokens(tokens).tolist()
    return [(tokens[left], tokens[right]) for left, right in parts if left >= 0]


def check_work(tokens: Iterable[bytes]) -> None:
    """Raise `VocabularyError` if it would take minutes to find the merges of these tokens."""
    sizes = [*map(len, tokens)]
    if sum(size * size for size in sizes) > _MAX_WORK:
        raise VocabularyError(
            f"the tokens are too many and too long (up to {max(sizes):,} bytes) to find their "
            "merges; is this the vocabulary of a tokenizer?"
        )


def unreachable_tokens(params: BPEParams) -> Iterator[bytes]:
    """Yield each token that the merges do not build from its own bytes.

    >>> list(unreachable_tokens(BPEParams.trained([(b"b", b"c"), (b"a", b"b"), (b"ab", b"c")])))
    [b'abc']
    """
    yield from Encoder(replace(params, ignore_merges=False)).unreachable_tokens()


def tokens_without_merge(params: BPEParams) -> list[bytes]:
    """Return the tokens of several bytes that no merge produces.

    >>> tokens_without_merge(BPEParams({**BPEParams.trained([]).vocab, 256: b"ab"}, []))
    [b'ab']
    """
    merged = {left + right for left, right in params.merges}
    return [token for token in params.ids if len(token) > 1 and token not in merged]


def check_plain(params: BPEParams, file: str) -> None:
    """Raise `VocabularyError` if a file of vocabulary and merges alone would encode differently."""
    strips = any({"lstrip", "rstrip"} & flags for flags in params.flags.values())
    if params.steps or params.byte_tokens or strips:
        raise VocabularyError(
            f"this tokenizer changes texts before it merges (steps, byte_tokens or flags of its "
            f"params), which {file} cannot express; save it as tokenizer.json"
        )
