"""Attention and the Transformer, built from single matrices.

`config` and `presets` need the standard library only, all other modules need torch.
"""
