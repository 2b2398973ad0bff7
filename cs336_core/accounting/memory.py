"""Bytes that a model needs beside its weights: to be trained, and to remember what it has read."""

from __future__ import annotations


def training_bytes(params: int) -> int:
    """Return the bytes that training with AdamW keeps for `params` parameters, activations aside.

    16 a parameter (Rajbhandari et al. 2020, "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", section 3.1): weights and gradients in 16 bits, and in 32 bits the weights
    again with Adam's two averages.

    >>> training_bytes(7_000_000_000)
    112000000000
    """
    weights, gradients, master, averages = 2, 2, 4, 2 * 4
    return params * (weights + gradients + master + averages)


def kv_cache_bytes(n_layers: int, n_kv_heads: int, d_head: int, *, bytes_per_value: int = 2) -> int:
    """Return the bytes of keys and values that a model keeps for each token it has read.

    >>> kv_cache_bytes(n_layers=32, n_kv_heads=32, d_head=128) // 1024
    512
    """
    return 2 * n_layers * n_kv_heads * d_head * bytes_per_value
