"""Building a `ModelConfig` from the fields of a file, by the table of families."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from cs336_core._shared.validation import short_repr, whole_number
from cs336_core.model.config import ConfigError, LayerType, ModelConfig
from cs336_core.model.config_json import PARTS
from cs336_core.model.hugging_face.expressions import ExpressionError, evaluate, field_names
from cs336_core.model.hugging_face.families import Family
from cs336_core.model.hugging_face.fields import REQUIRED, Fields
from cs336_core.model.hugging_face.head import head_of
from cs336_core.model.hugging_face.rope import rotary_fields

LAYER_TYPES: dict[str, LayerType] = {
    "full_attention": "full", "global": "full", "indexed_attention": "full", "full": "full",
    "sliding_attention": "window", "local": "window", "window": "window",
    "chunked_attention": "chunk", "chunk": "chunk",
}  # fmt: skip
BIASES = ("qkv_bias", "output_bias", "mlp_bias", "norm_bias")


def build_config(read: Fields, family: Family) -> ModelConfig:
    """Return the configuration of a file.

    Raises `ConfigError` for values that are missing, of the wrong type, or describe what cannot be
    counted.
    """
    for other, name in family.aliases.items():
        read.rename(**{other: name})
    ours: dict[str, Any] = dict(family.constants)
    is_gated = ours.pop("gated", False)
    context = family.reads.get("context_length", "")
    ours["context_length"] = _context_length(read, family, context)
    read.use("rope_ratio")
    ours |= rotary_fields(read, ours["context_length"])
    for name, expression in family.reads.items():
        if name == "activation":
            activation = computed(read, expression, ours, name)
            ours[name] = read.gated(activation) if is_gated else read.plain(activation)
        elif name != "context_length":
            ours[name] = _typed(read, name, expression, ours)
    _set_layer_types(read, family, ours)
    report_conditions(read, family, ours)
    del ours["mscale"]
    if ours.get("positions") != "rotary":
        for name in ("rope_theta", "rope_scaling", "rope_theta_window", "rotary_fraction"):
            ours.pop(name)
    for name in BIASES:  # those that follow from the others
        default = ours.get("bias", False) and (name != "norm_bias" or ours["norm"] == "layernorm")
        if ours.get(name) == default:
            ours.pop(name)
    return ModelConfig(**_with_parts(ours))


def extra_parameters(read: Fields, family: Family) -> dict[str, int]:
    """Return the parameters that the configuration does not describe, by component.

    Raises `ConfigError` for values that are missing or of the wrong type, and for an unknown head.
    """
    counts = {**family.counts, **family.extra}
    ours = _Named(read, family.let)
    if family.heads:
        kind, ours["n_outputs"] = head_of(read, family.heads)
        counts["head"] = family.heads[kind]
        read.use(*(name for head in family.heads.values() for name in field_names(head)))
    if family.counts:
        for other, name in family.aliases.items():
            read.rename(**{other: name})
        report_conditions(read, family, ours)
    return {name: _count(read, name, expression, ours) for name, expression in counts.items()}


class _Named(dict[str, Any]):
    """The values that a family names, computed when they are first used."""

    def __init__(self, read: Fields, expressions: Mapping[str, str]) -> None:
        super().__init__()
        self._read, self._expressions = read, expressions

    def __missing__(self, name: str) -> Any:
        """Compute a value; raise `KeyError` for an unknown name."""
        value = self[name] = computed(self._read, self._expressions[name], self, name)
        return value


def _count(read: Fields, name: str, expression: str, ours: Mapping[str, Any]) -> int:
    """Return a number of parameters."""
    number = whole_number(computed(read, expression, ours, name))
    if number is None or number < 0:
        raise _incomputable(read, f"the parameters of {name}", expression)
    return number


def computed(
    read: Fields, expression: str, ours: Mapping[str, Any], name: str, *, missing: Any = REQUIRED
) -> Any:
    """Return the value of an expression; raise `ConfigError` if it cannot be computed.

    `missing` is the value of fields without a default that a file does not have.
    """
    read.use(*field_names(expression))

    def value(field: str) -> Any:
        return read.value(field, read.default(field, missing))

    try:
        return evaluate(expression, value, ours)
    except ExpressionError as error:
        raise _incomputable(read, name, expression) from error


def _incomputable(read: Fields, name: str, expression: str) -> ConfigError:
    """Return the error for an expression that the values of a file do not fit."""
    values = ", ".join(
        f"{field} = {short_repr(read.value(field, None))}"
        for field in sorted(field_names(expression))
    )
    return ConfigError(f"{name} cannot be computed from {values}")


def report_conditions(read: Fields, family: Family, ours: Mapping[str, Any]) -> None:
    """Refuse, record or note what a file describes by the conditions of its family."""

    def is_true(condition: str) -> bool:
        return bool(computed(read, condition, ours, "a condition", missing=None))

    for what, condition in family.refused.items():
        if is_true(condition):
            raise ConfigError(
                f"{', '.join(sorted(field_names(condition)))} describes {what}, which cannot be "
                "counted"
            )
    read.unmodeled += [what for what, condition in family.unmodeled.items() if is_true(condition)]
    read.notes += [
        f"{', '.join(sorted(field_names(condition)))}: {what}"
        for what, condition in family.notes.items()
        if is_true(condition)
    ]


def _context_length(read: Fields, family: Family, name: str) -> int:
    """Return the longest sequence; note a default."""
    read.use("max_sequence_length")
    if not name.isidentifier():
        length: int = read.checked_size(name, computed(read, name, {}, "context_length"))
        return length
    for other in (name, "max_sequence_length"):
        length_or_none = read.optional_size(other, None)
        if length_or_none is not None:
            return length_or_none
    length = read.size(name, read.default(name, REQUIRED))
    counts = "only" if family.constants.get("positions") == "learned" else "no"
    read.notes.append(
        f"{name} is missing: {length:,} tokens are assumed, the default of transformers; "
        + ("the table of positions depends on it" if counts == "only" else "no count depends on it")
    )
    return length


def _typed(read: Fields, name: str, expression: str, ours: Mapping[str, Any]) -> Any:
    """Return the value of a field of ours, of its type."""
    part, _, field_name = name.rpartition(".")
    kind = _types()[part][field_name]
    if not expression.isidentifier() or expression in ("None", "True", "False"):
        value = computed(read, expression, ours, name)
        return read.checked_size(name, value) if kind == "int" and name == field_name else value
    default = read.default(expression, REQUIRED)
    if kind == "int":
        minimum = 0 if field_name in ("n_shared", "n_dense_layers") else 1
        return read.size(expression, default, minimum=minimum)
    readers: dict[str, Callable[[], Any]] = {
        "int | None": lambda: read.optional_size(expression, default),
        "float": lambda: read.number(expression, default),
        "float | None": lambda: read.optional_number(expression, default),
        "bool": lambda: read.flag(expression, default=default),
        "bool | None": lambda: read.flag(expression, default=default),
    }
    return readers.get(kind, lambda: read.required(expression))()


def _types() -> dict[str, dict[str, str]]:
    """Return the types of our fields, by part."""
    kinds = {"": ModelConfig, **PARTS}
    return {
        name: {field.name: str(field.type) for field in fields(kind)}
        for name, kind in kinds.items()
    }


def _set_layer_types(read: Fields, family: Family, ours: dict[str, Any]) -> None:
    """Set the types of layers from a list in the file, or else from the pattern of the family.

    Layers that are all alike need no list.
    """
    given = read.value("layer_types", None)
    window = ours.get("window")
    types = _layer_types(given or ours.pop("layer_types", None) or [])
    ours.pop("layer_types", None)
    if given and len(types) != ours["n_layers"]:
        raise ConfigError(
            f"layer_types has {len(types)} entries; it must have one for each of the "
            f"{ours['n_layers']} layers"
        )
    types = types[: ours["n_layers"]]
    uniform = "full" if window is None else "window"
    if "layer_types" not in family.reads and {*types} - {uniform}:
        raise ConfigError(
            f"layer_types is {short_repr(given)}; with a window of {window}, all layers of this "
            f"model_type are of type {'full' if window is None else 'sliding'}_attention"
        )
    if window is None:
        types = ["full"] * len(types) if not given else types
    if {*types} == {"full"}:
        ours["window"] = None
    elif {*types} - {"window"}:
        ours["layer_types"] = tuple(types)
    sparse = read.strings("mlp_layer_types")
    if sparse and "experts.n_experts" in ours:
        ours["experts.dense_layers"] = [i for i, kind in enumerate(sparse) if kind == "dense"]
        ours["experts.n_dense_layers"] = 0


def _layer_types(given: Any) -> list[LayerType]:
    """Translate the types of layers; raise `ConfigError` for one that cannot be counted."""
    types = given if isinstance(given, list) else []
    names = [kind for kind in types if isinstance(kind, str) and kind in LAYER_TYPES]
    if not isinstance(given, list) or len(names) < len(given):
        known = [name for name in LAYER_TYPES if name.endswith("_attention")]
        raise ConfigError(
            f"layer_types is {short_repr(given)}; only layers of the types {', '.join(known)} can "
            "be counted"
        )
    return [LAYER_TYPES[name] for name in names]


def _with_parts(ours: Mapping[str, Any]) -> dict[str, Any]:
    """Build the parts of a configuration from fields such as "experts.d_ff"."""
    parts: dict[str, dict[str, Any]] = {}
    flat: dict[str, Any] = {}
    for name, value in ours.items():
        part, _, field_name = name.rpartition(".")
        frozen = tuple(value) if isinstance(value, list) else value
        if not part:
            flat[name] = frozen
        elif frozen is not None or part == "latent":
            parts.setdefault(part, {})[field_name] = frozen
    return flat | {name: PARTS[name](**values) for name, values in parts.items()}
