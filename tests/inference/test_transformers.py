"""Filters of logits and greedy generation against transformers."""

from __future__ import annotations

import pytest
import torch

from cs336_core.inference import Sampling, generate
from cs336_core.inference.logit_filters import (
    keep_min_p,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    scale_by_temperature,
)
from cs336_core.inference.sampling import seen_tokens
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.weights import load_weights
from tests.model.reference import transformers

theirs = transformers.generation.logits_process
IDS = torch.tensor([[1, 2, 3], [4, 4, 30]])


def random_logits(seed: int) -> torch.Tensor:
    return 3 * torch.randn(2, 50, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seed", range(5))
def test_filters_equal_those_of_transformers(seed: int) -> None:
    logits = random_logits(seed)
    seen = seen_tokens(IDS.tolist(), logits.shape[-1])
    pairs = [
        (scale_by_temperature(logits, 0.7), theirs.TemperatureLogitsWarper(0.7)),
        (keep_top_k(logits, 8), theirs.TopKLogitsWarper(8)),
        (keep_top_k(logits, 100), theirs.TopKLogitsWarper(100)),
        (keep_top_p(logits, 0.8), theirs.TopPLogitsWarper(0.8)),
        (keep_min_p(logits, 0.1), theirs.MinPLogitsWarper(0.1)),
        (penalize_repetition(logits, seen, 1.3), theirs.RepetitionPenaltyLogitsProcessor(1.3)),
    ]
    for ours, processor in pairs:
        torch.testing.assert_close(ours, processor(IDS, logits), rtol=0, atol=0)


def test_all_choices_together_equal_those_of_transformers() -> None:
    logits = random_logits(7)
    expected = logits
    for processor in (
        theirs.RepetitionPenaltyLogitsProcessor(1.5),
        theirs.TemperatureLogitsWarper(1.4),
        theirs.TopKLogitsWarper(20),
        theirs.TopPLogitsWarper(0.9),
        theirs.MinPLogitsWarper(0.05),
    ):
        expected = processor(IDS, expected)
    sampling = Sampling(temperature=1.4, top_k=20, top_p=0.9, min_p=0.05, repetition_penalty=1.5)
    torch.testing.assert_close(sampling.probs(logits, IDS.tolist()), expected.softmax(-1))


def test_greedy_generation_equals_that_of_transformers() -> None:
    torch.manual_seed(0)
    config = {"vocab_size": 40, "num_hidden_layers": 2, "hidden_size": 32, "rms_norm_eps": 1e-5}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 48}
    llama = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(**config, **heads, max_position_embeddings=64)
    ).eval()
    for parameter in llama.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.5)
    ours = LanguageModel(
        ModelConfig(
            vocab_size=40,
            context_length=64,
            n_layers=2,
            d_model=32,
            n_heads=4,
            n_kv_heads=2,
            d_ff=48,
        )
    )
    load_weights(ours, llama.state_dict(), "llama")
    ids = torch.tensor([[1, 2, 3]])
    for penalty in (1.0, 1.3):
        options = {"do_sample": False, "repetition_penalty": penalty, "eos_token_id": None}
        found = llama.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=30, pad_token_id=0, **options
        )
        sampling = Sampling(temperature=0, repetition_penalty=penalty)
        written = list(generate(ours, [1, 2, 3], n_tokens=30, sampling=sampling))
        assert written == found[0, 3:].tolist()
        assert len(set(written)) > 2
