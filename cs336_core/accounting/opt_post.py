"""The table of FLOPs that made “80 % are in the MLP” famous, and the count that gives its numbers.

Stephen Roller posted it on 11 October 2022 for the OPT models, read here from the picture. The post
gives no formula. All its 40 numbers come out, to their rounding, from a training step with
recomputation at 2,048 tokens and a vocabulary of 51,200, if the projections of a layer are counted
as `d² + 4 s d` in place of the `4 d²` parameters that they have: `d` is the width of the model, `s`
the length of the sequence, on which matrices of weights cannot depend. How it came about can only
be guessed; `4 s d` looks like `4 d²` with `s` in place of one `d`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core.accounting.transformer import PlainTransformer
from cs336_core.data_files import data_table

SEQ_LEN = 2048
VOCAB_SIZE = 51200
OPERATIONS = ("projections", "mlp", "scores", "head")


@dataclass(frozen=True)
class PostedRow:
    """One model of the posted table.

    Attributes:
        name: what the model is called, after its size.
        model: its shape.
        tokens_per_update: tokens of one step of training.
        flops: FLOPs of one step, as posted.
        percent: operation (`OPERATIONS`) -> percent of the FLOPs, as posted.

    """

    name: str
    model: PlainTransformer
    tokens_per_update: int
    flops: float
    percent: dict[str, float]


def posted_rows() -> list[PostedRow]:
    """Return the table, the smallest model first.

    >>> [(row.name, row.percent["mlp"]) for row in posted_rows()][::7]
    [('760M', 44.0), ('175B', 80.0)]
    """
    table = []
    for line in data_table("cs336_core.accounting", "opt_post.csv"):
        d_model = int(line["d_model"])
        model = PlainTransformer(int(line["n_layers"]), d_model, 4 * d_model, VOCAB_SIZE)
        percent = {operation: float(line[operation]) for operation in OPERATIONS}
        tokens = int(line["tokens_per_update"])
        table.append(PostedRow(line["model"], model, tokens, float(line["flops"]), percent))
    return table


def posted_projections(model: PlainTransformer, seq_len: int = SEQ_LEN) -> int:
    """Return the training FLOPs a token that the post has for the projections.

    >>> large = posted_rows()[-1].model
    >>> f"{posted_projections(large) / (4 * 2 * large.attention_params):.2f} of what they take"
    '0.42 of what they take'
    """
    matrices = model.d_model**2 + 4 * seq_len * model.d_model
    return 4 * 2 * model.n_layers * matrices
