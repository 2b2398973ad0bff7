"""What bounds the operations of a model on a machine: compute, or memory bandwidth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, get_args

import traitlets

from cs336_core.accounting import MACHINES, Step, decode, prefill
from cs336_core.accounting.inference import Moved
from cs336_core.accounting.machines import BYTES, Precision
from cs336_core.accounting.roofline_points import Kind, Phase, RooflinePoint, roofline_points
from cs336_core.accounting.units import bytes_text, flops_text, seconds_text, three_digits
from cs336_core.model.config import ModelConfig
from cs336_core.model.config_json import config_to_json
from cs336_core.model.presets import preset, preset_title
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.machines import OnMachine, precision_on
from cs336_core.ui.state_schema import Integer, WidgetError, refusals

LONGEST = 131_072
MODELS = (
    *("gpt2-xl", "gpt3-175b", "llama-2-13b", "llama-3-8b", "llama-3-70b"),
    *("mistral-7b", "mixtral-8x7b", "qwen2.5-0.5b", "deepseek-v3"),
)


class Roofline(OnMachine, CourseWidget):
    """The roofline of a machine with the parts of a model on it, in prefill and in decode.

    Args:
        model: the name of a preset.
        machine: the key of a machine, such as "h100".
        precision: what the machine computes in; by default bf16, if the machine has it.
        batch: how many sequences there are, from 1 to 4,096.
        context: how many tokens each sequence has, at most 131,072; a model with learned positions
            reads at most one less than it has positions.
        phase: "prefill" reads the context at once; "decode" adds one token to each sequence.
        operation: the part that is shown in detail: "projections", "scores", "mlp", "head" or
            "whole".
        moved: what counts as moved: "weights" (and caches), also "vectors", also "scores".
        models: presets that the reader can choose.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for an unknown preset or machine, with the nearest name, for a precision that
            the machine lacks, and for sizes and choices that are out of bounds.

    """

    model = traitlets.Unicode("").tag(sync=True, url=True)
    batch = Integer(8, min=1, max=4096).tag(sync=True, url=True)
    context = Integer(2048, min=1, max=LONGEST).tag(sync=True, url=True)
    phase = traitlets.Enum(get_args(Phase), "decode").tag(sync=True, url=True)
    operation = traitlets.Enum(get_args(Kind), "mlp").tag(sync=True, url=True)
    moved = traitlets.Enum(get_args(Moved), "weights").tag(sync=True, url=True)
    models: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    bytes_per_value: traitlets.Dict[Precision, int] = traitlets.Dict(BYTES, read_only=True).tag(
        sync=True
    )

    def __init__(
        self,
        model: str = "llama-3-8b",
        machine: str = "h100",
        *,
        models: Iterable[str] = MODELS,
        **state: Any,
    ) -> None:
        names = dict.fromkeys([*models, model])
        with refusals():
            offered = [
                {"name": name, "title": preset_title(name), "config": config_to_json(preset(name))}
                for name in names
            ]
        super().__init__(model=model, machine=machine, models=offered, **state)

    @property
    def points(self) -> list[RooflinePoint]:
        """Each part of the model in each phase."""
        chosen = MACHINES[self.machine]
        precision = precision_on(chosen, self.precision)
        return roofline_points(
            preset(self.model), self.batch, self._read, chosen, precision, moved=self.moved
        )

    @property
    def steps(self) -> tuple[Step, Step]:
        """What prefill and a decode step take as a whole, if weights and caches are moved."""
        chosen = MACHINES[self.machine]
        inputs = preset(self.model), self.batch, self._read, chosen
        precision = precision_on(chosen, self.precision)
        return prefill(*inputs, precision), decode(*inputs, precision)

    @property
    def _read(self) -> int:
        """How many tokens of a sequence the model reads; learned positions run out."""
        return min(self.context, _longest(preset(self.model)))

    @traitlets.validate("model")
    def _offered_model(self, proposal: Any) -> str:
        name: str = proposal["value"]
        names = [model["name"] for model in self.models]
        if name not in names:
            raise WidgetError(f"model is {name!r}; it must be one of {', '.join(names)}")
        return name

    @classmethod
    def example(cls) -> Self:
        """Return DeepSeek-V3, which has the most operations."""
        return cls("deepseek-v3")

    def fallback_html(self) -> str:
        """Return a table with a row for each part of the model in each phase."""
        chosen = MACHINES[self.machine]
        precision = precision_on(chosen, self.precision)
        rows = [
            f'<tr><th scope="row">{_KINDS[point.kind]} in {point.phase}</th>'
            f"<td>{flops_text(point.flops)}</td><td>{bytes_text(point.bytes)}</td>"
            f"<td>{three_digits(point.roofline.intensity)}</td><td>{point.roofline.bound}</td>"
            f"<td>{seconds_text(point.roofline.seconds)}</td></tr>"
            for point in self.points
        ]
        step = self.steps[1]
        fit = "fit in" if step.fits else "do not fit in"
        return table_html(
            f"{preset_title(self.model)} on {chosen.name} in {precision}: {self.batch:,} sequences "
            f"of {self._read:,} tokens. The machine computes "
            f"{flops_text(chosen.peak(precision), 'FLOP/s')}, moves "
            f"{flops_text(chosen.bytes_per_second, 'B/s')}, and so waits for memory below "
            f"{chosen.ridge_point(precision):.0f} FLOPs per byte. Weights and caches, "
            f"{bytes_text(step.memory_bytes)}, {fit} its "
            f"{bytes_text(chosen.memory_bytes)}.",
            ("Operation", "FLOPs", "Bytes moved", "FLOPs per byte", "Bound by", "Minimum time"),
            rows,
        )


_KINDS: dict[Kind, str] = {
    "projections": "Projections",
    "scores": "Scores, values",
    "mlp": "MLP",
    "head": "LM head",
    "whole": "Whole pass",
}


def _longest(config: ModelConfig) -> int:
    """Return how many tokens a model can read and still have a position for the next one."""
    return config.context_length - 1 if config.positions == "learned" else LONGEST
