"""`load` opens whatever it is given, and `save` writes what `load` opens."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiktoken.model
from tiktoken_ext import openai_public

from cs336_core._shared.built import RANKS
from cs336_core.tokenization import (
    TokenizationError,
    VocabularyError,
    WrongTypeError,
    encoding_for_model,
    load,
    load_encoding,
    load_gpt2,
    load_huggingface,
    load_tiktoken,
    save,
    save_gpt2,
    save_huggingface,
    save_tiktoken,
)
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.formats.encodings import SPECIAL_TOKENS, encoding_name
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2, LLAMA3, QWEN2
from cs336_core.tokenization.text_steps import TextSteps
from tests.tokenization.small import PARAMS


@pytest.mark.parametrize("name", ["tokenizer.json", "other.json", "folder"])
@pytest.mark.parametrize("kind", [str, Path])
def test_what_is_saved_loads(tmp_path: Path, name: str, kind: type[Any]) -> None:
    path = kind(tmp_path / name)
    save(BPETokenizer(PARAMS), path)
    assert load(path).params == PARAMS
    save(replace(PARAMS, pattern=GPT2), path)
    assert load(path).params.pattern == GPT2


def test_a_folder_holds_every_form_that_can_hold_the_tokenizer(tmp_path: Path) -> None:
    save(PARAMS, tmp_path / "both")
    assert load_gpt2(tmp_path / "both", ["<|end|>"], CL100K) == PARAMS
    on_words = replace(PARAMS, steps=TextSteps("NFC", None, (r"\p{N}",)))
    save(on_words, tmp_path / "one")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["tokenizer.json"]
    assert load(tmp_path / "one").params == on_words
    for write in (save_gpt2, save_tiktoken):
        with pytest.raises(VocabularyError, match=r"changes texts before it merges .*; save it as"):
            write(on_words, tmp_path / "other")


def test_rank_files_of_any_name(tmp_path: Path) -> None:
    for name in ("bpe.tiktoken", "tokenizer.model"):
        save_tiktoken(PARAMS, tmp_path / name)
        special = {"<|end|>": 259}
        expected = replace(PARAMS, ignore_merges=True)
        assert load(tmp_path / name, ["<|end|>"], "cl100k").params == expected
        assert load(str(tmp_path / name), special, CL100K).params == expected
        assert load(tmp_path, special, CL100K).params == expected  # the only one in its folder
        with pytest.raises(VocabularyError, match="does not say how text is split"):
            load(tmp_path / name, special)
        (tmp_path / name).rename(tmp_path / "kept")
    (tmp_path / "tokenizer.model").write_bytes(b"\x0a\x0e<unk>")
    with pytest.raises(VocabularyError, match="is a model of SentencePiece's"):
        load(tmp_path / "tokenizer.model")


@pytest.mark.parametrize("vocab", ["vocab.json", "gpt2-vocab.json", "encoder.json", "words.json"])
def test_the_two_files_of_any_names(tmp_path: Path, vocab: str) -> None:
    save_gpt2(PARAMS, tmp_path)
    merges = vocab.replace("vocab.json", "merges.txt").replace("encoder.json", "vocab.bpe")
    merges = merges.replace("words.json", "pairs")
    (tmp_path / "vocab.json").rename(tmp_path / vocab)
    (tmp_path / "merges.txt").rename(tmp_path / merges)
    special = ["<|end|>"]
    found = load_gpt2(tmp_path / vocab, special, CL100K, merges=str(tmp_path / merges))
    assert found == PARAMS
    if vocab == "words.json":
        with pytest.raises(VocabularyError, match=r"no merges.txt belongs to .*words\.json"):
            load_gpt2(tmp_path / vocab, special, CL100K)
        with pytest.raises(VocabularyError, match=r"has no tokenizer.json, no vocab.json with a"):
            load(tmp_path)
    else:
        for path in (tmp_path, tmp_path / vocab, tmp_path / merges):
            assert load(path, special, CL100K).params == PARAMS
        for name in ("b-vocab.json", "b-merges.txt"):
            (tmp_path / name).touch()
        if vocab == "vocab.json":
            assert load(tmp_path, special, CL100K).params == PARAMS
        else:
            with pytest.raises(VocabularyError, match=r"has several vocabularies .*; name one of"):
                load(tmp_path, special, CL100K)


@pytest.mark.parametrize(
    ("kind", "pattern", "steps"),
    [("GPT2TokenizerFast", GPT2, TextSteps()), ("Qwen2Tokenizer", QWEN2, TextSteps("NFC"))],
)
def test_the_files_beside_a_vocabulary_are_read(
    tmp_path: Path, kind: str, pattern: str, steps: TextSteps
) -> None:
    save_gpt2(PARAMS, tmp_path)
    tool = {"content": "<tool>", "lstrip": True, "special": False}
    config: dict[str, object] = {"tokenizer_class": kind, "added_tokens_decoder": {"260": tool}}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    (tmp_path / "added_tokens.json").write_text('{"<tool>": 260, "<more>": 261}')
    names = {"eos_token": {"content": "<|end|>"}, "additional_special_tokens": ["<not here>"]}
    (tmp_path / "special_tokens_map.json").write_text(json.dumps(names))
    params = load(tmp_path).params
    assert params.special_tokens == {"<|end|>": 259, "<tool>": 260, "<more>": 261}
    assert params.flags == {"<tool>": {"lstrip", "text"}}
    assert (params.pattern, params.steps) == (pattern, steps)
    config["add_prefix_space"] = True
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    with pytest.raises(VocabularyError, match=r"config.json: .*add_prefix_space"):
        load(tmp_path)


@pytest.mark.parametrize("name", SPECIAL_TOKENS)
def test_special_tokens_are_those_of_tiktoken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", lambda *_, **__: {})
    assert getattr(openai_public, name)()["special_tokens"] == SPECIAL_TOKENS[name]


def test_models_have_the_encodings_of_tiktoken() -> None:
    of_models = tiktoken.model.MODEL_TO_ENCODING | {
        f"{prefix}x" if prefix.endswith("-") else f"{prefix}:x": name
        for prefix, name in tiktoken.model.MODEL_PREFIX_TO_ENCODING.items()
    }
    alias = {"gpt2": "r50k_base"}
    assert {model: encoding_name(model) for model in of_models} == {
        model: alias.get(name, name) for model, name in of_models.items()
    }
    assert encoding_name("gpt-5.1-codex") == "o200k_base"
    assert encoding_name("gpt-4.9") is encoding_name("bert-base") is None


def test_names_of_encodings_and_models() -> None:
    assert load("gpt2") is load_encoding("r50k_base") is encoding_for_model("davinci")
    assert load("gpt-3.5-turbo-0125") is load_encoding("cl100k_base")
    for name in ("gpt9", "", "/none/tokenizer.json", "a" * 5000):
        with pytest.raises(VocabularyError, match="is neither a file or folder nor the name of"):
            load(name)
    with pytest.raises(WrongTypeError, match="special_tokens is '<a>', of type str"):
        load("gpt2", "<a>")
    with pytest.raises(VocabularyError, match="unknown model 5"):
        encoding_for_model(5)  # type: ignore[arg-type]
    with pytest.raises(WrongTypeError, match="pattern is 5, of type int"):
        load_tiktoken(RANKS / "r50k_base.tiktoken", None, 5)  # type: ignore[arg-type]
    with pytest.raises(VocabularyError, match="unknown model 'gpt9'; pass the name of an encoding"):
        encoding_for_model("gpt9")


def test_an_original_file_brings_its_pattern_and_special_tokens() -> None:
    assert load(RANKS / "r50k_base.tiktoken").params == load_encoding("gpt2").params


def test_a_token_without_bytes_loads(tmp_path: Path) -> None:
    """As in Whisper's rank file."""
    path = tmp_path / "bpe.tiktoken"
    save_tiktoken(PARAMS, path)
    path.write_text(path.read_text() + "= 259\n")
    params = load_tiktoken(path, {"<|end|>": 260}, LLAMA3)
    assert params.vocab[259] == b""
    assert BPETokenizer(params).encode("the") == [257]
    save_tiktoken(params, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["tokenizer.json", "bpe.tiktoken", "merges.txt"])
