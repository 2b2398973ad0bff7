"""What bounds the operations of a model on a machine: arithmetic, or reading from memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Self, get_args

import traitlets

from cs336_core.accounting import MACHINES, Step, decode, prefill
from cs336_core.accounting.inference import Moved
from cs336_core.accounting.machines import BYTES, Precision
from cs336_core.accounting.units import bytes_text, flops_text, seconds_text, three_digits
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.presets import preset, preset_title
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.machines import (
    OnMachine,
    machine_key,
    machine_states,
    precision_on,
    usual_precision,
)
from cs336_core.widgets.roofline.points import Kind, Phase, Point, points

MOST_SEQUENCES = 4096
LONGEST = 131_072
MODELS = (
    *("gpt2-xl", "gpt3-175b", "llama-2-13b", "llama-3-8b", "llama-3-70b"),
    *("mistral-7b", "mixtral-8x7b", "qwen2.5-0.5b", "deepseek-v3"),
)
_CHOICES: dict[str, tuple[str, ...]] = {
    "phase": get_args(Phase),
    "operation": get_args(Kind),
    "moved": get_args(Moved),
}


class Roofline(OnMachine, CourseWidget):
    """The roof of a machine, and on it the parts of a model, in prefill and in decode.

    Args:
        model: the name of a preset.
        machine: the key of a machine: "h100".
        precision: what it computes in; bf16 where the machine has it.
        batch: sequences at once, from 1 to 4,096.
        context: tokens that each of them has, at most 131,072; where a model has a table of
            positions, one less than that has.
        phase: "prefill" reads them at once; "decode" adds a token to each sequence.
        operation: which part is told in detail: "projections", "scores", "mlp", "head" or "whole".
        moved: what is counted as moved: "weights" and caches, also "vectors", also "scores".
        models: presets that the reader can choose.
        key: the widget's name in the page's URL.

    Raises:
        ConfigError: for a preset that there is not, naming the nearest.
        AccountingError: for a machine that there is not, and for a precision that it lacks.
        ValueError: for sizes out of bounds and choices that there are not.

    """

    model = traitlets.Unicode("").tag(sync=True)
    batch = traitlets.Int(1).tag(sync=True)
    context = traitlets.Int(1).tag(sync=True)
    phase = traitlets.Unicode("decode").tag(sync=True)
    operation = traitlets.Unicode("whole").tag(sync=True)
    moved = traitlets.Unicode("weights").tag(sync=True)
    models: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    bytes_per_value: traitlets.Dict[str, int] = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but two has a name)
        self,
        model: str = "llama-3-8b",
        machine: str = "h100",
        *,
        precision: Precision | None = None,
        batch: int = 8,
        context: int = 2048,
        phase: str = "decode",
        operation: str = "mlp",
        moved: str = "weights",
        models: Iterable[str] = MODELS,
        key: str | None = None,
    ) -> None:
        names = list(models)
        if model not in names:
            names.append(model)
        states = [
            {"name": name, "title": preset_title(name), "config": _told(preset(name))}
            for name in names
        ]
        chosen = machine_key(machine)
        super().__init__(key=key)
        self.set_trait("models", states)
        self.set_trait("machines", machine_states())
        self.set_trait("bytes_per_value", dict(BYTES))
        self.model, self.machine = model, chosen
        self.precision = usual_precision(MACHINES[chosen], precision)
        self.batch, self.context = batch, context
        self.phase, self.operation, self.moved = phase, operation, moved

    @property
    def points(self) -> list[Point]:
        """Each part of the model in each phase, with what is set now."""
        chosen = MACHINES[self.machine]
        moved: Moved = next(each for each in get_args(Moved) if each == self.moved)
        precision = precision_on(chosen, self.precision)
        return points(preset(self.model), self.batch, self._read, chosen, precision, moved)

    @property
    def steps(self) -> tuple[Step, Step]:
        """What prefill and a step of decoding take as a whole, where weights and caches move."""
        chosen = MACHINES[self.machine]
        given = preset(self.model), self.batch, self._read, chosen
        precision = precision_on(chosen, self.precision)
        return prefill(*given, precision), decode(*given, precision)

    @property
    def _read(self) -> int:
        """Tokens of a sequence, of which a model with a table of positions has no more."""
        return min(self.context, _longest(preset(self.model)))

    @traitlets.validate("model")
    def _a_model(self, proposal: Any) -> str:
        name: str = proposal["value"]
        names = [each["name"] for each in self.models]
        if name not in names:
            raise ConfigError(f"there is no model {name!r} here; there is {', '.join(names)}")
        return name

    @traitlets.validate("batch", "context")
    def _within_bounds(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        most = MOST_SEQUENCES if name == "batch" else LONGEST
        if not 1 <= value <= most:
            raise ValueError(f"{name} is {value}; it is a whole number from 1 to {most:,}")
        return int(value)

    @traitlets.validate(*_CHOICES)
    def _one_of_a_few(self, proposal: Any) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        if value not in _CHOICES[name]:
            raise ValueError(f"{name} is {value!r}; it is one of {', '.join(_CHOICES[name])}")
        return str(value)

    @classmethod
    def example(cls) -> Self:
        """Return DeepSeek-V3, whose parts are the most."""
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
            f"{chosen.ridge_point(precision):.0f} FLOPs a byte. Weights and caches, "
            f"{bytes_text(step.memory_bytes)}, {fit} its "
            f"{bytes_text(chosen.memory_bytes)}.",
            ("Operation", "FLOPs", "Bytes moved", "FLOPs a byte", "Bound by", "Least time"),
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
    """Return how many tokens a model can have read before the next one."""
    return config.context_length - 1 if config.positions == "learned" else LONGEST


def _told(part: Any) -> dict[str, Any]:
    """Return the fields of a configuration that are set, as JSON holds them."""
    told = {field.name: getattr(part, field.name) for field in fields(part)}
    return {
        name: _told(value) if hasattr(value, "__dataclass_fields__") else value
        for name, value in told.items()
        if value not in (None, ())
    }
