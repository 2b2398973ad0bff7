"""The fast trainer equals the reference, however the corpus is cut and counted."""

from __future__ import annotations

import io
import itertools
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs336_core.tokenization import (
    BPEParams,
    CorpusError,
    EncodingError,
    FewMergesWarning,
    SpecialTokenError,
    TokenizationError,
    VocabularyError,
    WrongTypeError,
    learn_merges,
    train,
    train_bpe,
    train_bpe_words,
)
from cs336_core.tokenization.bpe_words import TieBreak, count_word_pairs, merge_word, split_words
from cs336_core.tokenization.pretokenization.patterns import PATTERNS, resolve_pattern
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.pretokenization.split import split
from cs336_core.tokenization.pretokenization.word_keys import _MULTIPLIER, word_key
from cs336_core.tokenization.text_steps import TextSteps
from cs336_core.tokenization.training import merge_loop, word_table
from cs336_core.tokenization.training.chunks import chunks
from cs336_core.tokenization.training.corpus import Reading
from cs336_core.tokenization.training.count import Progress, count_chunk, count_pretokens
from cs336_core.tokenization.training.word_counts import Counts
from cs336_core.tokenization.training.word_table import WordTable

SPECIAL = ["<|end|>", "<|end|><|end|>", "a b"]
pytestmark = pytest.mark.filterwarnings("ignore::cs336_core.tokenization.FewMergesWarning")

texts = st.one_of(
    st.text("ab ", max_size=40),  # ties, and overlaps as in aaaa
    st.text("aab\n'é猫 <|end|>", max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.lists(st.sampled_from([*SPECIAL, "a", " b", "\n"]), max_size=12).map("".join),
)
corpora = st.lists(texts, min_size=1, max_size=5)
tie_breaks = st.sampled_from(["lexicographic", "first-seen"])
patterns = st.sampled_from(["gpt2", "cl100k", "o200k", "none", r"\w+"])


def plain_counts(corpus: list[str], special: list[str], pattern: str) -> dict[bytes, int]:
    counts: Counter[bytes] = Counter()
    for text in corpus:
        for part in SpecialTokens(special).split(text)[::2]:
            counts.update(word.encode() for word in split(part, resolve_pattern(pattern)))
    return counts


@given(corpora, tie_breaks, patterns, st.sampled_from([[], SPECIAL]), st.integers(0, 40))
@example(["ab", "bbb", "aaabaaab"], "lexicographic", "gpt2", [], 3)  # aa leaves the ab in aaab
@settings(max_examples=300)
def test_the_fast_trainer_equals_the_reference(
    corpus: list[str], tie_break: TieBreak, pattern: str, special: list[str], num_merges: int
) -> None:
    expected = plain_counts(corpus, special, pattern)
    if not expected:
        with pytest.raises(CorpusError, match="empty"):
            train(corpus, 300, special, pattern=pattern, tie_break=tie_break)
        return
    size = 256 + num_merges + len(special)
    trained = train(corpus, size, special, pattern=pattern, tie_break=tie_break)
    assert trained.merges == train_bpe_words(expected, num_merges, tie_break)
    assert list(trained.special_tokens) == special
    assert trained.pattern == resolve_pattern(pattern)


@given(texts.filter(bool), st.integers(0, 40))
def test_without_a_pattern_it_is_the_lectures_algorithm(text: str, num_merges: int) -> None:
    trained = train([text], 256 + num_merges, pattern="none", tie_break="first-seen")
    assert trained == train_bpe(text, num_merges)


@pytest.mark.parametrize("tie_break", ["lexicographic", "first-seen"])
def test_random_counts_give_the_merges_of_the_reference(tie_break: TieBreak) -> None:
    chance = random.Random(tie_break)
    for letters in ["ab"] * 250 + ["abcdé"] * 250:
        lengths = [chance.randrange(1, 12) for _ in range(chance.randrange(1, 10))]
        words = ["".join(chance.choices(letters, k=length)).encode() for length in lengths]
        scale = chance.choice([1, 2**33])  # no count is cut to 32 bits
        counts = {word: scale * chance.randrange(5) for word in words}
        expected = train_bpe_words(counts, 30, tie_break)
        assert learn_merges(Counts.from_dict(counts), 30, tie_break) == expected, counts


@pytest.mark.parametrize("tie_break", ["lexicographic", "first-seen"])
@pytest.mark.parametrize("batch", [1, 128])
def test_real_text_gives_the_merges_of_the_reference(
    batch: int, tie_break: TieBreak, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = topics["objects"] + topics["types"] + "=" * 33 + " banana" * 7
    monkeypatch.setattr(merge_loop, "_BATCH", batch)
    expected = train_bpe_words(plain_counts([text], [], "gpt2"), 500, tie_break)
    assert train([text], 756, tie_break=tie_break).merges == expected


@given(corpora, corpora, tie_breaks)
def test_training_further_is_the_reference_on_merged_words(
    before: list[str], after: list[str], tie_break: TieBreak
) -> None:
    special = ["<|end|>", "<|pad|>"]
    first, words = plain_counts(before, [], "gpt2"), plain_counts(after, special, "gpt2")
    if not first or not words:
        return
    known = train_bpe_words(first, 12, tie_break)
    tokens = split_words(words)
    for pair in known:
        tokens = {merge_word(word, pair): count for word, count in tokens.items()}
    learned = []
    for _ in range(12):
        pairs = count_word_pairs(tokens)
        if not pairs:
            break
        most = [pair for pair in pairs if pairs[pair] == max(pairs.values())]
        learned.append(max(most) if tie_break == "lexicographic" else most[0])
        tokens = {merge_word(word, learned[-1]): count for word, count in tokens.items()}
    params = BPEParams.trained(known, special[:1], resolve_pattern("gpt2"))
    size = len(params.vocab) + len(learned) + 1
    larger = train(after, size, special[1:], continue_from=params, tie_break=tie_break)
    assert larger.merges == known + learned
    assert larger.vocab.items() >= params.vocab.items()
    assert larger.special_tokens == {"<|end|>": 256 + len(known), "<|pad|>": size - 1}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"steps": TextSteps("NFC")}, "changes texts before it merges"),
        ({"merges": [(b"ab", b"c"), (b"a", b"b")]}, "after merge 0, of b'ab' and b'c'"),
        ({"merges": [(b"a", b"b"), (b"b", b"c"), (b"ab", b"c"), (b"a", b"bc")]}, "after merge 3,"),
    ],
)
def test_training_further_refuses_what_it_would_get_wrong(
    params: dict[str, Any], message: str
) -> None:
    vocab = BPEParams.trained([(b"a", b"b"), (b"b", b"c"), (b"ab", b"c")]).vocab
    with pytest.raises(VocabularyError, match=message):
        train(["abc"], 300, continue_from=BPEParams(vocab, **{"merges": [], **params}))


