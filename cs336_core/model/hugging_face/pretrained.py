"""Models in folders, as Hugging Face publishes them: a configuration and files of weights."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from cs336_core._shared.atomic import finish_folder, write_folder
from cs336_core._shared.paths import StrPath
from cs336_core.model.config import ConfigError, ModelConfig, RopeScaling
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.hugging_face.files import read_json
from cs336_core.model.hugging_face.rope import OPTIONS
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.rotated_rows import in_halves
from cs336_core.model.tensor_files import TensorFiles, write_tensors
from cs336_core.model.weight_names import Family
from cs336_core.model.weights import load_weights

CONFIG, WEIGHTS = "config.json", "model.safetensors"
ACTIVATIONS = {
    "swiglu": "silu", "geglu": "gelu", "geglu_tanh": "gelu_pytorch_tanh", "reglu": "relu",
}  # fmt: skip


def load_pretrained(
    folder: StrPath,
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | str | None = None,
) -> LanguageModel:
    """Return the model in a folder with a `config.json` and files of weights (`TensorFiles`).

    Its numbers are of type `dtype`; by default that of the embeddings in the files. The weights are
    copied into the model one by one, so that it is never in memory twice.

    Raises `ConfigError` for a configuration that is not understood, `OSError` for files that cannot
    be opened, `SafetensorsError` for damaged ones, and `WeightsError` as `load_weights` does.
    """
    if Path(folder).is_dir():
        finish_folder(Path(folder), (WEIGHTS, CONFIG))
    described = read_json(folder)
    config, family = from_hugging_face(described).config, str(described["model_type"])
    weights = TensorFiles(folder)
    with torch.device("meta"):
        model = LanguageModel(config)
    if dtype is None:
        embedding = Family(family).source("embedding.weight", weights)
        stored = weights.get(embedding.names[0]) if embedding else None
        dtype = None if stored is None else stored.dtype
    model = model.to(dtype).to_empty(device=device or torch.get_default_device())
    for name, parameter in model.named_parameters():
        if name.endswith("balancing_bias"):  # half precision would change which experts are chosen
            parameter.data = parameter.data.float()
    load_weights(model, weights, family)
    return model.eval()


def save_pretrained(model: LanguageModel, folder: StrPath) -> None:
    """Write a model to a folder that `load_pretrained` and transformers load, as a Llama.

    The folder, created if needed, gets a `config.json` and a `model.safetensors`. It is always
    complete: a saving that fails leaves what was there before.

    Raises `ConfigError` for a model that is not a Llama: with RMSNorms before each sublayer, rotary
    positions, a gated MLP, and nothing that Llamas do not have; `OSError` if a file cannot be
    written.
    """
    config = model.config
    described = _llama_fields(config)
    _check_description(described, config)
    table = Family("llama")
    tensors = {}
    for name, parameter in model.named_parameters():
        source = table.source(name)
        if source is None:
            raise ConfigError(f"a Llama has no {name}")
        tensors[source.names[0]] = in_halves(name, parameter.detach(), config)
    dtype = str(model.embedding.weight.dtype).removeprefix("torch.")
    text = json.dumps(described | {"torch_dtype": dtype}, indent=2) + "\n"
    write_folder(Path(folder), {WEIGHTS: partial(write_tensors, tensors), CONFIG: text.encode()})


def _llama_fields(config: ModelConfig) -> dict[str, Any]:
    """Return the fields of a `config.json` that describe a Llama."""
    described = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": config.vocab_size,
        "hidden_size": config.d_model,
        "intermediate_size": config.mlp_width,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.head_dim,
        "max_position_embeddings": config.context_length,
        "hidden_act": ACTIVATIONS.get(config.activation, config.activation),
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_theta,
        "attention_bias": config.has_qkv_bias,
        "mlp_bias": config.has_mlp_bias,
        "tie_word_embeddings": config.tied_embeddings,
    }
    if config.rope_scaling is not None:
        described["rope_scaling"] = _scaling_fields(config.rope_scaling)
    return described


def _scaling_fields(scaling: RopeScaling) -> dict[str, Any]:
    """Return the fields that describe scaled frequencies."""
    values = {theirs: getattr(scaling, ours) for theirs, ours in OPTIONS[scaling.kind].items()}
    values["original_max_position_embeddings"] = scaling.original_context
    given = {name: value for name, value in values.items() if value is not None}
    return {"rope_type": scaling.kind, **given}


def _check_description(described: dict[str, Any], config: ModelConfig) -> None:
    """Raise `ConfigError` unless the fields describe just this configuration."""
    read, ours = (_explicit(each) for each in (from_hugging_face(described).config, config))
    for field in fields(ours):
        if getattr(read, field.name) != getattr(ours, field.name):
            raise ConfigError(
                f"{field.name} is {getattr(config, field.name)!r}, which a Llama does not have; "
                "only models that are Llamas can be saved in this format"
            )


def _explicit(config: ModelConfig) -> ModelConfig:
    """Return the same configuration, with values in place of `None` that stands for them."""
    scaling = config.rope_scaling
    if scaling is not None and scaling.original_context is None:
        scaling = replace(scaling, original_context=config.context_length)
    return replace(
        config,
        n_kv_heads=config.kv_heads,
        d_head=config.head_dim,
        d_ff=config.mlp_width,
        bias=False,
        qkv_bias=config.has_qkv_bias,
        output_bias=config.has_output_bias,
        mlp_bias=config.has_mlp_bias,
        norm_bias=config.has_norm_bias,
        rope_scaling=scaling,
    )
