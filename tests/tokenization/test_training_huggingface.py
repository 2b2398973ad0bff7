"""With Hugging Face's tie-break, the trainer learns the merges that `tokenizers` learns."""

from __future__ import annotations

import json
import random
from pydoc_data.topics import topics

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from cs336_core.tokenization import train
from cs336_core.tokenization.formats.byte_alphabet import from_printable

pytestmark = pytest.mark.filterwarnings("ignore::cs336_core.tokenization.FewMergesWarning")


def merges_of_huggingface(
    texts: list[str], vocab_size: int, min_frequency: int, max_token_length: int | None
) -> list[tuple[bytes, ...]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    # There, tokens are shorter than the maximum.
    limit = {} if max_token_length is None else {"max_token_length": max_token_length + 1}
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=min_frequency,
        **limit,
    )
    tokenizer.train_from_iterator(texts, trainer)
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [tuple(map(from_printable, merge)) for merge in merges]


@pytest.mark.parametrize("letters", ["ab ", "abcdé ,'s猫\n"])
@pytest.mark.parametrize("max_token_length", [None, 2, 4])
@pytest.mark.parametrize("min_frequency", [1, 2])
def test_random_texts(letters: str, max_token_length: int | None, min_frequency: int) -> None:
    chance = random.Random(f"{letters} {max_token_length} {min_frequency}")
    for _ in range(20):
        texts = ["".join(chance.choices(letters, k=chance.randrange(1, 60))) for _ in range(3)]
        trained = train(
            texts,
            300,
            tie_break="huggingface",
            min_frequency=min_frequency,
            max_token_length=max_token_length,
        )
        limits = min_frequency, max_token_length
        assert trained.merges == merges_of_huggingface(texts, 300, *limits), texts


def test_real_text() -> None:
    texts = [topics["types"], topics["objects"]]
    trained = train(texts, 1500, tie_break="huggingface")
    assert trained.merges == merges_of_huggingface(texts, 1500, 1, None)
