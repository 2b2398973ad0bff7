"""`python -m cs336_core.tokenization`: what each command writes, and how it fails."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from cs336_core import __version__, tokenization
from cs336_core._shared.progress_bar import ProgressBar
from cs336_core.tokenization import train
from cs336_core.tokenization.commands.cli import main
from cs336_core.tokenization.formats.huggingface import load_huggingface
from tests import command_lines
from tests.command_lines import Output

CORPUS = "the cat in the hat; it isn't 1234 猫 the end<|end|>the cat in the hat\n" * 3
SIZE = ["--vocab-size", "270", "--special", "<|end|>"]
FORMATS = ["tokenizer.json", "bpe.tiktoken", "folder"]

Given = Callable[[bytes], None]
failed = partial(command_lines.failed, main)
refused = partial(command_lines.refused, main)


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    """Put bytes on standard input."""
    return lambda data: monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text(CORPUS, encoding="utf-8")
    return path


@pytest.fixture
def saved(corpus: Path, capsys: Output) -> str:
    """A tokenizer trained on the corpus."""
    path = corpus.with_name("tokenizer.json")
    assert main(["train", str(corpus), *SIZE, "-o", str(path)]) == 0
    capsys.readouterr()
    return str(path)


# train


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_trained_tokenizer_encodes_and_decodes(
    corpus: Path, given: Given, capsys: Output, file_format: str
) -> None:
    out = str(corpus.with_name(file_format))
    assert main(["train", str(corpus), *SIZE, "-o", out]) == 0
    written = capsys.readouterr()
    assert written.out.startswith(f"{out}: 270 tokens (256 bytes, 13 merges, 1 special) in ")
    assert ("give both when you load" in written.out) == (file_format == "bpe.tiktoken")
    assert written.err == ""
    load = ["--tokenizer", out]
    if file_format == "bpe.tiktoken":
        load += ["--pattern", "gpt2", "--special-tokens", "<|end|>"]
    assert main(["encode", str(corpus), *load, "--special", "allow"]) == 0
    ids = capsys.readouterr().out
    assert ids.split().count("269") == 3
    assert ids.count("\n") == 1
    given(ids.encode())
    assert main(["decode", *load]) == 0
    assert capsys.readouterr().out == CORPUS


def test_training_reads_standard_input_and_writes_json(
    corpus: Path, given: Given, capsys: Output
) -> None:
    paths = [corpus.with_name("one.json"), corpus.with_name("two.json")]
    given(corpus.read_bytes())
    options = [*SIZE, "--pattern", "cl100k", "--json"]
    assert main(["train", *options, "-o", str(paths[0])]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["vocab_size"] == 270
    assert result["special_tokens"] == {"<|end|>": 269}
    assert result["output"] == str(paths[0])
    assert main(["train", str(corpus), *options, "-o", str(paths[1])]) == 0
    assert load_huggingface(paths[0]) == load_huggingface(paths[1])


def test_training_has_the_options_of_the_library(tmp_path: Path, capsys: Output) -> None:
    corpus, out = tmp_path / "corpus.jsonl", tmp_path / "t.json"
    lines = [{"content": "low lower lowest low"}, {"content": "new newer"}]
    corpus.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    argv = ["train", str(corpus), "--vocab-size", "280", "-o", str(out), "--json"]
    assert failed(argv, capsys).endswith("it has the fields content; pass --field NAME\n")
    options = ["--min-frequency", "2", "--max-token-length", "3", "--tie-break", "huggingface"]
    assert main([*argv, "--field", "content", *options]) == 0
    size = json.loads(capsys.readouterr().out)["vocab_size"]
    expected = train(
        [line["content"] for line in lines],
        size,
        tie_break="huggingface",
        min_frequency=2,
        max_token_length=3,
    )
    assert load_huggingface(out) == expected
    assert max(map(len, expected.vocab.values())) == 3


def test_training_continues_from_a_tokenizer(corpus: Path, saved: str, capsys: Output) -> None:
    out = str(corpus.with_name("larger.json"))
    argv = ["train", str(corpus), "--vocab-size", "275", "--special", "<|new|>", "-o", out]
    assert main([*argv, "--continue-from", saved]) == 0
    assert "275 tokens (256 bytes, 17 merges, 2 special)" in capsys.readouterr().out
    before = load_huggingface(saved)
    assert load_huggingface(out) == train(corpus, 275, ["<|new|>"], continue_from=before)
    message = refused([*argv, "--continue-from", saved, "--pattern", "cl100k"], capsys)
    assert "splits text with another pattern: omit --pattern" in message
    message = failed([*argv, "--continue-from", saved, "--vocab-size", "260"], capsys)
    assert "vocab_size is 260; 270 known tokens and 1 special tokens need at least 271" in message


def test_training_that_ends_early_warns_in_one_line(corpus: Path, capsys: Output) -> None:
    corpus.write_text("ab")
    argv = ["train", str(corpus), "--vocab-size", "300", "-o", str(corpus.with_name("t.json"))]
    assert main(argv) == 0
    written = capsys.readouterr()
    assert "257 tokens" in written.out
    assert written.err.startswith("warning: ")
    assert written.err.count("\n") == 1


def test_bytes_that_are_not_text_are_reported_with_their_offset(
    tmp_path: Path, given: Given, capsys: Output
) -> None:
    out = str(tmp_path / "tokenizer.json")
    given(b"abc \xff def")
    message = failed(["train", "--vocab-size", "257", "-o", out], capsys)
    assert "offset 4" in message
    assert message.endswith("convert the file, or choose --errors replace or --errors ignore\n")
    given("né".encode()[:2])
    message = failed(["encode", "--tokenizer", "bytes"], capsys)
    assert "offset 1" in message
    assert "--errors replace" in message
    given(b"abab \xff")
    argv = ["train", "--vocab-size", "257", "--errors", "replace", "-o", out]
    assert main(argv) == 0
    given(b"a\xff")
    capsys.readouterr()
    assert main(["encode", "--tokenizer", "characters", "--errors", "replace"]) == 0
    assert capsys.readouterr().out == "97 65533\n"


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("bpe.model", "ends neither in .json nor in .tiktoken"),
        ("missing/bpe.json", "does not exist; create it first"),
        ("file", "is a file; give a folder"),
        ("-", "not on standard output"),
    ],
)
def test_an_unusable_output_is_refused_before_training(
    corpus: Path, capsys: Output, out: str, message: str
) -> None:
    corpus.with_name("file").touch()
    argv = ["train", str(corpus), *SIZE, "-o", out if out == "-" else str(corpus.parent / out)]
    assert message in refused(argv, capsys)


def test_a_pattern_that_tokenizer_json_cannot_hold(corpus: Path, capsys: Output) -> None:
    out = str(corpus.with_name("t.json"))
    argv = ["train", str(corpus), *SIZE, "--pattern", r"\d{1,3}+", "-o", out]
    assert "means one thing to Hugging Face" in refused(argv, capsys)


def test_a_file_swallowed_by_the_special_tokens_is_noticed(corpus: Path, capsys: Output) -> None:
    out = ["-o", str(corpus.with_name("t.json"))]
    assert "put FILE first" in refused(["train", *SIZE, str(corpus), *out], capsys)
    argv = ["encode", "--tokenizer", "bytes", "--special-tokens", "<|end|>", str(corpus)]
    assert "put FILE first" in refused(argv, capsys)


def test_ctrl_c_leaves_no_half_file(
    corpus: Path, saved: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    before = Path(saved).read_bytes()

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tokenization, "train", interrupted)
    assert main(["train", str(corpus), *SIZE, "-o", saved]) == 130
    assert capsys.readouterr() == ("", "")
    assert Path(saved).read_bytes() == before
    assert sorted(path.name for path in corpus.parent.iterdir()) == ["corpus.txt", "tokenizer.json"]


# encode and decode


@pytest.mark.parametrize("name", ["bits", "bytes", "characters"])
def test_the_simple_tokenizers_go_by_name(given: Given, capsys: Output, name: str) -> None:
    given("né\r\n".encode())
    assert main(["encode", "--tokenizer", name, "--json"]) == 0
    written = capsys.readouterr().out
    assert len(json.loads(written)["ids"]) == {"bits": 40, "bytes": 5, "characters": 4}[name]
    given(written.encode())
    assert main(["decode", "-", "--tokenizer", name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"text": "né\r\n"}


def test_special_tokens_are_allowed_refused_or_ordinary(
    saved: str, given: Given, capsys: Output
) -> None:
    lengths = {}
    for policy in ("allow", "ordinary"):
        given(b"<|end|>")
        assert main(["encode", "--tokenizer", saved, "--special", policy]) == 0
        lengths[policy] = len(capsys.readouterr().out.split())
    assert lengths == {"allow": 1, "ordinary": 7}
    given(b"<|end|>")
    assert "--special allow" in failed(["encode", "--tokenizer", saved], capsys)


@pytest.mark.parametrize("file_format", ["bpe.tiktoken", "folder"])
def test_a_file_without_a_pattern_needs_one(corpus: Path, capsys: Output, file_format: str) -> None:
    out = str(corpus.with_name(file_format))
    assert main(["train", str(corpus), *SIZE, "--pattern", "cl100k_base", "-o", out]) == 0
    if file_format == "folder":
        (Path(out) / "tokenizer.json").unlink()
    load = ["encode", str(corpus), "--tokenizer", out, "--special-tokens", "<|end|>"]
    assert "does not say how text is split into pre-tokens" in failed(load, capsys)
    if file_format == "bpe.tiktoken":  # by any name, such as the tokenizer.model of Llama 3
        out = str(Path(out).rename(corpus.with_name("tokenizer.model")))
        load[3] = out
        assert "does not say how text is split into pre-tokens" in failed(load, capsys)
    assert "'cl100k_base ' is not" in failed([*load, "--pattern", "cl100k_base "], capsys)
    ids = set()
    for pattern in ("cl100k", "cl100k_base"):
        assert main([*load, "--pattern", pattern, "--special", "allow"]) == 0
        ids.add(capsys.readouterr().out)
    assert len(ids) == 1


def test_nothing_encodes_to_nothing(saved: str, given: Given, capsys: Output) -> None:
    for argv, written in [
        (["encode", "--tokenizer", saved], "\n"),
        (["encode", "--tokenizer", saved, "--json"], '{"ids": []}\n'),
        (["decode", "--tokenizer", saved], ""),
    ]:
        given(b"")
        assert main(argv) == 0
        assert capsys.readouterr().out == written


def test_a_text_of_many_chunks(tmp_path: Path, saved: str, given: Given, capsys: Output) -> None:
    text = "the hat, 猫\n" * 100_000
    path = tmp_path / "long.txt"
    path.write_text(text, encoding="utf-8")
    assert main(["encode", str(path), "--tokenizer", saved]) == 0
    given(capsys.readouterr().out.encode())
    assert main(["decode", "--tokenizer", saved]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("ids", "text"),
    [("[104, 105]", "hi"), ('{"ids": [104, 105]}', "hi"), (" 104\n105 ", "hi"), ("195", "\ufffd")],
)
def test_ids_are_read_in_several_forms(
    saved: str, given: Given, capsys: Output, ids: str, text: str
) -> None:
    given(ids.encode())
    assert main(["decode", "--tokenizer", saved]) == 0
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ("104 x", "entry 2 of the input is 'x'"),
        ("104 -1", "entry 2 of the input is '-1'"),
        ("[104", "begins like JSON but is not valid"),
        ('{"tokens": []}', "neither a list of ids"),
        ("[true]", "neither a list of ids"),
        ("104 99999", "99999"),
    ],
)
def test_invalid_ids(saved: str, given: Given, capsys: Output, ids: str, message: str) -> None:
    given(ids.encode())
    assert message in failed(["decode", "--tokenizer", saved], capsys)


def test_missing_files_are_reported(tmp_path: Path, capsys: Output) -> None:
    missing = str(tmp_path / "missing.txt")
    message = f"error: {missing}: No such file or directory\n"
    assert failed(["encode", missing, "--tokenizer", "bytes"], capsys) == message
    assert "name of a tokenizer" in failed(["encode", missing, "--tokenizer", "gpt5"], capsys)
    (tmp_path / "t.json").write_text("{")
    argv = ["encode", missing, "--tokenizer", str(tmp_path / "t.json")]
    assert "not JSON, or cut off" in failed(argv, capsys)


# count and truncate


def test_tokens_are_counted(corpus: Path, saved: str, given: Given, capsys: Output) -> None:
    counting = ["count", "--tokenizer", saved, "--special", "allow"]
    given(CORPUS.encode())
    assert main(counting) == 0
    number = int(capsys.readouterr().out)
    assert 0 < number < len(CORPUS)
    argv = [*counting[:1], str(corpus), str(corpus), *counting[1:]]
    assert main(argv) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    assert lines == [[str(number), str(corpus)]] * 2 + [[str(2 * number), "total"]]
    assert main([*argv, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {str(corpus): number}
    given(b"<|end|>")
    assert "--special allow" in failed(["count", "--tokenizer", saved], capsys)


@pytest.mark.parametrize("name", ["saved", "bytes"])
def test_text_is_truncated_at_a_whole_character(
    saved: str, given: Given, capsys: Output, name: str
) -> None:
    written = []
    for tokens in range(6):
        given("aé猫".encode())
        tokenizer = saved if name == "saved" else name
        assert main(["truncate", "--tokens", str(tokens), "--tokenizer", tokenizer]) == 0
        written.append(capsys.readouterr().out)
    assert written[:4] == ["", "a", "a", "aé"]
    given("aé猫".encode())
    assert main(["truncate", "--tokens", "3", "--tokenizer", saved, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tokens": 3, "text": "aé"}
    message = refused(["truncate", "--tokens", "-1", "--tokenizer", "bytes"], capsys)
    assert "argument --tokens: '-1' is not a whole number from 0 on" in message


# compare and steps


def test_compare_shows_a_table(saved: str, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = ["bits", "bytes", "characters", "words", saved]
    assert main(["compare", "I love LLM", "--tokenizer", *names]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["tokenizer", "vocabulary", "tokens", "bytes/token", "first", "tokens"]
    cells = [row.split() for row in rows]
    assert [row[:4] for row in cells[:4]] == [
        ["bits", "2", "80", "0.125"],
        ["bytes", "256", "10", "1"],
        ["characters", "1,114,112", "10", "1"],
        ["words", "5", "5", "2"],
    ]
    assert rows[3].endswith("I│ │love│ │LLM")
    assert rows[0].endswith("…")
    assert rows[4].startswith("…")
    assert all(len(row) <= 80 for row in rows)


def test_compare_reads_files_and_writes_json(corpus: Path, saved: str, capsys: Output) -> None:
    assert main(["compare", str(corpus), "--tokenizer", "bytes", saved, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    size = len(CORPUS.encode())
    assert result["bytes"] == size
    simple, ours = result["tokenizers"]
    assert (simple["name"], simple["tokens"], simple["bytes_per_token"]) == ("bytes", size, 1.0)
    assert simple["first_ids"][:3] == [116, 104, 101]
    assert ours["tokens"] < size
    assert "".join(ours["first_tokens"]) == CORPUS[: len("".join(ours["first_tokens"]))]


def test_compare_of_nothing(capsys: Output) -> None:
    assert main(["compare", "", "--tokenizer", "bytes"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["bytes", "256", "0", "-"]


def test_steps_show_each_merge(capsys: Output) -> None:
    assert main(["steps", "the cat in the hat", "--merges", "1"]) == 0
    assert capsys.readouterr().out == (
        "start\n     1 × t│h│e│ │c│a│t│ │i│n│ │t│h│e│ │h│a│t\n\n"
        '1. "t" + "h": 2 times, as often as "h" + "e", "e" + " ", "a" + "t"\n'
        "     1 × th│e│ │c│a│t│ │i│n│ │th│e│ │h│a│t\n"
    )


def test_steps_cut_into_words(given: Given, capsys: Output) -> None:
    given(b"low low")
    assert main(["steps", "-", "--pattern", r"\w+", "--tie-break", "lexicographic"]) == 0
    written = capsys.readouterr().out
    assert '1. "o" + "w": 2 times, as often as "l" + "o"\n     2 × l│ow\n     1 ×  \n' in written
    assert written.endswith("\nno pair is left to merge after 2 merges\n")


def test_steps_in_json(capsys: Output) -> None:
    assert main(["steps", "猫猫", "--merges", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["start"][0]["count"] == 1
    (step,) = result["steps"]
    assert (step["pair"], step["count"]) == (["\\xe7", "\\x8c"], 2)
    assert step["candidates"] == [["\\xe7", "\\x8c"], ["\\x8c", "\\xab"]]


def test_many_ties_are_not_all_named(capsys: Output) -> None:
    assert main(["steps", "abcdefghijklmn", "--merges", "1"]) == 0
    assert " and 4 more\n" in capsys.readouterr().out


def test_invalid_options(capsys: Output) -> None:
    assert "COMMAND" in refused([], capsys)
    assert "invalid choice: 'walk'" in refused(["walk"], capsys)
    message = refused(["steps", "a", "--merges", "1e3"], capsys)
    assert "argument --merges: '1e3' is not a whole number from 0 on" in message
    assert "--tokenizer" in refused(["encode"], capsys)
    assert "not a regular expression" in failed(["steps", "a", "--pattern", "("], capsys)
    assert "'gpt4' is not the name" in failed(["steps", "a", "--pattern", "gpt4"], capsys)
    assert "lone surrogate" in failed(["steps", "a\ud83d"], capsys)


def test_the_version(capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"cs336-core {__version__}\n"


@pytest.mark.parametrize(
    "command", ["train", "encode", "decode", "count", "truncate", "compare", "steps"]
)
def test_help_teaches_with_examples(capsys: Output, command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert "examples:" in capsys.readouterr().out


# The progress bar, and the command as a program


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_for_terminals() -> None:
    for out, quiet in [(io.StringIO(), False), (Terminal(), True)]:
        with ProgressBar(out, quiet=quiet) as bar:
            bar.show("count", 1, 2)
        assert out.getvalue() == ""


def test_the_bar_shows_how_far_it_is_and_goes_away() -> None:
    out = Terminal()
    times = iter([0.0, 1.0, 1.01, 61.2])
    with ProgressBar(out, clock=lambda: next(times)) as bar:
        bar.show("count", 1000, None)
        bar.show("count", 1001, None)  # too soon to be drawn
        bar.show("merge", 1000, 2000)
    drawn = out.getvalue().split("\r\x1b[K")
    assert drawn == ["", "count 1,000 1 s", f"merge {'█' * 15}{'░' * 15} 1,000 of 2,000 61 s", ""]


PROGRAM = [sys.executable, "-W", "error", "-m", "cs336_core.tokenization"]


def test_it_runs_as_a_program() -> None:
    result = subprocess.run(
        [*PROGRAM, "encode", "--tokenizer", "bytes"],
        check=False,
        input=b"h\xc3\xa9",
        capture_output=True,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"104 195 169\n", b"")


def test_help_waits_for_no_package_that_takes_long_to_import() -> None:
    code = (
        "import sys; from cs336_core.tokenization.commands.cli import parser; parser(); "
        "print({'numba', 'numpy'} & {*sys.modules})"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert result.stdout == "set()\n"


def test_the_installed_command_is_the_program() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    module, function = project["project"]["scripts"]["cs336-tokenize"].split(":")
    assert getattr(import_module(module), function) is main


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a" * 1_000_000)
    with subprocess.Popen(
        [*PROGRAM, "encode", str(path), "--tokenizer", "bytes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(3) == b"97 "
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
