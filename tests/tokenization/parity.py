"""Tokenizer files of many models, small, and texts for which they are compared with `tokenizers`.

Each kind of file has the normalizer, pre-tokenizer, post-processor, decoder and added tokens of a
model's own tokenizer.json, with a vocabulary trained here. Print the table of all kinds and texts:

    python -m tests.tokenization.parity
"""

from __future__ import annotations

import json
import random
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import tokenizers
from tokenizers import models, pre_tokenizers, trainers

from cs336_core.tokenization import BPETokenizer, load_huggingface
from cs336_core.tokenization.formats.huggingface_pattern import TWINS
from cs336_core.tokenization.pretokenization.patterns import GPT2, LLAMA3, O200K, QWEN2

Json = dict[str, Any]

DEEPSEEK = (
    r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CORPUS = (
    "the cat isn't in the hat; I'LL go  there\n\n in 1234 DAYS \n They've naïve cafés, "
    "def f(x):\n    return x + 1\n\t猫が好き。 한국어 नमस्ते 🙂🙂 don't 2025 state of the art "
)

TEXTS: dict[str, list[str]] = {
    "words": ["the cat in the hat", "I'LL don't we'Ve 'sss ’s", "HTTPServer ÀB ǅ ʰ", "naïve Σίγμα"],
    "white space": ["", " ", "  a   b \t\n", "\r\n\r\n x\u00a0y\u3000z\u2028\x85", "a\n \n  b   "],
    "numbers": ["1234567", "a1b22c333", "٣٤٥ ² Ⅳ ½", "3.14159, -2e10", "01/02/2025"],
    "scripts": ["猫が好き。中文字符", "한국어 שלום", "नमस्ते ไทย", "עִבְרִית العربية"],
    "combining": ["cafe\u0301 e\u0301\u0323", "\u212b \u2126 \u212a", "ﬁ ẛ̣", "<s\u0338 a\u0338"],
    "emoji": ["🙂", "👩\u200d👧 🇩🇪", "x🙂y", "\U0010ffff\ue000\ufffd"],
    "controls": ["\x00\x01\x7f", "\ufeffa\u200b", "\x1c\x1d a", "a\x0bb\x0cc"],
    "punctuation": ["!?...//_-", "a.b,c;d", "f(x)[y]{z}", "<|x|> «»", "@#$%^&*~`|\\"],
    "special tokens": [
        "<s>the cat</s>",
        "a <mask> b <mask><mask>  ",
        "the<|end|>\n<|end|>",
        "<tool>x</tool>  <to",
        "   <pad>  a",
        "a ||NAME||\u0338 x ||NAM\u00c9|| [MASK]",
        "a  [MASK] b\n    <mask>  [MASK]",
        "||NAME|| x ||NAME||x cafe cafe\u0301",
    ],
    "spaces as characters": ["▁", "a▁b", "▁▁ ▁the", " ▁ ", "<0x0A>\n"],
}


def _mixtures() -> list[str]:
    draw = random.Random(7)
    pieces = [text for texts in TEXTS.values() for text in texts]
    return ["".join(draw.choices(pieces, k=draw.randint(2, 6))) for _ in range(60)]


TEXTS["mixtures"] = _mixtures()

LEVEL: Json = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
WORDS = {**LEVEL, "use_regex": True}
BYTES = {**LEVEL, "use_regex": False}
TO_SPACE = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}
FROM_SPACE = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
STRIP = {"type": "Strip", "content": " ", "start": 1, "stop": 0}
FALLBACK = [TO_SPACE, {"type": "ByteFallback"}, {"type": "Fuse"}]


def sequence(key: str, *steps: Json) -> Json:
    return {"type": "Sequence", key: list(steps)}


def split(regex: str, behavior: str = "Isolated", *, invert: bool = False) -> Json:
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def before_bytes(*steps: Json) -> Json:
    return sequence("pretokenizers", *steps, BYTES)


def template(*tokens: str) -> Json:
    """Put one token before the text, and the second, if given, after it."""
    special: list[Json] = [{"SpecialToken": {"id": token, "type_id": 0}} for token in tokens]
    parts = [special[0], {"Sequence": {"id": "A", "type_id": 0}}, *special[1:]]
    ids = {token: {"id": token, "ids": [1], "tokens": [token]} for token in tokens}
    return {"type": "TemplateProcessing", "single": parts, "pair": parts, "special_tokens": ids}


