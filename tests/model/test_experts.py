"""Experts against a loop over tokens, and the count of their load."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from cs336_core.model.config import Experts, ModelConfig
from cs336_core.model.experts import (
    MixtureOfExperts,
    Router,
    Routing,
    active_params,
    balancing_loss,
    expert_load,
    importance_loss,
)
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset


def layer_of(n_shared: int = 0, n_active: int = 2, bias: bool = False) -> MixtureOfExperts:
    torch.manual_seed(0)
    config = Experts(n_experts=5, n_active=n_active, d_ff=6, n_shared=n_shared)
    return MixtureOfExperts(4, config, bias=bias).double()


def naive(layer: MixtureOfExperts, x: Tensor) -> Tensor:
    """Take each token by itself: a softmax over all experts, of which the largest are selected."""
    rows = []
    for token in x.reshape(-1, x.shape[-1]):
        probs = torch.softmax(layer.router.scores(token), -1)
        chosen = probs.argsort(descending=True)[: layer.router.n_active]
        total = probs[chosen].sum()
        outputs = [probs[i] / total * layer.experts[i](token) for i in chosen.tolist()]
        row = torch.stack(outputs).sum(0)
        rows.append(row if layer.shared is None else row + layer.shared(token))
    return torch.stack(rows).reshape(x.shape)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("n_shared", [0, 1])
def test_experts_work_under_autocast(n_shared: int, bias: bool, dtype: torch.dtype) -> None:
    layer = layer_of(n_shared, bias=bias).float()
    x = torch.randn(7, 4)
    exact, given = layer(x), x.to(dtype).requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = layer(given)
        # A few products of numbers near 1, each rounded to 8 bits.
        torch.testing.assert_close(mixed.float(), exact, rtol=0.05, atol=0.05)
        mixed.float().square().sum().backward()
    assert given.grad is not None
    assert given.grad.isfinite().all()


@pytest.mark.parametrize("n_active", [1, 2, 5])
@pytest.mark.parametrize("n_shared", [0, 2])
@pytest.mark.parametrize("shape", [(3, 7, 4), (7, 4), (1, 1, 4)])
def test_experts_equal_a_loop_over_tokens(
    n_active: int, n_shared: int, shape: tuple[int, ...]
) -> None:
    layer = layer_of(n_shared, n_active, bias=True)
    x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
    ours, theirs = layer(x), naive(layer, x)
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
    names, params = zip(*layer.named_parameters(), strict=True)
    toward = torch.randn_like(ours)
    gradients = [
        torch.autograd.grad(out, (x, *params), toward, allow_unused=True) for out in (ours, theirs)
    ]
    for name, mine, other in zip(("x", *names), *gradients, strict=True):
        if other is None:  # an expert that no token chose
            assert not mine.any(), name
        else:
            torch.testing.assert_close(mine, other, rtol=1e-10, atol=1e-12)


def test_gradients_equal_finite_differences() -> None:
    layer = layer_of(n_shared=1)
    x = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (x,))
    assert torch.autograd.gradcheck(lambda x: balancing_loss(layer.router(x)), (x,))
    assert torch.autograd.gradcheck(lambda x: importance_loss(layer.router(x)), (x,))


def test_equal_weights_of_all_experts_give_their_mean() -> None:
    layer = layer_of(n_active=5)
    nn.init.zeros_(layer.router.scores.weight)
    x = torch.randn(3, 4, dtype=torch.float64)
    mean = torch.stack([expert(x) for expert in layer.experts]).mean(0)
    torch.testing.assert_close(layer(x), mean)


def test_an_empty_batch_works() -> None:
    layer = layer_of()
    assert layer(torch.zeros(2, 0, 4, dtype=torch.float64)).shape == (2, 0, 4)
    counted = expert_load(layer.router(torch.zeros(0, 4, dtype=torch.float64)))
    assert counted.tokens.tolist() == [0] * 5
    assert counted.dropped == 0


def test_the_load_counts_every_assignment_without_side_effects() -> None:
    layer = layer_of()
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    x = torch.randn(40, 4, dtype=torch.float64)
    routing = layer.router(x)
    tokens, dropped = expert_load(routing)
    assert dropped == 0
    assert int(tokens.sum()) == 40 * 2
    for i in range(5):
        assert int(tokens[i]) == sum(i in row for row in routing.chosen.tolist())
    assert before.keys() == layer.state_dict().keys()
    assert all(torch.equal(before[name], value) for name, value in layer.state_dict().items())


def test_a_hook_observes_the_routing_of_a_model() -> None:
    layer, seen = layer_of(), []
    layer.router.register_forward_hook(lambda _module, _given, routing: seen.append(routing))
    x = torch.randn(2, 3, 4, dtype=torch.float64)
    layer(x)
    assert torch.equal(seen[0].chosen, layer.router(x.flatten(0, 1)).chosen)


def test_losses_of_an_even_and_of_a_collapsed_load() -> None:
    n = 4
    even = torch.arange(n)[:, None]
    ones = torch.ones(n, 1)
    probs = torch.full((n, n), 1 / n)
    assert balancing_loss(Routing(even, ones, probs)) == pytest.approx(1)
    assert importance_loss(Routing(even, ones, probs)) == pytest.approx(0)
    fallen = torch.zeros(n, 1, dtype=torch.long)
    certain = nn.functional.one_hot(fallen[:, 0], n).float()
    assert balancing_loss(Routing(fallen, ones, certain)) == pytest.approx(n)
    assert importance_loss(Routing(fallen, ones, certain)) == pytest.approx(n - 1)


def test_the_balancing_loss_balances_the_load() -> None:
    torch.manual_seed(0)
    router = Router(4, 4, 1)
    x = torch.randn(200, 4) + 2  # with a common mean, one expert wins for all tokens
    before = expert_load(router(x)).tokens
    optimizer = torch.optim.Adam(router.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        balancing_loss(router(x)).backward()
        optimizer.step()
    after = expert_load(router(x)).tokens
    assert int(before.max()) > 120
    assert int(after.max()) < 80


def test_the_balancing_bias_affects_the_choice_but_not_the_weights() -> None:
    torch.manual_seed(0)
    router = Router(4, 4, 2, balancing_bias=True)
    x = torch.randn(200, 4) + 2
    router.balancing_bias += torch.tensor([0.0, 100, 0, 100])
    routing = router(x)
    assert expert_load(routing).tokens.tolist() == [0, 200, 0, 200]
    chosen = torch.softmax(router.scores(x), -1).gather(-1, routing.chosen)
    torch.testing.assert_close(routing.weights, chosen / chosen.sum(-1, keepdim=True))


def test_rebalancing_balances_the_load() -> None:
    torch.manual_seed(0)
    router = Router(4, 4, 1, balancing_bias=True)
    x = torch.randn(200, 4) + 2
    before = expert_load(router(x)).tokens
    for _ in range(300):
        router.rebalance(expert_load(router(x)).tokens, 0.005)
    after = expert_load(router(x)).tokens
    assert int(before.max()) > 120
    assert int(after.max()) < 80
    with pytest.raises(ValueError, match="build it with balancing_bias=True"):
        Router(4, 4, 1).rebalance(before)


def test_half_precision_routes_in_32_bits() -> None:
    layer = layer_of().to(torch.bfloat16)
    x = torch.randn(3, 4, dtype=torch.bfloat16)
    assert layer.router(x).weights.dtype == torch.float32
    assert layer(x).dtype == torch.bfloat16


def test_the_first_layers_are_dense() -> None:
    config = ModelConfig(
        vocab_size=10,
        context_length=8,
        n_layers=3,
        d_model=8,
        n_heads=2,
        experts=Experts(n_experts=4, n_active=2, d_ff=6, n_dense_layers=1),
    )
    model = LanguageModel(config)
    kinds = [type(block.feed_forward) for block in model.blocks]
    assert kinds == [FeedForward, MixtureOfExperts, MixtureOfExperts]
    assert model(torch.tensor([[1, 2, 3]])).shape == (1, 3, 10)
    params = sum(parameter.numel() for parameter in model.parameters())
    assert active_params(model) == params - 2 * 2 * 3 * 8 * 6


def test_published_models_have_their_active_parameters() -> None:
    with torch.device("meta"):
        assert active_params(LanguageModel(preset("mixtral-8x7b"))) == 12_879_925_248


def test_a_loss_without_tokens_is_zero() -> None:
    routing = Router(4, 3, 2)(torch.zeros(0, 4))
    assert balancing_loss(routing).item() == 0
    assert MixtureOfExperts(4, Experts(n_experts=3, n_active=2, d_ff=2))(
        torch.zeros(2, 0, 4)
    ).shape == (2, 0, 4)


def test_idle_experts_are_skipped_without_gradients() -> None:
    layer, calls = MixtureOfExperts(4, Experts(n_experts=8, n_active=1, d_ff=2)), []
    for expert in layer.experts:
        expert.register_forward_hook(lambda _, inputs, __: calls.append(len(inputs[0])))
    with torch.no_grad():
        layer(torch.randn(1, 4))
    assert calls == [1]
    layer(torch.randn(1, 4))
    assert sorted(calls) == [0] * 7 + [1, 1]
