"""How long a training run takes and what it costs, with all assumptions in sight."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Self

import traitlets

from cs336_core.accounting import (
    MACHINES,
    TrainingBytes,
    TrainingRun,
    count_parameters,
    training_bytes,
    training_flops,
    training_run,
)
from cs336_core.accounting.machines import Precision
from cs336_core.accounting.units import bytes_text, count_text, flops_text, seconds_text
from cs336_core.model.config import ConfigError
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

CHINCHILLA = 20  # tokens a parameter, about (Hoffmann et al. 2022, table 3)
BILLION = 1_000_000_000
MODELS = (
    *("gpt2-xl", "gpt3-175b", "llama-2-70b", "llama-3-8b", "llama-3-70b", "llama-3.1-405b"),
    *("mixtral-8x7b", "qwen2.5-7b", "deepseek-v3"),
)
# Bounds of what the view's sliders and boxes take.
BOUNDS = {
    "billion_params": (0.001, 100_000.0),
    "billion_tokens": (0.001, 1_000_000.0),
    "n_machines": (1, 2**20),
    "mfu": (0.01, 1.0),
    "price": (0.0, 1000.0),
}


class TrainingCalculator(OnMachine, CourseWidget):
    """Time, machine-hours, cost and memory of a training run, by 6 FLOPs a parameter and token.

    Args:
        model: the name of a preset, or a number of parameters.
        tokens: that it is trained on.
        machine: the key of a machine: "h100".
        precision: what it computes in; bf16 where the machine has it.
        n_machines: how many there are.
        mfu: the part of their peak that the run reaches, from 0.01 to 1.
        price: of an hour of one machine, in any currency; it is an assumption, as all of this.
        models: presets that the reader can choose.
        key: the widget's name in the page's URL.

    Raises:
        ConfigError: for a preset that there is not, naming the nearest.
        AccountingError: for a machine that there is not, and for a precision that it lacks.
        ValueError: for a number out of bounds.

    """

    model = traitlets.Unicode("").tag(sync=True)
    billion_params = traitlets.Float(70.0).tag(sync=True)
    billion_tokens = traitlets.Float(15_000.0).tag(sync=True)
    n_machines = traitlets.Int(1024).tag(sync=True)
    mfu = traitlets.Float(0.5).tag(sync=True)
    price = traitlets.Float(2.0).tag(sync=True)
    models: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but two has a name)
        self,
        model: str | float = 70e9,
        tokens: float = 15e12,
        *,
        machine: str = "h100",
        precision: Precision | None = None,
        n_machines: int = 1024,
        mfu: float = 0.5,
        price: float = 2.0,
        models: Iterable[str] = MODELS,
        key: str | None = None,
    ) -> None:
        names = list(models)
        if isinstance(model, str) and model not in names:
            preset(model)  # or an error that names the nearest
            names.append(model)
        chosen = machine_key(machine)
        super().__init__(key=key)
        self.set_trait("models", [_counted(name) for name in names])
        self.set_trait("machines", machine_states())
        if isinstance(model, str):
            self.model = model
            self.billion_params = self.params / BILLION
        else:
            self.billion_params = model / BILLION
        self.billion_tokens = tokens / BILLION
        self.machine, self.precision = chosen, usual_precision(MACHINES[chosen], precision)
        self.n_machines, self.mfu, self.price = n_machines, mfu, price

    @property
    def params(self) -> int:
        """Parameters that are kept."""
        return self._of_model("params") or round(self.billion_params * BILLION)

    @property
    def active_params(self) -> int:
        """Parameters that work on a token: of experts, those that it chooses."""
        return self._of_model("active_params") or round(self.billion_params * BILLION)

    @property
    def tokens(self) -> int:
        """Tokens that the model is trained on."""
        return round(self.billion_tokens * BILLION)

    @property
    def run(self) -> TrainingRun:
        """Time, machine-hours and cost, with what is set now.

        >>> round(TrainingCalculator(70e9, 15e12).run.days)
        144
        """
        chosen = MACHINES[self.machine]
        return training_run(
            training_flops(self.active_params, self.tokens),
            chosen,
            self.n_machines,
            mfu=self.mfu,
            precision=precision_on(chosen, self.precision),
            price_per_hour=self.price,
        )

    @property
    def kept(self) -> TrainingBytes:
        """What all machines together keep in memory, activations aside."""
        return training_bytes(self.params)

    def _of_model(self, name: str) -> int | None:
        found = (each[name] for each in self.models if each["name"] == self.model)
        return next(found, None)

    @traitlets.validate("model")
    def _a_model(self, proposal: Any) -> str:
        name: str = proposal["value"]
        names = [each["name"] for each in self.models]
        if name and name not in names:
            raise ConfigError(f"there is no model {name!r} here; there is {', '.join(names)}")
        return name

    @traitlets.validate(*BOUNDS)
    def _within_bounds(self, proposal: Any) -> float:
        name, value = proposal["trait"].name, proposal["value"]
        least, most = BOUNDS[name]
        if not (math.isfinite(value) and least <= value <= most):
            raise ValueError(f"{name} is {value:g}; it is a number from {least:g} to {most:,g}")
        return value  # type: ignore[no-any-return]

    @classmethod
    def example(cls) -> Self:
        """Return a run of DeepSeek-V3, a mixture of experts."""
        return cls("deepseek-v3")

    def fallback_html(self) -> str:
        """Return a table of what comes out, under the assumptions."""
        run, kept, chosen = self.run, self.kept.total, MACHINES[self.machine]
        precision, each = precision_on(chosen, self.precision), kept / self.n_machines
        fits = "fits in" if each <= chosen.memory_bytes else "does not fit in"
        memory = bytes_text(chosen.memory_bytes)
        told = [
            ("FLOPs", f"{run.flops:.3g}"),
            ("Time", seconds_text(run.seconds)),
            ("Machine-hours", f"{run.machine_hours:,.0f}"),
            ("Cost", f"{run.cost:,.0f}"),
            ("Tokens a parameter", f"{self.tokens / self.active_params:,.3g}"),
            ("Memory without activations", bytes_text(kept)),
            ("An equal part of it", f"{bytes_text(each)}, which {fits} {memory}"),
        ]
        return table_html(
            f"Training {count_text(self.active_params)} parameters on {count_text(self.tokens)} "
            f"tokens, 6 FLOPs for each of both. Assumed: {self.n_machines:,} {chosen.name}, each "
            f"{flops_text(chosen.peak(precision), 'FLOP/s')} in {precision} at most, of which "
            f"{self.mfu:.3g} is reached; {self.price:.2f} an hour for one; 16 bytes a parameter. "
            f"Chinchilla has about {CHINCHILLA} tokens a parameter.",
            ("", ""),
            (f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in told),
        )


def _counted(name: str) -> dict[str, Any]:
    """Return a preset with its parameters."""
    counted = count_parameters(preset(name))
    return {
        "name": name,
        "title": preset_title(name),
        "params": counted.total,
        "active_params": counted.active,
    }
