"""How many tokens each expert of a layer gets, while its router is balanced."""

from cs336_core.widgets.expert_load.widget import ExpertLoad

__all__ = ["ExpertLoad"]
