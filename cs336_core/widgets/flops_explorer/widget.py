"""Where a Transformer's FLOPs go: attention or MLP, for any model, length and convention."""

from __future__ import annotations

import html
from typing import Any, Literal, Self, get_args

import traitlets

from cs336_core._shared.validation import short_repr
from cs336_core.accounting import Conventions, FlopRow, count_flops, flops_fraction, total_flops
from cs336_core.accounting.conventions import Pairs, Unit
from cs336_core.accounting.operations import Group
from cs336_core.accounting.units import flops_text, percent_text
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.config_json import config_from_json, config_to_json
from cs336_core.model.presets import preset, preset_title
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.state_schema import Integer, WidgetError
from cs336_core.widgets.flops_explorer.fallback import split_html
from cs336_core.widgets.flops_explorer.settings import (
    CHANGES,
    WORK,
    Work,
    changed,
    reaching,
)

Phase = Literal["prefill", "decode"]


class FlopsExplorer(CourseWidget):
    """The split of a model's FLOPs, with sliders for the model and switches for the conventions.

    Args:
        model: the name of a preset, or a configuration.
        n_layers, d_model, n_heads, n_kv_heads, d_ff, vocab_size, n_experts, n_active: changes to
            the model, named as the fields of `ModelConfig`; 0 changes nothing.
        mlp: "plain" or "gated"; "" is as in the model.
        seq_len: how many tokens are read or, in a decode step, how many are in the cache; at most
            16,777,216.
        phase: "prefill" reads the tokens; "decode" adds one after them.
        unit: "FLOP" or "MAC".
        pairs: whether scores of "all" pairs of tokens are counted, or only of "attended" ones.
        head: whether the LM head is counted.
        work: "forward" for the forward pass, "training", or training that recomputes attention
            ("selective") or whole layers ("full").
        elementwise: whether norms, softmax, activations and sums are counted.
        part: the group whose formula is shown at first.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for an unknown preset, with the nearest name, and for a number or a choice that
            is out of bounds.
        ConfigError: if the model and its changes do not make a model.

    """

    preset = traitlets.Unicode("").tag(sync=True, url=True)
    own = traitlets.Dict().tag(sync=True)
    n_layers = Integer(0, min=0, max=1000).tag(sync=True, url=True)
    d_model = Integer(0, min=0, max=100_000).tag(sync=True, url=True)
    n_heads = Integer(0, min=0, max=1000).tag(sync=True, url=True)
    n_kv_heads = Integer(0, min=0, max=1000).tag(sync=True, url=True)
    d_ff = Integer(0, min=0, max=1_000_000).tag(sync=True, url=True)
    mlp = traitlets.Enum(["", "plain", "gated"], "").tag(sync=True, url=True)
    vocab_size = Integer(0, min=0, max=1_000_000).tag(sync=True, url=True)
    n_experts = Integer(0, min=0, max=1024).tag(sync=True, url=True)
    n_active = Integer(0, min=0, max=1024).tag(sync=True, url=True)
    seq_len = Integer(2048, min=1, max=2**24).tag(sync=True, url=True)
    phase = traitlets.Enum(get_args(Phase), "prefill").tag(sync=True, url=True)
    unit = traitlets.Enum(get_args(Unit), "FLOP").tag(sync=True, url=True)
    pairs = traitlets.Enum(get_args(Pairs), "all").tag(sync=True, url=True)
    head = traitlets.Bool(True).tag(sync=True, url=True)
    work = traitlets.Enum(get_args(Work), "forward").tag(sync=True, url=True)
    elementwise = traitlets.Bool(False).tag(sync=True, url=True)
    part = traitlets.Enum(get_args(Group), "scores").tag(sync=True, url=True)

    def __init__(self, model: str | ModelConfig = "gpt3-175b", **state: Any) -> None:
        if isinstance(model, ModelConfig):
            super().__init__(own=config_to_json(model), **state)
        elif isinstance(model, str):
            super().__init__(preset=model, **state)
        else:
            raise WidgetError(
                f"model is {short_repr(model)}; it must be the name of a preset, such as "
                "'llama-3-8b', or a ModelConfig"
            )
        self.rows()

    @property
    def published(self) -> ModelConfig:
        """The model before any change."""
        return preset(self.preset) if self.preset else config_from_json(self.own)

    @property
    def config(self) -> ModelConfig:
        """The model with the changes; raises `ConfigError` if there is no such model.

        Learned positions are extended to the length of the text.
        """
        config = changed(self.published, {name: getattr(self, name) for name in CHANGES})
        return reaching(config, self.seq_len + (self.phase == "decode"))

    @property
    def conventions(self) -> Conventions:
        """How to count. Decoding is a forward pass, and elementwise work has no MACs."""
        work, recompute = WORK["forward" if self.phase == "decode" else self.work]
        return Conventions(
            unit=self.unit,
            pairs=self.pairs,
            head=self.head,
            work=work,
            recompute=recompute,
            elementwise=self.elementwise and self.unit == "FLOP",
        )

    def rows(self) -> list[FlopRow]:
        """Return the FLOPs of one sequence, row by row."""
        new, cached = (1, self.seq_len) if self.phase == "decode" else (self.seq_len, 0)
        return count_flops(self.config, 1, new, self.conventions, cached=cached)

    @traitlets.validate("preset")
    def _known_preset(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name or not self.own:
            preset(name)
        return name

    @classmethod
    def example(cls) -> Self:
        """Return DeepSeek-V3 with everything counted."""
        return cls("deepseek-v3", seq_len=131_072, work="full", elementwise=True)

    def fallback_html(self) -> str:
        """Return the split as bars and a table."""
        try:
            rows = self.rows()
        except ConfigError as error:
            return f"<p>There is no such model: {html.escape(str(error))}.</p>"
        attention, mlp = flops_fraction(rows, "projections", "scores"), flops_fraction(rows, "mlp")
        name = preset_title(self.preset) if self.preset else "The model"
        task = (
            f"generates one token after {self.seq_len:,} others"
            if self.phase == "decode"
            else f"processes {self.seq_len:,} tokens"
        )
        caption = (
            f"{name} {task}: {flops_text(total_flops(rows), f'{self.unit}s')}. Attention takes "
            f"{percent_text(attention)}, the MLP {percent_text(mlp)}."
        )
        return split_html(caption, rows, self.unit)
