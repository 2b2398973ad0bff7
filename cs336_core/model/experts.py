"""Mixture of experts: many feed-forward layers, a few of which process each token."""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from cs336_core.model.attention import softmax
from cs336_core.model.checks import read
from cs336_core.model.config import Activation, Experts
from cs336_core.model.config_parts import RouterScores
from cs336_core.model.feed_forward import FeedForward
from cs336_core.model.layers import Linear
from cs336_core.model.norms import upcast


class Routing(NamedTuple):
    """Which experts each token is routed to, and with what weights.

    Attributes:
        chosen: the experts of each token, the best one first.
        weights: the factors of their outputs; if they are normalized, those of a token sum to 1, or
            to the scale of the router.
        probs: the softmax over the scores of all experts, chosen or not, or their sigmoids.

    """

    chosen: Int[Tensor, "tokens n_active"]
    weights: Float[Tensor, "tokens n_active"]
    probs: Float[Tensor, "tokens n_experts"]


class Load(NamedTuple):
    """The number of tokens per expert, and the fraction of assignments that were dropped."""

    tokens: Int[Tensor, " n_experts"]
    dropped: float


class Router(nn.Module):
    """Chooses the experts with the highest scores and weighs them.

    By default it is Mixtral's router (Jiang et al. 2024): a softmax over the chosen experts, equal
    to the softmax over all, renormalized over the chosen. Shazeer et al. (2017) add noise to the
    scores first. The Switch Transformer (Fedus et al. 2021) chooses one expert and DeepSeek-V2
    several, and both use the softmax over all without renormalizing. DeepSeek-V3 uses normalized
    sigmoids, and chooses among groups of experts first. See `Experts` for the options.

    With `balancing_bias`, each expert has a bias that is added to its softmax or sigmoid when
    experts are chosen, but not when their weights are computed (Wang et al. 2024). It has no
    gradient; `rebalance` updates it.

    A forward hook on a router observes the routing of a model without a second computation.
    """

    def __init__(
        self,
        d_model: int,
        n_experts: int,
        n_active: int,
        *,
        bias: bool = False,
        balancing_bias: bool = False,
        kind: RouterScores = "softmax",
        normalized: bool = True,
        scale: float = 1.0,
        n_groups: int = 1,
        n_active_groups: int = 1,
    ) -> None:
        super().__init__()
        self.n_active = n_active
        self.kind = kind
        self.normalized = normalized
        self.scale = scale
        self.n_groups, self.n_active_groups = n_groups, n_active_groups
        self.scores = Linear(d_model, n_experts, bias=bias)
        self.balancing_bias = (
            nn.Parameter(torch.zeros(n_experts), requires_grad=False) if balancing_bias else None
        )

    def forward(self, x: Float[Tensor, "tokens d_model"]) -> Routing:
        """Route each token, in 32 bits or more."""
        scores = upcast(self.scores(x))
        probs = softmax(scores) if self.kind == "softmax" else scores.sigmoid()
        ranked = scores if self.kind == "softmax" else probs
        if self.balancing_bias is not None:
            ranked = probs + self.balancing_bias
        if self.n_active_groups < self.n_groups:
            ranked = self._in_best_groups(ranked)
        chosen = ranked.topk(self.n_active).indices
        weights = probs.gather(-1, chosen)
        if self.normalized and self.kind == "softmax":
            weights = softmax(scores.gather(-1, chosen))
        elif self.normalized:
            tiny = torch.finfo(weights.dtype).tiny
            weights = weights / weights.sum(-1, keepdim=True).clamp_min(tiny)
        return Routing(chosen, weights if self.scale == 1 else weights * self.scale, probs)

    def _in_best_groups(self, ranked: Tensor) -> Tensor:
        """Exclude the experts of all but the best groups.

        A group is as good as its best expert (DeepSeek-V2), or its best two with a balancing bias
        (DeepSeek-V3).
        """
        groups = ranked.unflatten(-1, (self.n_groups, -1))  # (tokens groups experts)
        n_best = 1 if self.balancing_bias is None else min(2, groups.shape[-1])
        merit = groups.topk(n_best).values.sum(-1)
        best = merit.topk(self.n_active_groups).indices
        excluded = torch.ones_like(merit, dtype=torch.bool).scatter(-1, best, value=False)
        remaining: Tensor = groups.masked_fill(excluded[..., None], -torch.inf).flatten(-2)
        return remaining

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

    How many tokens an expert gets depends on the tokens. On a GPU, reading these numbers waits for
    the device once per layer. `torch.compile`, `torch.export`, vmap and the meta device cannot read
    them: there, every expert processes all tokens, with weight 0 where it was not chosen. The
    result is the same, at n_experts / n_active times the cost.

    `torch.nn.functional.grouped_mm` would read the numbers on the device. It does not replace the
    experts yet: PyTorch 2.13 compiles it, and knows its shape on the meta device, in bfloat16 only;
    it has no float64, needs rows of a multiple of 16 bytes, and has no backward pass for an
    expanded gradient, such as that of a sum. It also needs the weights of all experts in one
    tensor; to stack them in each forward pass takes twice as long on a CPU in 32 bits.

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
            d_model,
            config.n_experts,
            config.n_active,
            bias=config.router_bias,
            balancing_bias=config.balancing_bias,
            kind=config.scores,
            normalized=config.normalized,
            scale=config.scale,
            n_groups=config.n_groups,
            n_active_groups=config.n_active_groups,
        )
        self.experts = nn.ModuleList(
            FeedForward(d_model, config.d_ff, activation=activation, bias=bias)
            for _ in range(config.n_experts)
        )
        self.shared = (
            FeedForward(d_model, config.shared_width, activation=activation, bias=bias)
            if config.n_shared
            else None
        )
        self.shared_gate = Linear(d_model, 1) if config.shared_gate else None

    def forward(self, x: Float[Tensor, "... d_model"]) -> Float[Tensor, "... d_model"]:
        """Send each token to its experts and sum their weighted outputs."""
        tokens = x.flatten(0, -2)
        routing = self.router(tokens)
        counts = None
        if not torch.compiler.is_compiling():
            counts = read(tokens_per_expert(routing))  # waits for the device, once
        out = (
            self._dense(tokens, routing)
            if counts is None
            else self._sparse(tokens, routing, counts)
        )
        if self.shared is not None:
            shared = self.shared(tokens)
            if self.shared_gate is not None:
                shared = shared * torch.sigmoid(self.shared_gate(tokens))
            out = out + shared
        return out.view_as(x)

    def _sparse(self, tokens: Tensor, routing: Routing, counts: list[int]) -> Tensor:
        """Send each token to its own experts only."""
        # Assignments in the order of their experts: those of an expert are a slice.
        order = routing.chosen.flatten().argsort(stable=True)
        of_token = order.div(routing.chosen.shape[1], rounding_mode="floor")
        weights = routing.weights.flatten()[order, None].to(tokens.dtype)
        out: Tensor | None = None
        slices = zip(self.experts, of_token.split(counts), weights.split(counts), strict=True)
        for expert, token, weight in slices:
            # In training, an expert without tokens gets zeros as its gradient, not None.
            if len(token) or torch.is_grad_enabled():
                weighted = expert(tokens[token]) * weight
                if out is None:
                    out = weighted.new_zeros(tokens.shape)  # under autocast, of another dtype
                out = out.index_add(0, token, weighted.to(out.dtype))
        return torch.zeros_like(tokens) if out is None else out

    def _dense(self, tokens: Tensor, routing: Routing) -> Tensor:
        """Send each token to all experts, which needs no count of their tokens."""
        weights = torch.zeros_like(routing.probs).scatter(-1, routing.chosen, routing.weights)
        columns = weights.to(tokens.dtype).unbind(-1)
        outputs = [
            expert(tokens) * weight[:, None]
            for expert, weight in zip(self.experts, columns, strict=True)
        ]
        return torch.stack(outputs).sum(0)


