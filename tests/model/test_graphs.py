"""No forward pass looks at values: it can be compiled, exported, vectorized, or traced on meta."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.func import functional_call, grad, vmap

from cs336_core.model.encoder import MaskedLanguageModel
from cs336_core.model.encoder_decoder import EncoderDecoder
from cs336_core.model.flash import flash_attention
from cs336_core.model.linear_attention import linear_attention
from cs336_core.model.losses import cross_entropy
from cs336_core.model.state_space import StateSpace
from tests.model.compiled import HARD_KINDS, KINDS, loss, model
from tests.model.peers import TINY, close, normal, some_ids
from tools.shell.paths import ROOT

of_each_kind = pytest.mark.parametrize("kind", KINDS)


def test_models_can_be_compiled() -> None:
    """In a process of its own, since the checks of shapes in signatures cannot be compiled."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.model.compiled"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("kind", HARD_KINDS[1:])
def test_it_can_be_exported(kind: str) -> None:
    ours, ids = model(kind).eval(), some_ids(2, 6)
    exported = torch.export.export(ours, (ids,))
    other = some_ids(2, 6)
    close(exported.module()(other), ours(other))


@of_each_kind
def test_gradients_per_sample(kind: str) -> None:
    ours, ids, mask = model(kind), some_ids(3, 7).clamp_min(1), torch.ones(3, 7).bool()
    params = {name: each.detach() for name, each in ours.named_parameters() if each.requires_grad}

    def of_one(params: dict[str, Tensor], ids: Tensor, mask: Tensor) -> Tensor:
        def call(ids: Tensor) -> Tensor:
            return functional_call(ours, params, (ids,))

        return cross_entropy(call(ids[None, :-1]), ids[None, 1:], mask[None, 1:])

    by_sample = vmap(grad(of_one), (None, 0, 0))(params, ids, mask)
    for row in range(3):
        alone = grad(of_one)(params, ids[row], mask[row])
        for name, gradient in alone.items():
            close(by_sample[name][row], gradient)


@pytest.mark.parametrize("kind", HARD_KINDS)
def test_shapes_are_known_without_values(kind: str) -> None:
    with torch.device("meta"):
        ours, ids = model(kind), some_ids(2, 7)
        caches = ours.new_caches()
        mask = torch.ones(2, 7, dtype=torch.bool)
        lengths = torch.tensor([7, 5])
    loss(ours, ids, mask).backward()
    assert all(each.grad is not None for each in ours.parameters() if each.requires_grad)
    ours(ids, lengths=lengths, caches=caches)
    assert ours(ids[:, :1], caches=caches).shape == (2, 1, 11)
    ours = model(kind)  # PyTorch's own initialization looks at values
    with FakeTensorMode(allow_non_fake_inputs=True):
        loss(ours, some_ids(2, 7), torch.ones(2, 7, dtype=torch.bool)).backward()


def test_other_modules_without_values() -> None:
    with torch.device("meta"):
        ids, lengths = some_ids(2, 5), torch.tensor([5, 2])
        assert MaskedLanguageModel(TINY)(ids, lengths=lengths).shape == (2, 5, 11)
        assert EncoderDecoder(TINY)(ids, ids, source_lengths=lengths).shape == (2, 5, 11)
        assert StateSpace(4)(normal(2, 5, 4).float()).shape == (2, 5, 4)
        x = normal(2, 5, 4)
        assert flash_attention(x, x, x, causal=True).shape == x.shape
        assert linear_attention(x, x, x, causal=True).shape == x.shape


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int16, torch.int32])
def test_ids_of_any_integer_type(dtype: torch.dtype) -> None:
    ours, ids = model("GPT-2"), some_ids(2, 6)
    same = ids.to(dtype)
    close(ours(same), ours(ids))
    close(cross_entropy(ours(same), same), cross_entropy(ours(ids), ids))
