"""The table of FLOPs that made “80 % are in the MLP” famous, and the count that reproduces it.

Stephen Roller posted it on 11 October 2022 for the OPT models, as an image and without a formula.
All its 40 numbers follow, up to rounding, from a training step with recomputation at 2,048 tokens
and a vocabulary of 51,200, if the projections of a layer count as `d² + 4 s d` instead of their `4
d²` parameters. `d` is the width of the model and `s` the length of the sequence, which cannot
affect the size of weight matrices. We can only guess the cause; `4 s d` looks like `4 d²` with `s`
in place of one `d`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core._shared.data_files import data_table
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.flops import FlopRow, count_flops
from cs336_core.accounting.operations import Group
from cs336_core.model.config import ModelConfig

SEQ_LEN = 2048
VOCAB_SIZE = 51200
CONVENTIONS = Conventions(work="training", recompute="full")
GROUPS: tuple[Group, ...] = ("projections", "mlp", "scores", "head")


@dataclass(frozen=True)
class PostedRow:
    """One model of the posted table.

    Attributes:
        name: the size of the model, "175B".
        config: its configuration, with the vocabulary of the table.
        tokens_per_update: tokens per training step.
        flops: FLOPs per step, as posted.
        percent: group of operations (`GROUPS`) -> percent of the FLOPs, as posted.

    """

    name: str
    config: ModelConfig
    tokens_per_update: int
    flops: float
    percent: dict[Group, float]


def posted_rows() -> list[PostedRow]:
    """Return the rows of the table, the smallest model first.

    >>> [(row.name, row.percent["mlp"]) for row in posted_rows()][::7]
    [('760M', 44.0), ('175B', 80.0)]
    """
    table = []
    for line in data_table("cs336_core.accounting", "opt_post.csv"):
        config = ModelConfig(
            vocab_size=VOCAB_SIZE,
            context_length=SEQ_LEN,
            n_layers=int(line["n_layers"]),
            d_model=int(line["d_model"]),
            n_heads=int(line["n_heads"]),
            activation="relu",
            norm="layernorm",
            positions="learned",
            bias=True,
            tied_embeddings=True,
        )
        percent = {group: float(line[group]) for group in GROUPS}
        tokens = int(line["tokens_per_update"])
        table.append(PostedRow(line["model"], config, tokens, float(line["flops"]), percent))
    return table


def recount_flops(config: ModelConfig) -> list[FlopRow]:
    """Count a training step on one sequence by the table's conventions, without its mistake.

    All pairs of tokens, the LM head, forward and backward pass, and recomputation of the layers.

    >>> from cs336_core.accounting.flops import flops_fraction
    >>> f"{100 * flops_fraction(recount_flops(posted_rows()[-1].config), 'mlp'):.1f} %"
    '64.7 %'
    """
    return count_flops(config, 1, SEQ_LEN, CONVENTIONS)


def posted_projection_flops(config: ModelConfig) -> int:
    """Return the FLOPs that the post counts for the projections of one sequence.

    >>> from cs336_core.accounting.flops import flops_by_group
    >>> large = posted_rows()[-1].config
    >>> counted = flops_by_group(recount_flops(large))["projections"]
    >>> f"{posted_projection_flops(large) / counted:.2f} of the true count"
    '0.42 of the true count'
    """
    matrices = config.d_model**2 + 4 * SEQ_LEN * config.d_model
    return 4 * 2 * SEQ_LEN * config.n_layers * matrices
