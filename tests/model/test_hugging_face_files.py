"""Files found in the wild, and how many parameters transformers counts in their models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cs336_core.accounting import (
    activation_bytes,
    count_flops,
    count_parameters,
    flops_by_group,
    weight_bytes,
)
from cs336_core.model.config import ConfigError
from cs336_core.model.hugging_face.config import from_hugging_face, load_hugging_face
from tests.model.test_hugging_face import DEEPSEEK, GEMMA, GPT2, LLAMA, MISTRAL, QWEN

LLAMA_2 = {name: value for name, value in LLAMA.items() if name != "rope_theta"} | {
    "intermediate_size": 11008, "max_position_embeddings": 4096, "num_key_value_heads": 32,
    "vocab_size": 32000,
}  # fmt: skip
LLAMA_1 = {name: value for name, value in LLAMA_2.items() if "position" not in name}
GPT2_MEDIUM = GPT2 | {
    "n_embd": 1024, "n_head": 16, "n_layer": 24, "n_special": 0, "predict_special_tokens": True,
}  # fmt: skip
QWEN_7B = QWEN | {
    "hidden_size": 3584, "intermediate_size": 18944, "num_attention_heads": 28,
    "num_hidden_layers": 28, "num_key_value_heads": 4, "tie_word_embeddings": False,
    "vocab_size": 152064,
}  # fmt: skip
DEEPSEEK_LITE = DEEPSEEK | {
    "first_k_dense_replace": 1, "hidden_size": 2048, "intermediate_size": 10944, "mlp_bias": False,
    "model_type": "deepseek_v2", "moe_intermediate_size": 1408, "n_group": 1,
    "n_routed_experts": 64, "n_shared_experts": 2, "num_attention_heads": 16,
    "num_experts_per_tok": 6, "num_hidden_layers": 27, "num_key_value_heads": 16,
    "num_nextn_predict_layers": 0, "q_lora_rank": None, "vocab_size": 102400,
}  # fmt: skip
# As transformers 4.38 writes a whole configuration.
DUMP = {
    "add_cross_attention": False, "bad_words_ids": None, "begin_suppress_tokens": None,
    "chunk_size_feed_forward": 0, "cross_attention_hidden_size": None, "diversity_penalty": 0.0,
    "do_sample": False, "early_stopping": False, "encoder_no_repeat_ngram_size": 0,
    "exponential_decay_length_penalty": None, "length_penalty": 1.0, "max_length": 20,
    "min_length": 0, "no_repeat_ngram_size": 0, "num_beam_groups": 1, "num_beams": 1,
    "num_return_sequences": 1, "output_scores": False, "pruned_heads": {},
    "remove_invalid_values": False, "repetition_penalty": 1.0, "return_dict_in_generate": False,
    "sep_token_id": None, "suppress_tokens": None, "temperature": 1.0, "tf_legacy_loss": False,
    "tie_encoder_decoder": False, "top_k": 50, "top_p": 1.0, "typical_p": 1.0,
    "use_bfloat16": False,
}  # fmt: skip
FILES: dict[str, tuple[dict[str, Any], int]] = {
    "GPT-2 medium": (GPT2_MEDIUM, 354_823_168),
    "GPT-2 medium, saved again": (GPT2_MEDIUM | {"gradient_checkpointing": False}, 354_823_168),
    "CPM": (GPT2_MEDIUM | {"n_positions": 2048, "output_past": True}, 355_871_744),
    "GPT-2 by two names": (GPT2 | {"hidden_size": 768, "num_hidden_layers": 12}, 124_439_808),
    "Llama 1": (LLAMA_1 | {"max_sequence_length": 2048}, 6_738_415_616),
    "Llama 1, without a length": (LLAMA_1, 6_738_415_616),
    "Llama 2, first published": (LLAMA_2 | {"max_length": 4096}, 6_738_415_616),
    "ALLaM": (LLAMA_2 | {"internal_version": "1.2", "vocab_size": 64000}, 7_000_559_616),
    "Mistral 0.3, all fields": (
        MISTRAL | DUMP | {"sliding_window": None, "vocab_size": 32768}, 7_248_023_552
    ),
    "SmolLM2": (
        LLAMA | {
            "hidden_size": 576, "intermediate_size": 1536, "is_llama_config": True,
            "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3,
            "rope_interleaved": False, "tie_word_embeddings": True, "vocab_size": 49152,
        },
        134_515_008,
    ),
    "Qwen2.5 1M": (
        QWEN_7B | {"dual_chunk_attention_config": {"chunk_size": 262144}}, 7_615_616_512
    ),
    "Gemma, transformers 5": (GEMMA | {"use_bidirectional_attention": None}, 2_506_172_416),
    "DeepSeek-V2-Lite": (DEEPSEEK_LITE, 15_706_484_224),
    "Kimi K2": (
        DEEPSEEK | {
            "first_k_dense_replace": 1, "model_type": "kimi_k2", "n_group": 1,
            "n_routed_experts": 384, "num_attention_heads": 64, "num_key_value_heads": 64,
            "num_nextn_predict_layers": 0, "vocab_size": 163840,
        },
        1_026_408_232_448,
    ),
    "Mistral without a head": (MISTRAL | {"architectures": ["MistralModel"]}, 7_110_660_096),
    "Qwen2 without a head": (QWEN_7B | {"architectures": ["Qwen2Model"]}, 7_070_619_136),
    "GPT-2 without a head": (GPT2 | {"architectures": ["GPT2Model"]}, 124_439_808),
    "Llama, one label": (
        LLAMA | {"architectures": ["LlamaForSequenceClassification"], "num_labels": 1},
        7_504_928_768,
    ),
    "Llama, named labels": (
        LLAMA | {
            "architectures": ["LlamaForSequenceClassification"], "id2label": {"0": "a", "1": "b"},
        },
        7_504_928_768 + 4096,
    ),
    "Llama, usual labels": (
        LLAMA | {"architectures": ["LlamaForSequenceClassification"]}, 7_504_928_768 + 4096
    ),
    "Llama, no architecture": (LLAMA | {"architectures": None}, 8_030_261_248),
    "Llama of another name": (LLAMA | {"architectures": ["YiForCausalLM"]}, 8_030_261_248),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_files_are_counted_as_transformers_counts_them(name: str) -> None:
    fields, parameters = FILES[name]
    assert count_parameters(from_hugging_face(fields).config).total == parameters


@pytest.mark.parametrize(
    ("architecture", "outputs"),
    [("LlamaForCausalLM", 128_256), ("LlamaForSequenceClassification", 2), ("LlamaModel", 0)],
)
def test_all_costs_follow_the_head(architecture: str, outputs: int) -> None:
    config = from_hugging_face(LLAMA | {"architectures": [architecture]}).config
    rows = count_flops(config, 2, 16)
    assert flops_by_group(rows)["head"] == 2 * 2 * 16 * 4096 * outputs
    assert sum(row.params for row in rows) == count_parameters(config).total
    assert weight_bytes(config) == 2 * count_parameters(config).total
    lm = from_hugging_face(LLAMA).config
    saved = activation_bytes(lm, 2, 16).head - activation_bytes(config, 2, 16).head
    assert saved == 2 * 16 * (4 * (128_256 - outputs) + 2 * 4096 * (outputs == 0))


def test_other_heads_are_noted() -> None:
    def notes(architecture: str, **more: Any) -> tuple[str, ...]:
        return from_hugging_face(LLAMA | {"architectures": [architecture], **more}).notes

    assert notes("LlamaForCausalLM") == ()
    assert notes("LlamaModel") == ("'LlamaModel' has no LM head, so none is counted",)
    assert notes("LlamaForSequenceClassification", num_labels=3) == (
        "'LlamaForSequenceClassification' has a head for 3 labels in place of an LM head",
    )
    (second,) = from_hugging_face(GPT2 | {"architectures": ["GPT2DoubleHeadsModel"]}).notes
    assert "a second head, for multiple choice, which is not counted" in second


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"architectures": ["LlamaForRewardModel"]}, "'LlamaForRewardModel', whose head is unkn"),
        ({"architectures": ["LlamaForTokenClassification"]}, "whose head is unknown; ignore archi"),
        ({"architectures": "LlamaModel"}, "architectures is 'LlamaModel'; it must be a list of"),
        ({"architectures": ["LlamaModel", "LlamaForCausalLM"]}, "these have different heads"),
        (
            {
                "architectures": ["LlamaForSequenceClassification"],
                "num_labels": 3, "id2label": {"0": "a"},
            },
            "num_labels is 3 and id2label has 1 labels; they must agree",
        ),
        (
            {"architectures": ["LlamaForSequenceClassification"], "num_labels": -1},
            "num_labels is -1; it must be a whole number",
        ),
    ],
)  # fmt: skip
def test_unknown_heads_raise(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_hugging_face(LLAMA | changed)


def test_an_unknown_head_can_be_ignored() -> None:
    fields = LLAMA | {"architectures": ["LlamaForRewardModel"]}
    assert from_hugging_face(fields, ignored=["architectures"]) == from_hugging_face(LLAMA)


def test_unknown_fields_can_all_be_ignored() -> None:
    fields = LLAMA | {f"odd{i}": i for i in range(1, 60)}
    with pytest.raises(ConfigError, match=r"unknown fields: 'odd1', .* and 19 more; .* \(--ig"):
        from_hugging_face(fields)
    loaded = from_hugging_face(fields, ignore_unknown=True)
    assert count_parameters(loaded.config).total == 8_030_261_248
    assert "unknown fields, ignored: 'odd1'" in loaded.notes[0]
    assert "'odd59', ignored" in loaded.config.unmodeled


@pytest.mark.parametrize("nothing", [None, False, {}, []])
@pytest.mark.parametrize("fields", [LLAMA, MISTRAL, QWEN, GPT2, GEMMA, DEEPSEEK])
def test_an_empty_unknown_field_is_ignored(fields: dict[str, Any], nothing: object) -> None:
    assert from_hugging_face(fields | {"odd": nothing}) == from_hugging_face(fields)


def test_the_context_length_has_a_default() -> None:
    loaded = from_hugging_face(LLAMA_1)
    assert loaded.config.context_length == 2048
    assert loaded.notes[0].startswith("max_position_embeddings is missing")
    longer = from_hugging_face(LLAMA_1 | {"max_sequence_length": 512})
    assert (longer.config.context_length, longer.notes) == (512, ())


def test_defaults_are_those_of_transformers() -> None:
    mixtral = {
        "model_type": "mixtral", "vocab_size": 32000, "hidden_size": 4096, "num_hidden_layers": 32,
        "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2,
    }  # fmt: skip
    config = from_hugging_face(mixtral).config
    assert (config.rope_theta, config.norm_eps, config.context_length) == (1e6, 1e-5, 131_072)
    llama = {name: LLAMA_2[name] for name in LLAMA_2 if name != "rms_norm_eps"}
    assert from_hugging_face(llama).config.norm_eps == 1e-6
    assert from_hugging_face(llama | {"rms_norm_eps": None}).config.norm_eps == 1e-6


@pytest.mark.parametrize(
    ("name", "plain", "gated"),
    [
        ("gelu", "gelu", "geglu"), ("gelu_python", "gelu", "geglu"),
        ("gelu_new", "gelu_tanh", "geglu_tanh"), ("gelu_fast", "gelu_tanh", "geglu_tanh"),
        ("relu", "relu", "reglu"), ("relu2", "relu_squared", None),
        ("silu", "silu", "swiglu"), ("quick_gelu", "quick_gelu", None),
    ],
)  # fmt: skip
def test_activations_by_the_names_of_transformers(name: str, plain: str, gated: str | None) -> None:
    assert from_hugging_face(GPT2 | {"activation_function": name}).config.activation == plain
    if gated is not None:
        assert from_hugging_face(LLAMA | {"hidden_act": name}).config.activation == gated
        return
    with pytest.raises(ConfigError, match=f"the activation is '{name}'; it must be one of silu"):
        from_hugging_face(LLAMA | {"hidden_act": name})


def test_names_of_one_field_must_agree() -> None:
    with pytest.raises(ConfigError, match="n_embd is 768 and hidden_size is 1024; they are na"):
        from_hugging_face(GPT2 | {"hidden_size": 1024})
    renamed = {name: value for name, value in GPT2.items() if name != "n_embd"}
    assert from_hugging_face(renamed | {"hidden_size": 768}) == from_hugging_face(GPT2)
    assert from_hugging_face(GPT2 | {"hidden_size": None}) == from_hugging_face(GPT2)


@pytest.mark.parametrize("name", ["text_config", "llm_config", "language_config"])
def test_the_language_model_inside_another_model_is_counted(name: str) -> None:
    loaded = from_hugging_face(
        {"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], name: LLAMA}
    )
    assert loaded.config == from_hugging_face(LLAMA).config
    assert loaded.notes == (
        f"'llava' has a language model in {name}, which is counted, and nothing else",
    )


def test_a_language_model_inside_may_leave_out_defaults() -> None:
    inner = {"model_type": "llama", "vocab_size": 32064, "max_position_embeddings": 4096}
    loaded = from_hugging_face({"model_type": "llava", "text_config": inner})
    vicuna = 6_738_415_616 + 2 * 64 * 4096
    assert count_parameters(loaded.config).total == vicuna
    assert "hidden_size is missing: 4,096 is assumed, the default of transformers" in loaded.notes
    with pytest.raises(ConfigError, match="num_hidden_layers is missing"):
        from_hugging_face(inner)


def test_a_vision_language_model_with_the_fields_of_its_language_model() -> None:
    fields = QWEN_7B | {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"], "model_type": "qwen2_5_vl",
        "vision_config": {"depth": 32}, "vision_start_token_id": 151652,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    }  # fmt: skip
    loaded = from_hugging_face(fields)
    assert count_parameters(loaded.config).total == 7_615_616_512
    assert loaded.notes == ("vision_config: the vision part is not counted",)


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), "utf-8-sig")
    assert load_hugging_face(tmp_path) == from_hugging_face(LLAMA)


def test_a_repeated_name_raises(tmp_path: Path) -> None:
    text = json.dumps(LLAMA)[:-1] + ', "hidden_size": 8}'
    (tmp_path / "config.json").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=r"config.json has 'hidden_size' more than once"):
        load_hugging_face(tmp_path)
