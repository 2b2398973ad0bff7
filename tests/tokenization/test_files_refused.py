"""GPT-2's files and rank files that are cut off or contradict themselves are refused."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import tiktoken

from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats import encodings
from cs336_core.tokenization.formats.encodings import load_encoding
from cs336_core.tokenization.formats.gpt2 import load_gpt2, save_gpt2
from cs336_core.tokenization.formats.huggingface import load_huggingface, save_huggingface
from cs336_core.tokenization.formats.ranks import merges_from_ranks, rank_file
from cs336_core.tokenization.formats.tiktoken import load_tiktoken, save_tiktoken
from cs336_core.tokenization.params import BPEParams, special_token_texts
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2
from tests.tokenization.small import PARAMS

# GPT-2's two files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_gpt2(PARAMS, tmp_path)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_gpt2s_own_order_of_bytes_loads(folder: Path) -> None:
    vocab = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    printable_first = sorted(vocab, key=lambda text: (len(text), text))
    (folder / "vocab.json").write_text(json.dumps({t: i for i, t in enumerate(printable_first)}))
    params = load_gpt2(folder, ["<|end|>"], "gpt2")
    assert (params.vocab[0], params.ids[b"!"]) == (b"!", 0)
    assert params.merges == PARAMS.merges
    assert params.pattern == GPT2


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("vocab.json", "}", "", r"vocab.json is not JSON, or cut off, at line 1, column \d+"),
        ("vocab.json", '"th": 256', '"th": 12', "id 12 stands for 'Č' and for 'th'"),
        ("vocab.json", '"th": 256', '"th": "256"', "token 'th' has id '256'"),
        ("vocab.json", '"th": 256', '"th": -1', "token 'th' has id -1"),
        ("vocab.json", '"th": 256', '"th": true', "token 'th' has id True"),
        ("vocab.json", '"th": 256', f'"th": {"9" * 5000}', r"vocab.json: '99.*is too large a num"),
        ("vocab.json", '"th": 256', '"t h": 256', "'t h' has the character ' '"),
        ("vocab.json", '"th": 256', '"\\ud83d": 256', "which stands for no byte"),
        ("vocab.json", '"th": 256', '"the": 256', "'the' is named twice"),
        ("vocab.json", '"th": 256, ', "", "merges.txt, line 2: .* lacks b'th'"),
        ("vocab.json", '"Ā": 0, ', "", "vocab.json: the vocabulary has no token for byte 0x00"),
        ("vocab.json", '"<|end|>": 259', '"<|fin|>": 259', r"no token '<\|end\|>'"),
        ("merges.txt", "\nt h", "\nt  h", "merges.txt, line 2: 't  h' is not two tokens"),
        ("merges.txt", "\nt h", "\nth", "merges.txt, line 2: 'th' is not two tokens"),
        ("merges.txt", "\nt h", "\nt é", "merges.txt, line 2: .* lacks b't"),
        ("merges.txt", "\nt h", "\nt 猫", "'猫' has the character '猫'"),
        ("merges.txt", "th e", "t h", "line 3: .* was given at line 2 before"),
        ("merges.txt", "Ġ the\n", "", r"no line of merges.txt produces b' the' \(id 258\)"),
    ],
)
def test_wrong_gpt2_files(folder: Path, file: str, old: str, new: str, message: str) -> None:
    edit(folder / file, old, new)
    with pytest.raises(VocabularyError, match=message):
        load_gpt2(folder, ["<|end|>"])


def test_gpt2_files_that_are_not_text(folder: Path) -> None:
    (folder / "merges.txt").write_bytes(b"#version: 0.2\nt \xff\n")
    with pytest.raises(VocabularyError, match=r"merges.txt is not UTF-8 at byte 16"):
        load_gpt2(folder, ["<|end|>"])
    (folder / "vocab.json").write_text("[]")
    with pytest.raises(VocabularyError, match="contains a list, not a JSON object"):
        load_gpt2(folder)
    (folder / "vocab.json").write_text("[" * 100_000)
    with pytest.raises(VocabularyError, match="nested too deeply"):
        load_gpt2(folder)
    (folder / "vocab.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"vocab\.json"):
        load_gpt2(folder)


def test_a_rank_file_is_recognized_where_json_is_expected(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.model"
    save_tiktoken(PARAMS, path)
    with pytest.raises(
        VocabularyError, match=r"model is a rank file .* load it with load_tiktoken"
    ):
        load_huggingface(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n", "\r\n"),
        ("#version: 0.2\n", ""),
        ("0.2", "0.2 - Trained by ..."),
        ("Ġ the\n", "Ġ the"),
    ],
)
def test_line_ends_and_the_header_may_differ(folder: Path, old: str, new: str) -> None:
    merges = folder / "merges.txt"
    merges.write_bytes(merges.read_bytes().replace(old.encode(), new.encode()))
    assert load_gpt2(folder, ["<|end|>"], CL100K) == PARAMS


def test_files_without_a_pattern_need_one(folder: Path, tmp_path: Path) -> None:
    save_tiktoken(PARAMS, tmp_path / "bpe.tiktoken")
    message = (
        r"does not say how text is split into pre-tokens; give its pattern: gpt2, .*cl100k_base"
    )
    with pytest.raises(VocabularyError, match=message):
        load_tiktoken(tmp_path / "bpe.tiktoken", PARAMS.special_tokens)
    with pytest.raises(VocabularyError, match=message):
        load_gpt2(folder, ["<|end|>"])
    for pattern in ("cl100k", "cl100k_base", CL100K):
        assert load_gpt2(folder, ["<|end|>"], pattern) == PARAMS


def test_a_special_token_that_was_not_passed_is_named(folder: Path) -> None:
    with pytest.raises(VocabularyError, match=r"b'<\|end\|>' \(id 259\); pass special tokens as"):
        load_gpt2(folder)
    edit(folder / "merges.txt", "\nĠ the", "")
    with pytest.raises(
        VocabularyError, match=r"and 1 more; .*: \[' the', '<\|end\|>'\]; otherwise"
    ):
        load_gpt2(folder)


@pytest.mark.parametrize("special", ["a", "the", "Ġthe"])
def test_a_special_token_spelled_like_an_ordinary_one_is_not_saved(
    tmp_path: Path, special: str
) -> None:
    params = BPEParams.trained(PARAMS.merges, [special])
    for save in (lambda: save_gpt2(params, tmp_path), lambda: save_huggingface(params, tmp_path)):
        with pytest.raises(VocabularyError, match=rf"would both be written '{special}'"):
            save()


# Rank files


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("dGg= 256", "dGg= 25", "line 257: the rank 25 was given at line 26 before"),
        ("dGg= 256", "dGg=", "line 257: 'dGg=' is not a token in Base64"),
        ("dGg= 256", "dGg 256", "line 257: 'dGg 256' is not a token in Base64"),
        ("dGg= 256", "dGg= 2_5", "line 257"),
        ("dGg= 256", "dGg= 256 1", "line 257"),
        (
            "dGg= 256",
            f"dGg= {'9' * 5000}",
            r"line 257: 'dGg= 9+' \.\.\. \(5,005 characters\) is not",
        ),
        ("dGg= 256", "AA== 256", r"line 257: the token b'\\x00' was given at line 1 before"),
        ("dGg= 256\n", "", "has no rank 256, though ranks go up to 258"),
        ("AA== 0\n", "", "has no rank 0"),
        ("IHRoZQ== 258", "IHRoZQ== 259", r"special token '<\|end\|>' has id 259, .* b' the'"),
        ("IHRoZQ== 258", f"IHRoZQ== {10**12}", "has no rank 258"),
    ],
)
def test_wrong_rank_files(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "bpe.tiktoken"
    save_tiktoken(PARAMS, path)
    edit(path, old, new)
    with pytest.raises(VocabularyError, match=message) as caught:
        load_tiktoken(path, {"<|end|>": 259})
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "params",
    [
        BPEParams.trained([(b"a", b"b"), (b"b", b"c"), (b"a", b"bc")]),
        BPEParams(PARAMS.vocab, [(b"t", b"h"), (b"th", b"e")], PARAMS.special_tokens),
    ],
    ids=["a merge that ranks would not find", "a token without a merge"],
)
def test_params_that_ranks_cannot_express_are_not_saved(tmp_path: Path, params: BPEParams) -> None:
    with pytest.raises(VocabularyError):
        save_tiktoken(params, tmp_path / "bpe.tiktoken")
    assert list(tmp_path.iterdir()) == []


# Hostile files: each took minutes when the work was quadratic.


def ranks_with(*tokens: bytes) -> dict[bytes, int]:
    vocab = [bytes([byte]) for byte in range(256)] + [*tokens]
    return {token: rank for rank, token in enumerate(vocab)}


def test_long_tokens_and_many_special_tokens_take_little_time() -> None:
    token = random.Random(0).randbytes(10_000)
    assert merges_from_ranks(ranks_with(b"th", token)) == [(b"t", b"h")]
    doubled = [b"a" * 2**i for i in range(14)]
    assert merges_from_ranks(ranks_with(*doubled[1:])) == [(token, token) for token in doubled[:-1]]
    special = [f"<{i}>" for i in range(300_000)]
    assert list(special_token_texts(special)) == special


@pytest.mark.parametrize(
    "tokens", [[b"a" * size for size in range(2, 1500)], [random.Random(0).randbytes(500_000)]]
)
def test_tokens_whose_merges_would_take_minutes_to_find_are_refused(
    tmp_path: Path, tokens: list[bytes]
) -> None:
    path = tmp_path / "bpe.tiktoken"
    path.write_bytes(rank_file(ranks_with(*tokens)))
    with pytest.raises(VocabularyError, match=r"bpe\.tiktoken: the tokens are too many and too lo"):
        load_tiktoken(path, {}, "none")


@pytest.mark.parametrize("error", [ConnectionError("no route"), ValueError("wrong hash")])
def test_a_rank_file_that_cannot_be_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def unreachable(_name: str) -> tiktoken.Encoding:
        raise error

    monkeypatch.setattr(encodings, "RANKS", tmp_path)
    monkeypatch.setattr(tiktoken, "get_encoding", unreachable)
    with pytest.raises(
        VocabularyError, match=r"r50k_base\.tiktoken does not exist, and tiktoken co"
    ):
        load_encoding("gpt2")
