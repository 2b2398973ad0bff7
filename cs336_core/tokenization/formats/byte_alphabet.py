"""GPT-2's byte alphabet: a printable character for each of the 256 bytes.

Tokens are bytes, and most bytes cannot be written to a text file as they are. GPT-2's files, and
many others, write each byte as a character: itself if it is printable, otherwise the next free
character from U+0100 on. A space becomes `Ġ`, a line end `Ċ`.
"""

from __future__ import annotations

from collections.abc import Callable

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.params import BPEParams

_PRINTABLE = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
_OTHERS = [byte for byte in range(256) if byte not in _PRINTABLE]
CHARACTERS = {byte: chr(byte) for byte in _PRINTABLE}
CHARACTERS |= {byte: chr(0x100 + i) for i, byte in enumerate(_OTHERS)}
BYTES = {character: byte for byte, character in CHARACTERS.items()}


def to_printable(token: bytes) -> str:
    """Write `token` with one printable character per byte.

    >>> to_printable(b" the"), to_printable("é".encode())
    ('Ġthe', 'Ã©')
    """
    return "".join(CHARACTERS[byte] for byte in token)


def from_printable(text: str) -> bytes:
    """Return the bytes that `to_printable` wrote; raise `VocabularyError` for other characters.

    >>> from_printable("Ġthe")
    b' the'
    """
    try:
        return bytes([BYTES[character] for character in text])
    except KeyError as error:
        raise VocabularyError(
            f"{text!r} has the character {error.args[0]!r}, which stands for no byte in GPT-2's "
            "alphabet; is this a byte-level vocabulary?"
        ) from None


def printable_vocab(
    params: BPEParams, written: Callable[[bytes], str] = to_printable
) -> dict[str, int]:
    """Return the vocabulary in id order: ordinary tokens as `written`, special tokens unchanged.

    Raises `VocabularyError` if a special token is spelled like an ordinary one, since a file could
    not distinguish them.

    >>> list(printable_vocab(BPEParams.trained([(b" ", b"a")], ["<|end|>"])))[-2:]
    ['Ġa', '<|end|>']
    """
    texts = {token_id: f"<0x{byte:02X}>" for byte, token_id in enumerate(params.byte_tokens)}
    texts |= {token_id: written(token) for token, token_id in params.ids.items()}
    texts |= {token_id: text for text, token_id in params.special_tokens.items()}
    vocab: dict[str, int] = {}
    for token_id in sorted(params.vocab):
        text = texts[token_id]
        if text in vocab:
            raise VocabularyError(
                f"ids {vocab[text]} and {token_id} would both be written {text!r}, one of them for "
                "a special token; give it another text, or save in another format"
            )
        vocab[text] = token_id
    return vocab