def test_real_text_is_trained_on_in_two_steps_with_the_same_result() -> None:
    text = [topics["types"]]
    assert train(text, 1500, continue_from=train(text, 700)) == train(text, 1500)


@given(corpora, patterns, st.integers(1, 30))
def test_counts_do_not_depend_on_the_chunks(corpus: list[str], pattern: str, size: int) -> None:
    specials, regex = SpecialTokens(SPECIAL), resolve_pattern(pattern)
    table = WordTable()
    for chunk in chunks(corpus, regex, specials, Reading(), size):
        table.add(count_chunk(chunk, specials, regex, "strict"))
    counts = table.counted().to_dict()
    assert list(counts.items()) == list(plain_counts(corpus, SPECIAL, pattern).items())


@pytest.mark.parametrize("name", PATTERNS)
@given(st.text("aé猫 \n/!'1<|end|>", max_size=120), st.integers(1, 20))
def test_a_file_is_cut_where_its_pretokens_stay(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str, size: int
) -> None:
    path = tmp_path_factory.mktemp("corpus") / "text.txt"
    path.write_bytes(text.encode())
    slices = list(chunks(path, PATTERNS[name], SpecialTokens(SPECIAL), Reading(), size))
    assert b"".join(chunk.read("strict") for chunk in slices) == text.encode()
    words = [
        word
        for chunk in slices
        for part in SpecialTokens(SPECIAL).split(chunk.read("strict").decode())[::2]
        for word in split(part, PATTERNS[name])
    ]
    whole = [
        word
        for part in SpecialTokens(SPECIAL).split(text)[::2]
        for word in split(part, PATTERNS[name])
    ]
    assert words == whole


def test_workers_executors_and_kinds_of_corpus_make_no_difference(tmp_path: Path) -> None:
    text = "".join(f"word{i % 97} and {i}, it's <|end|>{i * 7919}\n" for i in range(60_000))
    path = tmp_path / "corpus.txt"
    path.write_text(text, "utf-8")
    expected = train([text], 400, ["<|end|>"], num_workers=1)
    assert train(path, 400, ["<|end|>"], num_workers=3) == expected
    with path.open(encoding="utf-8", newline="") as opened:
        assert train(opened, 400, ["<|end|>"]) == expected
    assert train(io.BytesIO(text.encode()), 400, ["<|end|>"]) == expected
    with ThreadPoolExecutor(2) as executor:
        assert train([path], 400, ["<|end|>"], executor=executor) == expected


