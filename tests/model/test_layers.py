"""Linear layers and embeddings against PyTorch's, and their initialization."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from cs336_core.model.layers import Embedding, Linear, truncated_normal
from tests.model.peers import close, normal, unsettled


@pytest.mark.parametrize("bias", [False, True])
def test_a_linear_layer_equals_torch(bias: bool) -> None:
    ours = unsettled(Linear(5, 3, bias=bias))
    for shape in [(5,), (4, 5), (2, 4, 5), (0, 5)]:
        x = normal(*shape)
        close(ours(x), functional.linear(x, ours.weight, ours.bias))


def test_gradients_of_a_linear_layer() -> None:
    ours = unsettled(Linear(3, 2, bias=True))
    x = normal(4, 3, requires_grad=True)
    assert torch.autograd.gradcheck(ours, x)


def test_an_embedding_equals_torch() -> None:
    ours = unsettled(Embedding(7, 3))
    ids = torch.tensor([[0, 6, 6], [1, 2, 0]])
    close(ours(ids), functional.embedding(ids, ours.weight))
    ours(ids).square().sum().backward()
    gradient = ours.weight.grad.clone()
    ours.weight.grad = None
    functional.embedding(ids, ours.weight).square().sum().backward()
    close(gradient, ours.weight.grad)


@pytest.mark.parametrize(("ids", "wrong"), [([0, 7], 7), ([-1, 3], -1)])
def test_an_id_outside_of_the_table_raises(ids: list[int], wrong: int) -> None:
    with pytest.raises(IndexError, match=f"id {wrong} is not in the table, which has ids 0 to 6"):
        Embedding(7, 3)(torch.tensor(ids))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32])
def test_ids_of_every_integer_dtype_are_looked_up(dtype: torch.dtype) -> None:
    table, ids = Embedding(2, 8), torch.tensor([[1, 0, 1]])
    assert table(ids.to(dtype)).equal(table(ids))


@pytest.mark.parametrize("dtype", [torch.bool, torch.float32])
def test_ids_must_be_integers(dtype: torch.dtype) -> None:
    with pytest.raises(TypeError, match=f"ids have dtype {dtype}; they must be integers"):
        Embedding(2, 8)(torch.tensor([1, 0]).to(dtype))


def test_an_empty_batch_of_ids_works() -> None:
    assert Embedding(7, 3)(torch.empty(2, 0, dtype=torch.long)).shape == (2, 0, 3)


def test_initial_weights_have_the_documented_scale() -> None:
    weight = Linear(300, 100).weight
    std = math.sqrt(2 / 400)
    assert weight.abs().max() <= 3 * std
    # Truncating a normal distribution at 3 standard deviations reduces its own by 1.3 %.
    assert weight.std().item() == pytest.approx(0.987 * std, rel=0.02)
    assert weight.mean().item() == pytest.approx(0, abs=4 * std / math.sqrt(weight.numel()))
    table = truncated_normal_of(0.02)
    assert table.std().item() == pytest.approx(0.987 * 0.02, rel=0.02)


def truncated_normal_of(std: float) -> torch.Tensor:
    weight = torch.empty(100, 100)
    truncated_normal(weight, std)
    return weight
