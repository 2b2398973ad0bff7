"""Kinds of corpora: compressed files, JSON lines, batches; and damaged ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cs336_core.tokenization import CorpusError, EncodingError, count_pretokens, train

TEXTS = ["the cat in the hat\n", "é 猫\u2028", "", "it's"]
LINES = "".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(TEXTS))


def counted(corpus: object, **options: str) -> dict[bytes, int]:
    return count_pretokens(corpus, **options).to_dict()  # type: ignore[arg-type]


def test_a_compressed_file_is_its_text(tmp_path: Path) -> None:
    path = tmp_path / "corpus.txt.gz"
    path.write_bytes(gzip.compress("".join(TEXTS).encode()))
    assert counted(path) == counted(["".join(TEXTS)])
    assert train([path], 270).merges == train(["".join(TEXTS)], 270).merges


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz"])
def test_each_json_line_is_a_document(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    lines = LINES.encode() + b"\n"
    path.write_bytes(gzip.compress(lines) if name.endswith("gz") else lines)
    assert list(counted(path).items()) == list(counted(TEXTS).items())
    path.write_bytes(path.read_bytes() if name.endswith("gz") else lines.replace(b"text", b"body"))
    if not name.endswith("gz"):
        assert counted(path, field="body") == counted(TEXTS)


def test_a_batch_is_its_documents() -> None:
    batches = ([text, text] for text in TEXTS)
    assert counted(batches) == {word: 2 * count for word, count in counted(TEXTS).items()}
    assert counted([tuple(TEXTS)]) == counted(TEXTS)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"body": "a"}', "line 2 has no text in a field 'text'; it has the fields body"),
        ('{"text": ["a"]}', "line 2 has no text in a field 'text'; it has the fields text"),
        ('["a"]', "line 2 has no text in a field 'text'; it has .*, of type list"),
        ('{"text": "a"', "line 2 is not JSON: "),
    ],
)
def test_a_line_without_text_is_refused(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_text(f'{{"text": "a"}}\n{line}\n', "utf-8")
    with pytest.raises(CorpusError, match=rf"corpus\.jsonl, {message}"):
        counted(path)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.gz"
    whole = gzip.compress(b"the cat " * 1000)
    for damaged in (whole[:-9], b"the cat"):
        path.write_bytes(damaged)
        with pytest.raises(CorpusError, match=r"corpus\.gz is damaged or cut off: "):
            counted(path)
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(b'{"text": "a"}\n{"text": "\xe9"}\n')
    with pytest.raises(EncodingError, match=r"corpus\.jsonl is not UTF-8: byte 0xe9 at offset 24 "):
        counted(path)