def hashed(block: bytes) -> int:
    """What `word_key` makes of the first eight bytes of a word of 16."""
    product = (16 ^ int.from_bytes(block, "little")) * _MULTIPLIER & (1 << 64) - 1
    return product ^ (product >> 32) ^ ((1 << 64) - (1 << 32) if product >> 63 else 0)


def test_words_with_equal_keys_are_distinguished() -> None:
    difference = hashed(b"abcdefgh") ^ hashed(b"ijklmnop")
    words = [b"abcdefgh" + bytes(8), b"ijklmnop" + difference.to_bytes(8, "little")]
    assert len({word_key(np.frombuffer(word, np.uint8), 0, 16) for word in words}) == 1
    counts = {word: i + 1 for i, word in enumerate([*words, *(b"%d" % i for i in range(150_000))])}
    table = WordTable()
    for _ in range(2):
        table.add(Counts.from_dict(counts))
    assert table.counted().to_dict() == {word: 2 * count for word, count in counts.items()}


def test_the_table_grows_word_by_word_and_byte_by_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_table, "_WORDS", 1)
    monkeypatch.setattr(word_table, "_BYTES", 1)
    corpus = [f"{topics['types']} {'a' * 5000}", "b"]
    assert count_pretokens(corpus).to_dict() == plain_counts(corpus, [], "gpt2")


def test_progress_is_reported() -> None:
    reports: list[Progress] = []
    train(["a b c ab bc"], 258, progress=reports.append)
    assert reports == [Progress("count", 11, None), Progress("merge", 2, 2)]


@pytest.mark.parametrize("stage", ["count", "merge"])
def test_training_can_be_interrupted_and_begun_again(stage: str) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.stage == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train([topics["types"]], 300, progress=interrupt)
    expected = train_bpe_words(plain_counts([topics["types"]], [], "gpt2"), 44)
    assert train([topics["types"]], 300).merges == expected


def test_a_corpus_with_too_few_pairs_is_reported() -> None:
    with pytest.warns(FewMergesWarning, match="after 1 of 44 merges"):
        assert train(["ab"], 300).merges == [(b"a", b"b")]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: train([], 300), CorpusError, "the corpus is empty"),
        (lambda: train(["", ""], 300), CorpusError, "the corpus is empty"),
        (lambda: train("some text", 300), CorpusError, r"give Path\(...\) if it names a file"),
        (lambda: train([3], 300), CorpusError, "this one has 3, of type int"),  # type: ignore[list-item]
        (lambda: train(["a"], 257, ["<a>", "<b>"]), CorpusError, "need at least 258"),
        (lambda: train(["a"], 300, ["<a>", "<a>"]), SpecialTokenError, "given twice"),
        (lambda: train(["a"], 300, pattern="("), TokenizationError, "not a regular expression"),
        (lambda: train(["a"], 300, pattern="gpt4"), TokenizationError, "not the name of a pattern"),
        (lambda: train(["a"], 300, tie_break="x"), TokenizationError, "tie_break is 'x'"),  # type: ignore[arg-type]
        (
            lambda: train(["a"], 300, min_frequency=0),
            CorpusError,
            "min_frequency is 0; it must be 1",
        ),
        (
            lambda: train(["a"], 300, max_token_length=2.0),
            WrongTypeError,
            "max_token_length is 2.0",
        ),  # type: ignore[arg-type]
        (lambda: train(Path("a\0b"), 300), TokenizationError, "a path has no null character"),
        (lambda: train(["a\ud800"], 300), EncodingError, r"U\+D800, at position 1"),
    ],
)
def test_bad_input_is_refused(
    call: Callable[[], object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_file_that_is_not_utf8_is_refused_with_the_offset(tmp_path: Path) -> None:
    path = tmp_path / "latin1.txt"
    path.write_bytes(b"word " * 600_000 + b"caf\xe9 " + b"word " * 600_000)
    with pytest.raises(EncodingError, match=r"1.txt is not UTF-8: byte 0xe9 at offset 3000003 "):
        train(path, 260)
    with pytest.raises(EncodingError, match="at offset 3000003"), path.open("rb") as opened:
        train(opened, 260)
    assert b" caf" in count_pretokens(path, errors="ignore").to_dict()
    assert " caf\ufffd".encode() not in count_pretokens(path, errors="ignore").to_dict()
    assert "\ufffd".encode() in count_pretokens(path, errors="replace").to_dict()


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        train(tmp_path / "nothing.txt", 300)


def test_the_order_of_documents_decides_what_is_seen_first(tmp_path: Path) -> None:
    path = tmp_path / "ef"
    path.write_text("ef ef", encoding="utf-8")
    for documents in itertools.permutations(["ab ab", "cd cd", path]):
        (first,) = train(list(documents), 257, tie_break="first-seen").merges
        name = documents[0].name if isinstance(documents[0], Path) else documents[0]
        assert b"".join(first).decode() == name[:2]
