"""The attention explorer's Python side: state, bounds, and what a page shows without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from cs336_core.model.attention import scaled_dot_product_attention, softmax
from cs336_core.model.masks import causal_mask, window_mask
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import AttentionExplorer
from tests.widgets.states import state_of

TOKENS = ["The", " cat", " sat"]
QUERIES = [[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]
KEYS = [[0.0, 1.0], [3.0, 0.0], [1.0, 4.0]]
VALUES = [[1.0], [2.0], [3.0]]


def explorer(**changes: Any) -> AttentionExplorer:
    given = {"tokens": TOKENS, "queries": QUERIES, "keys": KEYS, "values": VALUES} | changes
    return AttentionExplorer(**given)


def heads(n_heads: int, n_tokens: int, d: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(336)
    return torch.randn(n_heads, n_tokens, d, generator=generator, dtype=torch.float64)


def test_the_state_of_the_view() -> None:
    assert explorer(features=["animal", "other"], window=2, cell=(2, 1)).static_state() == {
        "tokens": TOKENS,
        "features": ["animal", "other"],
        "q": [QUERIES],
        "k": [KEYS],
        "v": [VALUES],
        "head": 0,
        "stage": "weights",
        "mask": "causal",
        "window": 2,
        "prefix": 2,
        "padding": 0,
        "temperature": 1.0,
        "scaled": True,
        "row": 2,
        "column": 1,
    }


def test_tensors_and_lists_are_taken_and_rounded() -> None:
    given = heads(2, 3, 4).requires_grad_()
    made = AttentionExplorer(TOKENS, given, given.detach().numpy(), heads(2, 3, 5).bfloat16())
    assert made.q == made.k == [[[round(x, 3) for x in row] for row in h] for h in given.tolist()]
    assert len(made.v[1][2]) == 5
    assert str(explorer(values=[[-0.0001], [0], [1]]).v) == "[[[0.0], [0.0], [1.0]]]"


def test_weights_and_outputs_are_those_of_attention() -> None:
    q, k, v = (heads(2, 3, d).round(decimals=3) for d in (4, 4, 2))
    made = AttentionExplorer(TOKENS, q, k, v)
    mask = causal_mask(3)
    scores = (q @ k.mT / 2).masked_fill(~mask, -torch.inf)
    torch.testing.assert_close(torch.tensor(made.weights, dtype=torch.float64), softmax(scores))
    expected = scaled_dot_product_attention(q, k, v, mask)
    torch.testing.assert_close(torch.tensor(made.outputs, dtype=torch.float64), expected)
    made.mask, made.window, made.padding = "window", 2, 1
    made.temperature, made.scaled = 0.5, False
    mask = window_mask(3, 2) & torch.tensor([True, True, False])
    expected = scaled_dot_product_attention(q, k, v, mask, scale=2.0)
    torch.testing.assert_close(torch.tensor(made.outputs, dtype=torch.float64), expected)


def test_every_mask_and_a_row_with_nothing_to_attend_to() -> None:
    made = explorer(mask="prefix", prefix=2)
    assert made.allowed.int().tolist() == [[1, 1, 0], [1, 1, 0], [1, 1, 1]]
    made.mask = "none"
    assert made.allowed.all()
    made.mask, made.window, made.padding = "window", 1, 1
    assert made.weights == [[[1, 0, 0], [0, 1, 0], [0, 0, 0]]]
    assert made.outputs == [[[1], [2], [0]]]


def test_at_first_a_pair_of_different_tokens_is_chosen() -> None:
    made = explorer()
    assert (made.row, made.column) == (2, 0)  # to " sat" itself goes more
    long = AttentionExplorer(list("abcd"), [[1], [9], [-1], [1]], [[1], [2], [3], [4]], [[1]] * 4)
    assert (long.row, long.column) == (2, 0)  # "b" has less to choose from
    single = AttentionExplorer(["a"], [[1]], [[1]], [[1]])
    assert (single.row, single.column) == (0, 0)
    assert single.weights == [[[1]]]


def test_assigned_values_are_limited_to_the_bounds() -> None:
    made = AttentionExplorer(TOKENS, heads(2, 3, 4), heads(2, 3, 4), heads(2, 3, 1), window=9)
    assert made.window == 3
    made.head, made.row, made.column, made.prefix, made.padding = 5, -1, 7, 0, 4
    assert (made.head, made.row, made.column, made.prefix, made.padding) == (1, 0, 2, 1, 3)
    with pytest.raises(WidgetError, match="temperature is 100; it must be a number from"):
        made.temperature = 100
    with pytest.raises(WidgetError, match="temperature is nan"):
        made.temperature = float("nan")
    with pytest.raises(WidgetError, match="mask is 'diagonal'; it must be one of 'none'"):
        made.mask = "diagonal"
    with pytest.raises(
        WidgetError, match=r"q has the shape \(2, 3, 4\) and cannot become \(1, 3, 2\)"
    ):
        made.q = [QUERIES]
    with pytest.raises(WidgetError, match="2 tokens and vectors for 3"):
        made.tokens = ["a", "b"]
    made.q = (2 * heads(2, 3, 4)).tolist()
    made.tokens = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tokens": []}, "a list of 1 to 24"),
        ({"tokens": "cat"}, "a list of 1 to 24"),
        ({"tokens": ["a"] * 25}, "a list of 1 to 24"),
        ({"tokens": ["a", "", "c"]}, "token 1 is ''"),
        ({"tokens": ["a", "b" * 41, "c"]}, "1 to 40 characters"),
        ({"tokens": ["a", 3, "c"]}, "token 1 is 3"),
        ({"tokens": ["a", "\ud83d", "c"]}, "half a character"),
        ({"tokens": ["a", "b"]}, "each of the 2 tokens needs a row"),
        ({"queries": [1, 2, 3]}, "queries has 1 dimensions"),
        ({"keys": [[[[1]]]]}, "keys has 4 dimensions"),
        ({"values": []}, "values has 1 dimensions"),
        ({"keys": [[1, 2], [1], [1, 2]]}, "keys has 3 rows of"),
        ({"keys": [[1], [2], [3]]}, r"keys \(1, 3, 1\)"),
        ({"values": heads(2, 3, 1)}, r"values \(2, 3, 1\)"),
        ({"queries": heads(9, 3, 2)}, "queries has 9 heads"),
        ({"queries": heads(1, 3, 17)}, "rows of 17 entries"),
        ({"values": [[], [], []]}, "rows of 0 entries"),
        ({"values": [[1], [float("nan")], [1]]}, "values holds nan"),
        ({"values": [[1], [1001], [1]]}, "values holds 1001"),
        ({"features": ["animal"]}, "1 features and 2 entries"),
        ({"mask": "diagonal"}, "mask is 'diagonal'; it must be one of 'none', 'causal'"),
        ({"stage": "output"}, "stage is 'output'"),
        ({"cell": (0, 3)}, r"cell is \(0, 3\)"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        explorer(**given)


def test_the_fallback_shows_every_weight() -> None:
    html = explorer(scaled=False).fallback_html()
    assert html.count("<tr>") == 4
    assert "with a causal mask, temperature 1." in html
    row = '<th scope="row"><code>␣cat</code></th><td>0.00</td><td>1.00</td><td>0.00</td>'
    assert row in html
    both = AttentionExplorer(TOKENS, *[heads(2, 3, 2)] * 3, mask="window", padding=1)
    assert "of which the last one is padding, with a sliding window of 3" in both.fallback_html()
    assert "head 2 of 2" in both.fallback_html()


HOSTILE = "</script><b>\u202e'\"&\u2028"


def test_hostile_tokens_stay_text() -> None:
    made = explorer(tokens=[HOSTILE, HOSTILE, "a"], features=[HOSTILE, "b"], key='"><b>')
    html = made.static_html()
    assert state_of(html)["tokens"][0] == HOSTILE
    assert html.count("</script>") == 1
    assert "<b>" not in html
