"""Loading published weights by their names."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.rotated_rows import in_pairs
from cs336_core.model.weight_names import Family, Source, WeightsError


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
    known = {name for source in sources.values() for name in source.names}
    known |= _tied_head(model, table, weights)
    if known - weights.keys():
        raise WeightsError(f"the weights lack {_listed(known - weights.keys())}")
    unknown = table.relevant(weights.keys(), model.config) - known
    if unknown:
        raise WeightsError(f"the model has no parameter for {_listed(unknown)}")
    for name, source in sources.items():
        _check_shape(source, source.tensor(weights), parameters[name], model.config)
    with torch.no_grad():
        for name, source in sources.items():
            rows = source.take(source.tensor(weights), model.config)
            if table.rotation == "halves":
                rows = in_pairs(name, rows, model.config)
            parameters[name].copy_(rows)


def _tied_head(model: LanguageModel, table: Family, weights: Mapping[str, Tensor]) -> set[str]:
    """Return the name of an LM head in the file that the model takes from its embeddings.

    Raises `WeightsError` if it differs from them.
    """
    head, embedding = (
        table.source(name, weights) for name in ("lm_head.weight", "embedding.weight")
    )
    if model.lm_head is not None or head is None or embedding is None:
        return set()
    (lm_head,), (table_of_ids,) = head.names, embedding.names
    if lm_head not in weights:
        return set()
    if table_of_ids in weights and not weights[lm_head].equal(weights[table_of_ids]):
        raise WeightsError(
            f"{lm_head} differs from {table_of_ids}; a model with tied_embeddings has one matrix "
            "for both"
        )
    return {lm_head}


def _check_shape(
    source: Source, tensor: Tensor, parameter: nn.Parameter, config: ModelConfig
) -> None:
    """Raise `WeightsError` for a tensor whose shape does not match its parameter."""
    needed = source.whole_shape(tuple(parameter.shape), config)
    if tensor.shape != needed:
        raise WeightsError(
            f"{source.names[0]} has shape {tuple(tensor.shape)}; the model's configuration needs "
            f"{needed}"
        )


def _listed(names: set[str]) -> str:
    """List the first few names, and how many more there are."""
    first = sorted(names)[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(first) + more
