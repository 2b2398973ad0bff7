"""The training state with a format for each part: full training, LoRA and QLoRA.

`training_bytes` has the usual recipes, by the number of parameters alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.formats import format_named
from cs336_core.accounting.lora import Lora, lora_parameters
from cs336_core.accounting.matrices import Parameters, parameters_by_shape
from cs336_core.accounting.memory import TrainingBytes
from cs336_core.accounting.optimizers import Optimizer, optimizer_bytes
from cs336_core.model.config import ModelConfig

MIN_TRAINED_BITS = 8
UNQUANTIZED = "bf16"  # what stays as it is beside weights of fewer bits


@dataclass(frozen=True, kw_only=True)
class StateFormats:
    """How each part of the training state is stored, as names of `FORMATS`.

    Attributes:
        weights: the weights that are multiplied with; of fewer than 16 bits only for frozen ones.
        gradients: "fp32" if they are accumulated over several microbatches in 32 bits.
        master_weights: the copy that the optimizer updates; `None` for none.
        optimizer: whose state is stored.
        lora: adapters to train instead of the weights; they and their gradients take 16 bits.

    Raises:
        AccountingError: for an unknown format of weights, and for weights of few bits without
            adapters.

    """

    weights: str = "bf16"
    gradients: str = "bf16"
    master_weights: str | None = "fp32"
    optimizer: Optimizer = "adamw"
    lora: Lora | None = None

    def __post_init__(self) -> None:
        """Check that the weights can be trained, or are frozen."""
        if self.lora is None and format_named(self.weights).bits < MIN_TRAINED_BITS:
            raise AccountingError(
                f"weights is {self.weights!r}; weights of fewer than {MIN_TRAINED_BITS} bits are "
                "frozen, so train adapters beside them: lora=Lora(rank)"
            )


def stored_weight_bytes(config: ModelConfig, weights: str = "bf16") -> int:
    """Return the bytes of a model's weights in one of `FORMATS`.

    Formats of fewer than 16 bits store the matrices in the layers only; embeddings, positions, the
    LM head, routers, norms and biases stay in 16 bits, as in the usual quantized checkpoints.

    Raises `AccountingError` for an unknown format.

    >>> from cs336_core.model.presets import preset
    >>> f"{stored_weight_bytes(preset('llama-3-70b'), 'int4') / 1e9:.1f} GB"
    '39.8 GB'
    """
    return _stored_bytes(parameters_by_shape(config), weights)


def training_state(config: ModelConfig, formats: StateFormats | None = None) -> TrainingBytes:
    """Return the bytes of everything in memory during training but activations.

    Raises `AccountingError` for unknown formats, optimizers and targets.

    QLoRA: the 65 billion parameters of Llama in less than 48 GB (Dettmers et al. 2023):

    >>> from cs336_core.model.config import ModelConfig
    >>> llama = ModelConfig(vocab_size=32_000, context_length=2048, n_layers=80, d_model=8192,
    ...                     n_heads=64, d_ff=22_016)
    >>> state = training_state(llama, StateFormats(weights="nf4-double", lora=Lora(64)))
    >>> f"{state.weights / 1e9:.1f} GB, {state.total / 1e9:.1f} GB"
    '36.1 GB, 47.3 GB'
    """
    formats = StateFormats() if formats is None else formats
    adapters = None if formats.lora is None else lora_parameters(config, formats.lora)
    return state_of(parameters_by_shape(config), adapters, formats)


def state_of(
    parameters: Parameters, adapters: Parameters | None, formats: StateFormats
) -> TrainingBytes:
    """Return the training state of some parameters or, if these are frozen, of their adapters.

    Raises `AccountingError` for unknown formats and optimizers.
    """
    weights = _stored_bytes(parameters, formats.weights)
    if adapters is not None:
        state = _trained(adapters, replace(formats, weights=UNQUANTIZED))
        return replace(state, weights=weights + state.weights)
    return replace(_trained(parameters, formats), weights=weights)


def _stored_bytes(parameters: Parameters, weights: str) -> int:
    """Return the bytes of some parameters in one of `FORMATS`."""
    chosen, rest = format_named(weights), format_named(UNQUANTIZED)
    if chosen.bits >= rest.bits:
        return chosen.bytes(parameters.count)
    inside = [each for each in parameters.matrices if each.in_layers and each.component != "router"]
    others = parameters.count - sum(each.params for each in inside)
    return sum(chosen.bytes(each.params) for each in inside) + rest.bytes(others)


def _trained(parameters: Parameters, formats: StateFormats) -> TrainingBytes:
    """Return the training state of parameters that are trained."""
    n, master = parameters.count, formats.master_weights
    return TrainingBytes(
        weights=format_named(formats.weights).bytes(n),
        gradients=format_named(formats.gradients).bytes(n),
        master_weights=0 if master is None else format_named(master).bytes(n),
        optimizer=optimizer_bytes(parameters, formats.optimizer),
    )
