"""Short stories about who has what and who is where, written by a program.

A small model learns them in a minute, and a reader can check what it predicts: what comes next is
often in the story, sometimes as the answer to a question, as in the tasks of Weston et al. 2015
("bAbI"). The words are few, so each is one token.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

NAMES = [
    *("Anna", "Ben", "Clara", "David", "Emma", "Felix"),
    *("Ida", "Leo", "Lucy", "Max", "Mia", "Tom"),
]
THINGS = ["ball", "book", "cup", "flower", "hat", "key", "lamp", "map", "ring", "stone"]
COLORS = ["black", "blue", "brown", "green", "red", "white", "yellow"]
PLACES = ["forest", "garden", "house", "kitchen", "library", "market", "river", "school", "station"]
ANIMALS = ["bird", "cat", "cow", "dog", "fox", "horse", "mouse", "sheep"]
DRINKS = ["coffee", "juice", "milk", "tea", "water"]


def stories(n: int, seed: int = 0) -> Iterator[str]:
    """Yield `n` stories, each on one line; the same seed gives the same ones.

    >>> list(stories(2, seed=5))[1]
    'When Tom and Mia went to the kitchen, Tom gave a ball to Mia.'
    """
    rng = random.Random(seed)  # noqa: S311  (stories, not secrets)
    for _ in range(n):
        yield rng.choice(_KINDS)(rng)


def _giving(rng: random.Random) -> str:
    """One gives a thing to the other."""
    people, things = rng.sample(NAMES, 2), rng.sample(THINGS, 2)
    giver, taker = rng.sample([0, 1], 2)
    thing = things[giver]
    return (
        f"{_both(rng, people, 'has a', things)} {people[giver]} gives the {thing} to "
        f"{people[taker]}. Now {people[taker]} has the {things[taker]} and the {thing}. "
        f"Who has the {thing}? {people[taker]}."
    )


def _moving(rng: random.Random) -> str:
    """Two are somewhere, and one may go elsewhere."""
    people = rng.sample(NAMES, 2)
    *places, elsewhere = rng.sample(PLACES, 3)
    story = _both(rng, people, "is in the", places)
    if rng.random() < 0.5:
        mover = rng.choice([0, 1])
        places[mover] = elsewhere
        story += f" {people[mover]} goes to the {elsewhere}."
    who = rng.choice([0, 1])
    return f"{story} Where is {people[who]}? In the {places[who]}."


def _liking(rng: random.Random) -> str:
    """Each drinks what he or she likes."""
    people, drinks = rng.sample(NAMES, 2), rng.sample(DRINKS, 2)
    story = _both(rng, people, "likes", drinks)
    first, second = rng.sample([0, 1], 2)
    return (
        f"{story} {people[first]} drinks {drinks[first]}, and {people[second]} drinks "
        f"{drinks[second]}."
    )


def _coloring(rng: random.Random) -> str:
    """Two things, each with a color."""
    person, things, colors = rng.choice(NAMES), rng.sample(THINGS, 2), rng.sample(COLORS, 2)
    (color, thing), _ = pairs = list(zip(colors, things, strict=True))
    both = " and ".join(f"a {each} {one}" for each, one in rng.sample(pairs, 2))
    return (
        f"{person} has {both}. {person} takes the {color} {thing}. What color is the {thing}? It "
        f"is {color}."
    )


def _comparing(rng: random.Random) -> str:
    """Three animals, in order of size."""
    big, middle, small = rng.sample(ANIMALS, 3)
    return (
        f"The {big} is bigger than the {middle}. The {middle} is bigger than the {small}. "
        f"So the {big} is bigger than the {small}."
    )


def _meeting(rng: random.Random) -> str:
    """Two people, of whom only the second can be meant at the end (Wang et al. 2022)."""
    people = rng.sample(NAMES, 2)
    giver, taker = rng.sample(people, 2)
    return (
        f"When {people[0]} and {people[1]} went to the {rng.choice(PLACES)}, {giver} gave a "
        f"{rng.choice(THINGS)} to {taker}."
    )


def _both(rng: random.Random, people: list[str], verb: str, objects: list[str]) -> str:
    """Return a sentence about each of two people, in any order."""
    pairs = list(zip(people, objects, strict=True))
    rng.shuffle(pairs)
    return " ".join(f"{person} {verb} {thing}." for person, thing in pairs)


_KINDS: list[Callable[[random.Random], str]] = [
    _giving,
    _moving,
    _liking,
    _coloring,
    _comparing,
    _meeting,
]
