"""The generation loop against one without a cache, and its errors."""

from __future__ import annotations

import pytest
import torch

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import GREEDY, Sampling, generate
from cs336_core.model.language_model import LanguageModel
from tests.inference.models import seeded, tiny_model

CONFIGS = {
    "rotary": {},
    "grouped": {"n_heads": 4, "n_kv_heads": 2},
    "learned": {"positions": "learned", "tied_embeddings": True},
    "sinusoidal": {"positions": "sinusoidal"},
    "window": {"window": 5},
}


def greedy_loop(model: LanguageModel, ids: list[int], n_tokens: int) -> list[int]:
    ids = list(ids)
    for _ in range(n_tokens):
        with torch.no_grad():
            ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
    return ids[-n_tokens:]


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("use_cache", [True, False])
def test_generation_equals_a_plain_loop(name: str, use_cache: bool) -> None:
    model, drawn = tiny_model(**CONFIGS[name]), seeded()
    ids = [1, 2, 3]
    for _ in range(20):
        with torch.no_grad():
            probs = model(torch.tensor([ids]))[0, -1].softmax(-1).double()
        number = torch.rand(1, dtype=torch.float64, generator=drawn)
        ids.append(int(torch.searchsorted(probs.cumsum(0), number)))
    assert len(set(ids)) > 5
    found = generate(model, [1, 2, 3], n_tokens=20, generator=seeded(), use_cache=use_cache)
    assert list(found) == ids[3:]


def test_a_temperature_of_0_takes_the_most_probable_token() -> None:
    model = tiny_model()
    expected = greedy_loop(model, [1, 2, 3], 20)
    assert list(generate(model, [1, 2, 3], n_tokens=20, sampling=GREEDY)) == expected


@pytest.mark.parametrize("slide", [False, True])
def test_the_same_seed_gives_the_same_tokens_with_and_without_a_cache(slide: bool) -> None:
    model = tiny_model(sharpness=10.0)
    options = {"n_tokens": 80 if slide else 30, "slide": slide}
    texts = [
        list(generate(model, [1], generator=seeded(seed), use_cache=use_cache, **options))
        for seed, use_cache in [(1, True), (1, False), (2, True)]
    ]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) == options["n_tokens"]


def test_a_full_context_forgets_its_older_half() -> None:
    model = tiny_model(context_length=8)
    prompt = [1, 2, 3, 4, 5, 6, 7, 8]
    first, second = generate(model, prompt, n_tokens=2, sampling=GREEDY, slide=True)
    assert [first] == greedy_loop(model, prompt, 1)
    assert [second] == greedy_loop(model, [6, 7, 8, first], 1)
    beyond = generate(model, [10, 9, *prompt], n_tokens=1, sampling=GREEDY, slide=True)
    assert list(beyond) == [first]


def test_generation_ends_after_a_stop_token() -> None:
    model = tiny_model()
    everything = greedy_loop(model, [1], 20)
    stop = everything[5]
    expected = everything[: everything.index(stop) + 1]
    found = generate(model, [1], n_tokens=20, sampling=GREEDY, stop_ids={stop})
    assert list(found) == expected


def test_tokens_arrive_one_by_one() -> None:
    model = tiny_model()
    tokens = generate(model, [1], n_tokens=20, sampling=GREEDY)
    first = next(tokens)
    model.embedding.weight.data.zero_()  # later tokens have not been computed yet
    assert first == greedy_loop(tiny_model(), [1], 1)[0]
    assert list(tokens) != greedy_loop(tiny_model(), [1], 20)[1:]


@pytest.mark.parametrize("training", [True, False])
def test_a_model_is_left_in_the_mode_it_was_in(training: bool) -> None:
    model = tiny_model().train(training)
    list(generate(model, [1], n_tokens=2))
    assert model.training is training
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_last_token_may_be_the_one_after_the_context() -> None:
    model = tiny_model(context_length=8, positions="learned")
    assert len(list(generate(model, [1, 2, 3], n_tokens=6))) == 6


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"prompt_ids": []}, "the prompt is empty; a model continues a text"),
        ({"prompt_ids": [1, 11]}, "prompt id 11 is not in the vocabulary, which has ids 0 to 10"),
        ({"prompt_ids": [-1]}, "prompt id -1 is not in the vocabulary"),
        ({"prompt_ids": [1] * 33}, "the prompt has 33 tokens, more than the model's context of 32"),
        ({"n_tokens": 40}, "request at most 31, or pass slide=True"),
        ({"n_tokens": -1}, "n_tokens is -1; it must be a whole number from 0"),
        ({"stop_ids": [50]}, "stop token 50 is not in the vocabulary, which has ids 0 to 10"),
    ],
)
def test_mistakes_are_reported_before_anything_is_generated(
    options: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidValueError) as raised:
        generate(tiny_model(), **{"prompt_ids": [1, 2], "n_tokens": 3} | options)  # type: ignore[arg-type]
    assert sentence in str(raised.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"temperature": -0.5}, "temperature is -0.5; it must be a number 0 or more"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_k": 0}, "top_k is 0; it must be a whole number from 1"),
        ({"top_p": 0}, "top_p is 0, which keeps no token"),
        ({"top_p": 1.2}, "top_p is 1.2; it must be a number above 0 and at most 1"),
        ({"min_p": 2}, "min_p is 2; it must be a number 0 or more and at most 1"),
        ({"repetition_penalty": 0}, "repetition_penalty is 0; it must be a number above 0"),
    ],
)
def test_choices_out_of_range_are_refused(options: dict[str, float], sentence: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        Sampling(**options)  # type: ignore[arg-type]
    assert sentence in str(raised.value)
