"""Arguments: ids of any kind are accepted, wrong types are refused in one sentence."""

from __future__ import annotations

import array
import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cs336_core.tokenization import (
    BPEParams,
    BPETokenizer,
    ByteTokenizer,
    CharacterTokenizer,
    CorpusError,
    EncodingError,
    Tokenizer,
    UnknownIdError,
    WordTokenizer,
    WrongTypeError,
    count_pretokens,
    decode,
    learn_merges,
    load_gpt2,
    load_tiktoken,
    save_gpt2,
    save_tiktoken,
    train,
)
from cs336_core.tokenization.pretokenization.patterns import GPT2

PARAMS = BPEParams.trained([(b"h", b"i")], ["<|end|>"], GPT2)
HI = BPETokenizer(PARAMS)
GAPS = BPETokenizer(
    BPEParams({**{byte: bytes([byte]) for byte in range(256)}, 5_000: b"hi"}, [(b"h", b"i")])
)
IDS = [256, 33, 257]


@pytest.mark.parametrize(
    "ids",
    [
        tuple(IDS),
        iter(IDS),
        dict.fromkeys(IDS),
        array.array("H", IDS),
        np.array(IDS, np.uint16),
        list(np.array(IDS)),
        torch.tensor(IDS),
        torch.tensor(IDS, dtype=torch.int32),
        list(torch.tensor(IDS)),
        torch.tensor([[token_id] for token_id in IDS]).unbind(),
    ],
    ids=lambda ids: type(ids).__name__,
)
def test_ids_of_any_kind_decode(ids: Any) -> None:
    assert HI.decode(ids) == "hi!<|end|>"


@pytest.mark.parametrize("fed", [IDS, np.array(IDS), torch.tensor(IDS), iter(IDS)], ids=type)
def test_a_stream_takes_one_id_or_several(fed: Any) -> None:
    assert HI.stream_decoder().feed(fed) == "hi!<|end|>"
    for one in (256, np.uint16(256), np.array(256), torch.tensor(256)):
        assert HI.stream_decoder().feed(one) == "hi"


def test_a_stream_decodes_nothing_if_it_refuses_an_id() -> None:
    stream = HI.stream_decoder()
    with pytest.raises(UnknownIdError, match=r"ids\[1\] is 300"):
        stream.feed([0xC3, 300])
    assert stream.feed(0xC3) + stream.feed(0xA9) == "é"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (5, "ids is 5, of type int; it must be a list"),
        (None, "ids is None, of type NoneType"),
        (torch.tensor(5), r"ids is tensor\(5\), of type Tensor"),
        ("hi", r"ids\[0\] is 'h', of type str; it must be an integer$"),
        ([104, None], r"ids\[1\] is None, of type NoneType"),
        ([104, 1.0], r"ids\[1\] is 1.0, of type float"),
        (np.array([104.0]), r"ids\[0\] is 104.0, of type float"),
        ([torch.tensor(1.5)], r"ids\[0\] is tensor\(1.5000\), .*; it must be an integer$"),
        ([[1, 2]], r"ids\[0\] is \[1, 2\], of type list; .*; decode one sequence at a time"),
        (np.array([[1, 2]]), r"ids\[0\] is \[1, 2\], .*; decode one sequence at a time"),
        (torch.tensor([[1, 2]]), r"ids\[0\] is \[1, 2\], .*; decode one sequence at a time"),
        ([torch.tensor([1, 2])], r"ids\[0\] is tensor\(.*\), .*; decode one sequence at a time"),
    ],
)
@pytest.mark.parametrize(
    "decode",
    [
        HI.decode,
        HI.decode_bytes,
        ByteTokenizer().decode,
        CharacterTokenizer().decode,
        WordTokenizer.train("hi").decode,
        lambda ids: decode(ids, PARAMS),
    ],
)
def test_ids_of_the_wrong_type_are_named(
    decode: Callable[[Any], object], ids: Any, message: str
) -> None:
    with pytest.raises(WrongTypeError, match=message):
        decode(ids)


def test_an_error_in_the_callers_iterator_propagates() -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        HI.decode(None + 1 for _ in range(2))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("tokenizer", "message"),
    [
        (HI, r"ids\[1\] is 400, which is not in the vocabulary \(0 to 257\)"),
        (GAPS, r"ids\[1\] is 400, .* \(0 to 5000: its 257 ids have gaps\)"),
    ],
)
def test_an_unknown_id_is_named(tokenizer: BPETokenizer, message: str) -> None:
    with pytest.raises(UnknownIdError, match=message):
        tokenizer.decode(torch.tensor([104, 400]))


@pytest.mark.parametrize("tokenizer", [HI, ByteTokenizer(), WordTokenizer.train("hi")], ids=type)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "the text is None, of type NoneType; it must be a string$"),
        (b"hi", "the text is b'hi', of type bytes; it must be a string; decode it first"),
        (["hi"], r"the text is \['hi'\], of type list; it must be a string$"),
    ],
)
def test_a_text_of_the_wrong_type_is_named(tokenizer: Tokenizer, text: Any, message: str) -> None:
    with pytest.raises(WrongTypeError, match=message):
        tokenizer.encode(text)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: HI.encode_batch("hi"),
            "texts is 'hi', of type str; it must be a list of strings; call encode",
        ),
        (lambda: HI.encode_batch(["hi", None]), r"texts\[1\]: the text is None"),  # type: ignore[list-item]
        (lambda: list(HI.encode_iterable([b"hi"])), "the text is b'hi'"),  # type: ignore[list-item]
        (lambda: HI.encode_ordinary(b"hi"), "the text is b'hi'"),  # type: ignore[arg-type]
        (lambda: HI.encode_to_numpy(["hi"]), r"the text is \['hi'\]"),  # type: ignore[arg-type]
        (lambda: HI.encode_with_offsets(None), "the text is None"),  # type: ignore[arg-type]
    ],
)
def test_texts_of_the_wrong_type_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(WrongTypeError, match=message):
        call()


