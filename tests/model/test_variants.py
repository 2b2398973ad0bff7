"""What only some models have: norms, scales, biases, attention of several kinds, routers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn import functional

from cs336_core.accounting import count_parameters
from cs336_core.model.attention import scaled_dot_product_attention
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig, Scales
from cs336_core.model.experts import Router
from cs336_core.model.frequencies import frequencies
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.masks import causal_mask
from cs336_core.model.norms import LayerNorm, RMSNorm
from cs336_core.model.positions import Rotary, alibi_slopes
from tests.model.compiled import KINDS
from tests.model.peers import TINY, close, normal, some_ids, unsettled

ROTARY = {"positions": "rotary", "norm": "rmsnorm"}
EXPERTS = Experts(n_experts=6, n_active=2, d_ff=4)
LATENT = Latent(kv_rank=4, nope_head_dim=3, rope_head_dim=2, v_head_dim=3)
VARIANTS: dict[str, dict[str, Any]] = {
    **KINDS,
    # With "dynamic" scaling, keys in the cache keep the frequencies of shorter sequences.
    "Gemma": KINDS["Gemma"] | {"rope_scaling": None},
    "OLMo 2": {"norm_placement": "output", "qk_norm": "all heads", **ROTARY},
    "OLMo": {"norm_gain": "none"},
    "Command R+": {"parallel_norms": 1, "qk_norm": "each head", "n_kv_heads": 1, "bias": False},
    "GPT-NeoX": {"parallel_norms": 2, **ROTARY, "rotary_fraction": 0.5},
    "Phi": {"parallel_norms": 1, "head_bias": True, **ROTARY},
    "tied with a bias": {"head_bias": True, "tied_embeddings": True},
    "OPT": {"positions": "learned", "unused_positions": 2, "embedding_width": 4},
    "biases": {"qkv_bias": False, "output_bias": True, "mlp_bias": False, "norm_bias": False},
    "SmolLM 3": {"nope_layers": (1,), **ROTARY},
    "Gemma 3": {
        "window": 2, "layer_types": ("window", "full"), "rope_theta_window": 100.0, **ROTARY,
    },
    "Llama 4": {"window": 2, "layer_types": ("chunk", "full"), "nope_layers": (1,), **ROTARY},
    "Granite": {"scales": Scales(residual=0.5, logits=0.25, scores=0.1), **ROTARY},
    "gpt-oss": {"experts": replace(EXPERTS, router_bias=True), "attention_sinks": True, **ROTARY},
    "Qwen 2 MoE": {
        "experts": replace(
            EXPERTS, n_shared=1, shared_d_ff=5, shared_gate=True, normalized=False,
            dense_layers=(1,),
        ),
        **ROTARY,
    },
    "DeepSeek V3": {
        "latent": LATENT,
        "experts": replace(
            EXPERTS, scores="sigmoid", balancing_bias=True, n_groups=3, n_active_groups=2, scale=2.5
        ),
        **ROTARY,
    },
}  # fmt: skip
of_each_variant = pytest.mark.parametrize("kind", VARIANTS)


def model(kind: str, **changed: Any) -> LanguageModel:
    ours: LanguageModel = unsettled(LanguageModel(replace(TINY, **(VARIANTS[kind] | changed))))
    return ours


@of_each_variant
def test_a_model_has_the_parameters_that_accounting_counts(kind: str) -> None:
    ours = model(kind)
    assert sum(each.numel() for each in ours.parameters()) == count_parameters(ours.config).total


@of_each_variant
def test_passes_with_a_cache_equal_one(kind: str) -> None:
    ours, ids, lengths = model(kind), some_ids(2, 9), torch.tensor([2, 4])
    whole, caches = ours(ids), ours.new_caches()
    parts = [ours(part, caches=caches) for part in ids.split([4, 1, 3, 1], 1)]
    close(torch.cat(parts, 1), whole)
    caches = ours.new_caches()
    ours(ids[:, :4], lengths=lengths, caches=caches)
    after = ours(ids[:, 4:5], caches=caches)
    close(after[1], ours(ids[1:, :5])[0, -1:])
    close(after[0], ours(ids[:1, [0, 1, 4]])[0, -1:])


@of_each_variant
def test_every_weight_affects_the_output(kind: str) -> None:
    ours, ids = model(kind), some_ids(4, 12)
    ours(ids).log_softmax(-1).square().sum().backward()
    no_effect = ("key.bias", "balancing_bias", "table.weight")  # on a softmax, or of some rows
    for name, parameter in ours.named_parameters():
        if not name.endswith(no_effect) and ".experts." not in name:
            assert parameter.grad is not None, name
            assert parameter.grad.any(), name


def test_sinks_are_keys_without_a_value() -> None:
    query, key, value, sinks = normal(3, 4, 5), normal(3, 6, 5), normal(3, 6, 2), normal(3, 1, 1)
    scores = torch.cat([query @ key.mT / 5**0.5, sinks.expand(3, 4, 1)], -1)
    expected = scores.softmax(-1)[..., :-1] @ value
    close(scaled_dot_product_attention(query, key, value, sinks=sinks), expected)


def test_a_cap_limits_scores_before_the_mask() -> None:
    query, key, value, mask = normal(4, 5), 9 * normal(4, 5), normal(4, 2), causal_mask(4)
    scores = 2 * torch.tanh(query @ key.mT / 5**0.5 / 2)
    expected = scores.masked_fill(~mask, -torch.inf).softmax(-1) @ value
    close(scaled_dot_product_attention(query, key, value, mask, cap=2.0), expected)


def test_alibi_slopes_of_the_paper() -> None:
    assert alibi_slopes(8).tolist() == [2.0**-i for i in range(1, 9)]
    twelve = [*alibi_slopes(8).tolist(), *(2 ** -(i / 2) for i in (1, 3, 5, 7))]
    torch.testing.assert_close(alibi_slopes(12), torch.tensor(twelve))


@pytest.mark.parametrize("gain", ["weight", "1 + weight", "none"])
def test_norms_multiply_by_their_gain(gain: Any) -> None:
    x, w = normal(3, 4), normal(4)
    for ours, plain in (
        (LayerNorm(4, gain=gain), functional.layer_norm(x, (4,), eps=1e-5)),
        (RMSNorm(4, gain=gain), functional.rms_norm(x, (4,), eps=1e-5)),
    ):
        if ours.weight is None:
            close(ours(x), plain)
            assert not list(ours.parameters())
            continue
        close(ours(x), plain)  # before training
        ours.weight.data = w
        close(ours(x), plain * (w if gain == "weight" else 1 + w))


@pytest.mark.parametrize("norm", ["layernorm", "rmsnorm"])
def test_norms_may_stay_in_32_bits(norm: Any) -> None:
    ours = LanguageModel(replace(TINY, norm=norm)).bfloat16()
    for module in ours.modules():
        if isinstance(module, LayerNorm | RMSNorm):
            module.float()
    logits = ours(some_ids(2, 5))
    assert logits.dtype == torch.bfloat16
    logits.float().sum().backward()


def test_dropout_acts_in_training_only() -> None:
    ours = LanguageModel(TINY, dropout=0.5).double()
    ids = some_ids(2, 8)
    assert not ours(ids).allclose(ours(ids))
    ours.eval()
    plain = LanguageModel(TINY).double()
    plain.load_state_dict(ours.state_dict())
    assert ours(ids).equal(plain(ids))
    assert not torch.nn.Dropout(1.0)(normal(3)).any()


@pytest.mark.parametrize("kind", ["Gemma", "DeepSeek"])
def test_checkpointing_changes_no_gradient(kind: str) -> None:
    config, ids = replace(TINY, **VARIANTS[kind]), some_ids(2, 6)
    ours, plain = LanguageModel(config, checkpointing=True, dropout=0.1), LanguageModel(config)
    plain.dropout.p = 0.1
    for block in plain.blocks:
        block.dropout.p = 0.1
    plain.load_state_dict(ours.state_dict())
    gradients = []
    for each in (ours.double(), plain.double()):
        torch.manual_seed(1)
        params = [parameter for parameter in each.parameters() if parameter.requires_grad]
        gradients.append(torch.autograd.grad(each(ids).square().sum(), params))
    for mine, other in zip(*gradients, strict=True):
        close(mine, other)


def test_a_router_may_choose_among_groups() -> None:
    router = Router(4, 6, 2, kind="sigmoid", balancing_bias=True, n_groups=3, n_active_groups=1)
    router.double()
    with torch.no_grad():
        router.balancing_bias.copy_(torch.tensor([0, 0, -9.0, -9, -9, -9]))
    chosen, weights, probs = router(normal(20, 4))
    assert set(chosen.flatten().tolist()) == {0, 1}
    close(weights, probs.gather(-1, chosen) / probs[:, :2].sum(-1, keepdim=True))
    best = Router(4, 6, 2, normalized=False, scale=3.0, n_groups=3, n_active_groups=1).double()
    chosen, weights, probs = best(normal(20, 4))
    assert (chosen[:, 0] // 2).equal(chosen[:, 1] // 2)
    assert chosen[:, 0].equal(probs.argmax(-1))
    close(weights, 3 * probs.gather(-1, chosen))


def test_rotary_may_differ_by_layer() -> None:
    ours = model("Gemma 3")
    window, full = (block.attention.rotary for block in ours.blocks)
    assert (window.theta, full.theta) == (100.0, 10_000.0)
    assert model("SmolLM 3").blocks[1].attention.rotary is None
    x = normal(1, 3, 4)
    speeds = frequencies(4, 100.0)
    angles = torch.arange(3)[:, None] * speeds
    turned = torch.view_as_complex(x.unflatten(-1, (2, 2))) * torch.exp(1j * angles)
    close(Rotary(4, theta=100.0)(x, torch.arange(3)), torch.view_as_real(turned).flatten(-2))


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"qk_norm": "head"}, "qk_norm is 'head'"),
        ({"scales": Scales(scores_cap=5.0)}, "scores_cap is 5.0"),
        ({"attention_sinks": True}, "attention_sinks is True"),
        ({"positions": "alibi"}, "positions is 'alibi'"),
    ],
)
def test_options_that_latent_attention_lacks_raise(changed: dict[str, Any], name: str) -> None:
    config: ModelConfig = replace(TINY, latent=LATENT, **changed)
    with pytest.raises(ConfigError, match=f"{name}; latent attention has no such option"):
        LanguageModel(config)
