"""tokenizer.json: which files load, and which are refused because they do more than merge."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tokenizers

from cs336_core.tokenization.errors import SpecialTokenError, VocabularyError
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.huggingface_pattern import check_same_meaning
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import GPT2, O200K
from cs336_core.tokenization.text_steps import TextSteps
from tests.tokenization.small import PARAMS

SPLIT = {"type": "Split", "pattern": {"Regex": r"\d|\D+"}, "behavior": "Isolated", "invert": False}
REMOVED = {**SPLIT, "behavior": "Removed", "invert": True}
LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}


def written(tmp_path: Path, change: Callable[[Any], object]) -> Path:
    path = tmp_path / "tokenizer.json"
    save_huggingface(PARAMS, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def setting(*keys: str | int, to: object) -> Callable[[Any], object]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = to

    return change


def test_merges_written_as_lists_load(tmp_path: Path) -> None:
    path = written(tmp_path, setting("model", "merges", to=[["t", "h"], ["th", "e"], ["Ġ", "the"]]))
    assert load_huggingface(path) == PARAMS


def test_an_old_file_that_says_less_about_its_model_loads(tmp_path: Path) -> None:
    def change(content: Any) -> None:
        for key in ("type", "byte_fallback", "ignore_merges"):
            del content["model"][key]

    assert load_huggingface(written(tmp_path, change)) == PARAMS


def test_a_file_saved_by_hugging_face_loads(tmp_path: Path) -> None:
    path = written(tmp_path, lambda _: None)
    tokenizers.Tokenizer.from_file(str(path)).save(str(path))
    assert load_huggingface(path) == PARAMS


@pytest.mark.parametrize(
    ("pre_tokenizer", "pattern"),
    [
        ({**LEVEL, "use_regex": True}, GPT2),
        ({"type": "ByteLevel", "add_prefix_space": False}, GPT2),
        (LEVEL, None),
        ({"type": "Sequence", "pretokenizers": [LEVEL]}, None),
        ({"type": "Sequence", "pretokenizers": [SPLIT, LEVEL]}, r"\d|\D+"),
        (
            {
                "type": "Sequence",
                "pretokenizers": [{**SPLIT, "pattern": {"Regex": O200K}}, LEVEL],
            },
            O200K,
        ),
    ],
)
def test_pre_tokenizers_that_load(tmp_path: Path, pre_tokenizer: Any, pattern: str | None) -> None:
    path = written(tmp_path, setting("pre_tokenizer", to=pre_tokenizer))
    assert load_huggingface(path).pattern == pattern


def test_added_tokens_need_not_be_in_the_vocabulary(tmp_path: Path) -> None:
    path = written(tmp_path, lambda content: content["model"]["vocab"].pop("<|end|>"))
    assert load_huggingface(path) == PARAMS


NFC = {"type": "NFC"}
BEGIN = {"SpecialToken": {"id": "<|end|>", "type_id": 0}}
TEXT = {"Sequence": {"id": "A", "type_id": 0}}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "truncation",
            {"max_length": 2, "stride": 0},
            "truncates texts (truncation, max_length 2)",
        ),
        ("padding", {"strategy": {"Fixed": 8}}, "pads texts (padding, strategy {'Fixed': 8})"),
        (
            "post_processor",
            {"type": "Sequence", "processors": [LEVEL, {"type": "TemplateProcessing"}]},
            "adds special tokens around a text (TemplateProcessing): add their ids yourself, which "
            "encode does not do",
        ),
        (
            "post_processor",
            {"type": "TemplateProcessing", "single": [BEGIN, TEXT], "pair": []},
            "adds special tokens around a text (TemplateProcessing: '<|end|>')",
        ),
        (
            "post_processor",
            {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]},
            "adds special tokens around a text (RobertaProcessing)",
        ),
    ],
)
def test_steps_that_are_not_applied_are_named_and_saved_again(
    tmp_path: Path, key: str, value: object, message: str
) -> None:
    path = written(tmp_path, setting(key, to=value))
    with pytest.warns(UserWarning, match=re.escape(message)) as caught:
        params = load_huggingface(path)
    assert params == replace(PARAMS, unapplied={key: value})
    (warning,) = caught
    assert str(warning.message).startswith(f"{path} ")
    assert warning.filename == __file__
    save_huggingface(params, path)
    assert json.loads(path.read_text(encoding="utf-8"))[key] == value


@pytest.mark.parametrize("normalizer", [NFC, {"type": "Sequence", "normalizers": [NFC]}])
def test_texts_are_normalized(tmp_path: Path, normalizer: object) -> None:
    path = written(tmp_path, setting("normalizer", to=normalizer))
    params = load_huggingface(path)
    assert params == replace(PARAMS, steps=TextSteps("NFC"))
    save_huggingface(params, path)
    assert load_huggingface(path) == params


def test_added_tokens_that_would_match_differently_are_refused(tmp_path: Path) -> None:
    def change(content: Any) -> None:
        content["added_tokens"].append(added("<\u212a>", 260) | {"normalized": True})

    path = written(tmp_path, change)
    assert load_huggingface(path).flags == {"<\u212a>": frozenset(["normalized"])}
    for more, message in [
        ({"normalizer": NFC}, "'<\u212a>' is normalized (normalized), which is not done"),
        ({"added_tokens": [added("<t>", 259) | {"rstrip": True}, added(" ", 260)]}, "(rstrip)"),
    ]:
        path = written(tmp_path, lambda content, more=more: (change(content), content.update(more)))
        with pytest.raises(VocabularyError, match=re.escape(message)):
            load_huggingface(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("normalizer", {"type": "Sequence", "normalizers": []}),
        ("post_processor", LEVEL),
        ("post_processor", {"type": "TemplateProcessing", "single": [TEXT], "pair": [TEXT]}),
    ],
)
def test_steps_without_effect_are_not_named(tmp_path: Path, key: str, value: object) -> None:
    assert load_huggingface(written(tmp_path, setting(key, to=value))) == PARAMS


def added(text: str, token_id: int, *, special: bool = True) -> dict[str, object]:
    return {
        "id": token_id,
        "content": text,
        **{"single_word": False, "lstrip": False, "rstrip": False, "normalized": False},
        "special": special,
    }


def test_ids_of_added_tokens_that_huggingface_ignores_are_named(tmp_path: Path) -> None:
    def change(content: Any) -> None:
        content["added_tokens"] += [added("<a>", 260), added("<b>", 400), added("<c>", 401)]

    path = written(tmp_path, change)
    theirs = tokenizers.Tokenizer.from_file(str(path))
    assert [theirs.token_to_id(f"<{token}>") for token in "abc"] == [260, 261, 262]
    message = r"an id to '<b>' \(id 400 in the file, 261 there\) and 1 more that Hugging Face"
    with pytest.warns(UserWarning, match=message):
        assert load_huggingface(path).special_tokens["<b>"] == 400


def test_added_tokens_that_belong_to_the_text_stay_part_of_it(tmp_path: Path) -> None:
    path = written(
        tmp_path, lambda content: content["added_tokens"].append(added("<t>", 260, special=False))
    )
    params = load_huggingface(path)
    save_huggingface(params, path)
    assert load_huggingface(path) == params
    theirs = tokenizers.Tokenizer.from_file(str(path))
    assert theirs.decode(theirs.encode("<t>h<|end|>").ids, skip_special_tokens=True) == "<t>h"
    with pytest.raises(SpecialTokenError, match="'<u>' has flags, but is not in special_tokens"):
        replace(params, flags={"<u>": frozenset(["text"])})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (setting("model", "type", to="WordPiece"), "the model is WordPiece; only byte-level BPE"),
        (setting("model", to=None), "the model is missing"),
        (setting("model", "dropout", to=0.1), "the model has dropout 0.1"),
        (setting("model", "byte_fallback", to=True), "for BPE on characters, only Metaspace"),
        (setting("model", "end_of_word_suffix", to="</w>"), "has end_of_word_suffix '</w>'"),
        (setting("model", "vocab", to=[]), "no vocab or no merges"),
        (setting("model", "vocab", "x y", to=400), "'x y' has the character ' '"),
        (setting("model", "vocab", "<|end|>", to=400), "'<|end|>' has id 259 and id 400"),
        (setting("model", "merges", 1, to="the"), "merge 1: 'the' is neither"),
        (setting("model", "merges", 1, to=["t", 5]), "merge 1: ['t', 5] is neither"),
        (setting("model", "merges", 1, to="x y"), "merge 1: the merge of 'x' and 'y'"),
        (setting("normalizer", to={"type": "Lowercase"}), "the normalizer Lowercase changes"),
        (
            setting("normalizer", to={"type": "Sequence", "normalizers": [NFC, {"type": "NFKC"}]}),
            "the normalizer NFKC changes",
        ),
        (setting("decoder", to={"type": "Metaspace"}), "the decoder is Metaspace; only ByteLevel"),
        (setting("pre_tokenizer", to={"type": "Metaspace"}), "the pre-tokenizer is Metaspace"),
        (setting("pre_tokenizer", to=None), "the pre-tokenizer is missing"),
        (
            setting("pre_tokenizer", "pretokenizers", 0, "type", to="Punctuation"),
            "the pre-tokenizer is Punctuation then ByteLevel",
        ),
        (
            setting("pre_tokenizer", "pretokenizers", 0, "behavior", to="Removed"),
            "the pre-tokenizer Split has the behavior Removed; it can be loaded only if",
        ),
        (
            setting("pre_tokenizer", "pretokenizers", 0, to=REMOVED),
            "the pre-tokenizer Split has the behavior Removed and invert; it can be loaded",
        ),
        (
            setting("pre_tokenizer", "pretokenizers", 0, "pattern", to={"String": ""}),
            "the pre-tokenizer Split has no pattern, but {'String': ''}",
        ),
        (
            setting("pre_tokenizer", "pretokenizers", 1, "add_prefix_space", to=True),
            "adds a space before each text",
        ),
        *[
            (setting("pre_tokenizer", "pretokenizers", 0, "pattern", "Regex", to=regex), message)
            for regex, message in [
                (r"a$|\s+", "an anchor ^ or $"),
                (r" ?[^(\s|[.,!?])]+", "a set inside a set"),
                (r"[a-z&&[^b]]", "a set inside a set"),
                ("(", "is not a regular expression"),
                (r"\p{Foo}", "is not a regular expression"),
                ("(" * 5000, "nested too deeply"),
                ("(?R)?a", "calls itself"),
                (r"[[:digit:]]+", "a class such as [:digit:]"),
                (r"\p{Word}+", "a class such as [:digit:]"),
                (r"(?i)\p{Lu}+|.", r"a flag i for a class such as \p{Lu}"),
                (r"\N+", r"an escape such as \Z or \h"),
            ]
        ],
        (setting("model", "vocab", "th", to=10**30), f"b'th' has id {10**30}; ids go from 0 to"),
        (setting("added_tokens", 0, "single_word", to=True), "'<|end|>' has single_word set"),
        (setting("added_tokens", 0, to="<|end|>"), "has no content and id"),
        (setting("added_tokens", 0, "id", to=None), "has no content and id"),
        (setting("added_tokens", 0, "id", to=256), "'<|end|>' has id 256 and id 259"),
        (setting("added_tokens", 0, to={"content": "\ud83d", "id": 400}), "lone surrogate, U+D83D"),
        (
            lambda content: content["added_tokens"].append(content["added_tokens"][0]),
            "'<|end|>' is named twice",
        ),
    ],
)
def test_a_wrong_or_unsupported_tokenizer_json(
    tmp_path: Path, change: Callable[[Any], object], message: str
) -> None:
    path = written(tmp_path, change)
    with pytest.raises(VocabularyError) as caught:
        load_huggingface(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("size", [0, 1, 100, 1000, 4000])
def test_a_tokenizer_json_that_is_cut_off(tmp_path: Path, size: int) -> None:
    path = written(tmp_path, lambda _: None)
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(VocabularyError, match="not JSON, or cut off"):
        load_huggingface(path)


@pytest.mark.parametrize("pattern", [r"\$|[$^]|\^a", r"\p{L}++|\x{41}+|\s++$", r"(?<m>a)", "[]$]"])
def test_patterns_that_mean_the_same_to_hugging_face(pattern: str) -> None:
    check_same_meaning(pattern)


@pytest.mark.parametrize(
    "pattern", ["^a", "a$", r"\\$", r"\s+$", r"\d{1,3}+", r"a\Z", r"\h", r"\Ga", "(?s)."]
)
def test_patterns_that_mean_something_else_to_hugging_face_are_refused(
    tmp_path: Path, pattern: str
) -> None:
    with pytest.raises(VocabularyError, match="one thing to Hugging Face's engine"):
        save_huggingface(BPEParams.trained([], pattern=pattern), tmp_path / "tokenizer.json")


@pytest.mark.parametrize("pattern", [r"\w+|.", r"[^\s\w]|\s", r"\\\b.", "(?i:st)|."])
def test_a_pattern_that_differs_for_a_few_characters_is_warned_about(
    tmp_path: Path, pattern: str
) -> None:
    params = BPEParams.trained([], pattern=pattern)
    path = tmp_path / "tokenizer.json"
    with pytest.warns(UserWarning, match=r"this tokenizer splits text by \\w, ") as caught:
        save_huggingface(params, path)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=r"tokenizer\.json splits text by \\w, ") as caught:
        assert load_huggingface(path) == params
    assert caught[0].filename == __file__
    save_huggingface(BPEParams.trained([], pattern=r"\\w|\d"), path)  # a backslash and a w
