"""Attention and the Transformer, built from single matrices.

`config`, `presets` and `causal_blocks` need the standard library only; all other modules need
torch.
"""
