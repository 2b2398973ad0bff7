"""Weights in 8, 4 or 2 bits: whole numbers, with one scale for each small group of them."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TypeVar

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from cs336_core._shared.validation import check_choice, check_size
from cs336_core.model.layers import Linear

BITS = (8, 4, 2)
Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True)
class QuantizedMatrix:
    """A matrix as packed codes and scales: an entry is (code - offset) times its group's scale.

    Attributes:
        packed: the codes of each row, 8 / bits of them per byte, the first in the lowest bits.
        scales: in 16 bits, one for each group of neighbors in a row.
        bits: per code.
        group_size: how many entries share a scale.
        width: the entries per row; the last group may have fewer than the others.

    """

    packed: UInt8[Tensor, "rows bytes"]
    scales: Float[Tensor, "rows groups"]
    bits: int
    group_size: int
    width: int

    @property
    def nbytes(self) -> int:
        """The bytes of codes and scales."""
        return self.packed.nbytes + self.scales.nbytes

    def dequantize(self) -> Float[Tensor, "rows width"]:
        """Return the matrix in 32 bits."""
        shifts = torch.arange(0, 8, self.bits, device=self.packed.device)
        codes = (self.packed[..., None].int() >> shifts) & (2**self.bits - 1)
        signed = codes.flatten(1) - _offset(self.bits)  # (rows entries)
        groups = signed.unflatten(1, (-1, self.group_size)) * self.scales.float()[..., None]
        matrix: Tensor = groups.flatten(1)[:, : self.width]
        return matrix


def quantize(
    matrix: Float[Tensor, "rows width"], *, bits: int, group_size: int = 32
) -> QuantizedMatrix:
    """Round each entry to a multiple of its group's scale, which is set by the largest of them.

    The codes are symmetric about 0, without a zero point: in 8 bits they go from -127 to 127, in 4
    from -7 to 7, in 2 from -1 to 1. So 0 stays 0, and no entry moves by more than half a scale,
    apart from the rounding of scales to 16 bits.

    Raises `InvalidValueError` for bits other than 8, 4 and 2, and for a group of less than 1 or of
    a size that does not fill whole bytes.

    >>> quantize(torch.tensor([[7.0, -3.2, 0.0, 1.4]]), bits=4, group_size=4).dequantize()
    tensor([[ 7., -3.,  0.,  1.]])
    """
    check_choice("bits", bits, BITS)
    per_byte = 8 // bits
    if check_size("group_size", group_size) % per_byte:
        check_choice("group_size", group_size, [per_byte * n for n in (1, 2, 4, 8, 16)])
    width = matrix.shape[1]
    padded = functional.pad(matrix.float(), (0, -width % group_size))
    groups = padded.unflatten(1, (-1, group_size))  # (rows groups group_size)
    largest_code = _offset(bits) - 1
    scales = (groups.abs().amax(-1) / largest_code).half()
    divisors = scales.float().where(scales > 0, 1.0)
    codes = (groups / divisors[..., None]).round().clamp(-largest_code, largest_code)
    unsigned = (codes + _offset(bits)).to(torch.uint8).flatten(1).unflatten(1, (-1, per_byte))
    shifts = torch.arange(0, 8, bits, dtype=torch.uint8, device=matrix.device)
    packed = (unsigned << shifts).sum(-1, dtype=torch.uint8)
    return QuantizedMatrix(packed, scales, bits, group_size, width)


class QuantizedLinear(nn.Module):
    """A `Linear` whose matrix is stored quantized, and dequantized whenever it is used.

    It saves memory, and on a GPU the time to read it, where a kernel dequantizes as it multiplies.
    This one shows what the rounding does to the model.
    """

    packed: Tensor
    scales: Tensor

    def __init__(self, linear: Linear, *, bits: int, group_size: int = 32) -> None:
        super().__init__()
        quantized = quantize(linear.weight.detach(), bits=bits, group_size=group_size)
        self.register_buffer("packed", quantized.packed)
        self.register_buffer("scales", quantized.scales)
        self.bits, self.group_size, self.width = bits, group_size, quantized.width
        self.bias = linear.bias

    @property
    def weight(self) -> Float[Tensor, "d_out d_in"]:
        """The dequantized matrix."""
        stored = QuantizedMatrix(self.packed, self.scales, self.bits, self.group_size, self.width)
        return stored.dequantize()

    def forward(self, x: Float[Tensor, "... d_in"]) -> Float[Tensor, "... d_out"]:
        """Multiply each vector by the matrix."""
        y = x @ self.weight.T.to(x.dtype)
        return y if self.bias is None else y + self.bias


def quantize_model(model: Model, *, bits: int, group_size: int = 32) -> Model:
    """Return a copy of a model with all linear layers quantized; the embedding is not."""
    quantized = copy.deepcopy(model)
    for module in list(quantized.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, Linear):
                layer = QuantizedLinear(child, bits=bits, group_size=group_size)
                setattr(module, name, layer)
    return quantized


def weight_bytes(model: nn.Module) -> int:
    """Return the bytes of a model's parameters and, where quantized, of codes and scales."""
    return sum(tensor.nbytes for tensor in model.state_dict().values())


def _offset(bits: int) -> int:
    """Return the code that stands for 0, in the middle of the range."""
    return int(2 ** (bits - 1))
