"""Peak numbers of machines, as published by their makers: one chip each, without sparsity.

Dense matmul FLOPs, memory size and bandwidth are those of NVIDIA's data sheets (tensor cores of
A100, H100, H200, B200 and T4; "Ada GPU Architecture", appendix A, for the RTX 4090 with 32-bit
accumulation). The B200 is quoted with both 180 and 192 GB. CPUs differ by a factor of ten; the one
here has about 32 cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, unknown_name
from cs336_core.accounting.errors import AccountingError

Precision = Literal["fp8", "fp16", "bf16", "tf32", "fp32"]
BYTES: dict[Precision, int] = {"fp8": 1, "fp16": 2, "bf16": 2, "tf32": 4, "fp32": 4}


@dataclass(frozen=True)
class Machine:
    """A chip with its memory.

    Attributes:
        name: the product name.
        flops_per_second: peak of dense matrix multiplications, by precision.
        bytes_per_second: the bandwidth of its main memory.
        memory_bytes: the size of its main memory.

    """

    name: str
    flops_per_second: dict[Precision, float]
    bytes_per_second: float
    memory_bytes: float

    def peak(self, precision: Precision = "bf16") -> float:
        """Return peak FLOP/s; raise `AccountingError` for an unsupported precision.

        >>> MACHINES["t4"].peak("bf16")
        Traceback (most recent call last):
        cs336_core._shared.validation.InvalidValueError: T4 does not support bf16; it has \
fp16, fp32
        """
        check_choice("precision", precision, get_args(Precision))
        if precision not in self.flops_per_second:
            raise AccountingError(
                f"{self.name} does not support {precision}; it has "
                f"{', '.join(self.flops_per_second)}"
            )
        return self.flops_per_second[precision]

    def ridge_point(self, precision: Precision = "bf16") -> float:
        """Return the FLOPs that it computes in the time that it reads one byte.

        >>> round(H100.ridge_point())
        295
        """
        return self.peak(precision) / self.bytes_per_second


def _hopper(name: str, bytes_per_second: float, memory_bytes: float) -> Machine:
    """Return a chip with the compute of an H100."""
    flops: dict[Precision, float] = {
        "fp8": 1979e12, "fp16": 989e12, "bf16": 989e12, "tf32": 494.5e12, "fp32": 67e12,
    }  # fmt: skip
    return Machine(name, flops, bytes_per_second, memory_bytes)


H100 = _hopper("H100 SXM", 3.35e12, 80e9)
MACHINES: dict[str, Machine] = {
    "a100": Machine(
        "A100 SXM 80 GB",
        {"fp16": 312e12, "bf16": 312e12, "tf32": 156e12, "fp32": 19.5e12},
        2.039e12,
        80e9,
    ),
    "h100": H100,
    "h200": _hopper("H200 SXM", 4.8e12, 141e9),
    "b200": Machine(
        "B200",
        {"fp8": 4500e12, "fp16": 2250e12, "bf16": 2250e12, "tf32": 1125e12, "fp32": 75e12},
        8.0e12,
        180e9,
    ),
    "rtx-4090": Machine(
        "RTX 4090",
        {"fp8": 330e12, "fp16": 165e12, "bf16": 165e12, "tf32": 82.6e12, "fp32": 82.6e12},
        1.008e12,
        24e9,
    ),
    "t4": Machine("T4", {"fp16": 65e12, "fp32": 8.1e12}, 0.32e12, 16e9),
    "cpu": Machine("server CPU", {"fp32": 2e12}, 0.2e12, 256e9),
}


def machine(name: str) -> Machine:
    """Return a machine by name; raise `AccountingError`, which suggests the closest, for others.

    >>> machine("H100") is H100
    True
    """
    key = name.lower()
    if key not in MACHINES:
        raise AccountingError(unknown_name("machine", name, MACHINES))
    return MACHINES[key]
