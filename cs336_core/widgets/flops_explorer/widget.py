"""Where a Transformer's FLOPs go: attention or MLP, for any model, length and way of counting."""

from __future__ import annotations

import html
from dataclasses import asdict
from typing import Any, Literal, Self, get_args

import traitlets

from cs336_core.accounting import Conventions, FlopRow, count_flops, flops_fraction, total_flops
from cs336_core.accounting.conventions import Pairs, Unit
from cs336_core.accounting.operations import Group
from cs336_core.accounting.units import flops_text, percent_text
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.presets import preset, preset_title
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.widgets.flops_explorer.fallback import split_html
from cs336_core.widgets.flops_explorer.settings import (
    LARGEST,
    LONGEST,
    WORK,
    Work,
    changed,
    config_of,
    reaching,
)

Phase = Literal["prefill", "decode"]


class FlopsExplorer(CourseWidget):
    """The split of a model's FLOPs, with sliders for the model and switches for the conventions.

    Args:
        model: the name of a preset, or a configuration.
        seq_len: how many tokens are read or, in a step of decoding, how many are in the cache.
        phase: "prefill" reads the tokens; "decode" adds one after them.
        unit: "FLOP" or "MAC".
        pairs: whether scores of "all" pairs of tokens are counted, or of "attended" ones.
        head: whether the LM head is counted.
        work: the "forward" pass, "training", or training in which attention ("selective") or all
            of the layers ("full") are computed again.
        elementwise: whether norms, softmax, activations and sums are counted.
        part: the group whose formula is shown at first.
        key: the widget's name in the page's URL.

    What a reader changes of the model are traits of the same names as the fields of `ModelConfig`;
    0 stands for a number that is as in the model. `config` is the model that comes of it.

    Raises:
        ConfigError: for a preset that there is not, naming the nearest.
        TypeError: for a model that is neither a name nor a configuration.
        ValueError: for a length that cannot be counted.
        traitlets.TraitError: for a choice that there is not.

    """

    preset = traitlets.Unicode("").tag(sync=True)
    own = traitlets.Dict().tag(sync=True)
    n_layers = traitlets.Int(0).tag(sync=True)
    d_model = traitlets.Int(0).tag(sync=True)
    n_heads = traitlets.Int(0).tag(sync=True)
    n_kv_heads = traitlets.Int(0).tag(sync=True)
    d_ff = traitlets.Int(0).tag(sync=True)
    vocab_size = traitlets.Int(0).tag(sync=True)
    n_experts = traitlets.Int(0).tag(sync=True)
    n_active = traitlets.Int(0).tag(sync=True)
    mlp = traitlets.Enum(["", "plain", "gated"], "").tag(sync=True)
    seq_len = traitlets.Int(2048).tag(sync=True)
    phase = traitlets.Enum(get_args(Phase), "prefill").tag(sync=True)
    unit = traitlets.Enum(get_args(Unit), "FLOP").tag(sync=True)
    pairs = traitlets.Enum(get_args(Pairs), "all").tag(sync=True)
    head = traitlets.Bool(True).tag(sync=True)
    work = traitlets.Enum(get_args(Work), "forward").tag(sync=True)
    elementwise = traitlets.Bool(False).tag(sync=True)
    part = traitlets.Enum(get_args(Group), "scores").tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but the model has a name)
        self,
        model: str | ModelConfig = "gpt3-175b",
        *,
        seq_len: int = 2048,
        phase: Phase = "prefill",
        unit: Unit = "FLOP",
        pairs: Pairs = "all",
        head: bool = True,
        work: Work = "forward",
        elementwise: bool = False,
        part: Group = "scores",
        key: str | None = None,
    ) -> None:
        if not isinstance(model, str | ModelConfig):
            raise TypeError(
                f"model is {model!r:.80}; give the name of a preset, as 'llama-3-8b', or a "
                "ModelConfig"
            )
        if isinstance(model, str):
            preset(model)
        whole = isinstance(seq_len, int) and not isinstance(seq_len, bool)
        if not whole or not 1 <= seq_len <= LONGEST:
            raise ValueError(
                f"seq_len is {seq_len!r:.80}; it must be a whole number from 1 to {LONGEST:,}"
            )
        own = {} if isinstance(model, str) else asdict(model)
        super().__init__(key=key, own=own, preset=model if isinstance(model, str) else "")
        self.seq_len, self.phase, self.unit, self.pairs = seq_len, phase, unit, pairs
        self.head, self.work, self.elementwise, self.part = head, work, elementwise, part
        self.rows()

    @property
    def published(self) -> ModelConfig:
        """The model that is changed, before any change."""
        return preset(self.preset) if self.preset else config_of(self.own)

    @property
    def config(self) -> ModelConfig:
        """The model that is set; raises `ConfigError` where there can be none.

        A table of positions is as long as the text, where that is longer than the model's.
        """
        names = (*LARGEST, "mlp")
        made = changed(self.published, {name: getattr(self, name) for name in names})
        return reaching(made, self.seq_len + (self.phase == "decode"))

    @property
    def conventions(self) -> Conventions:
        """How to count: what the switches say, as far as it goes together."""
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
        """Count one sequence with everything that is set."""
        new, cached = (1, self.seq_len) if self.phase == "decode" else (self.seq_len, 0)
        return count_flops(self.config, 1, new, self.conventions, cached=cached)

    @traitlets.validate(*LARGEST)
    def _within_bounds(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), LARGEST[proposal["trait"].name])

    @traitlets.validate("seq_len")
    def _not_too_long(self, proposal: Any) -> int:
        return min(max(1, int(proposal["value"])), LONGEST)

    @traitlets.validate("preset")
    def _there_is_such_a_model(self, proposal: Any) -> str:
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
        does = "writes one token after" if self.phase == "decode" else "reads"
        others = " others" if self.phase == "decode" else " tokens"
        said = (
            f"{name} {does} {self.seq_len:,}{others}: "
            f"{flops_text(total_flops(rows), f'{self.unit}s')}. Attention takes "
            f"{percent_text(attention)}, the MLP {percent_text(mlp)}."
        )
        return split_html(said, rows, self.unit)
