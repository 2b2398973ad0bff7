"""Corpora become ids on disk, and batches read them in a repeatable order."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from cs336_core.tokenization import BPEParams, BPETokenizer, load
from cs336_core.training.data import (
    Example,
    ExampleBatches,
    ShuffledBatches,
    encode_example,
    open_dataset,
    pack,
    prepare,
    read_examples,
)
from cs336_core.training.errors import TrainingError

END = "<|endoftext|>"
TOKENIZER = BPETokenizer(BPEParams.trained([(b"t", b"h"), (b"th", b"e")], [END]))


def test_a_corpus_is_its_ids_with_ends(tmp_path: Path) -> None:
    text, lines = tmp_path / "a.txt", tmp_path / "b.jsonl"
    text.write_text("the cat é", encoding="utf-8")
    lines.write_text('{"text": "the"}\n{"text": "hat' + END + 'x"}\n', encoding="utf-8")
    dataset = prepare([text, lines, "end"], tmp_path / "data", TOKENIZER, validation=0.2)
    expected = TOKENIZER.encode(
        f"the cat é{END}the{END}hat{END}x{END}end{END}", allowed_special="all"
    )
    assert dataset.tokens.tolist() == expected
    assert np.concatenate([dataset.train, dataset.validation]).tolist() == expected
    assert len(dataset.validation) == len(expected) // 5
    description = dataset.description
    assert (description.n_documents, description.dtype) == (4, "uint16")
    n_bytes = len("the cat éthehatxend".encode())
    assert description.train_bytes + description.validation_bytes == n_bytes
    assert load(tmp_path / "data") == TOKENIZER


def test_large_vocabularies_take_32_bits(tmp_path: Path) -> None:
    wide = TOKENIZER.with_special_tokens({"<far>": 70_000})
    dataset = prepare(["a<far>"], tmp_path / "data", wide, validation=0)
    assert dataset.tokens.tolist() == [97, 70_000, wide.eot_token]
    assert dataset.tokens.dtype == np.uint32


def test_a_failed_prepare_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="the corpus is empty"):
        prepare(["", ""], tmp_path / "data", TOKENIZER)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    prepare(["the cat"], tmp_path / "data", TOKENIZER)
    with pytest.raises(TrainingError, match="exists already"):
        prepare(["other"], tmp_path / "data", TOKENIZER)


def test_damaged_datasets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"has no dataset\.json"):
        open_dataset(tmp_path)
    folder = prepare(["the cat"], tmp_path / "data", TOKENIZER).folder
    (folder / "tokens.bin").write_bytes((folder / "tokens.bin").read_bytes()[:-2])
    with pytest.raises(TrainingError, match=r"has \d+ bytes; dataset\.json describes .* prepare"):
        open_dataset(folder)
    (folder / "tokens.bin").unlink()
    with pytest.raises(TrainingError, match=r"tokens\.bin is missing"):
        open_dataset(folder)
    for contents in ("{", "[]", '{"format": "cs336 tokens 1"}'):
        (folder / "dataset.json").write_text(contents)
        with pytest.raises(TrainingError, match="does not describe a prepared corpus"):
            open_dataset(folder)


@pytest.mark.parametrize("n_tokens", [11, 25, 103, 110])
def test_an_epoch_reads_every_window_once(n_tokens: int) -> None:
    batches = ShuffledBatches(range(n_tokens), 1, 10, seed=3)
    seen = []
    for batch in islice(batches, batches.rows_per_epoch):
        assert torch.equal(batch.targets, batch.inputs + 1)
        seen += batch.inputs[0].tolist()
    assert len(set(seen)) == len(seen) >= min(n_tokens // 2, n_tokens - 20)
    assert batches.epochs == 1


def test_epochs_differ_in_order_and_offset() -> None:
    batches = ShuffledBatches(range(1000), 9, 10, seed=3)
    n_batches = batches.rows_per_epoch // 9
    starts = [
        [batch.inputs[:, 0].tolist() for batch in islice(batches, n_batches)] for _ in range(2)
    ]
    assert starts[0] != starts[1]
    assert {start % 10 for rows in starts[0] for start in rows} != {
        start % 10 for rows in starts[1] for start in rows
    }


def example(n: int, first: int = 0) -> Example:
    return Example(tuple(range(first, first + n)), 1)


@pytest.mark.parametrize(
    "build",
    [
        lambda **options: ShuffledBatches(range(200), 4, 10, **options),
        lambda **options: ExampleBatches(
            [example(3 + i % 5, 10 * i) for i in range(20)], 4, 8, **options
        ),
    ],
    ids=["windows", "examples"],
)
def test_batches_continue_and_are_shared(build: type) -> None:
    whole = list(islice(build(seed=5), 12))
    first, second = build(seed=5), build(seed=5)
    list(islice(first, 7))
    second.load_state_dict(json.loads(json.dumps(first.state_dict())))
    assert second.epochs == first.epochs > 1
    for batch, expected in zip(second, whole[7:], strict=False):
        assert torch.equal(batch.inputs, expected.inputs)
    workers = [list(islice(build(seed=5, rank=rank, n_workers=2), 12)) for rank in range(2)]
    for mine, other, expected in zip(*workers, whole, strict=True):
        assert torch.equal(torch.cat([mine.inputs, other.inputs]), expected.inputs)
    assert not torch.equal(next(iter(build(seed=6))).inputs, whole[0].inputs)


def test_a_batch_that_workers_cannot_share_is_refused() -> None:
    with pytest.raises(TrainingError, match="batch of 5 sequences cannot be shared by 2 workers"):
        ShuffledBatches(range(99), 5, 10, n_workers=2)


def test_examples_are_packed_without_padding_between() -> None:
    rows = pack([example(n) for n in (4, 7, 3, 3, 2)], 6)
    assert [[len(x.ids) for x in row] for row in rows] == [[4, 3, 2], [7], [3]]


def test_only_responses_are_targets() -> None:
    first = Example((1, 2, 3, 4), 2)  # 3 and 4 are the response
    second = Example((5, 6, 7), 1)
    batches = ExampleBatches([first, second], 1, 7)
    batch = next(iter(batches))
    found = {
        int(document): [
            (i, t)
            for i, t, m, d in zip(
                batch.inputs[0].tolist(),
                batch.targets[0].tolist(),
                batch.mask[0].tolist(),
                batch.documents[0].tolist(),
                strict=True,
            )
            if m and d == document
        ]
        for document in (0, 1)
    }
    assert sorted(found.values()) == [[(2, 3), (3, 4)], [(5, 6), (6, 7)]]
    assert batch.n_targets == 4
    assert batch.documents[0, 5:].tolist() == [-1, -1]


def test_an_empty_prompt_has_targets_from_the_second_id_on() -> None:
    batch = next(iter(ExampleBatches([Example((1, 2, 3), 0)], 1, 2)))
    assert batch.mask.tolist() == [[True, True]]


def test_long_examples_are_left_out() -> None:
    batches = ExampleBatches([example(9), example(20), example(10)], 1, 9)
    assert (len(batches.examples), batches.n_left_out) == (2, 1)
    with pytest.raises(TrainingError, match="none of the 1 examples fits into a context_length"):
        ExampleBatches([example(9)], 1, 4)


def test_examples_are_read_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"prompt": "the ", "response": "cat"}\n\n', encoding="utf-8")
    (found,) = read_examples(path, TOKENIZER)
    assert found == encode_example(TOKENIZER, "the ", "cat")
    assert TOKENIZER.decode(found.ids) == f"the cat{END}"
    assert found.n_prompt == 2
    for line in ("{", '{"prompt": "x"}', '{"prompt": "x", "response": ""}', "3"):
        path.write_text(f"\n{line}\n")
        with pytest.raises(TrainingError, match=r"line 2 is .*; expected"):
            read_examples(path, TOKENIZER)
    path.write_text("\n")
    with pytest.raises(TrainingError, match="has no examples"):
        read_examples(path, TOKENIZER)
