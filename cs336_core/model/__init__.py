"""Attention and the Transformer, from their matrices up.

`ModelConfig` and `preset` need the standard library only; everything else needs torch, which is
imported when it is first asked for.
"""
