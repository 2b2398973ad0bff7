"""The compiled state machines end pre-tokens where `regex` does, for any text."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
import regex

from cs336_core.tokenization.compiled import jit
from cs336_core.tokenization.pretokenization.kinds import ASSIGNED, character_kinds
from cs336_core.tokenization.pretokenization.machines import MACHINES, next_pretoken
from cs336_core.tokenization.pretokenization.patterns import PATTERNS

# What a pattern distinguishes, and what is easily confused with it.
PIECES = [
    *"aAbBsStTlLvVeErRdDmM''’-_/!.,()#@",
    *"1234६²½Ⅷ一",
    *("  ", " ", " ", "\t", "\n", "\r\n", "\n\n", "\r", "\u00a0", "\u3000", "\u2028", "\x85"),
    *("\x00", "\x0b", "\x1c", "\x1f", "\x7f", "\u200b", "\ufeff", "\ufffe", "\U0010ffff", "\ue000"),
    *("'s", "'S", "'ſ", "'LL", "'lL", "'ve", "'Re", "'ſt", "'v", "n't", "'D", "’s", "'K"),
    *"猫あアーㄱ한नमสกوعשλЖжñÉéßﬀªʰſKıİǅǄπΣ𝒜𐐀𐐨",
    *("\u0301", "\u0308", "\u093f", "\u0e34", "\u0651", "\u20dd", "\U0001f3fd", "\ufe0f"),
    *("🌍", "👩\u200d🔬", "\U0001f1e9\U0001f1ea", "é\u0301", "e\u0301", "नि", "हिन्दी", "ภาษา"),
]


@jit
def find_ends(machine: int, data: np.ndarray, kinds: np.ndarray, ends: np.ndarray) -> int:
    begin, count = 0, 0
    while begin < len(data):
        begin = next_pretoken(machine, data, begin, len(data), kinds)
        ends[count] = begin
        count += 1
    return count


def ends_by_machine(pattern: str, text: str) -> list[int]:
    data = np.frombuffer(text.encode(), np.uint8)
    ends = np.empty(len(data), np.int64)
    return ends[: find_ends(MACHINES[pattern], data, character_kinds(), ends)].tolist()


def ends_by_regex(pattern: str, text: str) -> list[int]:
    lengths = [len(match.group().encode()) for match in regex.finditer(pattern, text)]
    return np.cumsum(lengths, dtype=np.int64).tolist()


def random_texts(seed: str, count: int) -> Iterator[str]:
    """Yield mixes of the pieces above and of any other assigned characters."""
    chance = random.Random(seed)
    for _ in range(count):
        pieces = chance.choices(PIECES, k=chance.randrange(1, 16))
        if chance.random() < 0.3:
            pieces.insert(chance.randrange(len(pieces)), assigned(chance))
        yield "".join(pieces)


def assigned(chance: random.Random) -> str:
    code = chance.choice([chance.randrange(0x600), chance.randrange(*ASSIGNED[0])])
    return chr(code) if not 0xD800 <= code < 0xE000 else "�"


def check(name: str, count: int) -> None:
    pattern = PATTERNS[name]
    for text in random_texts(name, count):
        assert ends_by_machine(pattern, text) == ends_by_regex(pattern, text), ascii(text)


@pytest.mark.parametrize("name", PATTERNS)
def test_pretokens_end_where_regex_ends_them(name: str) -> None:
    check(name, 5000)


@pytest.mark.nightly
@pytest.mark.parametrize("name", PATTERNS)
def test_pretokens_end_where_regex_ends_them_in_many_texts(name: str) -> None:
    check(name, 200_000)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_character_between_letters_and_by_itself(name: str) -> None:
    codes = [*range(*ASSIGNED[0]), *range(*ASSIGNED[1]), 0x10FFFF]
    characters = [chr(code) for code in codes if not 0xD800 <= code < 0xE000]
    for text in (
        " 1".join(f"{c}a{c}'" for c in characters),
        " A".join(f"{c}{c}\n{c}" for c in characters),
    ):
        assert ends_by_machine(PATTERNS[name], text) == ends_by_regex(PATTERNS[name], text)


def test_no_other_character_belongs_to_a_set_of_the_patterns() -> None:
    gaps = range(ASSIGNED[0][1], ASSIGNED[1][0]), range(ASSIGNED[1][1], 0x110000)
    for gap in gaps:
        assert not regex.search(r"[\s\p{L}\p{N}\p{M}]", "".join(map(chr, gap)))


def test_a_pretoken_ends_at_the_end_of_its_segment() -> None:
    """Whatever follows: a contraction, a line end, the rest of a word."""
    text = "it's \n 12a!\n"
    data = np.frombuffer(text.encode(), np.uint8)
    for pattern in PATTERNS.values():
        for end in range(1, len(text) + 1):
            begin, ends = 0, []
            while begin < end:
                begin = next_pretoken(MACHINES[pattern], data, begin, end, character_kinds())
                ends.append(begin)
            assert ends == ends_by_regex(pattern, text[:end])


def test_without_a_pattern_the_segment_is_one_pretoken() -> None:
    data = np.frombuffer(b"a b", np.uint8)
    assert next_pretoken(MACHINES[None], data, 0, 2, character_kinds()) == 2
