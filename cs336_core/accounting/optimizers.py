"""What optimizers store: the state of AdamW, 8-bit AdamW, Adafactor, Muon and SGD.

State is in 32 bits unless its name says otherwise.
"""

from __future__ import annotations

from typing import Literal, get_args

from cs336_core._shared.validation import check_choice
from cs336_core.accounting.formats import FORMATS
from cs336_core.accounting.matrices import Parameters

Optimizer = Literal["adamw", "adamw-8bit", "adafactor", "muon", "momentum", "sgd"]
WIDTH = 4  # bytes of a value in 32 bits


def optimizer_bytes(parameters: Parameters, optimizer: Optimizer) -> int:
    """Return the bytes of an optimizer's state.

    - "adamw": two averages per parameter (Loshchilov and Hutter 2017).
    - "adamw-8bit": both in 8 bits, with a 32-bit scale per 2,048 (Dettmers et al. 2022).
    - "adafactor": of the second average of a matrix only the sums of its rows and columns; no
      first average (Shazeer and Stern 2018, section 3).
    - "muon": one average for matrices in the layers (Jordan et al. 2024); AdamW for the rest.
    - "momentum": one average per parameter. "sgd": nothing.

    Raises `AccountingError` for an unknown optimizer.
    """
    check_choice("optimizer", optimizer, get_args(Optimizer))
    vectors = parameters.vectors
    total = parameters.count
    if optimizer == "adamw":
        return 2 * WIDTH * total
    if optimizer == "adamw-8bit":
        return 2 * FORMATS["8-bit average"].bytes(total)
    if optimizer == "adafactor":
        sums = sum(each.count * (each.rows + each.columns) for each in parameters.matrices)
        return WIDTH * (sums + vectors)
    if optimizer == "muon":
        in_layers = sum(each.params for each in parameters.matrices if each.in_layers)
        return WIDTH * (in_layers + 2 * (total - in_layers))
    return WIDTH * total if optimizer == "momentum" else 0
