"""A vocabulary as the text that pages load."""

from __future__ import annotations

from collections.abc import Iterable

from cs336_core.tokenization.formats.ranks import unreachable_tokens
from cs336_core.tokenization.params import BPEParams

_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_MAX_IDS = 64**3


def pack(params: BPEParams) -> str:
    """Return a vocabulary in the format that pages read, see browser/tokenization/packed.js.

    Raises `ValueError` if ids are not in training order, or if there are too many.

    >>> pack(BPEParams.trained([(b"t", b"h")]))[-10:]
    'feffAB0ABo'
    """
    ids, vocab = params.ids, params.vocab
    merged = [left + right for left, right in params.merges]
    # A page rebuilds the tokens from the merges, and looks up every pre-token before merging.
    if [ids[token] for token in merged] != list(range(256, 256 + len(merged))) or any(
        len(vocab.get(token_id, b"")) != 1 for token_id in range(256)
    ):
        raise ValueError(
            "a page needs ids in training order: 256 single bytes, then the merges; this "
            "tokenizer has others. BPEParams.trained assigns ids in that order"
        )
    if len(ids) > 256 + len(merged) or (
        not params.ignore_merges and any(unreachable_tokens(params))
    ):
        raise ValueError(
            "a page needs a tokenizer whose merges form each of its tokens; this tokenizer "
            "has tokens that no merge forms. Training produces none"
        )
    if len(merged) + 256 > _MAX_IDS:
        raise ValueError(
            f"a page takes a vocabulary of up to {_MAX_IDS:,} tokens; this vocabulary "
            f"has {len(merged) + 256:,}"
        )
    single = b"".join(vocab[token_id] for token_id in range(256)).hex()
    halves = [[ids[left] for left, _ in params.merges], [ids[right] for _, right in params.merges]]
    return single + "".join(_digits(half, shift) for half in halves for shift in (12, 6, 0))


def _digits(ids: Iterable[int], shift: int) -> str:
    return "".join(_DIGITS[token_id >> shift & 63] for token_id in ids)


def unpack(packed: str, pattern: str | None = None) -> BPEParams:
    """Return the parameters of a packed vocabulary; `pattern` is not in it.

    >>> unpack(pack(BPEParams.trained([(b"t", b"h"), (b"th", b"e")]))).vocab[257]
    b'the'
    """
    end = 2 * 256
    single = bytes.fromhex(packed[:end])
    vocab = {token_id: bytes([byte]) for token_id, byte in enumerate(single)}
    n = (len(packed) - end) // 6
    value = {digit: i for i, digit in enumerate(_DIGITS)}
    digits = [[value[c] for c in packed[end + n * k : end + n * (k + 1)]] for k in range(6)]
    merges = []
    for a, b, c, d, e, f in zip(*digits, strict=True):
        pair = vocab[a << 12 | b << 6 | c], vocab[d << 12 | e << 6 | f]
        vocab[len(vocab)] = pair[0] + pair[1]
        merges.append(pair)
    return BPEParams(vocab=vocab, merges=merges, pattern=pattern)
