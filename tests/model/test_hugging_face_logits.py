"""Unmodeled fields that change the logits are noted, and such weights are not loaded."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.accounting import count_parameters
from cs336_core.model.config import RopeScaling, Scales
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset
from cs336_core.model.weight_names import WeightsError
from cs336_core.model.weights import load_weights
from tests.model.test_hugging_face import GEMMA, GPT2, LLAMA, MISTRAL, QWEN
from tests.model.test_weights import llama_weights

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
LLAMA_3 = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
STEP = LLAMA_3 | {"high_freq_factor": 1.0}  # as Llama 4 has it
# Rotary scaling as transformers 4 and 5 write it, and what we read
SCALED: list[tuple[dict[str, Any], RopeScaling]] = [
    (
        {"rope_type": "llama3", "original_max_position_embeddings": 32, **LLAMA_3},
        RopeScaling(kind="llama3", original_context=32, **LLAMA_3),
    ),
    (
        {"rope_type": "llama3", "original_max_position_embeddings": 32, **STEP},
        RopeScaling(kind="llama3", original_context=32, **STEP),
    ),
    ({"type": "linear", "factor": 2.0}, RopeScaling(kind="linear", factor=2, original_context=64)),
    ({"type": "dynamic", "factor": 2}, RopeScaling(kind="dynamic", factor=2, original_context=64)),
    (
        {"type": "yarn", "factor": 4.0, "beta_fast": None, "truncate": False},
        RopeScaling(kind="yarn", factor=4.0, original_context=64, truncate=False),
    ),
    (
        {"type": "yarn", "factor": 4.0, "mscale": 1.0, "mscale_all_dim": 1.0},
        RopeScaling(kind="yarn", factor=4.0, original_context=64, attention_factor=1.0),
    ),
    (
        {
            "type": "su", "short_factor": [1.0, 1.5], "long_factor": [2.0, 4.0],
            "original_max_position_embeddings": 16,
        },
        RopeScaling(
            kind="longrope", factor=4.0, original_context=16, short_factors=(1.0, 1.5),
            long_factors=(2.0, 4.0),
        ),
    ),
]  # fmt: skip
UNKNOWN: list[dict[str, Any]] = [
    {"rope_scaling": {"factor": 2.0}},
    {"rope_scaling": "linear"},
    {"rope_scaling": {"type": "yarn", "factor": 4.0, "llama_4_scaling_beta": 0.1}},
    {"rope_parameters": {"rope_type": "proportional", "rope_theta": 10000.0}},
]
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("llama", {"final_logit_softcapping": 30.0}),
    ("llama", {"attn_logit_softcapping": 50.0}),
    ("llama", {"query_pre_attn_scalar": 256}),
    ("llama", {"rope_interleaved": True}),
    ("llama", {"rope_interleave": False}),
    ("qwen2", {"use_mrope": True}),
    ("qwen2", {"dual_chunk_attention_config": {"chunk_size": 262144}}),
]
PLAIN: list[dict[str, Any]] = [
    {"rope_scaling": None},
    {"rope_scaling": {"rope_type": "default"}},
    {"rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}},
    {"rope_parameters": {"rope_theta": 500000.0, "partial_rotary_factor": 1.0}},
    {"rope_parameters": {"full_attention": {"rope_type": "default", "rope_theta": 500000.0}}},
    {"final_logit_softcapping": None, "rope_interleaved": False, "partial_rotary_factor": 1.0},
]


@pytest.mark.parametrize(
    ("kind", "changed"),
    [*((kind, change) for kind in ("llama", "mistral", "qwen2") for change in UNKNOWN), *OTHERS],
)
def test_weights_of_an_unmodeled_llama_are_not_loaded(kind: str, changed: dict[str, Any]) -> None:
    loaded = from_hugging_face(LLAMA_KIND[kind] | changed)
    assert "not modeled: " in loaded.notes[-1]
    assert count_parameters(loaded.config) == count_parameters(
        from_hugging_face(LLAMA_KIND[kind]).config
    )
    model = LanguageModel(loaded.config)
    message = "|".join(changed).replace("rope_parameters", "rope_scaling")
    with pytest.raises(WeightsError, match=f"the configuration does not describe .*({message})"):
        load_weights(model, llama_weights(loaded.config), "llama")


@pytest.mark.parametrize("changed", PLAIN)
def test_weights_of_a_modeled_llama_are_loaded(changed: dict[str, Any]) -> None:
    loaded = from_hugging_face(LLAMA_KIND["llama"] | changed)
    assert loaded == from_hugging_face(LLAMA_KIND["llama"])
    load_weights(LanguageModel(loaded.config), llama_weights(loaded.config), "llama")


@pytest.mark.parametrize("name", ["rope_scaling", "rope_parameters"])
@pytest.mark.parametrize(("given", "scaling"), SCALED)
def test_scaled_frequencies_are_read(
    name: str, given: dict[str, Any], scaling: RopeScaling
) -> None:
    fields = LLAMA_KIND["llama"] | {name: given | {"rope_theta": 250000.0}}
    loaded = from_hugging_face(fields)
    assert loaded.config.rope_scaling == scaling
    assert loaded.config.rope_theta == 250000.0
    assert loaded.notes == ()
    plain = from_hugging_face(LLAMA_KIND["llama"]).config
    assert count_parameters(loaded.config) == count_parameters(plain)


def test_scales_and_norms_are_read() -> None:
    gemma = from_hugging_face(LLAMA_KIND["gemma"]).config
    assert (gemma.norm_gain, gemma.scales) == ("1 + weight", Scales(embedding=4.0))
    gpt2 = from_hugging_face(SMALL_GPT2 | {"scale_attn_weights": False}).config
    assert gpt2.scales == Scales(scores=1.0)
    by_layer = from_hugging_face(SMALL_GPT2 | {"scale_attn_by_inverse_layer_idx": True}).config
    assert by_layer.scales == Scales(scores_by_layer=True)
    half = {"rope_type": "default", "partial_rotary_factor": 0.5}
    assert from_hugging_face(LLAMA_KIND["llama"] | {"rope_parameters": half}).config.rotary_dim == 2


def test_an_ignored_field_may_change_the_logits() -> None:
    loaded = from_hugging_face(
        LLAMA_KIND["llama"] | {"odd": 1, "top_k": 3}, ignored=["odd", "top_k"]
    )
    assert loaded.notes == ()
    with pytest.raises(WeightsError, match="the configuration does not describe 'odd', ignored"):
        load_weights(LanguageModel(loaded.config), llama_weights(loaded.config), "llama")


def test_presets_list_what_they_do_not_describe() -> None:
    assert preset("baichuan2-13b").unmodeled
    assert not preset("gemma-2b").unmodeled
