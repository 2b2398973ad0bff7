"""Tokenizer files of many models give the ids and texts of Hugging Face's tokenizers."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import tokenizers

from cs336_core.tokenization import (
    BPETokenizer,
    TokenizationError,
    VocabularyError,
    load_huggingface,
    save_huggingface,
)
from tests.tokenization.parity import KINDS, TEXTS, wrong_texts

ALL = [text for texts in TEXTS.values() for text in texts]


def written(folder: Path, kind: str) -> Path:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(KINDS[kind]()), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:.*which encode does not do")
def test_a_file_gives_the_same_ids_and_texts_before_and_after_saving(
    tmp_path: Path, kind: str
) -> None:
    path = written(tmp_path, kind)
    assert [*wrong_texts(path, ALL)] == []
    params = load_huggingface(path)
    before = tokenizers.Tokenizer.from_file(str(path))
    save_huggingface(params, path)
    assert load_huggingface(path) == params
    after = tokenizers.Tokenizer.from_file(str(path))
    for special in (True, False):  # with the tokens of the post-processor, and without
        assert [
            encoding.ids for encoding in after.encode_batch(ALL, add_special_tokens=special)
        ] == [encoding.ids for encoding in before.encode_batch(ALL, add_special_tokens=special)]
    flags = [str(token) for token in before.get_added_tokens_decoder().values()]
    assert flags == [str(token) for token in after.get_added_tokens_decoder().values()]


@pytest.mark.parametrize("kind", ["RoBERTa", "Llama 2 and Mistral", "DeepSeek V3"])
@pytest.mark.filterwarnings("ignore:.*which encode does not do")
def test_streams_give_the_same_ids_and_texts(tmp_path: Path, kind: str) -> None:
    tokenizer = BPETokenizer(load_huggingface(written(tmp_path, kind)))
    for text in ALL:
        ids = tokenizer.encode(text, allowed_special="all")
        assert list(tokenizer.encode_iterable(text, allowed_special="all")) == ids
        stream = tokenizer.stream_decoder()
        assert "".join(map(stream.feed, ids)) + stream.finish() == tokenizer.decode(ids)


def test_text_that_is_changed_has_no_offsets(tmp_path: Path) -> None:
    tokenizer = BPETokenizer(load_huggingface(written(tmp_path, "Qwen 2 and 3")))
    assert tokenizer.encode_with_offsets("né")[1][-1] == (1, 2)
    with pytest.raises(TokenizationError, match="changes the text before it encodes it"):
        tokenizer.encode_with_offsets("ne\u0301")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pre_tokenizer": {"type": "Whitespace"}}, "the pre-tokenizer is Whitespace; for BPE on"),
        ({"normalizer": None}, "the pre-tokenizer is missing; for BPE on characters"),
        ({"normalizer": {"type": "Precompiled"}}, "the pre-tokenizer is missing; for BPE on"),
        ({"decoder": None}, "the decoder is missing; only Replace then ByteFallback then Fuse"),
    ],
)
def test_unknown_steps_around_characters_are_named(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = written(tmp_path, "Llama 2 and Mistral")
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | change), encoding="utf-8")
    with pytest.raises(VocabularyError, match=message):
        load_huggingface(path)


def test_every_byte_needs_a_token(tmp_path: Path) -> None:
    path = written(tmp_path, "Gemma")
    content = path.read_text(encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path.write_text(content.replace('"<0x61>"', '"<unused>"'), encoding="utf-8")
        assert BPETokenizer(load_huggingface(path)).encode("a") == [
            load_huggingface(path).ids[b"a"]
        ]
    path.write_text(content.replace('"<0xE7>"', '"<unused>"'), encoding="utf-8")
    with pytest.raises(VocabularyError, match="<0xE7> has no token, so it could not encode"):
        load_huggingface(path)
