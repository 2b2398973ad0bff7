from __future__ import annotations

from cs336_core.texts.stories import ANIMALS, NAMES, stories


def test_the_same_seed_gives_the_same_stories() -> None:
    assert list(stories(50, seed=3)) == list(stories(50, seed=3))
    assert list(stories(50, seed=3)) != list(stories(50, seed=4))


def test_every_answer_is_in_the_story() -> None:
    questions = 0
    for story in stories(500):
        assert "\n" not in story
        facts, question, answer = story.partition("?")
        if question:
            questions += 1
            assert answer.strip().rstrip(".").split()[-1] in facts
    assert questions > 100


def test_a_gift_goes_to_the_one_who_has_not_been_repeated() -> None:
    meetings = [story for story in stories(500) if story.startswith("When")]
    assert len(meetings) > 40
    for story in meetings:
        names = [word.strip(",.") for word in story.split() if word.strip(",.") in NAMES]
        first, second, giver, taker = names
        assert giver in (first, second)
        assert taker in (first, second)
        assert giver != taker


def test_sizes_do_not_contradict_each_other() -> None:
    compared = [story for story in stories(500) if "bigger" in story]
    assert len(compared) > 40
    for story in compared:
        big, middle, again, small, *end = [
            word.strip(".") for word in story.split() if word.strip(".") in ANIMALS
        ]
        assert middle == again
        assert end == [big, small]
