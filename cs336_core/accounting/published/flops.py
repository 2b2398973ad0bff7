"""Published FLOPs, by papers, posts and other calculators."""

from __future__ import annotations

from cs336_core.accounting.conventions import FORWARD, TRAINING, Conventions
from cs336_core.accounting.flops import count_flops, flops_by_group, total_flops
from cs336_core.accounting.opt_post import SEQ_LEN, posted_rows, recount_flops
from cs336_core.accounting.papers import chinchilla_training_flops, training_flops
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.published.rows import Published
from cs336_core.accounting.training import training_flops_per_token
from cs336_core.model.presets import preset

ATTENDED = Conventions(work="training", pairs="attended")
# Table A4: ratio to 6 N D of models with these layers, widths, hidden widths, heads, head widths
CHINCHILLA = {
    305e6: ((20, 1024, 4096, 16, 64), 1.10),
    1.1e9: ((26, 1792, 7168, 14, 128), 1.04),
    6.8e9: ((40, 3584, 14336, 28, 128), 0.99),
}


def published_flops() -> list[Published]:
    """Return FLOPs of single passes and of whole runs."""
    return [*_passes(), *_chinchilla(), *_runs(), *_per_token()]


def _passes() -> list[Published]:
    """Return FLOPs of one pass, as other calculators count them."""
    gpt2, gpt3 = preset("gpt2-small"), preset("gpt3-175b")
    groups = flops_by_group(count_flops(gpt3, 1, 2048, FORWARD))
    return [
        Published(
            source="nanoGPT, transformer_sizing",
            what="GPT-2, forward, 1,024 tokens, GFLOPs",
            published=291.6483072,
            computed=total_flops(count_flops(gpt2, 1, 1024, FORWARD)) / 1e9,
            digits=".7f",
            convention="matmuls, all pairs, with the LM head",
        ),
        Published(
            source="nanoGPT, transformer_sizing",
            what="GPT-2, training, 1,024 tokens, GFLOPs",
            published=874.9449216,
            computed=total_flops(count_flops(gpt2, 1, 1024, TRAINING)) / 1e9,
            digits=".7f",
            convention="three times the forward pass",
        ),
        Published(
            source="EleutherAI cookbook, calc_transformer_flops",
            what="GPT-3, forward, 2,048 tokens, TFLOPs",
            published=734.80,
            computed=sum(groups.values()) / 1e12,
            digits=".2f",
            convention="matmuls, all pairs, with the LM head",
        ),
        Published(
            source="EleutherAI cookbook, calc_transformer_flops",
            what="GPT-3, MLP alone, TFLOPs",
            published=474.99,
            computed=groups["mlp"] / 1e12,
            digits=".2f",
            convention="matmuls",
        ),
    ]


def _chinchilla() -> list[Published]:
    """Return ratios to 6 N D."""
    rows = []
    for params, (shape, ratio) in CHINCHILLA.items():
        layers, d, d_ff, heads, d_head = shape
        # With a matrix for relative positions per layer, and one table.
        n = layers * (5 * d * heads * d_head + 2 * d * d_ff) + 32_000 * d
        flops = chinchilla_training_flops(2048, layers, d, d_ff, heads, d_head, 0)
        rows.append(
            Published(
                source="Chinchilla, table A4",
                what=f"FLOPs of {params / 1e6:,.0f} M parameters, divided by $6ND$",
                published=ratio,
                computed=flops / training_flops(n, 2048),
                digits=".2f",
                convention="appendix F without embedding and logits, 3 FLOPs per softmax entry",
            )
        )
    layers, d, d_ff, heads, d_head = CHINCHILLA[305e6][0]
    whole = chinchilla_training_flops(2048, layers, d, d_ff, heads, d_head, 32_000)
    return [
        *rows,
        Published(
            source="Chinchilla, appendix F",
            what="the same with embedding and logits, 305 M parameters",
            published=1.10,
            computed=whole / training_flops(305.4e6, 2048),
            digits=".2f",
            convention="appendix F as it is written",
            difference="the paper's table leaves out the embedding and the logits, which its "
            "appendix counts",
        ),
    ]


def _runs() -> list[Published]:
    """Return the FLOPs of whole training runs."""
    largest = recount_flops(posted_rows()[-1].config)
    llama = count_parameters(preset("llama-3.1-405b"))
    return [
        Published(
            source="GPT-3, table D.1",
            what="175B on 300 B tokens, 10²³ FLOPs",
            published=3.14,
            computed=training_flops(174.6e9, 300e9) / 1e23,
            digits=".2f",
            convention="$6ND$",
        ),
        Published(
            source="OPT, final update",
            what="175B on 300 B tokens, 10²³ FLOPs",
            published=4.30,
            computed=300e9 * total_flops(largest) / SEQ_LEN / 1e23,
            digits=".2f",
            convention="all layers recomputed, all pairs, with the LM head",
        ),
        Published(
            source="OPT, post of 2022",
            what="the MLP of 175B, % of the FLOPs",
            published=80,
            computed=100 * flops_by_group(largest)["mlp"] / total_flops(largest),
            digits=".0f",
            convention="all layers recomputed, all pairs, with the LM head",
            difference="the post counts $d^2 + 4sd$ for the projections; $4d^2$ gives 64.7 %",
        ),
        Published(
            source="Llama 3, section 3.2.1",
            what="405B on 15.6 T tokens, 10²⁵ FLOPs",
            published=3.8,
            computed=training_flops(llama.total, 15.6e12) / 1e25,
            digits=".1f",
            convention="$6ND$; with attended pairs it is 3.9",
        ),
    ]


def _per_token() -> list[Published]:
    """Return training FLOPs per token of "Insights into DeepSeek-V3", table 2."""
    rows = []
    for name, published in (("deepseek-v3", 250), ("qwen2.5-72b", 394), ("llama-3.1-405b", 2448)):
        six_n = 6 * count_parameters(preset(name)).total / 1e9
        unknown = f"no convention that we know of gives this number; $6N$ alone is {six_n:,.0f}"
        rows.append(
            Published(
                source="Insights into DeepSeek-V3, table 2",
                what=f"{name}, training at 4,096 tokens, GFLOPs per token",
                published=published,
                computed=training_flops_per_token(preset(name), 4096, ATTENDED) / 1e9,
                digits=",.0f",
                convention="attended pairs",
                difference="" if name == "deepseek-v3" else unknown,
            )
        )
    return rows