def test_a_byte_order_mark_is_skipped_and_gzip_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save_gpt2(PARAMS, tmp_path)
    if name != "merges.txt":
        save(PARAMS, path)
    data = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + data)
    assert load(path, ["<|end|>"], CL100K).params.merges == PARAMS.merges
    path.write_bytes(gzip.compress(data))
    with pytest.raises(VocabularyError, match=f"{name} is compressed by gzip; decompress it first"):
        load(path, ["<|end|>"], CL100K)


@pytest.mark.parametrize(
    "call",
    [
        load,
        load_gpt2,
        load_huggingface,
        load_tiktoken,
        *[
            lambda path, write=write: write(PARAMS, path)
            for write in (save, save_gpt2, save_huggingface, save_tiktoken)
        ],
    ],
)
@pytest.mark.parametrize("path", [None, 5, b"tokenizer.json", ["tokenizer.json"]])
def test_what_is_no_path_is_named(call: Any, path: object) -> None:
    with pytest.raises(WrongTypeError, match="; it must be a string or a Path"):
        call(path)
    for no_path in ("a\0", Path("a\0")):
        with pytest.raises(TokenizationError, match=r"is 'a\\x00'; a path has no null character"):
            call(no_path)


@pytest.mark.parametrize("write", [save, save_gpt2, save_huggingface, save_tiktoken])
def test_what_is_no_tokenizer_is_named(tmp_path: Path, write: Any) -> None:
    with pytest.raises(
        WrongTypeError, match=r"the tokenizer is None, .*; it must be a BPETokenizer or"
    ):
        write(None, tmp_path / "file")
