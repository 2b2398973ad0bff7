"""Published numbers: ours agree in all digits, or the difference is named."""

from __future__ import annotations

import pytest

from cs336_core.accounting import (
    Conventions,
    chinchilla_training_flops,
    count_flops,
    korthikanti_hardware_flops,
    korthikanti_training_flops,
    total_flops,
)
from cs336_core.accounting.published import (
    Published,
    published_flops,
    published_runs,
    published_sizes,
)
from cs336_core.accounting.published.table import published_markdown
from cs336_core.model.config import ModelConfig

ROWS = [*published_flops(), *published_sizes(), *published_runs()]
DIFFERENT = 8  # each for a reason that is named


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.source}: {row.what}" for row in ROWS])
def test_every_number_agrees_or_its_difference_is_named(row: Published) -> None:
    assert row.agrees != bool(row.difference)
    assert row.convention


def test_few_differ() -> None:
    assert sum(not row.agrees for row in ROWS) == DIFFERENT
    assert len(ROWS) > 40
    sources = {row.source.split(",")[0] for row in ROWS}
    assert {"PaLM", "GPT-3", "OPT", "ZeRO", "LoRA", "Chinchilla"} <= sources


def test_rounding() -> None:
    row = ROWS[0]
    near = Published(
        source="x", what="y", published=1.25, computed=1.2549, digits=".2f", convention="z"
    )
    assert row.agrees
    assert near.agrees
    assert not Published(
        source="x", what="y", published=1.25, computed=1.2551, digits=".2f", convention="z"
    ).agrees


def test_chinchilla_counts_as_we_do_but_for_the_embedding_and_the_softmax() -> None:
    config = ModelConfig(
        vocab_size=32_000, context_length=2048, n_layers=3, d_model=64, n_heads=2, d_head=16,
        d_ff=300, activation="gelu", positions="none",
    )  # fmt: skip
    ours = total_flops(count_flops(config, 1, 100, Conventions(work="training")))
    embedding, softmax = 2 * 100 * 32_000 * 64, 3 * 3 * 2 * 100**2
    theirs = chinchilla_training_flops(100, 3, 64, 300, 2, 16, 32_000)
    assert theirs == ours + 3 * (embedding + softmax)


def test_korthikanti_recomputes_the_scores_three_times() -> None:
    """Hardware FLOPs have twice the scores; `Conventions` has four thirds of them."""
    shape = (2, 512, 4, 256, 1000)
    more = korthikanti_hardware_flops(*shape) - korthikanti_training_flops(*shape)
    config = ModelConfig(
        vocab_size=1000, context_length=512, n_layers=4, d_model=256, n_heads=4, activation="gelu",
    )  # fmt: skip
    once, again = (
        total_flops(count_flops(config, 2, 512, Conventions(work="training", recompute=recompute)))  # type: ignore[arg-type]
        for recompute in ("none", "selective")
    )
    assert more == pytest.approx(3 * (again - once))


def test_a_reason_names_its_model_where_a_table_has_several() -> None:
    text = published_markdown(published_flops())
    assert "Counted: matmuls, all pairs, with the LM head; row 2: matmuls." in text
    assert "The difference for qwen2.5-72b: no convention that we know of" in text
    assert "The difference: the post counts" in text
