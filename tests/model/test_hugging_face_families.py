"""The table of families: published models, its expressions, and what it refuses."""

from __future__ import annotations

import ast
import contextlib
import itertools
from typing import Any

import pytest

from cs336_core._shared.validation import InvalidValueError
from cs336_core.accounting import count_flops, kv_cache_bytes
from cs336_core.accounting.stored import described_parameters
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.config_json import PARTS, config_to_json
from cs336_core.model.hugging_face.config import (
    PartialConfig,
    PartialConfigError,
    from_hugging_face,
    read_hugging_face,
)
from cs336_core.model.hugging_face.expressions import (
    FUNCTIONS,
    ExpressionError,
    evaluate,
    field_names,
)
from cs336_core.model.hugging_face.families import family, model_types


def decoder(model_type: str, *sizes: int, **more: Any) -> dict[str, Any]:
    """Return a file with the sizes that most families name alike."""
    names = (
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
        "num_attention_heads", "num_key_value_heads",
    )  # fmt: skip
    return {"model_type": model_type, **dict(zip(names, sizes, strict=True)), **more}


# As published, or as transformers counts them
PUBLISHED: dict[str, tuple[dict[str, Any], int]] = {
    "Qwen3 0.6B": (
        decoder("qwen3", 151936, 1024, 3072, 28, 16, 8, head_dim=128, tie_word_embeddings=True),
        596_049_920,
    ),
    "Qwen3 4B": (
        decoder("qwen3", 151936, 2560, 9728, 36, 32, 8, head_dim=128, tie_word_embeddings=True),
        4_022_468_096,
    ),
    "Qwen3 30B A3B": (
        decoder(
            "qwen3_moe", 151936, 2048, 6144, 48, 32, 4, head_dim=128, num_experts=128,
            num_experts_per_tok=8, moe_intermediate_size=768, norm_topk_prob=True,
        ),
        30_532_122_624,
    ),
    "Gemma 2 9B": (
        decoder("gemma2", 256000, 3584, 14336, 42, 16, 8, head_dim=256), 9_241_705_984
    ),
    "Gemma 3 1B": (
        decoder(
            "gemma3_text", 262144, 1152, 6912, 26, 4, 1, head_dim=256, sliding_window=512,
            sliding_window_pattern=6,
        ),
        999_885_952,
    ),
    "Phi 4": (decoder("phi3", 100352, 5120, 17920, 40, 40, 10), 14_659_507_200),
    "OLMo 3.1 32B": (decoder("olmo3", 100278, 5120, 27648, 64, 40, 8), 32_233_522_176),
    "EXAONE 4.0 32B": (
        decoder(
            "exaone4", 102400, 5120, 27392, 64, 40, 8, head_dim=128, sliding_window_pattern="LLLG"
        ),
        32_003_216_384,
    ),
    "SmolLM 3": (decoder("smollm3", 128256, 2048, 11008, 36, 16, 4), 3_075_098_624),
    "Command R": (decoder("cohere", 256000, 8192, 22528, 40, 64, 64), 34_980_831_232),
    "InternLM 2 7B": (
        decoder("internlm2", 92544, 4096, 14336, 32, 32, 8, bias=False), 7_737_708_544
    ),
    "Baichuan 2 7B": (
        decoder("baichuan", 125696, 4096, 11008, 32, 32, 32, max_position_embeddings=4096),
        7_505_973_248,
    ),
    "Qwen 7B": (
        decoder("qwen", 151936, 4096, 22016, 32, 32, 32, rotary_emb_base=10000, no_bias=True),
        7_721_324_544,
    ),
    "ChatGLM 3 6B": (
        {
            "model_type": "chatglm", "padded_vocab_size": 65024, "hidden_size": 4096,
            "num_layers": 28, "num_attention_heads": 32, "kv_channels": 128,
            "ffn_hidden_size": 13696, "multi_query_attention": True, "multi_query_group_num": 2,
            "add_qkv_bias": True, "seq_length": 8192, "rmsnorm": True, "post_layer_norm": True,
        },
        6_243_584_000,
    ),
    "Falcon 40B": (
        {
            "model_type": "falcon", "vocab_size": 65024, "hidden_size": 8192,
            "num_hidden_layers": 60, "num_attention_heads": 128, "num_kv_heads": 8,
            "new_decoder_architecture": True,
        },
        41_303_293_952,
    ),
    "Falcon 7B by its older names": (
        {
            "model_type": "falcon", "vocab_size": 65024, "hidden_size": 4544, "n_layer": 32,
            "n_head": 71, "multi_query": True, "parallel_attn": True,
        },
        6_921_720_704,
    ),
    "MPT 7B": (
        {
            "model_type": "mpt", "vocab_size": 50432, "d_model": 4096, "n_layers": 32,
            "n_heads": 32, "attn_config": {"alibi": True, "clip_qkv": None}, "no_bias": True,
        },
        6_649_286_656,
    ),
    "GPT-NeoX 20B": (
        {
            "model_type": "gpt_neox", "vocab_size": 50432, "hidden_size": 6144,
            "intermediate_size": 24576, "num_hidden_layers": 44, "num_attention_heads": 64,
            "hidden_act": "gelu_fast", "rotary_pct": 0.25, "rotary_emb_base": 10000,
        },
        20_554_567_680,
    ),
    "OPT 350M": (
        {
            "model_type": "opt", "vocab_size": 50272, "hidden_size": 1024, "ffn_dim": 4096,
            "num_hidden_layers": 24, "num_attention_heads": 16, "word_embed_proj_dim": 512,
            "do_layer_norm_before": False, "max_position_embeddings": 2048,
        },
        331_196_416,
    ),
    "gpt-oss 120B": (
        decoder(
            "gpt_oss", 201088, 2880, 2880, 36, 64, 8, head_dim=64, num_local_experts=128,
            experts_per_token=4, sliding_window=128,
        ),
        116_829_156_672,
    ),
    "Llama 4 Scout": (
        {
            "model_type": "llama4", "vision_config": {},
            "text_config": decoder(
                "llama4_text", 202048, 5120, 8192, 48, 40, 8, intermediate_size_mlp=16384,
                num_local_experts=16, num_experts_per_tok=1, _attn_implementation_autoset=True,
                rope_scaling={
                    "rope_type": "llama3", "factor": 16.0, "low_freq_factor": 1.0,
                    "high_freq_factor": 1.0, "original_max_position_embeddings": 8192,
                },
            ),
        },
        107_769_861_120,
    ),
    "Llama 3.2 90B Vision, its language model": (
        {
            "model_type": "mllama",
            "text_config": decoder(
                "mllama_text_model", 128256, 8192, 28672, 100, 64, 8,
                cross_attention_layers=list(range(3, 100, 5)),
            ),
        },
        87_666_865_192,
    ),
    "Qwen3.5 9B": (
        {
            "model_type": "qwen3_5",
            "text_config": decoder("qwen3_5_text", 248320, 4096, 12288, 32, 16, 4),
        },
        8_953_803_264,
    ),
    "T5 small": (
        {
            "model_type": "t5", "vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 2048,
            "num_layers": 6, "num_heads": 8,
        },
        60_506_624,
    ),
    "Whisper tiny": (
        {
            "model_type": "whisper", "vocab_size": 51865, "d_model": 384, "encoder_layers": 4,
            "encoder_ffn_dim": 1536, "decoder_layers": 4, "decoder_ffn_dim": 1536,
        },
        37_760_640,
    ),
    "Jamba 0.1": (
        {
            "model_type": "jamba", "vocab_size": 65536, "hidden_size": 4096,
            "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
            "num_key_value_heads": 8, "num_experts": 16, "num_experts_per_tok": 2,
            "mamba_inner_layernorms": True, "n_ctx": 262144,
        },
        51_570_323_328,
    ),
    "ERNIE 4.5 21B A3B": (
        decoder(
            "ernie4_5_moe", 103424, 2560, 12288, 28, 20, 4, moe_num_experts=64, moe_k=6,
            moe_num_shared_experts=2, moe_layer_start_index=1, moe_layer_end_index=28,
            moe_intermediate_size=1536, moe_gate="topk", num_nextn_predict_layers=1,
        ),
        21_825_437_888,
    ),
    "Mamba 130M": (
        {
            "model_type": "mamba", "vocab_size": 50280, "hidden_size": 768,
            "num_hidden_layers": 24, "state_size": 16,
        },
        129_135_360,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_models(name: str) -> None:
    fields, total = PUBLISHED[name]
    assert described_parameters(read_hugging_face(fields)) == total


def test_windows_in_some_layers() -> None:
    config = from_hugging_face(PUBLISHED["Gemma 3 1B"][0]).config
    assert config.attention_types == (("window",) * 5 + ("full",)) * 4 + ("window",) * 2
    per_token = 2 * 256 * 2
    assert kv_cache_bytes(config, 4096) == per_token * (22 * 512 + 4 * 4096)
    rows = {row.operation: row.dimensions for row in count_flops(config, 1, 8)}
    assert rows["scores, window"] == "22 × 1 × 4 × 8 × 8 × 256"
    assert rows["scores, full"] == "4 × 1 × 4 × 8 × 8 × 256"


def test_layers_that_a_file_lists() -> None:
    kinds = ["full_attention", "sliding_attention"] * 13
    fields = PUBLISHED["Gemma 3 1B"][0] | {"layer_types": kinds}
    assert from_hugging_face(fields).config.attention_types == ("full", "window") * 13
    with pytest.raises(ConfigError, match="layer_types has 25 entries; it must have one for each"):
        from_hugging_face(fields | {"layer_types": kinds[1:]})
    full = from_hugging_face(fields | {"layer_types": ["full_attention"] * 26}).config
    assert full.window is None
    assert full.layer_types == ()


def test_frequencies_of_layers_with_a_window() -> None:
    old = PUBLISHED["Gemma 3 1B"][0] | {
        "rope_theta": 1e6, "rope_local_base_freq": 1e4,
        "rope_scaling": {"rope_type": "linear", "factor": 8.0},
    }  # fmt: skip
    new = PUBLISHED["Gemma 3 1B"][0] | {
        "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6},
            "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
        }
    }
    config = from_hugging_face(old).config
    assert config == from_hugging_face(new).config
    assert (config.rope_theta, config.rope_theta_window) == (1e6, 1e4)
    assert config.rope_scaling is not None


def test_layers_without_positions() -> None:
    smol = from_hugging_face(PUBLISHED["SmolLM 3"][0]).config
    assert smol.nope_layers == tuple(range(3, 36, 4))
    listed = PUBLISHED["SmolLM 3"][0] | {"no_rope_layers": [1, 0] * 18}
    assert from_hugging_face(listed).config.nope_layers == tuple(range(1, 36, 2))


def test_only_the_parameters_of_some_models_can_be_counted() -> None:
    fields = PUBLISHED["Mamba 130M"][0]
    assert isinstance(read_hugging_face(fields), PartialConfig)
    with pytest.raises(PartialConfigError, match="model_type is 'mamba', of which only the par"):
        from_hugging_face(fields)
    with pytest.raises(ConfigError, match="convolution cannot be computed from conv_kernel = 'x'"):
        read_hugging_face(fields | {"conv_kernel": "x"})
    with pytest.raises(ConfigError, match="the parameters of embedding cannot be computed from"):
        read_hugging_face(fields | {"hidden_size": 0.5})
    with pytest.raises(ConfigError, match="vocab_size is missing, but this mod"):
        read_hugging_face({"model_type": "mamba"})


@pytest.mark.parametrize(
    ("architecture", "more"),
    [("MambaModel", 0), ("MambaForCausalLM", 768 * 50280)],
)
def test_the_head_of_a_partial_model(architecture: str, more: int) -> None:
    fields = PUBLISHED["Mamba 130M"][0] | {"tie_word_embeddings": False}
    counted = described_parameters(read_hugging_face(fields | {"architectures": [architecture]}))
    assert counted == 129_135_360 + more
    with pytest.raises(ConfigError, match="one that ends with ForCausalLM or Model can be"):
        read_hugging_face(fields | {"architectures": ["MambaForReward"]})


ODD: list[Any] = [
    None, True, 0, -1, 0.5, "x", "full_attention", [], {}, [1], [[1]], {"a": 1}, 2**70,
    float("nan"), float("inf"),
]  # fmt: skip
SCALED = {
    "rope_type": "longrope", "factor": 2.0, "original_max_position_embeddings": 64,
    "short_factor": [1.0], "long_factor": [2.0], "attention_factor": 1.5, "rope_theta": 1e4,
    "mscale": 1.0, "mscale_all_dim": 1.0, "beta_fast": 32, "beta_slow": 1, "truncate": False,
    "low_freq_factor": 1.0, "high_freq_factor": 4.0, "partial_rotary_factor": 0.5,
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_odd_values_are_counted_or_refused(name: str) -> None:
    fields = PUBLISHED[name][0]
    further = dict.fromkeys(("layer_types", "rope_scaling", "architectures", "mlp_layer_types"))
    for field, odd in itertools.product([*fields, *further], ODD):
        with contextlib.suppress(InvalidValueError):
            assert described_parameters(read_hugging_face(fields | {field: odd})) >= 0


@pytest.mark.parametrize("kind", ["linear", "dynamic", "yarn", "llama3", "longrope"])
def test_odd_scaling_is_read_or_refused(kind: str) -> None:
    fields = PUBLISHED["Phi 4"][0]
    for field, odd in itertools.product(SCALED, ODD):
        scaling = SCALED | {"rope_type": kind, field: odd}
        with contextlib.suppress(InvalidValueError):
            read_hugging_face(fields | {"rope_scaling": scaling})


def test_a_model_described_by_our_fields() -> None:
    fields = {
        "vocab_size": 97, "context_length": 16, "n_layers": 2, "d_model": 8, "n_heads": 2,
        "experts": {"n_experts": 4, "n_active": 1, "d_ff": 6}, "nope_layers": [1],
    }  # fmt: skip
    loaded = from_hugging_face(fields)
    assert config_to_json(loaded.config) == fields | {"nope_layers": (1,)}
    assert loaded.notes == ()
    with pytest.raises(ConfigError, match=r"d_model is 8.5; it must be a whole number"):
        from_hugging_face(fields | {"d_model": 8.5})
    with pytest.raises(ConfigError, match="n_layers is missing"):
        from_hugging_face({"vocab_size": 97, "context_length": 16, "d_model": 8, "n_heads": 2})
    with pytest.raises(ConfigError, match=r"unknown fields of a ModelConfig: 'd_modle' \(did you"):
        from_hugging_face(fields | {"d_modle": 8})
    with pytest.raises(ConfigError, match="experts is 4; it must be an object"):
        from_hugging_face(fields | {"experts": 4})
    with pytest.raises(ConfigError, match="unknown fields of experts: 'n_expert'"):
        from_hugging_face(fields | {"experts": {"n_expert": 4}})


@pytest.mark.parametrize("kind", model_types())
def test_every_entry_names_fields_that_exist(kind: str) -> None:
    entry = family(kind)
    known = {f"{part}.{name}" for part, of in PARTS.items() for name in of.__dataclass_fields__}
    known |= ModelConfig.__dataclass_fields__.keys()
    assert {*entry.reads, *entry.constants} <= known | {"gated"}
    assert entry.reads or entry.counts
    expressions = [
        *entry.reads.values(), *entry.let.values(), *entry.counts.values(), *entry.extra.values(),
        *entry.heads.values(), *entry.refused.values(), *entry.unmodeled.values(),
        *entry.notes.values(),
    ]  # fmt: skip
    for expression in expressions:
        called = {
            node.func.id
            for node in ast.walk(ast.parse(expression))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert called <= FUNCTIONS.keys()
    needed = {name for expression in expressions for name in field_names(expression)}
    assert not needed & entry.aliases.keys()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a + 2 * b - 1", 14), ("a // b", 1), ("a / 2", 3.5), ("a % b", 3), ("-a", -7),
        ("a if b == 4 else c", 7), ("c or b", 4), ("a and c", None), ("not c", True),
        ("c is None", True), ("a in [7, 8]", True), ("a not in [7, 8]", False), ("a <= b", False),
        ("d['x']", 5), ("d['y']", None), ("our.d_model", 9), ("sqrt(b)", 2.0),
        ("every(3, 'full', 'window')", ["window", "window", "full"]),
        ("indices(1, a, 3)", [1, 4]), ("others([0, 2], b)", [1, 3]),
        ("where(0, [1, 0, 0])", [1, 2]),
        ("choose([1, 0], 'chunk', 'full')", ["chunk", "full"]), ("[1] * 3", [1, 1, 1]),
        ("count(['x', 'y', 'x'], 'x')", 2), ("min(a, b)", 4), ("ceil(a / b)", 2),
    ],
)  # fmt: skip
def test_expressions(expression: str, value: object) -> None:
    fields = {"a": 7, "b": 4, "c": None, "d": {"x": 5}}
    assert evaluate(expression, fields.__getitem__, {"d_model": 9}) == value


@pytest.mark.parametrize(
    "expression",
    ["a + c", "a / 0", "c < 1", "a['x']", "indices(0, a * 99999)", "[1] * (a * 99999)", "min(3)"],
)
def test_expressions_that_values_do_not_fit_raise(expression: str) -> None:
    with pytest.raises(ExpressionError, match="cannot be computed from the values given"):
        evaluate(expression, {"a": 7, "c": None}.__getitem__, {})


@pytest.mark.parametrize("expression", ["a ** 9", "__import__('os')", "a.b", "(lambda: 1)()"])
def test_expressions_outside_of_the_language_are_not_evaluated(expression: str) -> None:
    with pytest.raises((ExpressionError, NotImplementedError)):
        evaluate(expression, {"a": 7}.__getitem__, {})
