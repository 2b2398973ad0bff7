"""Published sizes: parameters, caches, training states and adapters."""

from __future__ import annotations

from cs336_core.accounting.lora import Lora, lora_parameters
from cs336_core.accounting.memory import kv_cache_bytes, training_bytes
from cs336_core.accounting.parallel.shards import sharded
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.published.rows import Published
from cs336_core.model.presets import preset


def published_sizes() -> list[Published]:
    """Return numbers of parameters and bytes."""
    return [*_parameters(), *_caches(), *_states()]


def _parameters() -> list[Published]:
    """Return numbers of parameters."""
    mixtral, deepseek = (count_parameters(preset(n)) for n in ("mixtral-8x7b", "deepseek-v3"))
    adapters = lora_parameters(preset("gpt3-175b"), Lora(1, ("query", "value"))).count
    exact = "every tensor of the checkpoint"
    return [
        Published(
            source="Llama 3 8B, checkpoint",
            what="parameters",
            published=8_030_261_248,
            computed=count_parameters(preset("llama-3-8b")).total,
            digits=",.0f",
            convention=exact,
        ),
        Published(
            source="DeepSeek-V3, README_WEIGHTS",
            what="parameters, billions",
            published=671,
            computed=deepseek.total / 1e9,
            digits=".0f",
            convention="without the module for multi-token prediction",
        ),
        Published(
            source="DeepSeek-V3, abstract",
            what="active parameters, billions",
            published=37,
            computed=deepseek.active_non_embedding / 1e9,
            digits=".0f",
            convention="without the embedding; 37.6 with it",
        ),
        Published(
            source="Mixtral, section 2.2",
            what="active parameters, billions",
            published=13,
            computed=mixtral.active / 1e9,
            digits=".0f",
            convention="with the embedding",
        ),
        Published(
            source="LoRA, table 4",
            what="adapters of GPT-3, rank 1, millions",
            published=4.7,
            computed=adapters / 1e6,
            digits=".1f",
            convention="queries and values",
        ),
    ]


def _caches() -> list[Published]:
    """Return bytes per token of "Insights into DeepSeek-V3", table 1."""
    published = {"deepseek-v3": 70.272, "qwen2.5-72b": 327.680, "llama-3.1-405b": 516.096}
    return [
        Published(
            source="Insights into DeepSeek-V3, table 1",
            what=f"{name}, KV cache per token, KB",
            published=size,
            computed=kv_cache_bytes(preset(name)) / 1e3,
            digits=".3f",
            convention="16 bits, powers of 1,000",
        )
        for name, size in published.items()
    ]


def _states() -> list[Published]:
    """Return bytes of training states and activations."""
    state = training_bytes(7_500_000_000)
    zero = [
        Published(
            source="ZeRO, figure 1",
            what=f"7.5 B parameters on 64 GPUs, stage {stage}, GB each",
            published=size,
            computed=sharded(state, 64, stage).total / 1e9,  # type: ignore[arg-type]
            digits=".1f",
            convention="16 bytes per parameter",
        )
        for stage, size in enumerate((120, 31.4, 16.6, 1.9))
    ]
    scores = {
        name: 5 * heads * 2048 / d
        for name, heads, d in (("GPT-3", 96, 12288), ("530B", 128, 20480))
    }
    saved = [
        Published(
            source="Korthikanti et al., section 5",
            what=f"{name}, activation memory saved by recomputing the scores, %",
            published=percent,
            computed=100 * scores[name] / (34 + scores[name]),
            digits=".0f",
            convention="per layer, $sbh(34 + 5as/h)$ bytes; the scores are the term $5as/h$",
        )
        for name, percent in (("GPT-3", 70), ("530B", 65))
    ]
    return [*zero, *saved]
