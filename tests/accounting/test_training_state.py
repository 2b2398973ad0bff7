"""Optimizers, formats and adapters, against torch's optimizers and published figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from cs336_core.accounting import (
    TRAINING,
    AccountingError,
    Lora,
    StateFormats,
    count_parameters,
    stored_weight_bytes,
    training_bytes,
    training_flops_per_token,
    training_state,
    weight_bytes,
)
from cs336_core.accounting.formats import FORMATS
from cs336_core.accounting.lora import lora_flops_per_token, lora_parameters
from cs336_core.accounting.matrices import parameters_by_shape
from cs336_core.accounting.optimizers import optimizer_bytes
from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.presets import preset, preset_names
from tests.accounting.models import KINDS, SMALL, config_of
from tests.accounting.plans import LLAMA


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_are_those_of_the_module(kind: str) -> None:
    config = config_of(kind)
    found = parameters_by_shape(config)
    ours = sorted(
        tuple(sorted((each.rows, each.columns)))
        for each in found.matrices
        for _ in range(each.count)
    )
    named = LanguageModel(config).named_parameters()
    matrices = [each for name, each in named if each.ndim == 2 and "_norm." not in name]
    assert ours == sorted(tuple(sorted(each.shape)) for each in matrices)
    assert found.vectors == count_parameters(config).total - sum(
        each.params for each in found.matrices
    )


@pytest.mark.parametrize("name", preset_names())
def test_shapes_of_published_models(name: str) -> None:
    found = parameters_by_shape(preset(name))
    total = sum(each.params for each in found.matrices) + found.vectors
    assert total == count_parameters(preset(name)).total
    assert found.vectors < 0.01 * total


def stored(optimizers: list[torch.optim.Optimizer]) -> int:
    """Return the bytes of the state of optimizers, without their step counters."""
    return sum(
        tensor.nbytes
        for optimizer in optimizers
        for state in optimizer.state.values()
        for name, tensor in state.items()
        if name != "step"
    )


def optimizers_of(name: str, model: LanguageModel) -> list[torch.optim.Optimizer]:
    """Return torch's optimizers; Muon for the matrices in the layers, AdamW for the rest."""
    parameters = list(model.parameters())
    if name == "adafactor":
        return [torch.optim.Adafactor(parameters)]
    if name == "momentum":
        return [torch.optim.SGD(parameters, momentum=0.9)]
    if name == "sgd":
        return [torch.optim.SGD(parameters)]
    if name == "adamw":
        return [torch.optim.AdamW(parameters)]
    inside = [each for each in model.blocks.parameters() if each.ndim == 2]
    rest = [each for each in parameters if all(each is not other for other in inside)]
    return [torch.optim.Muon(inside), torch.optim.AdamW(rest)]


@pytest.mark.parametrize("kind", ["grouped-query", "GPT-2", "DeepSeek"])
@pytest.mark.parametrize("name", ["adamw", "adafactor", "muon", "momentum", "sgd"])
def test_optimizers_store_what_torch_stores(name: Any, kind: str) -> None:
    config = config_of(kind)
    model = LanguageModel(config)
    optimizers = optimizers_of(name, model)
    for each in model.parameters():
        each.grad = torch.zeros_like(each)
    for optimizer in optimizers:
        optimizer.step()
    assert optimizer_bytes(parameters_by_shape(config), name) == stored(optimizers)


def test_formats_have_the_published_bits() -> None:
    bits = {name: each.bits_per_value for name, each in FORMATS.items()}
    assert bits["nf4"] - 4 == 0.5  # QLoRA, section 3: 0.5 bits, and 0.127 with double quantization
    assert round(bits["nf4-double"] - 4, 3) == 0.127
    assert (bits["q4_0"], bits["q8_0"]) == (4.5, 8.5)  # llama.cpp
    assert (bits["mxfp4"], bits["mxfp8"]) == (4.25, 8.25)  # gpt-oss: 4.25 bits per parameter
    assert FORMATS["mxfp4"].bytes(32) == 17
    assert FORMATS["bf16"].bytes(3) == 6


def test_adamw_takes_sixteen_bytes_per_parameter() -> None:
    n = count_parameters(LLAMA).total
    assert training_state(LLAMA) == training_bytes(n)
    assert training_state(LLAMA, StateFormats(gradients="fp32")).total == 18 * n  # EleutherAI
    plain = StateFormats(weights="fp32", gradients="fp32", master_weights=None)
    assert training_state(LLAMA, plain) == training_bytes(n, "fp32")


def test_quantized_weights() -> None:
    """Tables, the head and norms stay in 16 bits."""
    n = count_parameters(LLAMA)
    outside = n.embedding + n.components["head"] + n.components["norms"]
    inside = n.total - outside
    assert stored_weight_bytes(LLAMA, "mxfp4") == 17 * inside // 32 + 2 * outside
    assert stored_weight_bytes(LLAMA) == weight_bytes(LLAMA)
    assert stored_weight_bytes(LLAMA, "fp32") == weight_bytes(LLAMA, bytes_per_value=4)


