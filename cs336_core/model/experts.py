"""Mixture of experts: many feed-forward layers, of which a few work on each token."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import softmax
from cs336_core.model.config import Activation, Experts
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.layers import Linear
from cs336_core.model.norms import widened


class Routing(NamedTuple):
    """Which experts work on each token, and what each of them counts for.

    Attributes:
        chosen: the experts of each token, the most wanted first.
        weights: what the output of each is multiplied by; those of a token add up to 1.
        shares: how much each token wants every expert, chosen or not.

    """

    chosen: Int[Tensor, "tokens n_active"]
    weights: Float[Tensor, "tokens n_active"]
    shares: Float[Tensor, "tokens n_experts"]


class Load(NamedTuple):
    """How many tokens each expert got, and which part of the choices found no place."""

    tokens: Int[Tensor, " n_experts"]
    dropped: float


class Router(nn.Module):
    """Chooses the experts that want a token most, and weighs them by a softmax over the chosen.

    So does Mixtral (Jiang et al. 2024); it is the softmax over all, divided by what the chosen hold
    of it. Shazeer et al. (2017) add noise before they choose. The Switch Transformer (Fedus et al.
    2021) chooses one and DeepSeek-V2 several, and both weigh them by the softmax over all as it is.
    DeepSeek-V3 takes sigmoids instead, and chooses among groups of experts first.

    With `balancing_bias` there is a number for each expert that is added to its score where experts
    are chosen, but not where they are weighed. It has no gradient; `rebalance` moves it.

    A forward hook on a router sees the routing of a model at work, without a second computation.
    """

    def __init__(
        self, d_model: int, n_experts: int, n_active: int, *, balancing_bias: bool = False
    ) -> None:
        super().__init__()
        self.n_active = n_active
        self.scores = Linear(d_model, n_experts)
        self.balancing_bias = (
            nn.Parameter(torch.zeros(n_experts), requires_grad=False) if balancing_bias else None
        )

    def forward(self, x: Float[Tensor, "tokens d_model"]) -> Routing:
        """Route each token, in 32 bits or more."""
        scores = widened(self.scores(x))
        wanted = scores if self.balancing_bias is None else scores + self.balancing_bias
        chosen = wanted.topk(self.n_active).indices
        return Routing(chosen, softmax(scores.gather(-1, chosen)), softmax(scores))

    @torch.no_grad()
    def rebalance(self, tokens: Int[Tensor, " n_experts"], speed: float = 0.001) -> None:
        """Lower the bias of experts that got more tokens than the mean, and raise it for others.

        DeepSeek-V3 does so after each step of training, in place of a loss for the balance.
        """
        if self.balancing_bias is None:
            raise ValueError("this router has no bias to move; make it with balancing_bias=True")
        mean = tokens.double().mean()
        self.balancing_bias.add_(torch.sign(mean - tokens), alpha=speed)


class MixtureOfExperts(nn.Module):
    """Experts in place of the MLP: the chosen ones are weighed and summed, the shared ones added.

    No expert has a limit to the tokens that it takes, so none is dropped. An expert is an MLP as
    `FeedForward` has it; several shared experts (DeepSeekMoE, Dai et al. 2024) are one that is as
    wide as all of them.

    >>> experts = Experts(n_experts=4, n_active=2, d_ff=16, n_shared=1)
    >>> MixtureOfExperts(8, experts)(torch.zeros(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(
        self,
        d_model: int,
        config: Experts,
        *,
        activation: Activation = "swiglu",
        bias: bool = False,
    ) -> None:
        super().__init__()
        self.router = Router(
            d_model, config.n_experts, config.n_active, balancing_bias=config.balancing_bias
        )
        self.experts = nn.ModuleList(
            FeedForward(d_model, config.d_ff, activation=activation, bias=bias)
            for _ in range(config.n_experts)
        )
        self.shared = (
            FeedForward(d_model, config.n_shared * config.d_ff, activation=activation, bias=bias)
            if config.n_shared
            else None
        )

    def forward(self, x: Float[Tensor, "... d_model"]) -> Float[Tensor, "... d_model"]:
        """Send each token to its experts and add up what they make of it."""
        tokens = x.flatten(0, -2)
        chosen, weights, _ = self.router(tokens)
        out = torch.zeros_like(tokens) if self.shared is None else self.shared(tokens)
        for i, expert in enumerate(self.experts):
            token, place = (chosen == i).nonzero(as_tuple=True)
            if len(token):
                weighed = expert(tokens[token]) * weights[token, place, None].to(x.dtype)
                # Autocast gives the matrices' results, and so `out`, a dtype of its own.
                out = out.index_add(0, token, weighed.to(out.dtype))
        return out.view_as(x)


def load(routing: Routing) -> Load:
    """Count the tokens of each expert; without a limit to them, none is dropped.

    >>> chosen = torch.tensor([[0, 1], [0, 2]])
    >>> load(Routing(chosen, torch.full((2, 2), 0.5), torch.full((2, 4), 0.25)))
    Load(tokens=tensor([2, 1, 1, 0]), dropped=0.0)
    """
    tokens = torch.bincount(routing.chosen.flatten(), minlength=routing.shares.shape[-1])
    wanted = routing.chosen.numel()
    return Load(tokens, 1 - int(tokens.sum()) / wanted if wanted else 0.0)


def balancing_loss(routing: Routing) -> Float[Tensor, ""]:
    """Return n times the sum of f P over the n experts (Switch Transformer, equations 4 to 6).

    f is the part of all choices that fell on an expert, P its mean share. It is 1 where the load is
    even, and n / n_active where each token chooses, with all its share, what all others choose. The
    paper multiplies it by 0.01 and adds it to the loss; only P has a gradient. The paper chooses
    one expert; with more of them, f is divided by their number.
    """
    tokens, _ = load(routing)
    fraction = tokens / routing.chosen.numel()
    return len(tokens) * (fraction * routing.shares.mean(0)).sum()


def importance_loss(routing: Routing) -> Float[Tensor, ""]:
    """Return the squared coefficient of variation of the experts' weights, 0 where they are even.

    An expert's weights are summed over the tokens (Shazeer et al. 2017, equations 6 and 7).
    """
    nothing = torch.zeros_like(routing.shares)
    importance = nothing.scatter(1, routing.chosen, routing.weights).sum(0)
    return importance.var(correction=0) / importance.mean().square()


def active_params(model: nn.Module) -> int:
    """Return how many parameters of a model work on one token, its embedding's table included.

    All do but those of the experts that are not chosen.

    >>> layer = MixtureOfExperts(8, Experts(n_experts=4, n_active=1, d_ff=16))
    >>> sum(parameter.numel() for parameter in layer.parameters()), active_params(layer)
    (1568, 416)
    """
    params = sum(parameter.numel() for parameter in model.parameters())
    for layer in model.modules():
        if isinstance(layer, MixtureOfExperts):
            held = sum(parameter.numel() for parameter in layer.experts.parameters())
            idle = len(layer.experts) - layer.router.n_active
            params -= held // len(layer.experts) * idle
    return params
