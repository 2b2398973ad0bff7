"""Tokenizer files: GPT-2's, tiktoken's and Hugging Face's."""