@pytest.mark.parametrize(
    ("rank", "targets", "millions"),
    [(1, ("query", "value"), 4.7), (4, ("query", "value"), 18.9), (8, ("query", "value"), 37.7)],
)
def test_adapters_of_gpt3(rank: int, targets: tuple[str, ...], millions: float) -> None:
    """LoRA, tables 4 and 6: trainable parameters of GPT-3 175B."""
    found = lora_parameters(preset("gpt3-175b"), Lora(rank, targets))
    assert round(sum(each.params for each in found.matrices) / 1e6, 1) == millions


def test_adapters_save_gradients_and_state_for_themselves_alone() -> None:
    lora = Lora(8)
    n = sum(each.params for each in lora_parameters(LLAMA, lora).matrices)
    state = training_state(LLAMA, StateFormats(weights="nf4", lora=lora))
    assert state.weights == stored_weight_bytes(LLAMA, "nf4") + 2 * n
    assert (state.gradients, state.master_weights, state.optimizer) == (2 * n, 4 * n, 8 * n)
    assert n < 0.01 * count_parameters(LLAMA).total


class Adapted(nn.Module):
    """A frozen matrix beside two thin ones."""

    def __init__(self, frozen: nn.Linear, rank: int) -> None:
        super().__init__()
        self.frozen = frozen
        self.down = nn.Parameter(torch.randn(rank, frozen.weight.shape[1]))
        self.up = nn.Parameter(torch.zeros(frozen.weight.shape[0], rank))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.frozen(x) + x @ self.down.T @ self.up.T
        return out


def test_flops_of_adapters_are_those_of_torch() -> None:
    """All but two matmuls: the gradients of what comes into the first layer."""
    from torch.utils.flop_counter import FlopCounterMode

    config = replace(SMALL, n_kv_heads=2)
    model = LanguageModel(config)
    model.requires_grad_(False)
    for block in model.blocks:
        for part in (block.attention, block.feed_forward):
            for name, child in list(part.named_children()):
                if isinstance(getattr(child, "weight", None), nn.Parameter):
                    setattr(part, name, Adapted(child, 2))
    with FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 8, dtype=torch.long)).sum().backward()
    d, width = config.d_model, (4 + 2 + 2) * config.head_dim
    into_first = 2 * 8 * (d * width + 3 * 2 * d)  # queries, keys, values and their adapters
    expected = 8 * lora_flops_per_token(config, 8, Lora(2)) - into_first
    assert counter.get_total_flops() == pytest.approx(expected)
    assert lora_flops_per_token(LLAMA, 8192, Lora(8)) < 0.8 * training_flops_per_token(
        LLAMA, 8192, TRAINING
    )


def test_adapters_of_experts_compute_for_active_ones() -> None:
    mixtral = preset("mixtral-8x7b")
    lora = Lora(4, ("expert up",))
    (down, up) = lora_parameters(mixtral, lora).matrices
    base = lora_flops_per_token(mixtral, 64, Lora(1, ("query",)))
    query = 6 * 32 * (4096 + 4096)
    assert lora_flops_per_token(mixtral, 64, lora) - base + query == pytest.approx(
        6 * (down.params + up.params) / 4, rel=1e-6
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Lora(0), "rank is 0; it must be a whole number from 1"),
        (lambda: lora_parameters(SMALL, Lora(1, ("q_proj",))), "the target 'q_proj' is not a"),
        (lambda: stored_weight_bytes(SMALL, "int5"), "unknown format 'int5'; did you mean int4"),
        (lambda: training_state(SMALL, StateFormats(gradients="x")), "unknown format 'x'"),
        (
            lambda: training_state(SMALL, StateFormats(weights="nf4")),
            "weights of fewer than 8 bits",
        ),
        (
            lambda: training_state(SMALL, StateFormats(optimizer="lion")),  # type: ignore[arg-type]
            "optimizer is 'lion'; it must be one of 'adamw'",
        ),
    ],
)
def test_invalid_arguments_raise(call: Any, message: str) -> None:
    with pytest.raises(AccountingError) as caught:
        call()
    assert message in str(caught.value)


def test_a_model_with_many_biased_experts() -> None:
    """More experts than the model is wide, each with biases."""
    experts = replace(config_of("experts, shared and dense").experts, n_experts=40)  # type: ignore[type-var]
    config: ModelConfig = config_of("experts, shared and dense", experts=experts)
    (up,) = [each for each in parameters_by_shape(config).matrices if each.operation == "expert up"]
    assert up.count == 2 * 40
