"""Loading weights of published models that use Hugging Face's names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cs336_core.model.language_model import LanguageModel


class WeightsError(ValueError):
    """Weights that do not match the model, or that it would use to compute another function."""


@dataclass(frozen=True)
class _Source:
    """A tensor in the file: its name, and the parameters of our model that are stacked in it.

    Attributes:
        is_transposed: whether its rows are inputs, as in GPT-2.
        n_rotated: the number of heads whose rows are rotated in halves; 0 for none.

    """

    name: str
    parts: tuple[str, ...]
    is_transposed: bool = False
    n_rotated: int = 0


def load_gpt2(model: LanguageModel, weights: Mapping[str, Tensor]) -> None:
    """Load the weights of a GPT-2 with Hugging Face's names (`h.0.attn.c_attn.weight`).

    Names may start with `transformer.`; the masks in old files are ignored. GPT-2's activation is
    "gelu_tanh", which cannot be checked from the weights.

    Raises `WeightsError`, and loads nothing, if the weights do not match the model, or if its
    configuration does not describe something that changes the logits (`ModelConfig.unmodeled`).
    """
    named = {
        name.removeprefix("transformer."): tensor
        for name, tensor in weights.items()
        if not re.search(r"\bh\.\d+\.attn\.(masked_)?bias$", name)
    }
    _load(model, named, list(_gpt2_sources(model)), table="wte.weight")


def load_llama(model: LanguageModel, weights: Mapping[str, Tensor]) -> None:
    """Load the weights of a Llama with Hugging Face's names (`model.norm.weight`).

    Mistral and Qwen 2 have the same names. Hugging Face rotates dimension i of a head together with
    dimension i + d / 2; here, as in the paper and in Meta's own files, adjacent dimensions are
    rotated together. The rows of queries and keys are reordered accordingly, which changes no
    score. The frequencies follow `rope_theta`: models that scale them for longer contexts, such as
    Llama 3.1, are rejected, and so is Gemma, whose weights have the same names.

    Raises `WeightsError`, and loads nothing, if the weights do not match the model, or if its
    configuration does not describe something that changes the logits (`ModelConfig.unmodeled`).
    """
    named = {
        name: tensor
        for name, tensor in weights.items()
        if not name.endswith("rotary_emb.inv_freq")  # computed, not learned
    }
    _load(model, named, list(_llama_sources(model)), table="model.embed_tokens.weight")


def _gpt2_sources(model: LanguageModel) -> Iterator[_Source]:
    """Yield the tensors of a GPT-2, with the parameters in them."""
    yield _Source("wte.weight", ("embedding.weight",))
    yield _Source("wpe.weight", ("positions.table.weight",))
    for i in range(model.config.n_layers):
        theirs, ours = f"h.{i}", f"blocks.{i}"
        for kind in ("weight", "bias"):
            qkv = tuple(f"{ours}.attention.{part}.{kind}" for part in ("query", "key", "value"))
            yield _Source(f"{theirs}.attn.c_attn.{kind}", qkv, is_transposed=kind == "weight")
            for name, part in (
                ("attn.c_proj", "attention.output"),
                ("mlp.c_fc", "feed_forward.up"),
                ("mlp.c_proj", "feed_forward.down"),
            ):
                yield _Source(
                    f"{theirs}.{name}.{kind}",
                    (f"{ours}.{part}.{kind}",),
                    is_transposed=kind == "weight",
                )
            yield _Source(f"{theirs}.ln_1.{kind}", (f"{ours}.attention_norm.{kind}",))
            yield _Source(f"{theirs}.ln_2.{kind}", (f"{ours}.feed_forward_norm.{kind}",))
    yield _Source("ln_f.weight", ("norm.weight",))
    yield _Source("ln_f.bias", ("norm.bias",))
    yield _Source("lm_head.weight", ("lm_head.weight",))


def _llama_sources(model: LanguageModel) -> Iterator[_Source]:
    """Yield the tensors of a Llama, with the parameters in them."""
    config = model.config
    queries, keys = (config.n_heads, config.kv_heads) if config.positions == "rotary" else (0, 0)
    yield _Source("model.embed_tokens.weight", ("embedding.weight",))
    for i in range(config.n_layers):
        theirs, ours = f"model.layers.{i}", f"blocks.{i}"
        for name, part, n_rotated in (
            ("self_attn.q_proj", "attention.query", queries),
            ("self_attn.k_proj", "attention.key", keys),
            ("self_attn.v_proj", "attention.value", 0),
            ("self_attn.o_proj", "attention.output", 0),
            ("mlp.gate_proj", "feed_forward.gate", 0),
            ("mlp.up_proj", "feed_forward.up", 0),
            ("mlp.down_proj", "feed_forward.down", 0),
            ("input_layernorm", "attention_norm", 0),
            ("post_attention_layernorm", "feed_forward_norm", 0),
        ):
            for kind in ("weight", "bias"):
                parts = (f"{ours}.{part}.{kind}",)
                yield _Source(f"{theirs}.{name}.{kind}", parts, n_rotated=n_rotated)
    yield _Source("model.norm.weight", ("norm.weight",))
    yield _Source("model.norm.bias", ("norm.bias",))
    yield _Source("lm_head.weight", ("lm_head.weight",))


def _load(
    model: LanguageModel, weights: Mapping[str, Tensor], sources: list[_Source], *, table: str
) -> None:
    """Check all tensors, then copy them; `table` is the file's name of the embedding matrix."""
    if model.config.unmodeled:
        raise WeightsError(
            f"the configuration does not describe {', '.join(model.config.unmodeled)}, so the "
            "model would not compute what these weights were trained for; pass a model whose "
            "unmodeled is empty"
        )
    parameters = dict(model.named_parameters())
    sources = [source for source in sources if all(part in parameters for part in source.parts)]
    missing = parameters.keys() - {part for source in sources for part in source.parts}
    if missing:
        raise WeightsError(
            f"weights of this kind have no {_listed(missing)}, which the model needs"
        )
    known = {source.name for source in sources}
    if "lm_head.weight" not in known and "lm_head.weight" in weights:
        known.add("lm_head.weight")
        if table in weights and not weights["lm_head.weight"].equal(weights[table]):
            raise WeightsError(
                f"lm_head.weight differs from {table}; a model with tied_embeddings has one matrix "
                "for both"
            )
    if known - weights.keys():
        raise WeightsError(f"the weights lack {_listed(known - weights.keys())}")
    if weights.keys() - known:
        raise WeightsError(f"the model has no parameter for {_listed(weights.keys() - known)}")
    for source in sources:
        _check_shape(source, weights[source.name], parameters)
    with torch.no_grad():
        for source in sources:
            _copy(weights[source.name], source, parameters, model.config.rotary_dim)


