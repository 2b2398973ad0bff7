"""Number formats for storage: how many bits a value takes, with the scales of its group.

A format of 4 or 8 bits stores groups of values with a scale for each group, which adds to the bits
per value. Matrices are multiplied in 16 or 32 bits all the same, or in 8 where the machine can.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from cs336_core._shared.validation import unknown_name
from cs336_core.accounting.errors import AccountingError


@dataclass(frozen=True)
class Format:
    """How one value is stored.

    Attributes:
        bits: of the value itself.
        group: how many values share a scale; `None` for no scales.
        scale_bits: of the scale of a group, with its zero point if it has one.

    """

    bits: int
    group: int | None = None
    scale_bits: float = 0

    @property
    def bits_per_value(self) -> float:
        """The bits of a value and its part of the scale.

        >>> FORMATS["nf4-double"].bits_per_value
        4.126953125
        """
        return self.bits + (self.scale_bits / self.group if self.group else 0)

    def bytes(self, n_values: int) -> int:
        """Return the bytes of `n_values` values, rounded up; exact for formats without scales."""
        if self.group is None:
            return ceil(n_values * self.bits / 8)
        return ceil(n_values * self.bits_per_value / 8)


FORMATS: dict[str, Format] = {
    "fp32": Format(32),
    "bf16": Format(16),
    "fp16": Format(16),
    # E4M3 or E5M2 with one scale per tensor, which is negligible
    "fp8": Format(8),
    # Blocks of 128 × 128 with a 32-bit scale: DeepSeek-V3, section 3.3.2
    "fp8-block": Format(8, 128 * 128, 32),
    # One scale per 32 values: llama.cpp's Q8_0 and Q4_0
    "q8_0": Format(8, 32, 16),
    "q4_0": Format(4, 32, 16),
    # A 16-bit scale and a 4-bit zero point per 128 values: GPTQ and AWQ (Frantar et al. 2022,
    # Lin et al. 2023)
    "int4": Format(4, 128, 20),
    # A power of two per 32 values: OCP Microscaling Formats (MX) Specification, version 1.0
    "mxfp8": Format(8, 32, 8),
    "mxfp4": Format(4, 32, 8),
    # A 32-bit scale per 64 values. Double quantization stores the scales in 8 bits, with a 32-bit
    # scale for each 256 of them (Dettmers et al. 2023, "QLoRA", section 3)
    "nf4": Format(4, 64, 32),
    "nf4-double": Format(4, 64, 8 + 32 / 256),
    # The averages of 8-bit optimizers: a 32-bit scale per 2,048 values (Dettmers et al. 2022,
    # "8-bit Optimizers via Block-wise Quantization")
    "8-bit average": Format(8, 2048, 32),
}


def format_named(name: str) -> Format:
    """Return a format of `FORMATS`; raise `AccountingError`, with the closest names, for others."""
    if name not in FORMATS:
        raise AccountingError(unknown_name("format", str(name), FORMATS))
    return FORMATS[name]
