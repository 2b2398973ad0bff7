"""How the FLOPs of a layer split between attention and the MLP, by width and length."""

from cs336_core.widgets.flops_share.widget import FlopsShare

__all__ = ["FlopsShare"]