def test_a_lone_surrogate_is_named_by_its_position_in_the_text() -> None:
    for text in ("<|end|>naïve a\ud83db", "word " * 2_000 + "a\ud83db", "a " * 200_000 + "\ud83d"):
        message = rf"U\+D83D, at position {text.index(chr(0xD83D))},"
        lines = [text[i : i + 7] for i in range(0, len(text), 7)]
        for call in (
            lambda text: HI.encode(text, allowed_special="all"),
            lambda text: HI.encode_to_numpy(text, allowed_special="all"),
            lambda text: HI.encode(text, disallowed_special=()),
            HI.encode_ordinary,
            lambda _, lines=lines: list(HI.encode_iterable(lines, allowed_special="all")),
        ):
            with pytest.raises(EncodingError, match=message):
                call(text)
        with pytest.raises(EncodingError, match=rf"texts\[1\]: .*{message}"):
            HI.encode_batch(["", text], allowed_special="all")


@pytest.mark.parametrize(
    "call",
    [
        lambda folder, special: train(["hi"], 257, special),
        lambda folder, special: count_pretokens(["hi"], special),
        lambda folder, special: BPEParams.trained([], special),
        load_gpt2,
        lambda folder, special: load_tiktoken(folder / "ranks", special),
        lambda folder, special: BPEParams(PARAMS.vocab, PARAMS.merges, special),
    ],
)
def test_a_string_is_not_a_list_of_special_tokens(
    tmp_path: Path, call: Callable[..., object]
) -> None:
    save_gpt2(PARAMS, tmp_path)
    save_tiktoken(PARAMS, tmp_path / "ranks")
    with pytest.raises(
        WrongTypeError, match=r"special_tokens is '<\|end\|>', of type str; it must"
    ):
        call(tmp_path, "<|end|>")


ALL_BYTES = {byte: bytes([byte]) for byte in range(256)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([b"a"], []), r"vocab is \[b'a'\], of type list; it must be a dict"),
        (({0: "a"}, []), "vocab has the id 0, of type int, for 'a', of type str; an id is an int"),
        (({"0": b"a"}, []), "vocab has the id '0', of type str"),
        (
            (ALL_BYTES, None),
            "merges is None, of type NoneType; it must be a list of pairs of bytes",
        ),
        ((ALL_BYTES, {(b"h", b"i"): 0}), "merges is .*, of type dict"),
        ((ALL_BYTES, ["hi"]), r"merges\[0\] is 'hi', of type str; it must be a pair of bytes"),
        ((ALL_BYTES, [(b"h", "i")]), r"merges\[0\] is \(b'h', 'i'\), of type tuple"),
        ((ALL_BYTES, [], {"<a>": 256.0}), "the id of special token '<a>' is 256.0, of type float"),
        ((ALL_BYTES, [], {}, 5), "pattern is 5, of type int; it must be a string or None"),
    ],
)
def test_params_of_the_wrong_types_are_named(arguments: Any, message: str) -> None:
    with pytest.raises(WrongTypeError, match=message):
        BPEParams(*arguments)


def test_merges_of_the_wrong_types_are_named_in_training_order_too() -> None:
    with pytest.raises(WrongTypeError, match="merges is 'ab', of type str"):
        BPEParams.trained("ab")  # type: ignore[arg-type]


def test_params_are_shown_by_their_sizes() -> None:
    assert repr(PARAMS).startswith("<BPEParams: 258 tokens, 1 merges, 1 special tokens, pattern ")
    assert len(repr(PARAMS)) < 140


@pytest.mark.parametrize("size", [1e4, "300", None, 300.5])
def test_a_vocab_size_is_refused_before_anything_is_read(size: Any) -> None:
    corpus = iter([""])
    with pytest.raises(WrongTypeError, match=r"vocab_size is .*; it must be an integer"):
        train(corpus, size)
    assert next(corpus) == ""
    with pytest.raises(WrongTypeError, match=r"num_merges is .*; it must be an integer"):
        learn_merges(count_pretokens(["hi"]), size)


def test_numbers_of_merges() -> None:
    counts = count_pretokens(["hi hi"])
    with pytest.raises(CorpusError, match="num_merges is -1; it must be 0 or more"):
        learn_merges(counts, -1)
    assert learn_merges(counts, np.int64(1)) == [(b"h", b"i")]  # type: ignore[arg-type]
    with pytest.warns(UserWarning, match="no pair is left"):
        assert len(learn_merges(counts, 10 * sys.maxsize)) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            gzip.compress(b"text", mtime=0),
            "compressed by gzip: .*; decompress it first, or pass gzip.open",
        ),
        (bz2.compress(b"text"), "compressed by bzip2: .* bz2.open"),
        (lzma.compress(b"text"), "compressed by xz: .* lzma.open"),
        ("text".encode("utf-16"), "UTF-16: .*; convert it to UTF-8"),
        (b"caf\xe9", "not UTF-8: .*; convert the file, or choose errors='replace'"),
    ],
)
def test_a_file_that_is_not_text_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "corpus"
    path.write_bytes(data)
    with pytest.raises(EncodingError, match=f"corpus is {message}"):
        train(path, 300)
    with path.open("rb") as opened, pytest.raises(EncodingError, match=f"corpus is {message}"):
        train(opened, 300)
