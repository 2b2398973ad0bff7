"""The time of a pass of a served model: prefill, and decode of one token per sequence.

Lower bounds: the parts of the model run one after another, each at the peak of the machine's
compute or bandwidth; chips that share a matrix sum their parts after attention and after the MLP.
"""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core._shared.validation import check_size
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.formats import format_named
from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.inference import Part, part_costs
from cs336_core.accounting.operations import attended_pairs, checked_pass
from cs336_core.accounting.parallel.collectives import collective_time
from cs336_core.accounting.roofline import Roofline, in_sequence
from cs336_core.accounting.serving.deployment import Deployment
from cs336_core.accounting.training_state import UNQUANTIZED


@dataclass(frozen=True)
class PassTime:
    """The time of one pass.

    Attributes:
        tokens: new tokens of all sequences.
        roofline: the computing and moving of one chip.
        communicating: seconds in which chips sum their parts.

    """

    tokens: int
    roofline: Roofline
    communicating: float

    @property
    def seconds(self) -> float:
        """The time of the pass."""
        return self.roofline.seconds + self.communicating

    @property
    def tokens_per_second(self) -> float:
        """New tokens of all sequences per second."""
        return self.tokens / self.seconds

    @property
    def bound(self) -> str:
        """What takes longest: "compute", "memory" or "communication"."""
        if self.communicating > self.roofline.seconds:
            return "communication"
        return self.roofline.bound


def prefill_time(served: Deployment, batch: int, prompt: int) -> PassTime:
    """Return the time to process `batch` prompts: the time to the first token of the answer.

    Raises `AccountingError` for sizes out of range.

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> served = Deployment(config=preset("llama-3-8b"), machine=H100)
    >>> f"{1000 * prefill_time(served, 1, 2048).seconds:.0f} ms"
    '30 ms'
    """
    return pass_time(served, batch, check_size("prompt", prompt), 0)


def decode_time(served: Deployment, batch: int, context: int) -> PassTime:
    """Return the time of one more token for each of `batch` sequences of `context` tokens.

    Raises `AccountingError` for sizes out of range.

    Weights in 4 bits are read four times as fast:

    >>> from cs336_core.accounting.machines import H100
    >>> from cs336_core.model.presets import preset
    >>> llama = preset("llama-3-8b")
    >>> for weights in ("bf16", "int4"):
    ...     served = Deployment(config=llama, machine=H100, weights=weights)
    ...     print(f"{1000 * decode_time(served, 1, 2048).seconds:.2f} ms")
    4.56 ms
    1.48 ms
    """
    return pass_time(served, batch, 1, check_size("context", context))


def pass_time(served: Deployment, batch: int, seq_len: int, cached: int) -> PassTime:
    """Return the time of `seq_len` new tokens after `cached` ones, in each of `batch` sequences."""
    costs = {
        part: (flops / served.n_chips, moved)
        for part, (flops, moved) in chip_costs(served, batch, seq_len, cached).items()
    }
    tokens = batch * seq_len
    sums = 0.0
    if served.n_chips > 1:
        size = 2 * tokens * served.config.d_model  # in 16 bits
        link = served.machine.link(served.n_chips)
        one = collective_time("all-reduce", size, served.n_chips, link)
        sums = 2 * served.config.n_layers * one.seconds
    bound = in_sequence(costs.values(), served.machine, served.precision)
    return PassTime(tokens, bound, sums)


def chip_costs(
    served: Deployment, batch: int, seq_len: int, cached: int
) -> dict[Part, tuple[float, float]]:
    """Return the FLOPs of all chips and the bytes that one of them moves, by part of the model."""
    config = served.config
    numbers = part_costs(config, batch, seq_len, cached=cached, bytes_per_value=1)
    if config.latent is not None and cached and served.latent_form == "plain":
        flops = plain_latent_flops(served, batch, seq_len, cached)
        numbers = {part: (flops[part], moved) for part, (_, moved) in numbers.items()}
    layers = format_named(served.weights)
    rest = format_named(UNQUANTIZED) if layers.bits < 16 else layers
    widths = {
        "projections": layers.bits_per_value / 8 / served.n_chips,
        "mlp": layers.bits_per_value / 8 / served.n_chips,
        "head": rest.bits_per_value / 8 / served.n_chips,
        "scores": format_named(served.cache).bits_per_value / 8 / served.cache_parts,
    }
    return {part: (flops, widths[part] * moved) for part, (flops, moved) in numbers.items()}


def plain_latent_flops(
    served: Deployment, batch: int, seq_len: int, cached: int
) -> dict[Part, int]:
    """Return the FLOPs of latent attention that recomputes all cached keys and values.

    transformers does so; the absorbed form recomputes none (DeepSeek-V2, section 2.1).
    """
    conventions = Conventions(pairs="attended", logits="last")
    config = served.config
    alone = checked_pass(config, batch, seq_len, 0, conventions)
    window = config.window
    pairs = attended_pairs(seq_len, cached, window) / attended_pairs(seq_len, 0, window)
    flops: dict[str, float] = {}
    for operation in forward_operations(alone):
        times = 1.0
        if operation.group == "scores":
            times = pairs
        elif operation.name in ("key", "value") and operation.component == "attention":
            times = (cached + seq_len) / seq_len
        flops[operation.group] = flops.get(operation.group, 0) + 2 * operation.macs * times
    parts: tuple[Part, ...] = ("projections", "scores", "mlp", "head")
    return {part: round(flops[part]) for part in parts if part in flops}
