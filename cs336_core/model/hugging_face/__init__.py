"""Reads Hugging Face's config.json files into a `ModelConfig`."""
