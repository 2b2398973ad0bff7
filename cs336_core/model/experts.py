"""Mixture of experts: many feed-forward layers, a few of which process each token."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import softmax
from cs336_core.model.config import Activation, Experts
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.layers import Linear
from cs336_core.model.norms import upcast


class Routing(NamedTuple):
    """Which experts each token is routed to, and with what weights.

    Attributes:
        chosen: the experts of each token, the highest score first.
        weights: the factors of their outputs; those of a token sum to 1.
        probs: the softmax over the scores of all experts, chosen or not.

    """

    chosen: Int[Tensor, "tokens n_active"]
    weights: Float[Tensor, "tokens n_active"]
    probs: Float[Tensor, "tokens n_experts"]


class Load(NamedTuple):
    """The number of tokens per expert, and the fraction of assignments that were dropped."""

    tokens: Int[Tensor, " n_experts"]
    dropped: float


class Router(nn.Module):
    """Chooses the experts with the highest scores, weighted by a softmax over the chosen ones.

    This is Mixtral's router (Jiang et al. 2024), equal to the softmax over all experts,
    renormalized over the chosen. Shazeer et al. (2017) add noise to the scores first. The Switch
    Transformer (Fedus et al. 2021) chooses one expert and DeepSeek-V2 several, and both use the
    softmax over all without renormalizing. DeepSeek-V3 uses sigmoids instead, and chooses among
    groups of experts first.

    With `balancing_bias`, each expert has a bias that is added to its score when experts are
    chosen, but not when their weights are computed. It has no gradient; `rebalance` updates it.

    A forward hook on a router observes the routing of a model without a second computation.
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
        scores = upcast(self.scores(x))
        biased = scores if self.balancing_bias is None else scores + self.balancing_bias
        chosen = biased.topk(self.n_active).indices
        return Routing(chosen, softmax(scores.gather(-1, chosen)), softmax(scores))

    @torch.no_grad()
    def rebalance(self, tokens: Int[Tensor, " n_experts"], speed: float = 0.001) -> None:
        """Lower the bias of experts with more tokens than the mean, and raise it for the others.

        DeepSeek-V3 does this after each training step, in place of a balancing loss.
        """
        if self.balancing_bias is None:
            raise ValueError("this router has no balancing bias; build it with balancing_bias=True")
        mean = tokens.double().mean()
        self.balancing_bias.add_(torch.sign(mean - tokens), alpha=speed)


class MixtureOfExperts(nn.Module):
    """Experts in place of the MLP: a weighted sum of the chosen ones, plus the shared ones.

    Experts have no capacity limit, so no token is dropped. Each expert is a `FeedForward`; several
    shared experts (DeepSeekMoE, Dai et al. 2024) are implemented as one with their total width.

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
        """Send each token to its experts and sum their weighted outputs."""
        tokens = x.flatten(0, -2)
        chosen, weights, _ = self.router(tokens)
        out = torch.zeros_like(tokens) if self.shared is None else self.shared(tokens)
        for i, expert in enumerate(self.experts):
            token, rank = (chosen == i).nonzero(as_tuple=True)
            if len(token):
                weighted = expert(tokens[token]) * weights[token, rank, None].to(x.dtype)
                # Under autocast, matmuls return another dtype, and `out` may have it.
                out = out.index_add(0, token, weighted.to(out.dtype))
        return out.view_as(x)


def expert_load(routing: Routing) -> Load:
    """Count the tokens per expert. Without a capacity limit none is dropped.

    >>> chosen = torch.tensor([[0, 1], [0, 2]])
    >>> expert_load(Routing(chosen, torch.full((2, 2), 0.5), torch.full((2, 4), 0.25)))
    Load(tokens=tensor([2, 1, 1, 0]), dropped=0.0)
    """
    tokens = torch.bincount(routing.chosen.flatten(), minlength=routing.probs.shape[-1])
    assigned = routing.chosen.numel()
    return Load(tokens, 1 - int(tokens.sum()) / assigned if assigned else 0.0)


def balancing_loss(routing: Routing) -> Float[Tensor, ""]:
    """Return n times the sum of f P over the n experts (Switch Transformer, equations 4 to 6).

    f is the fraction of all assignments that an expert receives, P its mean probability. The loss
    is 1 for an even load, and n / n_active if all tokens choose the same experts with all their
    probability. The paper multiplies it by 0.01 and adds it to the loss; only P has a gradient. The
    paper chooses one expert; with more of them, f is divided by their number.
    """
    tokens, _ = expert_load(routing)
    fraction = tokens / routing.chosen.numel()
    return len(tokens) * (fraction * routing.probs.mean(0)).sum()


def importance_loss(routing: Routing) -> Float[Tensor, ""]:
    """Return the squared coefficient of variation of the experts' importance, 0 if it is even.

    The importance of an expert is the sum of its weights over all tokens (Shazeer et al. 2017,
    equations 6 and 7).
    """
    zeros = torch.zeros_like(routing.probs)
    importance = zeros.scatter(1, routing.chosen, routing.weights).sum(0)
    return importance.var(correction=0) / importance.mean().square()


def active_params(model: nn.Module) -> int:
    """Return the number of active parameters: all but those of experts that a token is not sent to.

    The embedding matrix counts in full.

    >>> layer = MixtureOfExperts(8, Experts(n_experts=4, n_active=1, d_ff=16))
    >>> sum(parameter.numel() for parameter in layer.parameters()), active_params(layer)
    (1568, 416)
    """
    params = sum(parameter.numel() for parameter in model.parameters())
    for layer in model.modules():
        if isinstance(layer, MixtureOfExperts):
            in_experts = sum(parameter.numel() for parameter in layer.experts.parameters())
            idle = len(layer.experts) - layer.router.n_active
            params -= in_experts // len(layer.experts) * idle
    return params
