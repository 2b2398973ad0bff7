"""A selective state space model: a memory of fixed size that each token may keep or overwrite.

The state h has a few numbers per channel. How fast it decays and takes in new values depends on the
token: h_t = a_t h_(t-1) + b_t. The recurrence is linear in h, so a scan computes all states at
once.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from cs336_core.model.layers import Linear

SHORTEST_STEP, LONGEST_STEP = 0.001, 0.1  # delta before training


def scan(
    decay: Float[Tensor, "batch seq *state"],
    update: Float[Tensor, "batch seq *state"],
    first: Float[Tensor, " batch *state"] | None = None,
) -> Float[Tensor, "batch seq *state"]:
    """Return all h_t = decay_t h_(t-1) + update_t, token by token, starting from `first` or 0.

    >>> scan(torch.full((1, 3), 0.5), torch.ones(1, 3))
    tensor([[1.0000, 1.5000, 1.7500]])
    """
    state = torch.zeros_like(update[:, 0]) if first is None else first
    states = []
    for a, b in zip(decay.unbind(1), update.unbind(1), strict=True):
        state = a * state + b
        states.append(state)
    return torch.stack(states, 1)


def parallel_scan(
    decay: Float[Tensor, "batch seq *state"],
    update: Float[Tensor, "batch seq *state"],
    first: Float[Tensor, " batch *state"] | None = None,
) -> Float[Tensor, "batch seq *state"]:
    """Return what `scan` returns, in log2(seq) rounds over all tokens at once.

    Two consecutive steps compose to one: h -> a2 (a1 h + b1) + b2 = (a2 a1) h + (a2 b1 + b2). Each
    round composes every token's step with the one that ends where it begins, so that it covers
    twice as many tokens (Hillis and Steele 1986). This takes seq log2(seq) operations; Blelloch's
    scan, which Mamba uses, about 2 seq.
    """
    covered, seq = 1, decay.shape[1]
    while covered < seq:
        later = decay[:, covered:]
        joined = update[:, covered:] + later * update[:, :-covered]
        update = torch.cat([update[:, :covered], joined], 1)
        decay = torch.cat([decay[:, :covered], later * decay[:, :-covered]], 1)
        covered *= 2
    return update if first is None else update + decay * first[:, None]


def step_length_biases(n: int) -> Float[Tensor, " n"]:
    """Sample n biases whose softplus is log-uniform between the shortest and longest step."""
    ends = math.log(SHORTEST_STEP), math.log(LONGEST_STEP)
    steps = torch.empty(n).uniform_(*ends).exp()
    return steps.expm1().log()  # the inverse of the softplus


class StateSpace(nn.Module):
    """A diagonal selective state space in the spirit of Mamba (Gu and Dao 2023, section 3).

    Each channel of `x` has `d_state` numbers of state. A token determines its step length (per
    channel) and what it writes to and reads from the state (for all channels): delta, B and C. A
    diagonal A sets how fast each number decays.

    This is the core of Mamba's layer, not the whole layer: it has no wider inner stream, no
    convolution over the last few tokens and no gate, and it computes delta with a full matrix, not
    a low-rank one. B is discretized as delta B, as in Mamba. The states of all tokens are stored in
    memory, which Mamba's fused kernel avoids.

    Initial step lengths are log-uniform between 0.001 and 0.1, as in Mamba (section 3.6, and
    `dt_proj` in its reference implementation): the slowest number of a channel then decays over 10
    to 1,000 tokens. Zero biases would mean steps of 0.7, and a layer that forgets everything within
    20 tokens.

    >>> StateSpace(8)(torch.zeros(2, 5, 8)).shape
    torch.Size([2, 5, 8])
    """

    def __init__(self, d_model: int, d_state: int = 16) -> None:
        super().__init__()
        if d_state < 1:
            raise ValueError(f"d_state is {d_state}; it must be 1 or more")
        self.step_length = Linear(d_model, d_model, bias=True)
        self.step_length.bias = nn.Parameter(step_length_biases(d_model))
        self.write = Linear(d_model, d_state)
        self.read = Linear(d_model, d_state)
        # A is negative, so that states decay: -1, -2, ... (S4D-Real, Gu et al. 2022).
        speeds = torch.arange(1.0, d_state + 1).expand(d_model, -1)
        self.log_speed = nn.Parameter(speeds.log())
        self.skip = nn.Parameter(torch.ones(d_model))

    def forward(self, x: Float[Tensor, "batch seq d_model"]) -> Float[Tensor, "batch seq d_model"]:
        """Compute all states in parallel; each token sees itself and those before it."""
        return self._out(x, parallel_scan(*self._steps(x)))

    def recurrent(
        self,
        x: Float[Tensor, "batch seq d_model"],
        state: Float[Tensor, "batch d_model d_state"] | None = None,
    ) -> tuple[Float[Tensor, "batch seq d_model"], Float[Tensor, "batch d_model d_state"]]:
        """Compute the same token by token; return the output and the final state."""
        states = scan(*self._steps(x), state)
        return self._out(x, states), states[:, -1]

    def _steps(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the decay of the state at each token, and the update added to it."""
        delta = nn.functional.softplus(self.step_length(x))[..., None]  # (batch seq d_model 1)
        decay = torch.exp(-delta * self.log_speed.exp())  # (batch seq d_model d_state)
        return decay, delta * self.write(x)[:, :, None] * x[..., None]

    def _out(self, x: Tensor, states: Tensor) -> Tensor:
        """Return what each token reads from its state, plus a skip connection."""
        out: Tensor = (states @ self.read(x)[..., None]).squeeze(-1)
        return out + self.skip * x
