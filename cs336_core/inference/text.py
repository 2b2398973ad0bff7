"""Text in, text out: a prompt, the generated ids, and the text they complete as they arrive."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import torch

from cs336_core._shared.validation import InvalidValueError, short_repr
from cs336_core.inference.generation import generate
from cs336_core.inference.sampling import Sampling
from cs336_core.inference.stop_strings import StopStrings
from cs336_core.model.language_model import LanguageModel
from cs336_core.tokenization.encoding.decoder import StreamDecoder
from cs336_core.tokenization.protocol import Tokenizer, token_bytes


def generate_text(
    model: LanguageModel,
    tokenizer: Tokenizer,
    prompt: str,
    *,
    n_tokens: int,
    sampling: Sampling | None = None,
    stop_strings: Collection[str] = (),
    stop_tokens: Collection[str] = (),
    generator: torch.Generator | None = None,
    slide: bool = True,
) -> Iterator[str]:
    """Yield the text that continues `prompt` in pieces, never half a character or stop string.

    Ends before the first of `stop_strings`, at one of `stop_tokens` (special tokens of the
    tokenizer, which do not become text), or after `n_tokens`. Other options are those of
    `generate`, which also describes the errors, but a full context is not an error here unless
    `slide` is false. An unknown stop token raises `InvalidValueError`.
    """
    stop_ids = {_special_id(tokenizer, token) for token in stop_tokens}
    stops = StopStrings(stop_strings)
    ids = generate(
        model,
        tokenizer.encode(prompt),
        n_tokens=n_tokens,
        sampling=sampling,
        stop_ids=stop_ids,
        generator=generator,
        slide=slide,
    )
    return _pieces(ids, stop_ids, _stream_decoder(tokenizer), stops)


def _pieces(
    ids: Iterator[int], stop_ids: Collection[int], decoder: StreamDecoder, stops: StopStrings
) -> Iterator[str]:
    """Yield the text of `ids` as they arrive."""
    for token_id in ids:
        if token_id in stop_ids:
            break
        piece = stops.feed(decoder.feed(token_id))
        if piece:
            yield piece
        if stops.found is not None:
            return
    rest = stops.feed(decoder.finish()) + stops.finish()
    if rest:
        yield rest


def _special_id(tokenizer: Tokenizer, token: str) -> int:
    """Return the id of a special token; raise `InvalidValueError` if the tokenizer lacks it."""
    specials = getattr(getattr(tokenizer, "params", None), "special_tokens", {})
    if token not in specials:
        known = ", ".join(specials) or "none"
        raise InvalidValueError(
            f"unknown stop token {short_repr(token)}; the tokenizer's special tokens are: {known} "
            "(for ordinary text, use stop_strings)"
        )
    token_id: int = specials[token]
    return token_id


def _stream_decoder(tokenizer: Tokenizer) -> StreamDecoder:
    """Return the tokenizer's stream decoder, or one for a tokenizer that has none."""
    own = getattr(tokenizer, "stream_decoder", None)
    if own is not None:
        decoder: StreamDecoder = own()
        return decoder
    return StreamDecoder(lambda ids: b"".join(token_bytes(tokenizer, each) for each in ids))
