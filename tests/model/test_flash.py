"""FlashAttention equals plain attention, and no tensor is as large as the scores."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.flash import FlashAttention, flash_attention, flash_steps, tiles
from cs336_core.model.masks import causal_mask

EXACT: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-12}
TILES = [(1, 1), (3, 5), (4, 4), (64, 64)]


def inputs(
    n_queries: int = 10, n_keys: int = 13, batch: tuple[int, ...] = (2,), d: int = 4
) -> list[Tensor]:
    torch.manual_seed(0)
    shapes = [(n_queries, d), (n_keys, d), (n_keys, d + 1)]
    return [torch.randn(*batch, *s, dtype=torch.float64, requires_grad=True) for s in shapes]


@pytest.mark.parametrize("tile", TILES)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("lengths", [(1, 1), (8, 8), (10, 13), (13, 10)])
@pytest.mark.parametrize("batch", [(), (2,), (2, 1, 3)])
def test_values_and_gradients_equal_plain_attention(
    tile: tuple[int, int], causal: bool, lengths: tuple[int, int], batch: tuple[int, ...]
) -> None:
    given = inputs(*lengths, batch)
    mask = causal_mask(*lengths) if causal else None
    ours = flash_attention(*given, causal=causal, tile=tile)
    theirs = scaled_dot_product_attention(*given, mask)
    torch.testing.assert_close(ours, theirs, **EXACT)
    toward = torch.randn_like(ours)
    torch.testing.assert_close(
        torch.autograd.grad(ours, given, toward),
        torch.autograd.grad(theirs, given, toward),
        **EXACT,
    )


@pytest.mark.parametrize("causal", [False, True])
def test_gradients_equal_finite_differences(causal: bool) -> None:
    def attend(*given: Tensor) -> Tensor:
        return flash_attention(*given, causal=causal, scale=0.7, tile=(2, 3))

    assert torch.autograd.gradcheck(attend, inputs(4, 5, (), 2))


def test_a_second_derivative_raises() -> None:
    given = inputs()
    loss = flash_attention(*given).square().sum()
    gradient = torch.autograd.grad(loss, given[0], create_graph=True)[0]
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()


def test_large_scores_are_stable() -> None:
    query, key, value = (x.detach() for x in inputs(8, 8))
    ours = flash_attention(query * 1e4, key, value, tile=(3, 3))
    torch.testing.assert_close(ours, scaled_dot_product_attention(query * 1e4, key, value), **EXACT)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_32_bits(dtype: torch.dtype) -> None:
    given = [x.detach().to(dtype).requires_grad_() for x in inputs(20, 20)]
    ours = flash_attention(*given, causal=True, tile=(8, 8))
    assert ours.dtype == dtype
    # The output is rounded once; both round the same sums, up to the order of their terms.
    theirs = scaled_dot_product_attention(*given, causal_mask(20))
    torch.testing.assert_close(ours, theirs)
    gradients = torch.autograd.grad(ours, given, torch.ones_like(ours))
    assert [gradient.dtype for gradient in gradients] == [dtype] * 3


def test_an_empty_tile_raises() -> None:
    with pytest.raises(ValueError, match=r"tile is \(0, 4\); it must have at least 1 query"):
        flash_attention(*inputs(), tile=(0, 4))


class Largest(TorchDispatchMode):
    """Records the size of the largest tensor that any operation returns."""

    numbers = 0

    def __torch_dispatch__(
        self, operation: Any, types: Any, given: Any = (), named: Any = None
    ) -> Any:
        result = operation(*given, **(named or {}))
        for tensor in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(tensor, Tensor):
                self.numbers = max(self.numbers, tensor.numel())
        return result


def largest(attend: Callable[..., Tensor], n: int) -> int:
    """Return how many numbers the largest tensor has, forward and backward."""
    given = inputs(n, n, (), 16)
    with Largest() as seen:
        attend(*given).sum().backward()
    return seen.numbers


def test_memory_grows_linearly_unlike_plain_attention() -> None:
    def flash(*given: Tensor) -> Tensor:
        return flash_attention(*given, causal=True, tile=(32, 32))

    lengths = [64, 128, 256]
    assert [largest(flash, n) for n in lengths] == [17 * n for n in lengths]  # a row a value
    assert [largest(scaled_dot_product_attention, n) for n in lengths] == [n * n for n in lengths]


@pytest.mark.parametrize("causal", [False, True])
def test_tiles_cover_every_visible_pair_once(causal: bool) -> None:
    for n_queries, n_keys in [(7, 7), (5, 9), (9, 5)]:
        seen = torch.zeros(n_queries, n_keys, dtype=torch.int64)
        for tile in tiles(n_queries, n_keys, (2, 3), causal=causal):
            part = torch.ones_like(seen[tile.rows, tile.columns])
            seen[tile.rows, tile.columns] += (
                part if tile.diagonal is None else part.tril(tile.diagonal)
            )
        visible = causal_mask(n_queries, n_keys) if causal else torch.ones_like(seen)
        assert torch.equal(seen, visible.long())


def test_steps_have_the_softmax_over_the_keys_so_far() -> None:
    query, key, value = (x.detach() for x in inputs(6, 8, ()))
    seen: dict[int, list[Tensor]] = {}
    for step in flash_steps(query, key, value, causal=False, scale=0.5, tile=(2, 3)):
        rows, read = step.tile.rows, step.tile.columns.stop
        scores = query[rows] @ key[:read].T * 0.5
        torch.testing.assert_close(step.highest, scores.amax(-1, keepdim=True), **EXACT)
        torch.testing.assert_close(
            step.highest + step.total.log(), scores.logsumexp(-1, keepdim=True), **EXACT
        )
        torch.testing.assert_close(
            step.output / step.total, torch.softmax(scores, -1) @ value[:read], **EXACT
        )
        seen.setdefault(rows.start, []).append(step.scores)
    for start, parts in seen.items():
        whole = query[start : start + 2] @ key.T * 0.5
        torch.testing.assert_close(torch.cat(parts, -1), whole, **EXACT)


def test_steps_count_memory_reads_and_writes() -> None:
    n, d, rows = 12, 4, 3
    query, key, value = (torch.randn(n, d) for _ in range(3))
    steps = list(flash_steps(query, key, value, causal=False, scale=0.5, tile=(rows, 2)))
    # Each query is read once, and every key and value once for each tile of queries.
    assert sum(step.numbers_read for step in steps) == n * d + n // rows * 2 * n * d
    assert sum(step.numbers_written for step in steps) == n * (d + 1)


def test_the_autograd_function_saves_the_log_sum_exp_of_each_query() -> None:
    query, key, value = inputs(6, 8, (3,))
    out = FlashAttention.apply(query, key, value, True)
    torch.testing.assert_close(out, flash_attention(query, key, value, causal=True), **EXACT)
    (log_sum,) = (saved for saved in out.grad_fn.saved_tensors if saved.shape == (3, 6))
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    visible = scores.masked_fill(~causal_mask(6, 8), -math.inf)
    torch.testing.assert_close(log_sum, visible.logsumexp(-1), **EXACT)
    out.sum().backward()
    assert query.grad is not None
    plain = FlashAttention.apply(query, key, value)
    torch.testing.assert_close(plain, flash_attention(query, key, value), **EXACT)
