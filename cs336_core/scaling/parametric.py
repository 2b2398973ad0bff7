"""A parametric scaling law: the loss of a model, and the best size for a budget.

Hoffmann et al. (2022, "Training Compute-Optimal Large Language Models", section 3.3) fit

    L(N, D) = E + A / N^alpha + B / D^beta

to the losses of their runs: an irreducible loss, one term for the finite number of parameters N
and one for the finite number of training tokens D.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core.accounting.papers import training_tokens


@dataclass(frozen=True)
class Optimum:
    """The best model for a budget: parameters, tokens, and predicted loss."""

    params: float
    tokens: float
    loss: float


@dataclass(frozen=True)
class ParametricLoss:
    """The five coefficients of the law; losses are in nats per token."""

    irreducible: float
    a: float
    b: float
    alpha: float
    beta: float

    def loss(self, params: float, tokens: float) -> float:
        """Return the loss of a model of `params` parameters after `tokens` tokens.

        >>> f"{BESIROGLU.loss(params=70e9, tokens=1.4e12):.2f}"
        '1.97'
        """
        return float(self.irreducible + self.a / params**self.alpha + self.b / tokens**self.beta)

    def optimum(self, flops: float) -> Optimum:
        """Return the parameters and tokens that minimize the loss with 6 N D = `flops`.

        Equation 4 of the paper. Raises `ValueError` unless `flops` is positive.

        >>> best = BESIROGLU.optimum(5.76e23)
        >>> f"{best.params:.3g} parameters, {best.tokens:.3g} tokens"
        '7.22e+10 parameters, 1.33e+12 tokens'
        """
        if flops <= 0:
            raise ValueError(f"flops is {flops:g}; a budget must be above 0")
        total = self.alpha + self.beta
        balance = (self.alpha * self.a / (self.beta * self.b)) ** (1 / total)
        params = balance * (flops / 6) ** (self.beta / total)
        tokens = training_tokens(flops, params)
        return Optimum(params, tokens, self.loss(params, tokens))


# As printed in the paper (appendix D.2). It recommends many more tokens than the paper's other two
# approaches: the fit was stopped before it converged, and the coefficients were rounded.
HOFFMANN = ParametricLoss(1.69, 406.4, 410.7, 0.34, 0.28)

# Refitted by Besiroglu et al. (2024, "Chinchilla Scaling: A replication attempt") to runs that they
# digitized from a figure of the paper. It agrees with the paper's other two approaches.
BESIROGLU = ParametricLoss(1.8172, 482.01, 2085.43, 0.3478, 0.3658)