def _check_shape(source: _Source, tensor: Tensor, parameters: Mapping[str, nn.Parameter]) -> None:
    """Raise `WeightsError` for a tensor whose shape does not match its parameters."""
    shapes = [parameters[part].shape for part in source.parts]
    needed = (sum(shape[0] for shape in shapes), *shapes[0][1:])
    if source.is_transposed:
        needed = needed[::-1]
    if tensor.shape != needed:
        raise WeightsError(
            f"{source.name} has shape {tuple(tensor.shape)}; the model's configuration needs "
            f"{needed}"
        )


def _copy(
    tensor: Tensor,
    source: _Source,
    parameters: Mapping[str, nn.Parameter],
    rotary_dim: int,
) -> None:
    """Copy a tensor to the parameters that are stacked in it."""
    rows = tensor.T if source.is_transposed else tensor
    if source.n_rotated:
        rows = _interleave(rows, source.n_rotated, rotary_dim)
    targets = [parameters[part] for part in source.parts]
    pieces = rows.split([len(target) for target in targets])
    for target, piece in zip(targets, pieces, strict=True):
        target.copy_(piece)


def _interleave(rows: Tensor, n_heads: int, rotary_dim: int) -> Tensor:
    """Move rows that are rotated together, half a head apart, next to each other.

    >>> _interleave(torch.arange(8), 2, 4).tolist()
    [0, 2, 1, 3, 4, 6, 5, 7]
    """
    heads = rows.unflatten(0, (n_heads, -1))  # (heads d_head ...)
    rotated = heads[:, :rotary_dim].unflatten(1, (2, -1)).transpose(1, 2).flatten(1, 2)
    return torch.cat([rotated, heads[:, rotary_dim:]], 1).flatten(0, 1)


def _listed(names: set[str]) -> str:
    """List the first few names, and how many more there are."""
    first = sorted(names)[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(first) + more
