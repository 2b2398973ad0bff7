"""FLOPs and parameters of a plain Transformer: two formulas, torch's own counter, real models."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from cs336_core.accounting import PlainTransformer, Row, rows
from cs336_core.accounting.plain import Unit, Work, share

SMALL = PlainTransformer(n_layers=3, d_model=16, d_ff=48, vocab_size=100)
SEQ_LEN, N_HEADS = 32, 4


def total(counted: list[Row]) -> int:
    return sum(row.flops for row in counted)


class Layers(torch.nn.Module):
    """The matrix products of `SMALL`, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        d, d_ff = SMALL.d_model, SMALL.d_ff
        linear = torch.nn.Linear
        self.projections = torch.nn.ModuleList(
            linear(d, d, bias=False) for _ in range(4 * SMALL.n_layers)
        )
        self.up = torch.nn.ModuleList(linear(d, d_ff, bias=False) for _ in range(SMALL.n_layers))
        self.down = torch.nn.ModuleList(linear(d_ff, d, bias=False) for _ in range(SMALL.n_layers))
        self.embedding = torch.nn.Parameter(torch.zeros(SMALL.vocab_size, d))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.embedding[ids]  # (seq, d)
        for layer in range(SMALL.n_layers):
            q, k, v, out = self.projections[4 * layer : 4 * layer + 4]
            heads = [m(x).view(-1, N_HEADS, SMALL.d_model // N_HEADS).transpose(0, 1)
                     for m in (q, k, v)]  # each (head, seq, d_head)  # fmt: skip
            scores = torch.softmax(heads[0] @ heads[1].transpose(1, 2), dim=-1)
            x = x + out((scores @ heads[2]).transpose(0, 1).reshape(x.shape))
            x = x + self.down[layer](functional.gelu(self.up[layer](x)))
        return x @ self.embedding.T


def counted_by_torch(*, backward: bool) -> int:
    module = Layers()
    counter = FlopCounterMode(display=False)
    with counter:
        logits = module(torch.zeros(SEQ_LEN, dtype=torch.long))
        if backward:
            logits.sum().backward()
    return int(counter.get_total_flops())


def test_torch_counts_the_same() -> None:
    assert counted_by_torch(backward=False) == SEQ_LEN * total(rows(SMALL, SEQ_LEN))
    training = rows(SMALL, SEQ_LEN, work="training")
    assert counted_by_torch(backward=True) == SEQ_LEN * total(training)


def test_torch_has_as_many_parameters() -> None:
    assert sum(each.numel() for each in Layers().parameters()) == SMALL.params
    assert sum(row.params for row in rows(SMALL, SEQ_LEN)) == SMALL.params


@pytest.mark.parametrize("seq_len", [1, 512, 2048])
def test_the_papers_have_the_same_sum(seq_len: int) -> None:
    """Narayanan et al. (2021), equation 3; Korthikanti et al. (2022), appendix A."""
    layers, width, vocab = 96, 12288, 51200
    model = PlainTransformer(layers, width, 4 * width, vocab)
    trained = rows(model, seq_len, work="training")
    recomputed = rows(model, seq_len, work="training with recomputation")
    lead = layers * width**2
    assert total(recomputed) == pytest.approx(
        96 * lead * (1 + seq_len / (6 * width) + vocab / (16 * layers * width))
    )
    assert total(trained) == pytest.approx(
        72 * lead * (1 + seq_len / (6 * width) + vocab / (12 * layers * width))
    )


def test_conventions() -> None:
    plain = {row.operation: row.flops for row in rows(SMALL, SEQ_LEN)}
    macs = {row.operation: row.flops for row in rows(SMALL, SEQ_LEN, unit="MAC")}
    causal = {row.operation: row.flops for row in rows(SMALL, SEQ_LEN, causal=True)}
    recomputed = rows(SMALL, SEQ_LEN, work="training with recomputation")
    assert plain == {name: 2 * macs[name] for name in plain}
    assert causal == plain | {"scores and values": plain["scores and values"] // 2}
    assert {row.operation for row in rows(SMALL, SEQ_LEN, head=False)} == plain.keys() - {"logits"}
    assert [row.flops for row in recomputed] == [
        flops * (3 if name == "logits" else 4) for name, flops in plain.items()
    ]


def test_training_without_scores_is_six_flops_a_parameter() -> None:
    trained = {row.operation: row.flops for row in rows(SMALL, SEQ_LEN, work="training")}
    assert sum(trained.values()) - trained["scores and values"] == 6 * SMALL.params


@pytest.mark.parametrize("d_model", [64, 768, 12288])
def test_where_attention_costs_as_much_as_the_mlp(d_model: int) -> None:
    model = PlainTransformer(1, d_model, 4 * d_model)
    assert share(rows(model, 2 * d_model), "attention") == 0.5
    at_four = {row.operation: row.flops for row in rows(model, 4 * d_model)}
    assert at_four["scores and values"] == at_four["MLP"]


@pytest.mark.parametrize("seq_len", [1, 100, 10_000])
def test_the_mlp_never_takes_more_than_two_thirds(seq_len: int) -> None:
    model = PlainTransformer(1, 1024, 4096)
    assert share(rows(model, seq_len), "mlp") < 2 / 3
    assert model.mlp_params == 2 * model.attention_params


@pytest.mark.parametrize(
    ("model", "published"),
    [
        (PlainTransformer(12, 768, 3072, 50257), 124e6),  # GPT-2 small
        (PlainTransformer(48, 1600, 6400, 50257), 1558e6),  # GPT-2 XL
        (PlainTransformer(96, 12288, 49152, 50257), 174.6e9),  # GPT-3
    ],
)
def test_real_models_have_as_many_parameters(model: PlainTransformer, published: float) -> None:
    assert model.params == pytest.approx(published, rel=0.01)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="d_model is 0; it must be 1 or more"):
        PlainTransformer(1, 0, 1)
    with pytest.raises(ValueError, match="vocab_size is -1; it must be 0 or more"):
        PlainTransformer(1, 1, 1, -1)
    with pytest.raises(ValueError, match="seq_len is 0; it must be 1 or more"):
        rows(SMALL, 0)
    unit: Unit = "flop"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="unit is 'flop'; it must be one of"):
        rows(SMALL, 1, unit=unit)
    work: Work = "inference"  # type: ignore[assignment]
    with pytest.raises(ValueError, match="work is 'inference'; it must be one of"):
        rows(SMALL, 1, work=work)
