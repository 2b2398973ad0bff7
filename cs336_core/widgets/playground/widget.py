"""Text under several tokenizers, side by side."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from typing import Any, Self

import traitlets

from cs336_core._shared import built
from cs336_core.tokenization import (
    BitTokenizer,
    BPEParams,
    BPETokenizer,
    ByteTokenizer,
    CharacterTokenizer,
    VocabularyError,
    WordTokenizer,
    load,
)
from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.formats.packed import pack
from cs336_core.tokenization.labels import visible
from cs336_core.tokenization.pretokenization.patterns import PATTERNS
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.late_files import LateFiles
from cs336_core.ui.state_schema import WidgetError, refusals
from cs336_core.ui.token_html import token_html

TRAINED = "trained"
# What `load` takes for each known vocabulary
VOCABULARIES = {
    "gpt2": "gpt2",
    "cl100k": "cl100k_base",
    "o200k": "o200k_base",
    "llama3": str(built.RANKS / "llama3.tiktoken"),
}
LABELS = {
    "bits": "Bits",
    "bytes": "Bytes",
    "characters": "Characters",
    "words": "Words",
    "gpt2": "GPT-2",
    "cl100k": "cl100k (GPT-4)",
    "o200k": "o200k (GPT-4o)",
    "llama3": "Llama 3",
    TRAINED: "Trained here",
}
LONGEST_TEXT = 5_000_000  # bytes of UTF-8
_FALLBACK_TOKENS = 60
_FALLBACK_CHARACTERS = 60  # of a token, and of the text


class Playground(LateFiles, CourseWidget):
    """A text under several tokenizers; the reader can change both.

    Args:
        text: the text shown at first, at most 5 MB of UTF-8. Typing changes it, and setting it
            changes the figure.
        tokenizers: names from `LABELS`, the tokenizers shown at first; "trained" needs `trained`.
        trained: a tokenizer of your own. Its ids must be in training order: 256 bytes, the merges,
            then special tokens. Its pattern must be one of `PATTERNS`, or None.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long or has a lone surrogate, an unknown tokenizer, or a
            trained tokenizer with other ids or another pattern.

    """

    late_folder = "static/vocabularies"
    late_names = frozenset(VOCABULARIES)

    text = traitlets.Unicode().tag(sync=True, url=True, most_bytes=LONGEST_TEXT)
    tokenizers = traitlets.Unicode().tag(
        sync=True, url=True, names=list(LABELS)
    )  # separated by commas, as in the page's URL
    trained: traitlets.Dict[str, str] = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self,
        text: str = "Hello, 🌍! 你好!",
        tokenizers: Sequence[str] = ("gpt2", "o200k"),
        trained: BPETokenizer | None = None,
        key: str | None = None,
    ) -> None:
        self._tokenizer = trained
        params: dict[str, str] = {}
        if trained is not None:
            with refusals():
                params = {"packed": pack(trained.params), "pattern": _pattern(trained.params)}
        super().__init__(key=key, text=text, tokenizers=",".join(tokenizers), trained=params)

    @traitlets.validate("text")
    def _check_text(self, proposal: Any) -> str:
        text: str = proposal["value"]
        size = len(utf8(text))
        if size > LONGEST_TEXT:
            raise WidgetError(
                f"the playground takes up to {LONGEST_TEXT / 1e6:.0f} MB of text; this text has "
                f"{size / 1e6:.1f} MB. For longer texts use cs336_core.tokenization"
            )
        return text

    @traitlets.validate("tokenizers")
    def _check_tokenizers(self, proposal: Any) -> str:
        names = list(filter(None, proposal["value"].split(",")))
        offered = [name for name in LABELS if name != TRAINED or self._tokenizer is not None]
        for name in names:
            if name not in offered:
                raise WidgetError(
                    f"unknown tokenizer {name!r}; expected names from {', '.join(offered)}"
                )
        return ",".join(dict.fromkeys(names))

    @classmethod
    def example(cls) -> Self:
        """Return a long text under every published tokenizer."""
        text = "the cat in the hat, 猫. " * 400
        return cls(text, [name for name in LABELS if name != TRAINED])

    def fallback_html(self) -> str:
        """Return a table with one row per tokenizer."""
        size = len(utf8(self.text))
        shown = html.escape(visible(self.text, _FALLBACK_CHARACTERS))
        return table_html(
            f"“{shown}” in tokens; the text has {size:,} bytes.",
            ("Tokenizer", "Count", "Tokens", "Ids"),
            (self._row(name) for name in self.tokenizers.split(",") if name),
        )

    def _row(self, name: str) -> str:
        head = f'<tr><th scope="row">{LABELS[name]}</th>'
        try:
            ids, tokens = tokenize(self.text, name, self._tokenizer)
        except VocabularyError as error:
            return f'{head}<td colspan="3">{html.escape(str(error))}</td></tr>'
        more = " …" if len(ids) > _FALLBACK_TOKENS else ""
        shown = " ".join(token_html(token, _FALLBACK_CHARACTERS) for token in tokens)
        numbers = " ".join(map(str, ids[:_FALLBACK_TOKENS]))
        return f"{head}<td>{len(ids):,}</td><td>{shown}{more}</td><td>{numbers}{more}</td></tr>"


def tokenize(
    text: str, name: str, trained: BPETokenizer | None = None
) -> tuple[list[int], list[bytes]]:
    r"""Return the ids of `text` with a tokenizer from `LABELS`, and the bytes of the first tokens.

    Special tokens in the text are encoded as ordinary text.

    >>> tokenize("né", "bytes")
    ([110, 195, 169], [b'n', b'\xc3', b'\xa9'])
    """
    if name == "bits":
        ids = BitTokenizer().encode(text)
        return ids, [str(bit).encode() for bit in ids[:_FALLBACK_TOKENS]]
    if name == "bytes":
        ids = ByteTokenizer().encode(text)
        return ids, [bytes([byte]) for byte in ids[:_FALLBACK_TOKENS]]
    if name == "characters":
        return CharacterTokenizer().encode(text), [c.encode() for c in text[:_FALLBACK_TOKENS]]
    if name == "words":
        words = WordTokenizer.train(text)
        ids = words.encode(text)
        return ids, [words.vocab[token_id].encode() for token_id in ids[:_FALLBACK_TOKENS]]
    tokenizer = _loaded(VOCABULARIES[name]) if trained is None or name != TRAINED else trained
    ids = tokenizer.encode_ordinary(text)
    return ids, [tokenizer.params.vocab[token_id] for token_id in ids[:_FALLBACK_TOKENS]]


def _pattern(params: BPEParams) -> str:
    """Return the name of a tokenizer's pattern."""
    for name, pattern in PATTERNS.items():
        if params.pattern == pattern:
            return name
    if params.pattern is None:
        return "none"
    raise ValueError(
        f"the playground splits text with the patterns {', '.join(PATTERNS)} or none, not with "
        f"{params.pattern!r}; train with one of those"
    )


@cache
def _loaded(source: str) -> BPETokenizer:
    return load(source)
