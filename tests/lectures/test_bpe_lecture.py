"""Lecture 03: its statements are true, and the answers to its exercises are right."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log2

import pytest

from cs336_core.tokenization import (
    bpe_steps,
    encode,
    train_bpe,
    train_bpe_words,
    word_bpe_steps,
)
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.tokenization.pretokenization.split import split
from cs336_core.tokenization.unigram import best_split, pruned
from cs336_core.tokenization.wordpiece import encode_wordpiece, train_wordpiece
from cs336_core.trace import trace
from tests.lectures.lecture_run import LectureRun, run_lecture
from tools.shell.paths import ROOT

pytestmark = pytest.mark.xdist_group("03_bpe")

NAME = "03_bpe.py"
TEXT = (ROOT / "lectures" / NAME).read_text("utf-8")


@pytest.fixture(scope="module")
def lecture() -> LectureRun:
    return run_lecture(NAME)


SENTENCES = [
    ("len(ids)", 18),
    ("len([c for c in counts.values() if c == best])", 4),
    ("len(shorter)", 16),
    ('len(encode("猫", params))', 3),
    ('" + ".join(of_lowest)', "low + est"),
    ("ending", 30),
    ("repr(most_across)", "'e '"),
    ("across.count(most_across)", 46),
    ('"·".join(of_hath)', "h·a·th"),
    ("len(corpus)", 37),
    ('"·".join(pieces_of_hamlet).replace(" ", "␣")', "␣H·am·let"),
    ('f"{by_rank[9]:,}"', "13,486"),
    ("by_rank.count(0)", 669),
    ('f"{unseen:.2f}"', "3.19"),
    ('f"{seen:.2f}"', "3.45"),
    ('f"{chinese:.2f}"', "1.00"),
    ('f"{chinese_cost:.1f}"', "3.0"),
    ("int(pairs.frequency[0])", 7),
    ("int(pairs.first[0])", 1),
    ("int(row.following[pairs.first[0]])", 5),
    ('f"{joins:,}"', "179,382"),
    ('f"{read_again // 10**6}"', "769"),
    ('f"{most_used:.0f} %"', "72 %"),
    ('f"{round(read_again / joins):,}"', "4,289"),
]
ANSWERS = [
    ('len(merge(list(b"aaaa"), (97, 97), 256))', 2),
    ('len(merge(list(b"aaa"), (97, 97), 256))', 2),
    ('str(encode("the cat", params))', "[258, 99, 97, 116]"),
    ("len(of_repeated)", 4),
    ("len(of_repeated[-1])", 16),
    ('f"{len(merges):,}"', "9,743"),
    ("len(greedy)", 4),
    ("len(cleverer)", 3),
]


@pytest.mark.parametrize(("expression", "expected"), SENTENCES)
def test_computed_value_is_the_known_one(
    lecture: LectureRun, expression: str, expected: object
) -> None:
    assert lecture.values[expression] == expected


@pytest.mark.parametrize(("expression", "answer"), ANSWERS)
def test_answer_to_an_exercise(lecture: LectureRun, expression: str, answer: object) -> None:
    assert lecture.values[expression] == answer


def test_every_expression_is_checked(lecture: LectureRun) -> None:
    # The ratio on Python's manual differs with its version.
    known = {expression for expression, _ in SENTENCES + ANSWERS}
    assert set(lecture.values) - known == {'f"{code:.2f}"'}


def test_training_on_five_words(lecture: LectureRun) -> None:
    steps = list(bpe_steps(lecture.variables["text"], 12))
    assert [step.new_token for step in steps[:3]] == [b"th", b"the", b"the "]
    repeats = lecture.variables["repeats"]
    assert f"from merge {repeats} on <hat.step={repeats}>" in TEXT
    assert [step.count > 1 for step in steps] == [True] * repeats + [False] * (12 - repeats)
    # Of the nine merges, most find nothing to join in `hat hath`.
    nine = lecture.variables["nine"]
    assert sum(left + right in b"hat hath" for left, right in nine.merges) < 5
    assert nine.merges.index((b"t", b"h")) < nine.merges.index((b"a", b"t"))
    assert "at" in [nine.vocab[token_id].decode() for token_id in encode("hat", nine)]
    hamlet = lecture.variables["hamlet"].encode()
    assert not any(step.new_token in hamlet for step in steps[-3:])
    longest_first = [nine.ids[token] for token in (b"h", b"at", b"h")]
    assert len(longest_first) == len(lecture.variables["of_hath"])
    assert not any(token.startswith(b"ha") for token in nine.ids)


def test_wordpiece_begins_where_letters_never_part(lecture: LectureRun) -> None:
    first = lecture.variables["wordpiece"][0]
    assert first.pair == ("w", "##i")
    assert first.halves == (first.count, first.count) == (3, 3)
    words = " ".join(lecture.variables["read"])
    assert re.findall(r"\bw(.)", words) == re.findall(r"(?<=\bw)i|i", words) == ["i"]
    vocab = train_wordpiece(lecture.variables["read"], 6)
    split_up = [encode_wordpiece(word, vocab) for word in ("lowest", "newer", "slow")]
    assert split_up == [["low", "##e", "##st"], ["n", "##e", "##w", "##er"], ["[UNK]"]]


def test_a_unigram_model_of_twenty_pieces_finds_the_endings(lecture: LectureRun) -> None:
    read, substrings = lecture.variables["read"], lecture.variables["substrings"]
    assert len(substrings) == 46
    assert best_split("lowest", substrings)[0] == ["low", "est"]
    twenty, fourteen = (pruned(read, substrings, size) for size in (20, 14))
    assert best_split("lowest", twenty)[0] == ["low", "est"]
    assert best_split("newer", twenty)[0] == ["new", "er"]
    assert {piece for piece in fourteen if len(piece) > 1} == set(read)


def test_the_trace_opens_where_ids_is_assigned(lecture: LectureRun) -> None:
    step = int(re.findall(r"inspect_all=True\), step=(\d+)", TEXT)[0])
    steps = trace(train_bpe, lecture.variables["text"], 3, inspect_all=True).steps
    assert [("ids" in shown.env) for shown in steps[: step + 1]] == [False] * step + [True]


def test_training_on_word_counts(lecture: LectureRun) -> None:
    assert lecture.variables["pieces"] == [b"es", b"est", b"lo", b"low", b"ne", b"new", b"newest"]
    first = next(word_bpe_steps(lecture.variables["read"], 1))
    assert (first.count, first.candidates) == (9, ((b"e", b"s"), (b"s", b"t")))
    by_bytes = train_bpe_words(lecture.variables["read"], 6, "lexicographic")
    assert by_bytes[0] == (b"s", b"t")
    assert {b"".join(pair) for pair in by_bytes} >= {b"west", b"ne"}


def test_pretokenization_prevents_tokens_that_end_with_a_space(lecture: LectureRun) -> None:
    speech = lecture.variables["speech"]
    assert speech.startswith("To be, or not to be")
    uncut = [step.new_token for step in bpe_steps(speech, 100)]
    assert sum(token.endswith(b" ") for token in uncut) > 10
    words = split(speech, GPT2)
    counts = {word: words.count(word) for word in dict.fromkeys(words)}
    in_words = [b"".join(pair) for pair in train_bpe_words(counts, 100, "first-seen")]
    assert not [token for token in in_words if token.strip() and token.endswith(b" ")]


def test_training_on_the_plays(lecture: LectureRun) -> None:
    names = lecture.variables
    tokens = names["tokens"]
    assert "Hamlet" not in names["corpus"]
    assert {" t", "he", " the"} <= set(tokens[:12])
    assert names["longest"][0] == " notwithstanding"
    assert " handkerchief" in names["longest"][:12]
    for earl in (" Northumberland", " Westmoreland"):
        assert {earl, earl.upper()} <= set(tokens)
    assert {"ENRY", "LOUCESTER"} <= set(names["steps_between"][:12])
    assert "GLOUCESTER" in tokens
    assert not {"GLOUCESTER", "HENRY"} & set(names["steps_between"])
    longest = sorted(names["of_letters"], key=len, reverse=True)[:6]
    assert longest[0] == "ÃÂ" * 32
    assert {"BuyableInstoreAndOnline", "rawdownloadcloneembedreportprint"} <= set(longest)


def test_decoding_utf8_as_latin1_repeatedly_gives_mojibake() -> None:
    text, lengths = "\u00a0", []
    for _ in range(6):
        text = text.encode("utf-8").decode("latin-1")
        lengths.append(len(text))
    assert [later / earlier for earlier, later in pairwise(lengths)] == [2] * 5
    assert "ÃÂ" * 8 in "".join(letter for letter in text if letter.isalpha())


def test_word_frequencies_follow_zipfs_law(lecture: LectureRun) -> None:
    by_rank = lecture.variables["by_rank"]
    products = [rank * by_rank[rank - 1] for rank in (10, 100, 1000)]
    assert max(products) < 1.15 * min(products)
    assert by_rank[99] / by_rank[9] == pytest.approx(0.1, rel=0.15)
    assert sum(by_rank[:500]) == pytest.approx(0.72 * sum(by_rank), rel=0.01)


def test_compression_ratios_over_vocabulary_sizes(lecture: LectureRun) -> None:
    ratios = list(lecture.variables["ratios"].values())
    assert all(sorted(curve) == curve for curve in ratios)
    # The last step more than doubles the vocabulary, so its gain is taken per doubling.
    doublings = [log2(later / earlier) for earlier, later in pairwise(lecture.variables["sizes"])]
    gains = [
        [
            (later - earlier) / doubled
            for (earlier, later), doubled in zip(pairwise(curve), doublings, strict=True)
        ]
        for curve in ratios
    ]
    on_plays, elsewhere = gains[:2], gains[2:4]
    assert all(sorted(gain, reverse=True) == gain for gain in on_plays)
    assert not any(sorted(gain, reverse=True) == gain for gain in elsewhere)
    played, unseen, code, french, chinese = ratios
    gaps = [seen - other for seen, other in zip(played, unseen, strict=True)]
    assert gaps[1] < 0
    assert gaps[2] < 0
    assert 0 < gaps[3] < gaps[4] < gaps[5]
    assert unseen[-1] > french[-1] > 2
    assert unseen[-1] > code[-1] > 2
    assert chinese == [1.0] * 6


def test_the_table_of_training_times_is_the_benchmarks() -> None:
    """`make bench` measures the times, and BENCHMARKS.md shows its output."""
    benchmarks = (ROOT / "BENCHMARKS.md").read_text("utf-8")
    printed = {}
    for row in re.findall(r"^\| hundred, 32,000 .*", benchmarks, re.MULTILINE):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        megabytes = int(cells[5].split(" MB")[0])
        printed[cells[1]] = (float(cells[2].split(" s ")[0]), round(megabytes * 10**6 / 2**20))
    row = r"^# \| (.+?) \((?:Python, numba|Rust)\) \| (\S+) \| (\d+) \|$"
    table = re.findall(row, TEXT, re.MULTILINE)
    assert {name: (float(time), int(memory)) for name, time, memory in table} == printed
    assert len(printed) == 4
    (ours, our_memory), *_, (last, last_memory) = printed.values()
    assert last == pytest.approx(ours, rel=0.05)
    assert last_memory == pytest.approx(our_memory / 3, rel=0.1)
