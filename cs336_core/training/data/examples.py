"""Examples for supervised fine-tuning: prompts, and the responses to learn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import short_repr
from cs336_core.tokenization import BPETokenizer
from cs336_core.training.data.prepare import END_OF_TEXT
from cs336_core.training.errors import TrainingError


@dataclass(frozen=True)
class Example:
    """A prompt with its response.

    Attributes:
        ids: the ids of both, one after the other.
        n_prompt: how many of them are the prompt, which is read but not learned.

    """

    ids: tuple[int, ...]
    n_prompt: int


def encode_example(tokenizer: BPETokenizer, prompt: str, response: str) -> Example:
    """Return the ids of a prompt and a response, and of `<|endoftext|>` if the tokenizer has it.

    The two are encoded apart, so that no token reaches from one into the other: the model then
    continues a prompt from the very ids that it has learned from.
    """
    prompt_ids = tokenizer.encode_ordinary(prompt)
    end = tokenizer.params.special_tokens.get(END_OF_TEXT)
    ids = [*prompt_ids, *tokenizer.encode_ordinary(response), *([] if end is None else [end])]
    return Example(tuple(ids), len(prompt_ids))


def read_examples(path: StrPath, tokenizer: BPETokenizer) -> list[Example]:
    """Read a file whose lines are JSON objects with "prompt" and "response".

    Raises `TrainingError`, with the number of the line, for anything else.
    """
    examples = [
        encode_example(tokenizer, prompt, response) for prompt, response in _pairs(Path(path))
    ]
    if not examples:
        raise TrainingError(f"{path} has no examples")
    return examples


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the prompts and responses of a file."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
                pair = value["prompt"], value["response"]
            except (ValueError, TypeError, KeyError):
                pair = None, None
            prompt, response = pair
            if not isinstance(prompt, str) or not isinstance(response, str) or not response:
                found = short_repr(line.decode("utf-8", "replace").strip())
                raise TrainingError(
                    f"{path}, line {number} is {found}; expected "
                    '{"prompt": "...", "response": "..."}, with a response to learn'
                )
            yield prompt, response
