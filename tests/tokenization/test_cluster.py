"""A corpus is counted by the workers of a real cluster, with the same result."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from pydoc_data.topics import topics
from typing import TYPE_CHECKING

import pytest

from cs336_core.tokenization import EncodingError, train
from cs336_core.tokenization.training.count import count_pretokens

if TYPE_CHECKING:
    from distributed import Client

SPECIAL = "<|endoftext|>"


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Return a client of two processes behind a Dask scheduler."""
    from distributed import Client, LocalCluster  # slow: only the process that runs these tests

    with pytest.MonkeyPatch.context() as patch:
        # A new process imports the main module, which does not exist in pytest's own processes.
        patch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
        with (
            LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # any free port
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client


@pytest.fixture(scope="module")
def executor(client: Client) -> Iterator[Executor]:
    with client.get_executor() as executor:
        yield executor


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Return files that are large enough to be counted in several parts."""
    pages = [text for _, text in sorted(topics.items())]
    files = [tmp_path / "first.txt", tmp_path / "second.txt"]
    for i, file in enumerate(files):
        file.write_text(SPECIAL.join(pages[i::2]) * 12, "utf-8")
    return files


@pytest.mark.parametrize("pattern", ["gpt2", r"\w+|\W"])
def test_a_cluster_learns_the_same_merges(
    executor: Executor, paths: list[Path], pattern: str
) -> None:
    alone = train(paths, 400, [SPECIAL], pattern=pattern, num_workers=1)
    assert train(paths, 400, [SPECIAL], pattern=pattern, executor=executor) == alone


def test_a_cluster_preserves_the_order_of_documents(executor: Executor, paths: list[Path]) -> None:
    alone = train(paths, 400, tie_break="first-seen", num_workers=1)
    assert train(paths, 400, tie_break="first-seen", executor=executor) == alone


def test_the_work_is_done_by_the_cluster(
    client: Client, executor: Executor, paths: list[Path]
) -> None:
    done: list[int] = []
    counts = count_pretokens(
        paths, executor=executor, progress=lambda progress: done.append(progress.done)
    )
    assert counts.to_dict() == count_pretokens(paths, num_workers=1).to_dict()
    assert len(done) > len(paths)  # several parts a file
    assert done[-1] == sum(path.stat().st_size for path in paths)
    assert set(client.run(has_counted).values()) == {True}


def has_counted() -> bool:
    """Whether this process has imported the counting module."""
    return count_pretokens.__module__ in sys.modules


def test_an_error_comes_back_from_the_cluster(executor: Executor, tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes(b"ol\xe9")
    with pytest.raises(EncodingError, match=r"latin.txt is not UTF-8: byte 0xe9 at offset 2"):
        train(path, 300, executor=executor)
