"""Published training runs: utilization, days and GPU hours."""

from __future__ import annotations

from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.machines import MACHINES
from cs336_core.accounting.papers import (
    korthikanti_hardware_flops,
    korthikanti_training_flops,
    palm_training_flops,
    training_flops,
)
from cs336_core.accounting.published.rows import Published
from cs336_core.accounting.training import DAY, training_flops_per_token, utilization
from cs336_core.model.presets import preset

# Korthikanti et al., table 5: seconds per step with selective recomputation and sequence
# parallelism, batch, GPUs, layers, width, and model and hardware utilization in percent
KORTHIKANTI = {
    "22B": (1.10, 4, 8, 48, 6144, 41.5, 43.7),
    "175B": (13.75, 64, 64, 96, 12288, 51.4, 52.8),
    "530B": (37.83, 280, 280, 105, 20480, 56.0, 57.0),
    "1T": (71.49, 512, 512, 128, 25600, 56.3, 57.0),
}


def published_runs() -> list[Published]:
    """Return utilization and durations of training runs."""
    return [*_palm(), *_megatron(), *_korthikanti(), *_hours()]


def _palm() -> list[Published]:
    """Return PaLM's model FLOPs utilization."""
    tpu = MACHINES["tpu-v4"]
    with_scores = palm_training_flops(540.35e9, 118, 48, 256, 2048)
    without = training_flops(540.35e9, 1)
    return [
        Published(
            source="PaLM, section 4.1",
            what=f"540B on 6,144 TPU v4, MFU {name}, %",
            published=published,
            computed=100 * utilization(238.3e3, flops, tpu, 6144),
            digits=".1f",
            convention=convention,
        )
        for name, published, flops, convention in (
            ("with attention", 46.2, with_scores, "$6N + 12LHQT$, all pairs"),
            ("without attention", 45.7, without, "$6N$"),
        )
    ]


def _megatron() -> list[Published]:
    """Return the days of training of Narayanan et al., section 5.1."""
    runs = (("GPT-3", 175e9, 300e9, 1024, 140e12, 34), ("1T", 1.008e12, 450e9, 3072, 163e12, 84))
    return [
        Published(
            source="Megatron-LM (Narayanan et al. 2021), equation 4",
            what=f"{name} on {tokens / 1e9:.0f} B tokens, {n:,} A100s, days",
            published=days,
            computed=8 * tokens * params / (n * rate) / DAY,
            digits=".0f",
            convention=f"8 N D at {rate / 1e12:.0f} TFLOP/s each",
        )
        for name, params, tokens, n, rate, days in runs
    ]


def _korthikanti() -> list[Published]:
    """Return utilization by the paper's own formulas."""
    gpu, rows = MACHINES["a100"], []
    for name, (seconds, batch, n, layers, d, mfu, hfu) in KORTHIKANTI.items():
        shape = (batch, 2048, layers, d, 51_200)
        for kind, published, flops in (
            ("MFU", mfu, korthikanti_training_flops(*shape)),
            ("HFU", hfu, korthikanti_hardware_flops(*shape)),
        ):
            computed = 100 * utilization(1 / seconds, flops, gpu, n)
            agrees = f"{computed:.1f}" == f"{published:.1f}"
            rows.append(
                Published(
                    source="Korthikanti et al., table 5",
                    what=f"{name}, {kind}, %",
                    published=published,
                    computed=computed,
                    digits=".1f",
                    convention="appendix A, all pairs",
                    difference="" if agrees else "the paper rounds the seconds per step to 0.01",
                )
            )
    for name, percent in (("175B", 2.7), ("530B", 1.6)):
        _, batch, _, layers, d, *_ = KORTHIKANTI[name]
        shape = (batch, 2048, layers, d, 51_200)
        more = korthikanti_hardware_flops(*shape) / korthikanti_training_flops(*shape) - 1
        rows.append(
            Published(
                source="Korthikanti et al., section 5",
                what=f"{name}, extra FLOPs of selective recomputation, %",
                published=percent,
                computed=100 * more,
                digits=".1f",
                convention="appendix A",
            )
        )
    return rows


def _hours() -> list[Published]:
    """Return GPU hours, by the utilization that the paper states for them."""
    attended = Conventions(work="training", pairs="attended")
    deepseek = training_flops_per_token(preset("deepseek-v3"), 4096, attended)
    h800 = MACHINES["h800"]
    hours = 14.8e12 * deepseek / h800.peak("fp8") / 3600 / 1e6
    llama = 15.6e12 * training_flops(405.85e9, 1) / MACHINES["h100"].peak() / 3600 / 1e6
    return [
        Published(
            source="Llama 3.1 card; Llama 3, table 4",
            what="405B on 15.6 T tokens, million H100 hours",
            published=30.84,
            computed=llama / 0.41,
            digits=".2f",
            convention="$6ND$ at the MFU of 41 % on 16,384 GPUs",
            difference="the MFU of 41 % does not cover restarts, evaluation and other stages",
        ),
        Published(
            source="DeepSeek-V3, table 1",
            what="14.8 T tokens, million H800 hours",
            published=2.664,
            computed=hours,
            digits=".3f",
            convention="attended pairs, at the peak of 8 bits",
            difference="ours is the minimum time at peak speed; the published hours mean an MFU "
            f"of {100 * hours / 2.664:.0f} % of the 8-bit peak, or {200 * hours / 2.664:.0f} % of "
            "the 16-bit peak",
        ),
    ]