def added(**flags: bool) -> Json:
    return {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False} | flags


@cache
def on_bytes(size: int = 400) -> str:
    """Return the model of BPE on bytes, as JSON."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator([CORPUS] * 3, trainer)
    return json.dumps(json.loads(tokenizer.to_str())["model"])


@cache
def on_characters() -> str:
    """Return the model of BPE on characters with a fallback to bytes, as JSON."""
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    trainer = trainers.BpeTrainer(vocab_size=300, show_progress=False)
    tokenizer.train_from_iterator([CORPUS] * 3, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    texts = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), *model["vocab"]]
    model["vocab"] = {text: i for i, text in enumerate(texts)}
    return json.dumps(model | {"unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True})


def file_of(text: str, tokens: dict[str, Json], **parts: Any) -> Json:
    """Return a tokenizer.json."""
    parsed = json.loads(text) | parts.pop("model", {})
    ids = parsed["vocab"] | {}
    for token in tokens:
        ids.setdefault(token, len(ids))
    entries = [
        {"id": ids[token], "content": token, "special": True, **flags}
        for token, flags in tokens.items()
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": entries,
        "normalizer": None,
        "post_processor": None,
        "decoder": WORDS,
        "pre_tokenizer": WORDS,
        **parts,
        "model": parsed,
    }


def all_merges() -> Json:
    """Return merges as in Llama 3's file: every split of a token into two tokens."""
    vocab = json.loads(on_bytes())["vocab"]
    cuts = [(text[:i], text[i:]) for text in vocab for i in range(1, len(text))]
    return {"merges": [list(cut) for cut in cuts if {*cut} <= vocab.keys()], "ignore_merges": True}


def with_byte_gaps() -> Json:
    """Return the file of GPT-NeoX: no tokens for bytes that UTF-8 does not use, and spaces."""
    spaces = {" " * count: added(normalized=True, special=False) for count in (2, 3, 4, 8)}
    spaces |= {text: added(normalized=True, special=False) for text in ("||NAME||", "cafe")}
    file = file_of(
        on_bytes(),
        {"<|end|>": added(), "[MASK]": added(lstrip=True), "E|| x": added(), **spaces},
        normalizer={"type": "NFC"},
        post_processor=WORDS,
    )
    unused = {chr(byte) for byte in [0xC0, 0xC1, *range(0xF5, 0x100)]}
    texts = [text for text in file["model"]["vocab"] if text not in unused]
    file["model"]["vocab"] = {text: i for i, text in enumerate(texts)}
    for i, token in enumerate(file["added_tokens"], start=len(texts)):
        token["id"] = i
    return file


def gemma() -> Json:
    runs = {"▁▁": added(special=False), "\n\n": added(special=False)}
    return file_of(
        on_characters(),
        {"<s>": added(), "</s>": added(), "<unk>": added(), **runs},
        normalizer=FROM_SPACE,
        pre_tokenizer={
            "type": "Split",
            "pattern": {"String": " "},
            "behavior": "MergedWithPrevious",
            "invert": False,
        },
        decoder=sequence("decoders", *FALLBACK),
        post_processor=template("<s>"),
    )


CHARACTER_TOKENS = {"<unk>": added(), "<s>": added(), "</s>": added()}
TEXT_TOKEN = added(special=False)

