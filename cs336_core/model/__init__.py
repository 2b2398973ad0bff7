"""Attention and the Transformer, built from single matrices.

The modules `causal_blocks`, `config`, `config_json`, `config_parts`, `presets` and
`safetensors_header` and the package `hugging_face` need the standard library only; all other
modules need torch.
"""
