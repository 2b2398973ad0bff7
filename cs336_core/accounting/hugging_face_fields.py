"""The fields of a `config.json`, each asked for by its name and kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from cs336_core.accounting.sizes import AccountingError, check_number, check_size, shortened
from cs336_core.model.config import Activation

# None of these changes a number of parameters or FLOPs.
HARMLESS = frozenset({
    "_attn_implementation", "_name_or_path", "architectures", "attention_dropout",
    "attn_implementation", "attn_pdrop", "auto_map", "aux_loss_alpha", "bos_token_id",
    "chunk_size_feed_forward", "decoder_start_token_id", "dtype", "embd_pdrop", "eos_token_id",
    "ep_size", "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "hidden_dropout",
    "id2label", "initializer_range", "is_decoder", "is_encoder_decoder", "label2id", "mscale",
    "n_group", "norm_topk_prob", "original_max_position_embeddings", "output_attentions",
    "output_hidden_states", "output_router_logits", "pad_token_id", "prefix", "pretraining_tp",
    "problem_type", "reorder_and_upcast_attn", "resid_pdrop", "return_dict", "rope_interleave",
    "rope_scaling", "routed_scaling_factor", "router_aux_loss_coef", "router_jitter_noise",
    "scale_attn_by_inverse_layer_idx", "scale_attn_weights", "scoring_func", "sep_token_id",
    "seq_aux", "summary_activation", "summary_first_dropout", "summary_proj_to_labels",
    "summary_type", "summary_use_proj", "task_specific_params", "tokenizer_class", "topk_group",
    "topk_method", "torch_dtype", "torchscript", "transformers_version", "unsloth_version",
    "use_cache", "use_mrope",
})  # fmt: skip
GATED: dict[str, Activation] = {
    "silu": "swiglu", "swish": "swiglu", "gelu": "geglu", "gelu_new": "geglu_tanh",
    "gelu_pytorch_tanh": "geglu_tanh",
}  # fmt: skip
PLAIN: dict[str, Activation] = {
    "relu": "relu", "gelu": "gelu", "gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh", "silu": "silu", "swish": "silu",
}  # fmt: skip
REQUIRED: Literal["required"] = "required"  # in place of a default


class Fields:
    """The fields of one file, which remembers those that were asked for.

    Args:
        fields: name -> value.
        ignored: names to pass over, whatever they hold.

    Attributes:
        notes: sentences on what is in the file and not counted.

    """

    def __init__(self, fields: Mapping[str, Any], ignored: Collection[str] = ()) -> None:
        self.fields = {name: value for name, value in fields.items() if name not in ignored}
        self.notes: list[str] = []
        self.used: set[str] = set()

    def use(self, *names: str) -> None:
        """Tell that these fields are known, and say nothing more than others do."""
        self.used.update(names)

    def size(self, name: str, default: int | str = REQUIRED, *, least: int = 1) -> int:
        """Return a whole number; raise `AccountingError` where it is missing or none."""
        value = self._value(name, default)
        check_size(name, value, least=least)
        return int(value)

    def optional_size(self, name: str, default: int | str | None, *, least: int = 1) -> int | None:
        """Return a whole number, or `None` where the file has null."""
        value = self._value(name, default)
        return None if value is None else self.size(name, value, least=least)

    def number(self, name: str, default: float) -> float:
        """Return a number above 0."""
        value = self._value(name, default)
        check_number(name, value, above=0)
        return float(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false; null is false."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, bool):
            raise AccountingError(f"{name} is {shortened(value)}; it must be true or false")
        return bool(value)

    def text(self, name: str, default: str | None) -> str | None:
        """Return a text, or `None` where the file has null or nothing."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, str):
            raise AccountingError(f"{name} is {shortened(value)}; it must be a text")
        return value

    def gated(self, name: str | None) -> Activation:
        """Return the gated activation that is made of a function."""
        return self._activation(name, GATED)

    def plain(self, name: str | None) -> Activation:
        """Return the activation of that name."""
        return self._activation(name, PLAIN)

    def rope_theta(self) -> float:
        """Return the base of the rotary angles, which new files have in an object of its own."""
        inner = self._value("rope_parameters", None)
        if isinstance(inner, dict) and "rope_theta" in inner:
            return Fields(inner).number("rope_theta", 10_000.0)
        return self.number("rope_theta", 10_000.0)

    def check_layer_types(self, window: int | None) -> None:
        """Raise `AccountingError` where layers are not all of the kind that the window says."""
        kinds = self._value("layer_types", None)
        kind = "full_attention" if window is None else "sliding_attention"
        if kinds is not None and (not isinstance(kinds, list) or any(k != kind for k in kinds)):
            raise AccountingError(
                f"layer_types is {shortened(kinds)}; with a window of {window}, all layers must be "
                f"{kind!r}: others cannot be told here"
            )

    def refuse_unknown(self) -> None:
        """Raise `AccountingError` for fields that nobody asked for and that are not harmless."""
        if self._value("quantization_config", None) is not None:
            self.notes.append(
                "quantization_config: weights are counted with the bytes of the precision asked for"
            )
        unknown = sorted(self.fields.keys() - self.used - HARMLESS)
        if unknown:
            shown = ", ".join(shortened(name) for name in unknown[:5])
            near = get_close_matches(unknown[0], self.used, n=1)
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            meant = f" (is {near[0]!r} meant?)" if near and near[0] not in self.fields else ""
            raise AccountingError(
                f"fields that are not known: {shown}{more}{meant}; they might change the count; "
                "ignore them by name if they do not"
            )

    def _value(self, name: str, default: Any) -> Any:
        """Return what the file has under a name."""
        self.used.add(name)
        value = self.fields.get(name, default)
        if value is REQUIRED:
            near = get_close_matches(name, self.fields, n=1)
            meant = f"; there is {near[0]!r}" if near else ""
            raise AccountingError(f"there is no {name}, which this model_type needs{meant}")
        return value

    def _activation(self, name: str | None, known: Mapping[str, Activation]) -> Activation:
        """Return our name of an activation."""
        if name is None or name not in known:
            raise AccountingError(
                f"the activation is {shortened(name)}; what can be counted is {', '.join(known)}"
            )
        return known[name]
