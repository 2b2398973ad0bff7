"""A tokenizer that threads share, or that was interrupted, gives the same ids as before."""

from __future__ import annotations

import copy
import pickle
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from cs336_core import tokenization
from cs336_core.tokenization import BPETokenizer, train
from cs336_core.tokenization.formats.ranks import RankedParams
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import GPT2

PACKAGE = str(Path(tokenization.__file__).parent)


@pytest.fixture(scope="module")
def params() -> BPEParams:
    return train([" ".join(words(2_000, seed=0))], 300)


def words(count: int, seed: int) -> list[str]:
    """Return random words, shorter and longer than a key, that few texts have in common."""
    letters = random.Random(seed)
    return ["".join(letters.choices("abcdefghij", k=letters.randint(2, 12))) for _ in range(count)]


def encode_all(shared: BPETokenizer, texts: list[str]) -> list[list[int]]:
    return [shared.encode(text) for text in texts]


@pytest.fixture
def switching() -> Iterator[None]:
    """Let Python switch between threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


# The threads encode in compiled code, without the interpreter's lock.
@pytest.mark.parametrize("count", [50, 5_000], ids=["short", "long"])
@pytest.mark.usefixtures("switching")
def test_threads_that_share_a_tokenizer_get_their_own_ids(params: BPEParams, count: int) -> None:
    texts = [" ".join(words(count, seed)) for seed in range(1, 17)]
    expected = [BPETokenizer(params).encode(text) for text in texts]
    shared = BPETokenizer(params)
    together = threading.Barrier(16)

    def encode(number: int) -> list[list[int]]:
        together.wait()
        return encode_all(shared, texts[number:] + texts[:number])

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(encode, range(16)))
    assert all(ids == expected[i:] + expected[:i] for i, ids in enumerate(found))
    assert encode_all(shared, texts) == expected


def interrupted(call: Callable[[], object], at: int) -> bool:
    """Call, raise `KeyboardInterrupt` before line `at` of the package; return whether it came."""
    lines = 0

    def on_event(frame: FrameType, event: str, arg: object) -> Callable[..., object] | None:
        nonlocal lines
        del arg
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            lines += 1
            if lines == at:
                raise KeyboardInterrupt
        return on_event

    before = sys.gettrace()
    sys.settrace(on_event)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interruption_at_any_line_leaves_a_correct_tokenizer(params: BPEParams) -> None:
    texts = ["be not", "to cab abcdefghij", "gab jihgfedcba to" * 100]
    expected = encode_all(BPETokenizer(params), texts)
    shared = BPETokenizer(params)
    at = 1
    while interrupted(partial(encode_all, shared, texts), at):
        assert encode_all(shared, texts) == expected, f"interrupted at line {at}"
        at += 1
    assert at > 30


def test_interrupts_at_any_moment(params: BPEParams) -> None:
    texts = [" ".join(words(20_000, seed)) for seed in range(4)]
    expected = encode_all(BPETokenizer(params), texts)
    shared = BPETokenizer(params)
    encoding = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        if encoding:
            raise KeyboardInterrupt

    began = time.perf_counter()
    encode_all(shared, texts)
    took = time.perf_counter() - began
    interrupts = 0
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for i in range(1, 41):
            signal.setitimer(signal.ITIMER_REAL, took * i / 40)
            try:
                encoding = True
                encode_all(shared, texts)
                encoding = False
            except KeyboardInterrupt:
                encoding = False
                interrupts += 1
            assert encode_all(shared, texts) == expected
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupts > 0


def test_a_pickle_does_not_depend_on_earlier_encoding(params: BPEParams) -> None:
    used = BPETokenizer(params)
    before = pickle.dumps(used)
    texts = [" ".join(words(count, seed=5)) for count in (100, 2_000)]
    expected = encode_all(used, texts)
    assert pickle.dumps(used) == before
    for other in (pickle.loads(before), copy.deepcopy(used), copy.copy(used)):
        assert encode_all(other, texts) == expected


def test_a_pickle_of_ranks_does_not_depend_on_their_merges() -> None:
    ranked = RankedParams.of(BPEParams.trained([(b"a", b"b")]).ids, {"<|end|>": 257}, None)
    before = pickle.dumps(ranked)
    assert ranked.merges == [(b"a", b"b")]  # found when they are first needed
    assert pickle.dumps(ranked) == before
    assert pickle.loads(before) == ranked
    split = replace(ranked, pattern=GPT2)
    assert pickle.loads(pickle.dumps(split)).merges == ranked.merges
