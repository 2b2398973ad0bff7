"""Text to tokens and back: every tokenizer of the course, from bits to those of GPT-4.

What the lectures teach needs the standard library only: `train_bpe`, `encode`, `decode`, and the
simple tokenizers. The fast tools, `train`, `BPETokenizer`, `load_encoding` and the file formats,
need numba, numpy and regex, which are imported when one of these names is first used.

Five files to read first:

- `bpe.py`: the algorithm, as short as it can be;
- `training/state.py` and `training/merge_loop.py`: the same over arrays, compiled;
- `pretokenization/machines.py`: where a pre-token ends;
- `encoding/merging.py`: how the bytes of a pre-token become ids.
"""

from typing import TYPE_CHECKING

from cs336_core._shared.lazy_names import lazy_names
from cs336_core.tokenization.bpe import (
    BPEStep,
    bpe_steps,
    compression_ratio,
    count_pairs,
    decode,
    encode,
    merge,
    train_bpe,
)
from cs336_core.tokenization.bpe_words import train_bpe_words, word_bpe_steps
from cs336_core.tokenization.errors import (
    CorpusError,
    EncodingError,
    FewMergesWarning,
    SpecialTokenError,
    TokenizationError,
    UnknownIdError,
    UnknownWordError,
    VocabularyError,
    WrongTypeError,
)
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer, CharacterTokenizer
from cs336_core.tokenization.word_level import WordTokenizer

if TYPE_CHECKING:
    from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
    from cs336_core.tokenization.formats.encodings import encoding_for_model, load_encoding
    from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
    from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
    from cs336_core.tokenization.formats.load import load, save
    from cs336_core.tokenization.formats.tiktoken import load_tiktoken, save_tiktoken
    from cs336_core.tokenization.training.count import count_pretokens
    from cs336_core.tokenization.training.train import learn_merges, train

_NEED_PACKAGES = {
    "encoding.tokenizer": ["BPETokenizer"],
    "formats.encodings": ["encoding_for_model", "load_encoding"],
    "formats.gpt2": ["load_gpt2", "save_gpt2"],
    "formats.huggingface": ["load_huggingface", "save_huggingface"],
    "formats.load": ["load", "save"],
    "formats.tiktoken": ["load_tiktoken", "save_tiktoken"],
    "training.count": ["count_pretokens"],
    "training.train": ["learn_merges", "train"],
}

__all__ = [
    "BPEParams",
    "BPEStep",
    "BPETokenizer",
    "BitTokenizer",
    "ByteTokenizer",
    "CharacterTokenizer",
    "CorpusError",
    "EncodingError",
    "FewMergesWarning",
    "SpecialTokenError",
    "TokenizationError",
    "Tokenizer",
    "UnknownIdError",
    "UnknownWordError",
    "VocabularyError",
    "WordTokenizer",
    "WrongTypeError",
    "bpe_steps",
    "compression_ratio",
    "count_pairs",
    "count_pretokens",
    "decode",
    "encode",
    "encoding_for_model",
    "learn_merges",
    "load",
    "load_encoding",
    "load_gpt2",
    "load_huggingface",
    "load_tiktoken",
    "merge",
    "save",
    "save_gpt2",
    "save_huggingface",
    "save_tiktoken",
    "train",
    "train_bpe",
    "train_bpe_words",
    "word_bpe_steps",
]

__getattr__ = lazy_names(__name__, _NEED_PACKAGES)
