"""Unmodeled fields that change the logits are noted, and such weights are not loaded."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.accounting import count_parameters
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset
from cs336_core.model.weights import WeightsError, load_gpt2, load_llama
from tests.model.test_hugging_face import GEMMA, GPT2, LLAMA, MISTRAL, QWEN
from tests.model.test_weights import gpt2_weights, llama_weights

SMALL = {
    "hidden_size": 16, "intermediate_size": 12, "max_position_embeddings": 64,
    "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2, "vocab_size": 11,
    "max_window_layers": 2,
}  # fmt: skip
LLAMA_KIND = {
    name: fields | {key: value for key, value in SMALL.items() if key in fields}
    for name, fields in {"llama": LLAMA, "mistral": MISTRAL, "qwen2": QWEN, "gemma": GEMMA}.items()
}
SMALL_GPT2 = GPT2 | {"n_embd": 8, "n_head": 2, "n_layer": 2, "n_positions": 7, "vocab_size": 11}
# Rotary scaling as transformers 4 and 5 write it.
SCALED: list[dict[str, Any]] = [
    {"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0}},
    {"rope_scaling": {"type": "linear", "factor": 2.0}},
    {"rope_scaling": {"type": "dynamic", "factor": 2.0}},
    {"rope_scaling": {"type": "yarn", "factor": 4.0}},
    {"rope_scaling": {"type": "longrope", "short_factor": [1.0], "long_factor": [2.0]}},
    {"rope_scaling": {"factor": 2.0}},
    {"rope_scaling": "linear"},
    {"rope_parameters": {"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0}},
    {"rope_parameters": {"rope_type": "proportional", "rope_theta": 10000.0}},
    {"rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5}},
    {"rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 1e6}}},
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("gemma", {}),
    ("llama", {"final_logit_softcapping": 30.0}),
    ("llama", {"attn_logit_softcapping": 50.0}),
    ("llama", {"query_pre_attn_scalar": 256}),
    ("llama", {"partial_rotary_factor": 0.5}),
    ("llama", {"rope_interleaved": True}),
    ("qwen2", {"use_mrope": True}),
    ("qwen2", {"dual_chunk_attention_config": {"chunk_size": 262144}}),
]
PLAIN: list[dict[str, Any]] = [
    {"rope_scaling": None},
    {"rope_scaling": {"rope_type": "default"}},
    {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}},
    {"rope_parameters": {"rope_theta": 500000.0, "partial_rotary_factor": 1.0}},
    {"final_logit_softcapping": None, "rope_interleaved": False, "partial_rotary_factor": 1.0},
]


@pytest.mark.parametrize(
    ("kind", "changed"),
    [*((kind, change) for kind in ("llama", "mistral", "qwen2") for change in SCALED), *OTHERS],
)
def test_weights_of_an_unmodeled_llama_are_not_loaded(kind: str, changed: dict[str, Any]) -> None:
    loaded = from_hugging_face(LLAMA_KIND[kind] | changed)
    assert "not modeled: " in loaded.notes[-1]
    assert count_parameters(loaded.config) == count_parameters(
        from_hugging_face(LLAMA_KIND[kind]).config
    )
    model = LanguageModel(loaded.config)
    message = "|".join(changed) or "Gemma's scale of embeddings"
    with pytest.raises(WeightsError, match=f"the configuration does not describe .*({message})"):
        load_llama(model, llama_weights(loaded.config))


@pytest.mark.parametrize("changed", PLAIN)
def test_weights_of_a_modeled_llama_are_loaded(changed: dict[str, Any]) -> None:
    loaded = from_hugging_face(LLAMA_KIND["llama"] | changed)
    assert loaded == from_hugging_face(LLAMA_KIND["llama"])
    load_llama(LanguageModel(loaded.config), llama_weights(loaded.config))


@pytest.mark.parametrize(
    "changed", [{"scale_attn_weights": False}, {"scale_attn_by_inverse_layer_idx": True}]
)
def test_weights_of_an_unmodeled_gpt2_are_not_loaded(changed: dict[str, Any]) -> None:
    plain = {"scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False}
    config = from_hugging_face(SMALL_GPT2 | plain).config
    load_gpt2(LanguageModel(config), gpt2_weights(config))
    other = from_hugging_face(SMALL_GPT2 | plain | changed).config
    with pytest.raises(WeightsError, match=f"does not describe {'|'.join(changed)}"):
        load_gpt2(LanguageModel(other), gpt2_weights(config))


def test_an_ignored_field_may_change_the_logits() -> None:
    loaded = from_hugging_face(
        LLAMA_KIND["llama"] | {"odd": 1, "top_k": 3}, ignored=["odd", "top_k"]
    )
    assert loaded.notes == ()
    with pytest.raises(WeightsError, match="the configuration does not describe 'odd', ignored"):
        load_llama(LanguageModel(loaded.config), llama_weights(loaded.config))


@pytest.mark.parametrize("name", ["gemma-2b", "gemma-7b", "llama-3.1-405b", "baichuan2-13b"])
def test_presets_list_what_they_do_not_describe(name: str) -> None:
    assert preset(name).unmodeled
    assert not preset("llama-3-8b").unmodeled
