"""The language model built from PyTorch's modules, the baseline for ours.

Its submodules have the same names as ours, so that it loads the same weights. Rotary positions are
ours, since PyTorch has none.
"""

from __future__ import annotations

from torch import Tensor, arange, nn
from torch.nn import functional

from cs336_core.model.config import ModelConfig
from cs336_core.model.positions import Rotary, Rotation


class TorchAttention(nn.Module):
    """Multi-head attention with PyTorch's fused kernel."""

    def __init__(self, config: ModelConfig, rotary: Rotary | None) -> None:
        super().__init__()
        d, width, bias = config.d_model, config.head_dim, config.has_qkv_bias
        self.width = width
        self.rotary = rotary
        self.query = nn.Linear(d, config.n_heads * width, bias=bias)
        self.key = nn.Linear(d, config.kv_heads * width, bias=bias)
        self.value = nn.Linear(d, config.kv_heads * width, bias=bias)
        self.output = nn.Linear(config.n_heads * width, d, bias=config.bias)
        self.is_grouped = config.kv_heads < config.n_heads

    def forward(self, x: Tensor, rotation: Rotation | None) -> Tensor:
        """Attend causally."""
        query, key, value = (
            matrix(x).unflatten(-1, (-1, self.width)).transpose(1, 2)
            for matrix in (self.query, self.key, self.value)
        )
        if self.rotary is not None and rotation is not None:
            query, key = self.rotary(query, rotation), self.rotary(key, rotation)
        attended = functional.scaled_dot_product_attention(
            query, key, value, is_causal=True, enable_gqa=self.is_grouped
        )
        out: Tensor = self.output(attended.transpose(1, 2).flatten(2))
        return out


class TorchFeedForward(nn.Module):
    """An MLP with GELU, or SwiGLU."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        d, bias = config.d_model, config.bias
        self.gate = nn.Linear(d, config.mlp_width, bias=bias) if config.is_gated else None
        self.up = nn.Linear(d, config.mlp_width, bias=bias)
        self.down = nn.Linear(config.mlp_width, d, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Project up, apply the activation, and project down."""
        if self.gate is None:
            hidden = functional.gelu(self.up(x))
        else:
            hidden = functional.silu(self.gate(x)) * self.up(x)
        out: Tensor = self.down(hidden)
        return out


class TorchBlock(nn.Module):
    """Attention and a feed-forward layer, with norms before them."""

    def __init__(self, config: ModelConfig, rotary: Rotary | None) -> None:
        super().__init__()
        self.attention_norm = torch_norm(config)
        self.attention = TorchAttention(config, rotary)
        self.feed_forward_norm = torch_norm(config)
        self.feed_forward = TorchFeedForward(config)

    def forward(self, x: Tensor, rotation: Rotation | None) -> Tensor:
        """Add the output of each sublayer to the residual stream."""
        x = x + self.attention(self.attention_norm(x), rotation)
        out: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return out


class TorchModel(nn.Module):
    """A decoder-only Transformer, GPT-2-like or Llama-like."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        d, is_learned = config.d_model, config.positions == "learned"
        self.embedding = nn.Embedding(config.vocab_size, d)
        self.positions = (
            nn.ModuleDict({"table": nn.Embedding(config.context_length, d)}) if is_learned else None
        )
        self.rotary = None if is_learned else Rotary(config.rotary_dim, theta=config.rope_theta)
        self.blocks = nn.ModuleList(TorchBlock(config, self.rotary) for _ in range(config.n_layers))
        self.norm = torch_norm(config)
        is_tied = config.tied_embeddings
        self.lm_head = None if is_tied else nn.Linear(d, config.vocab_size, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits of the token after each one."""
        x, positions = self.embedding(ids), arange(ids.shape[1], device=ids.device)
        if self.positions is not None:
            x = x + self.positions["table"](positions)
        rotation = None if self.rotary is None else self.rotary.at(positions, x.dtype)
        for block in self.blocks:
            x = block(x, rotation)
        x = self.norm(x)
        if self.lm_head is None:
            return functional.linear(x, self.embedding.weight)
        logits: Tensor = self.lm_head(x)
        return logits


def torch_norm(config: ModelConfig) -> nn.Module:
    """Build PyTorch's norm of the configured kind."""
    if config.norm == "rmsnorm":
        return nn.RMSNorm(config.d_model, eps=config.norm_eps)
    return nn.LayerNorm(config.d_model, eps=config.norm_eps, bias=config.bias)