KINDS: dict[str, Callable[[], Json]] = {
    "GPT-2": lambda: file_of(on_bytes(), {"<|end|>": added()}, post_processor=WORDS),
    "RoBERTa": lambda: file_of(
        on_bytes(),
        {
            **{token: added(normalized=True) for token in ("<s>", "<pad>", "</s>", "<unk>")},
            "<mask>": added(lstrip=True),
        },
        post_processor={
            "type": "RobertaProcessing",
            "sep": ["</s>", 402],
            "cls": ["<s>", 400],
            "trim_offsets": True,
            "add_prefix_space": False,
        },
    ),
    "GPT-NeoX, ModernBERT": with_byte_gaps,
    "Llama 3": lambda: file_of(
        on_bytes(),
        {"<s>": added(), "<|end|>": added()},
        model=all_merges(),
        pre_tokenizer=before_bytes(split(LLAMA3)),
        post_processor=sequence("processors", WORDS, template("<s>")),
    ),
    "Llama 4": lambda: file_of(
        on_bytes(),
        {"<s>": added(), "<|end|>": added()},
        model=all_merges(),
        pre_tokenizer=before_bytes(split(O200K)),
        post_processor=sequence("processors", WORDS, template("<s>")),
    ),
    "Qwen 2 and 3": lambda: file_of(
        on_bytes(),
        {"<|end|>": added(), "<tool>": TEXT_TOKEN, "</tool>": TEXT_TOKEN},
        normalizer={"type": "NFC"},
        pre_tokenizer=before_bytes(split(QWEN2)),
        post_processor=WORDS,
    ),
    "DeepSeek V3": lambda: file_of(
        on_bytes(),
        {"<s>": added(), "</s>": added(), "<tool>": added(normalized=True, special=False)},
        normalizer=sequence("normalizers"),
        pre_tokenizer=before_bytes(
            split(r"\p{N}{1,3}"), split("[一-龥\u3040-ゟ゠-ヿ]+"), split(DEEPSEEK)
        ),
        post_processor=WORDS,
    ),
    "StarCoder": lambda: file_of(
        on_bytes(),
        {"<|end|>": added()},
        pre_tokenizer=sequence(
            "pretokenizers", {"type": "Digits", "individual_digits": True}, WORDS
        ),
    ),
    "SmolLM": lambda: file_of(
        on_bytes(),
        {"<|end|>": added(), "<s>": added()},
        pre_tokenizer=sequence(
            "pretokenizers", {"type": "Digits", "individual_digits": False}, WORDS
        ),
        model={"ignore_merges": False},
    ),
    "Whisper": lambda: file_of(
        on_bytes(),
        {"<|end|>": added(), "<s>": added()},
        pre_tokenizer=before_bytes(split(TWINS[GPT2])),
        post_processor=template("<s>", "<|end|>"),
        model=all_merges(),
    ),
    "GPT-4 on the Hub": lambda: file_of(
        on_bytes(),
        {"<|end|>": added()},
        pre_tokenizer=before_bytes(split(LLAMA3, "Removed", invert=True)),
    ),
    "Llama 2 and Mistral": lambda: file_of(
        on_characters(),
        CHARACTER_TOKENS,
        normalizer=sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, FROM_SPACE),
        pre_tokenizer=None,
        decoder=sequence("decoders", *FALLBACK, STRIP),
        post_processor=template("<s>"),
    ),
    "Llama 2, not legacy": lambda: file_of(
        on_characters(),
        CHARACTER_TOKENS,
        pre_tokenizer={
            "type": "Metaspace",
            "replacement": "▁",
            "prepend_scheme": "first",
            "split": False,
        },
        decoder=sequence("decoders", *FALLBACK, STRIP),
    ),
    "Metaspace, split": lambda: file_of(
        on_characters(),
        CHARACTER_TOKENS,
        pre_tokenizer={"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
        decoder=sequence("decoders", *FALLBACK, STRIP),
    ),
    "Gemma": gemma,
}


def wrong_texts(path: Path, texts: list[str]) -> Iterator[str]:
    """Yield each text with other ids, or another text of its ids, than in `tokenizers`."""
    theirs = tokenizers.Tokenizer.from_file(str(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours = BPETokenizer(load_huggingface(path))
    for text in texts:
        ids = theirs.encode(text, add_special_tokens=False).ids
        if ours.encode(text, allowed_special="all") != ids or ours.decode(ids) != theirs.decode(
            ids, skip_special_tokens=False
        ):
            yield text


def table() -> str:
    """Return the table of all kinds and texts, in Markdown: ✓, or the number of wrong texts."""
    lines = ["| " + " | ".join(["", *TEXTS]) + " |", "|---|" + "---|" * len(TEXTS)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tokenizer.json"
        for kind, build in KINDS.items():
            path.write_text(json.dumps(build()), encoding="utf-8")
            wrong = [len([*wrong_texts(path, texts)]) for texts in TEXTS.values()]
            cells = [str(count) if count else "✓" for count in wrong]
            lines.append("| " + " | ".join([kind, *cells]) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
