"""The FlashAttention stepper's Python side: state, bounds, a page without JavaScript."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.masks import causal_mask
from cs336_core.model.memory_io import plain_traffic
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import FlashStepper
from tests.widgets.states import state_of

TWO: dict[str, Any] = {"queries": [[1, 0], [0, 1]], "keys": [[1, 1], [0, 2]], "values": [[3], [4]]}


def test_the_state_of_the_view() -> None:
    stepper = FlashStepper(**TWO, query_tile=2, key_tile=1, causal=True, step=1, row=1)
    assert stepper.static_state() == {
        "query_vectors": [[1.0, 0.0], [0.0, 1.0]],
        "key_vectors": [[1.0, 1.0], [0.0, 2.0]],
        "value_vectors": [[3.0], [4.0]],
        "seq_len": 2,
        "query_tile": 2,
        "key_tile": 1,
        "capacity": 96,
        "causal": True,
        "step": 1,
        "row": 1,
    }
    assert state_of(stepper.static_html()) == stepper.static_state()


def test_tensors_are_taken_and_rounded() -> None:
    stepper = FlashStepper(torch.full((2, 1), 1 / 3), torch.ones(2, 1), torch.ones(2, 3))
    assert stepper.query_vectors == [[0.3333], [0.3333]]
    assert (stepper.query_tile, stepper.key_tile) == (2, 2)


@pytest.mark.parametrize("causal", [False, True])
def test_the_last_tile_of_each_query_has_the_output_of_attention(causal: bool) -> None:
    stepper = FlashStepper(seq_len=11, query_tile=3, key_tile=2, causal=causal)
    ours = torch.cat([s.output / s.total for s in stepper.steps if s.tile.is_last])
    query, key, value = (
        torch.tensor(rows[:11], dtype=torch.float64)
        for rows in (stepper.query_vectors, stepper.key_vectors, stepper.value_vectors)
    )
    mask = causal_mask(11) if causal else None
    torch.testing.assert_close(ours, scaled_dot_product_attention(query, key, value, mask))


def test_assigned_values_are_limited_to_the_bounds() -> None:
    stepper = FlashStepper(step=99)
    assert stepper.step == len(stepper.tiles) == 16
    stepper.causal = True
    stepper.step = 99
    assert stepper.step == len(stepper.tiles) == 10
    stepper.step = -1
    assert stepper.step == 0
    with pytest.raises(ValueError, match="key_tile is 17; it must be a whole number from 1 to 16"):
        stepper.key_tile = 17
    with pytest.raises(WidgetError, match="row is -1; it must be a whole number of 0 or more"):
        stepper.row = -1
    with pytest.raises(WidgetError, match="query_vectors is fixed"):
        stepper.query_vectors = [[1.0]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"queries": [[1]]}, "keys and values are missing: give all three, or none"),
        ({**TWO, "queries": []}, "there are 0 queries; the stepper draws 1 to 16"),
        ({**TWO, "keys": [[1, 1]] * 17}, "there are 17 keys"),
        ({**TWO, "keys": [[1, 1]] * 3}, "2 queries, 3 keys and 2 values; give the same number"),
        ({**TWO, "keys": [[1], [2]]}, "a query has 2 entries and a key 1"),
        ({**TWO, "values": [[1], [1, 2]]}, "the values have 1 or 2 entries; all must have"),
        ({**TWO, "values": [[], []]}, "the values have 0 entries"),
        ({**TWO, "values": [[math.nan], [1]]}, "nan in values is not between"),
        ({**TWO, "values": [[1001], [1]]}, "1001.0 in values"),
        ({"query_tile": 0}, "query_tile is 0; it must be a whole number from 1 to 16"),
        ({**TWO, "key_tile": 3}, "key_tile is 3; it must be a whole number from 1 to 2"),
        ({"seq_len": 17}, "seq_len is 17"),
        ({"causal": "no"}, "causal is 'no'; it must be True or False"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        FlashStepper(**given)


def test_the_fallback_shows_every_tile() -> None:
    html = FlashStepper(causal=True).fallback_html()
    assert html.count("<tr>") == 11
    assert "10 tiles, 6 skipped by the causal mask" in html
    assert "<td>2</td><td>5–8</td><td>1–4</td><td>48</td><td>0</td><td>116</td>" in html
    # Q once, K and V for each tile, the output and a number a query.
    assert f"{16 * 4 + 10 * 32 + 16 * 5} numbers move" in html
    assert "in plain attention, which writes all scores and reads them back, 1,280." in html
    assert "skipped" not in FlashStepper().fallback_html()
    assert (
        "<td>1</td><td>1</td><td>1</td>"
        in FlashStepper(**TWO, query_tile=1, key_tile=1).fallback_html()
    )


def test_high_tiles_move_less_than_plain_attention() -> None:
    def moved(rows: int) -> int:
        steps = FlashStepper(query_tile=rows).steps
        return sum(step.numbers_read + step.numbers_written for step in steps)

    assert moved(1) > plain_traffic(16, 16, 4, 4) > moved(4) > moved(16)
