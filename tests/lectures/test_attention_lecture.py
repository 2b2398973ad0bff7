"""Lecture 04: what its sentences say holds, and the answers of its exercises are right."""

from __future__ import annotations

import pytest
import torch

from tests.lectures.prose import Told, run

SENTENCES = [
    ('f"{100 * share_of_cat:.0f} %"', "77 %"),
    ("deepseek.latent.kv_rank", 512),
    ("deepseek.latent.rope_head_dim", 64),
    ('f"{less[8192]:.1f}"', "4.0"),
]
ANSWERS = [
    ('f"{uniform[0].item():.3f}"', "0.143"),
    ('f"{nobody.sum().item():.0f}"', "0"),
    ('f"{parameters:,}"', "41,943,040"),
    ("furthest", 8),
    ("deepseek.n_layers", 61),
    ("deepseek.n_heads", 128),
    ('f"{held[4096][0] / held[1024][0]:.0f}"', "14"),
    ('f"{held[4096][1] / held[1024][1]:.0f}"', "4"),
]


@pytest.fixture(scope="module")
def told() -> Told:
    return run("04_attention.py")


@pytest.mark.parametrize(("expression", "said"), SENTENCES + ANSWERS)
def test_a_sentence_says_what_is_known(told: Told, expression: str, said: object) -> None:
    assert told.values[expression] == said


def test_every_expression_is_looked_at(told: Told) -> None:
    gradients = {'f"{learns[1024, True] / learns[1024, False]:.0f}"'}
    assert set(told.values) - {expression for expression, _ in SENTENCES + ANSWERS} == gradients


def test_gradients_are_seventeen_times_smaller_without_the_root(told: Told) -> None:
    # Another million draws, by torch's softmax: 16.8 to within a few percent.
    scores = torch.randn(100_000, 10, generator=torch.Generator().manual_seed(0))
    with_root, without = (
        (shares * (1 - shares)).mean().item()
        for shares in (scores.softmax(-1), (32 * scores).softmax(-1))
    )
    said = told.values['f"{learns[1024, True] / learns[1024, False]:.0f}"']
    assert float(str(said)) == pytest.approx(with_root / without, rel=0.06)
    assert with_root / without == pytest.approx(16.8, rel=0.04)


def test_only_the_pronoun_tells_its_keys_apart_sharply(told: Told) -> None:
    shares = told.names["shares"]
    largest = shares.amax(-1) / shares.amin(-1)
    assert [bool(ratio < 2) for ratio in largest] == [name != "it" for name in told.names["tokens"]]
    assert largest.min() > 1.5  # no row is even


def test_a_layer_reaches_back_by_a_token_less_than_its_window(told: Told) -> None:
    window_mask = told.names["window_mask"]
    for window in (2, 3, 5):
        sees = window_mask(32, window).double()
        for layers in (1, 2, 4):
            reached = torch.linalg.matrix_power(sees, layers)[-1].nonzero()[0]
            assert 31 - int(reached) == layers * (window - 1)


def test_a_latent_cache_holds_the_vector_and_the_shared_key(told: Told) -> None:
    deepseek = told.names["deepseek"]
    cached = deepseek.latent.kv_rank + deepseek.latent.rope_head_dim
    assert told.names["kept"]["MLA of DeepSeek-V3"] == 2 * deepseek.n_layers * cached


def test_the_pronoun_finds_its_noun(told: Told) -> None:
    shares, tokens = told.names["shares"], told.names["tokens"]
    assert tokens[shares[4].argmax()] == "cat"
    assert torch.allclose(shares.sum(-1), torch.ones(7))
    assert told.names["mixed"][4].argmax() == 0  # mostly an animal


def test_the_spread_grows_with_the_root(told: Told) -> None:
    for d, spread in told.names["spreads"].items():
        assert spread == pytest.approx(d**0.5, rel=0.05)
    best = told.names["best_share"]
    assert best[1024, False] > 0.9
    assert best[1024, True] < 0.4


def test_what_is_kept_of_a_token(told: Told) -> None:
    kept = told.names["kept"]
    assert kept == {
        "MHA, 32 heads": 512 * 1024,
        "GQA, 8 heads": 128 * 1024,
        "MQA, 1 head": 16 * 1024,
        "MLA of DeepSeek-V3": 70_272,
    }
    assert kept["GQA, 8 heads"] * 0.45 < kept["MLA of DeepSeek-V3"] < kept["GQA, 8 heads"] * 0.6


def test_a_translator_finds_its_words(told: Told) -> None:
    cat, sat = told.names["crossed"]
    tokens = told.names["tokens"]
    assert tokens[cat.argmax()] == "cat"
    assert torch.allclose(sat[tokens.index("sat")], sat[tokens.index("was")])


def test_a_state_is_smaller_than_a_cache(told: Told) -> None:
    assert told.names["state_size"] == 64 * 64 + 64