def tokens_per_expert(routing: Routing) -> Int[Tensor, " n_experts"]:
    """Count the tokens that each expert is sent."""
    chosen = routing.chosen.flatten()
    zeros = chosen.new_zeros(routing.probs.shape[-1])
    return zeros.scatter_add(0, chosen, torch.ones_like(chosen))


def expert_load(routing: Routing) -> Load:
    """Count the tokens per expert. Without a capacity limit none is dropped.

    >>> chosen = torch.tensor([[0, 1], [0, 2]])
    >>> expert_load(Routing(chosen, torch.full((2, 2), 0.5), torch.full((2, 4), 0.25)))
    Load(tokens=tensor([2, 1, 1, 0]), dropped=0.0)
    """
    tokens = tokens_per_expert(routing)
    assigned = routing.chosen.numel()
    return Load(tokens, 1 - int(tokens.sum()) / assigned if assigned else 0.0)


def balancing_loss(routing: Routing) -> Float[Tensor, ""]:
    """Return n times the sum of f P over the n experts (Switch Transformer, equations 4 to 6).

    f is the fraction of all assignments that an expert receives, P its mean probability. The loss
    is 1 for an even load, and n / n_active if all tokens choose the same experts with all their
    probability. The paper multiplies it by 0.01 and adds it to the loss; only P has a gradient. The
    paper chooses one expert; with more of them, f is divided by their number. Without tokens it is
    0.
    """
    fraction = tokens_per_expert(routing) / max(routing.chosen.numel(), 1)
    mean = routing.probs.sum(0) / max(len(routing.probs), 1)
    return len(mean) * (fraction * mean).sum()


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
