"""Loading published weights."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from cs336_core._shared.paths import StrPath
from cs336_core.model.config import ModelConfig
from cs336_core.model.hugging_face.config import from_hugging_face
from cs336_core.model.hugging_face.files import read_json
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.safetensors import TensorFiles, WeightsError
from cs336_core.model.weight_names import Family, Source, interleave


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
    be opened, and `WeightsError` as `load_weights` does.
    """
    fields = read_json(folder)
    config = from_hugging_face(fields).config
    weights = TensorFiles(folder)
    family = str(fields["model_type"])
    with torch.device("meta"):
        model = LanguageModel(config)
    if dtype is None:
        embedding = Family(family).source("embedding.weight", weights)
        dtype = weights[embedding.name].dtype if embedding and embedding.name in weights else None
    model = model.to(dtype).to_empty(device=device or torch.get_default_device())
    for name, parameter in model.named_parameters():
        if name.endswith("balancing_bias"):  # half precision would change which experts are chosen
            parameter.data = parameter.data.float()
    load_weights(model, weights, family)
    return model.eval()


def load_weights(model: LanguageModel, weights: Mapping[str, Tensor], family: str) -> None:
    """Load weights that have the names of a family, which is the `model_type` in `config.json`.

    The prefix of the family, such as `transformer.` of GPT-2, may be missing. Where other libraries
    rotate dimension i of a head together with dimension i + d / 2, the rows of queries and keys are
    reordered: here, as in the paper and in Meta's own files, adjacent dimensions are rotated
    together. This changes no score.

    Raises `WeightsError`, and loads nothing, for an unknown family, weights that do not match the
    model, and a configuration that does not describe something that changes the logits
    (`ModelConfig.unmodeled`).
    """
    if model.config.unmodeled:
        raise WeightsError(
            f"the configuration does not describe {', '.join(model.config.unmodeled)}, so the "
            "model would not compute what these weights were trained for; pass a model whose "
            "unmodeled is empty"
        )
    table = Family(family)
    parameters = dict(model.named_parameters())
    found = {name: table.source(name, weights) for name in parameters}
    sources = {name: source for name, source in found.items() if source is not None}
    if len(sources) < len(parameters):
        missing = parameters.keys() - sources.keys()
        raise WeightsError(
            f"weights of this kind have no {_listed(missing)}, which the model needs"
        )
    known = {source.name for source in sources.values()}
    known |= _tied_head(model, table, weights)
    if known - weights.keys():
        raise WeightsError(f"the weights lack {_listed(known - weights.keys())}")
    unknown = table.relevant(weights.keys(), model.config) - known
    if unknown:
        raise WeightsError(f"the model has no parameter for {_listed(unknown)}")
    for name, source in sources.items():
        _check_shape(source, weights[source.name], parameters[name], model.config)
    with torch.no_grad():
        for name, source in sources.items():
            rows = source.take(weights[source.name], model.config)
            if table.rotation == "halves" and model.config.positions == "rotary":
                rows = _in_pairs(name, rows, model.config)
            parameters[name].copy_(rows)


def _tied_head(model: LanguageModel, table: Family, weights: Mapping[str, Tensor]) -> set[str]:
    """Return the name of an LM head in the file that the model takes from its embeddings.

    Raises `WeightsError` if it differs from them.
    """
    head, embedding = (
        table.source(name, weights) for name in ("lm_head.weight", "embedding.weight")
    )
    if model.lm_head is not None or head is None or head.name not in weights or embedding is None:
        return set()
    same = embedding.name not in weights or weights[head.name].equal(weights[embedding.name])
    if not same:
        raise WeightsError(
            f"{head.name} differs from {embedding.name}; a model with tied_embeddings has one "
            "matrix for both"
        )
    return {head.name}


def _check_shape(
    source: Source, tensor: Tensor, parameter: nn.Parameter, config: ModelConfig
) -> None:
    """Raise `WeightsError` for a tensor whose shape does not match its parameter."""
    needed = source.whole_shape(tuple(parameter.shape), config)
    if tensor.shape != needed:
        raise WeightsError(
            f"{source.name} has shape {tuple(tensor.shape)}; the model's configuration needs "
            f"{needed}"
        )


def _in_pairs(name: str, rows: Tensor, config: ModelConfig) -> Tensor:
    """Reorder the rows of queries and keys, or the weights of their norms."""
    part = re.search(r"attention\.(query|key|rotary_key|query_norm|key_norm)\.\w+$", name)
    if part is None:
        return rows
    if config.latent is not None:
        nope, rope = config.latent.nope_head_dim, config.latent.rope_head_dim
        if part[1] == "query":
            return interleave(rows, nope + rope, nope, rope)
        return interleave(rows, rope, 0, rope) if part[1] == "rotary_key" else rows
    flat = rows.flatten() if part[1].endswith("norm") else rows  # (heads d_head) or less
    return interleave(flat, config.head_dim, 0, config.rotary_dim).view(rows.shape)


def _listed(names: set[str]) -> str:
    """List the first few names, and how many more there are."""
    first = sorted(names)[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(first) + more
